"""The lines of Python run, by themselves, and give the forces that Explore gives; nothing that a stranger wrote leaves
its quotes."""

import ast
import csv
import io
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.chem.examples import example, example_subject
from core.chem.read import from_smiles
from core.chem.subject import DEFAULT_OPTIONS, Source, Subject, from_source
from core.chem.xyz import format_xyz
from core.csv_text import csv_of
from core.density.grid import UniformGrid
from core.errors import ModelError
from core.model.atom_table import atom_table
from core.view import prediction
from core.view.address import Address
from core.view.export import cube_text
from core.view.picture import GRID_POINTS, Picture, picture_of
from core.view.snippet import LARGEST_INLINE, snippet

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = "x'\"\"\"\\'); import os; os.mkdir('owned') #"
WATER = "O 0 0 0.1173\nH 0 0.7572 -0.4692\nH 0 -0.7572 -0.4692\n"


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """As the lines have: sums of many terms depend on the number, and another test may have changed it."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def ran(code: str, folder: Path) -> str:
    """What the lines print, run in `folder` as a person runs them."""
    (folder / "lines.py").write_text(code, encoding="utf-8")
    environment = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "RHOSCOPE_DATA_DIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "lines.py"], cwd=folder, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def check(printed: str, picture: Picture, level: float) -> None:
    """The forces are those of the file of forces, to its digits but for the last, and so is what the level encloses."""
    table = csv_of(atom_table(picture.molecule, picture.predicted.forces_hartree_per_bohr))
    rows = list(csv.DictReader(io.StringIO(table)))
    *lines, last = printed.splitlines()
    assert [line.split()[0] for line in lines] == [row["element"] for row in rows]
    told = np.array([[float(word) for word in line.split()[1:]] for line in lines])
    wanted = np.array([[float(row[f"f{x}_mev_per_angstrom"]) for x in "xyz"] for row in rows])
    # Sums of float32 differ with the number of threads.
    np.testing.assert_allclose(told, wanted, rtol=0, atol=0.02)
    assert np.abs(wanted).max() > 1.0
    assert float(last.split()[0]) == pytest.approx(picture.curve.enclosed(level), abs=1e-3)


def file_subject(text: str, name: str, **choices: object) -> Subject:
    return from_source(Source(text.encode(), name), replace(DEFAULT_OPTIONS, **choices))  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["example", "peptide", "smiles", "inline", "file", "hostile"])
def test_the_lines_give_the_forces_of_the_page(kind: str, tmp_path: Path) -> None:
    address = None
    if kind == "example":
        address, subject = Address("example", "water-2"), Subject(example("water-2"))
    elif kind == "peptide":
        address, subject = Address("example", "helix-18"), example_subject("helix-18")
    elif kind == "smiles":
        address, subject = Address("smiles", "C[NH3+]", 1), Subject(from_smiles("C[NH3+]", charge=1))
    elif kind == "inline":
        subject = file_subject("2\nhydroxide\nO 0 0 0\nH 0 0 0.97\n", "x.xyz", charge=-1)
    elif kind == "file":
        text, name = format_xyz(example("water-30")), "thirty' waters.xyz"
        (tmp_path / name).write_text(text)
        subject = file_subject(text, name)
        assert len(subject.molecule) > LARGEST_INLINE
    else:
        subject = file_subject(f"3\n{HOSTILE}\n{WATER}", "x.xyz")
        assert subject.molecule.title == HOSTILE
    picture = picture_of(subject.molecule)
    level = picture.scene.level
    code = snippet(picture, subject, address, level)
    check(ran(code, tmp_path), picture, level)
    assert not (tmp_path / "owned").exists()
    if kind == "example":
        written = (tmp_path / "density.cube").read_text().splitlines()
        shown = cube_text(picture.density, points_longest=GRID_POINTS).splitlines()
        header = 2 + 4 + len(picture.molecule)
        assert written[2:header] == shown[2:header]
        # To their last digit, by which processes differ that use other numbers of threads; where the tail crosses zero,
        # 1e-9 e/bohr^3 and less, more digits are lost.
        values, others = (np.array(" ".join(lines[header:]).split(), dtype=float) for lines in (written, shown))
        np.testing.assert_allclose(values, others, rtol=1.5e-5, atol=1e-10)


def test_the_default_grid_is_that_of_the_picture() -> None:
    molecule = example("water-1")
    assert UniformGrid.around(molecule).shape == UniformGrid.around(molecule, points_longest=GRID_POINTS).shape


@pytest.fixture(scope="module")
def water() -> Picture:
    return picture_of(example("water-1"))


@pytest.mark.parametrize("text", [HOSTILE, "a\nb", "\u202e'''", "{level}", "%s\\N{BULLET}", "\ud7ff\x00"])
def test_what_a_stranger_wrote_is_one_literal(water: Picture, text: str) -> None:
    """As the value of every kind of address, the name of a file, and an id."""
    file = Source(b"", text, identifier=text)
    cases = [
        (Subject(water.molecule), Address("smiles", text)),
        (Subject(water.molecule, source=file), None),
        (Subject(water.molecule, source=Source(b"", text)), None),
        (Subject(water.molecule, source=file, options=replace(DEFAULT_OPTIONS, drop=(text,))), None),
    ]
    for subject, address in cases:
        code = snippet(water, subject, address, 0.02)
        literals = [node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant)]
        assert text in literals or address is None and subject.source.identifier == ""  # type: ignore[union-attr]
        # Nothing of it is a name, a call or a comment.
        calls = {ast.unparse(node.func) for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)}
        assert not any("os" in name.split(".") for name in calls)
        assert {c for c in code if not c.isprintable()} == {"\n"}


def test_choices_of_the_preparation_stand_in_the_lines(water: Picture) -> None:
    source = Source(b"", "1crn.cif", identifier="1CRN")
    plain = snippet(water, Subject(water.molecule, source=source), None, 0.02)
    assert "from_identifier('1CRN')" in plain and "Options" not in plain
    chosen = replace(DEFAULT_OPTIONS, ph=6.0, chains=("A",))
    code = snippet(water, Subject(water.molecule, source=source, options=chosen), None, 0.02)
    assert "from_identifier('1CRN', options=Options(ph=6.0, chains=('A',)))" in code


@pytest.mark.slow
def test_without_a_model_the_lines_are_of_free_atoms(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def none(*_: object) -> None:
        raise ModelError("There is none.", "Make one.")

    monkeypatch.setattr(prediction, "load_model", none)
    molecule = from_smiles("OO")
    picture = picture_of(molecule)
    assert picture.predicted.model is None
    code = snippet(picture, Subject(molecule), Address("smiles", "OO"), 0.02)
    assert "load_model" not in code
    check(ran(code, tmp_path), picture, 0.02)
