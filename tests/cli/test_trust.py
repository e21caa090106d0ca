"""`trust` as a person types it, on a copy of the shipped model: the file, the card, and what is refused."""

import json
import shutil
from pathlib import Path

import pytest

from core.gaussian.basis import ASSETS
from core.model.checkpoint import read_model
from core.model.trust_file import TRUST

WATER = ASSETS / "datasets" / "water"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copied = Path(shutil.copytree(ASSETS / "models" / "water", tmp_path / "water"))
    (copied / TRUST).unlink()
    return copied


def test_trust_writes_the_file_and_the_card(rhoscope, parsed, folder: Path) -> None:
    done = rhoscope(
        "trust", folder, "--train", WATER / "train-0000.h5", "--fit", f"heldout={WATER / 'heldout-*.h5'}",
        "--set", f"large={WATER / 'large-0001.h5'}", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    result = parsed(done)
    assert set(result["sets"]) == {"heldout", "large"} and result["fitted_on"] == ["heldout"]
    assert result["sets"]["heldout"]["rank_correlation"]["all"] > 0.6
    model = read_model(folder)
    assert model.trust is not None and model.trust_problem == ""
    assert model.card["trust"].items() >= result.items()
    assert model.domain["angles_degrees"]["H-O-H"][0] > 90
    assert "## Trust" in (folder / "CARD.md").read_text()
    assert json.loads((folder / "card.json").read_text())["metrics"] == model.card["metrics"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--fit", "heldout"), "NAME=FILE"),
        (("--fit", "a=x.h5", "--fit", "a=y.h5"), "name of its own"),
        (("--fit", "a=x.h5", "--set", "a=y.h5"), "given twice"),
        (("--fit", f"a={WATER / 'heldout-0000.h5'}", "--train", "nowhere.h5"), "nowhere.h5"),
        ((), "--fit"),
    ],
)
def test_what_cannot_be_done_is_said(rhoscope, parsed, folder: Path, words: tuple, message: str) -> None:
    done = rhoscope("trust", folder, *words, "--json")
    assert done.returncode == 2
    assert message in parsed(done)["error"] + parsed(done)["remedy"]
    assert not (folder / TRUST).exists()
