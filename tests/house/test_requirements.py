"""Whatever the code imports is asked for by name in requirements.txt, and nothing there is unused."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Started by the Makefile, or by another of these, and never imported.
TOOLS = {"ruff", "mypy", "pytest", "pytest-xdist", "playwright", "hypothesis"}


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def required() -> set[str]:
    """Names asked for; an extra that is a package of its own (dask[distributed]) counts as asked for too."""
    names = set()
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        if found := re.match(r"([A-Za-z0-9_.-]+)(?:\[([a-z]+)\])?", line):
            names |= {normalised(name) for name in found.groups() if name}
    return names


def imported(folders: list[str]) -> set[str]:
    """Distributions of all third-party modules imported in these folders."""
    files = [path for folder in folders for path in ROOT.glob(folder)]
    assert files
    modules = set()
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                modules.add(node.module.split(".")[0])
    own = {"core", "pages", "tests", "app"} | {path.stem for path in (ROOT / "tests").rglob("*.py")}
    foreign = modules - set(sys.stdlib_module_names) - own
    distributions = packages_distributions()
    return {normalised(distributions.get(module, [module])[0]) for module in foreign}


def test_every_import_is_required() -> None:
    missing = imported(["core/**/*.py", "pages/**/*.py", "app.py", "tests/**/*.py"]) - required()
    # gpu4pyscf is an extra for machines with CUDA; starlette comes with streamlit, which gives out its types.
    assert missing <= {"gpu4pyscf", "starlette"}


def test_every_requirement_is_used() -> None:
    assert required() - TOOLS <= imported(["core/**/*.py", "pages/**/*.py", "app.py", "tests/**/*.py"])
