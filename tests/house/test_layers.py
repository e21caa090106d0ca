"""The shape of the house: imports run downwards, Streamlit stays in the view, nothing unpickles."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CORE = Path(__file__).resolve().parents[2] / "core"
# From the bottom up; parts of one row may import each other.
LAYERS = (("units", "errors", "processor", "csv_text", "duration", "memory"), ("settings",), ("logs",), ("chem",),
          ("gaussian", "density"), ("forces",), ("reference", "model"), ("data",), ("jobs",),
          ("train",), ("bench", "cli", "lessons"), ("view",))  # fmt: skip
LEVEL = {part: level for level, row in enumerate(LAYERS) for part in row}
MODULES = sorted(CORE.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Full names of what a module imports, at its top or inside its functions."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part(path: Path) -> str:
    return path.relative_to(CORE).parts[0].removesuffix(".py")


def test_the_test_sees_the_code() -> None:
    assert {part(path) for path in MODULES} >= {"chem", "density", "model", "view"}
    assert "core.errors" in set(imports(CORE / "chem" / "read.py"))


@pytest.mark.parametrize("path", [p for p in MODULES if part(p) in LEVEL], ids=lambda p: str(p.relative_to(CORE)))
def test_imports_run_downwards(path: Path) -> None:
    own = part(path)
    for name in imports(path):
        if name.startswith("core.") and name.split(".")[1] in LEVEL:
            assert LEVEL[name.split(".")[1]] <= LEVEL[own], f"{own} imports {name}"
        assert not name.startswith(("pages", "app")), f"{own} imports {name}"


def test_every_part_has_its_layer() -> None:
    parts = {part(path) for path in MODULES} - {"__init__", "__main__"}
    assert parts <= set(LEVEL)


def test_streamlit_is_imported_by_the_view_only() -> None:
    users = {part(path) for path in MODULES for name in imports(path) if name.split(".")[0] == "streamlit"}
    assert users <= {"view"}


def test_nothing_unpickles() -> None:
    root = CORE.parent
    modules = [*MODULES, root / "app.py", *(root / "pages").glob("*.py")]
    users = [path for path in modules for name in imports(path) if name in ("pickle", "dill", "joblib", "shelve")]
    assert users == []
    for path in modules:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "torch.load":
                assert any(k.arg == "weights_only" and ast.unparse(k.value) == "True" for k in node.keywords), path
            if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                assert ast.unparse(node.value) == "False", path


@pytest.mark.parametrize(
    ("does", "absent"),
    [
        ("from core.reference.calculation import calculate", "torch"),
        (
            "from core.chem.examples import example; from core.model.predict import load_model, predict;"
            "predict(example('water-1'), load_model('water'))",
            "torch._dynamo",
        ),
    ],
)
def test_what_takes_long_to_load_is_left_alone(does: str, absent: str) -> None:
    """torch by a calculation that begins without a predicted density; torch's compiler by a prediction."""
    code = f"import sys; {does}; print({absent!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=CORE.parent, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
