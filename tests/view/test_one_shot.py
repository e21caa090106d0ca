"""The table of one diagonalisation, from a record whose numbers are known."""

from dataclasses import replace

import numpy as np
import pytest

from core.chem.molecule import Molecule
from core.model.checkpoint import weights_hash
from core.reference.calculation import calculate
from core.reference.level import Level
from core.reference.record import Record
from core.units import E_BOHR_IN_DEBYE, HARTREE_IN_EV
from core.view.one_shot import cycles_sentence, missing_words, of_other_weights, one_shot_table

LEVEL = Level(functional="PBE", orbital_basis="pcseg-0", xc_grid_level=0, conv_tol=1e-6)
WATER = Molecule(np.array([8, 1, 1]), np.array([[0.0, 0.0, 0.0], [0.96, 0.0, 0.0], [-0.24, 0.93, 0.0]]))


@pytest.fixture(scope="module")
def plain() -> Record:
    return calculate(WATER, level=LEVEL)


def with_shot(record: Record, **notes: object) -> Record:
    shot = {
        "energy_hartree": record.energy_hartree + 0.0025,
        "homo_hartree": record.provenance["homo_hartree"] - 0.01,
        "lumo_hartree": record.provenance["lumo_hartree"] + 0.02,
        "dipole_e_bohr": [0.0, 0.6, 0.8],
    }
    return replace(record, provenance=record.provenance | {"one_shot": shot} | notes)


def test_without_a_prediction_there_is_nothing_to_say(plain: Record) -> None:
    assert one_shot_table(plain) == "" and cycles_sentence(plain) == ""
    # Only one that came with the program leaves something to be done.
    assert "Calculate it here" in missing_words(shipped=True)
    assert "Calculate it here" not in missing_words(shipped=False)


def test_differences_are_those_of_the_numbers(plain: Record) -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in one_shot_table(with_shot(plain)).split("\n")
    ]
    cells = {row[0]: row[1:] for row in rows}
    assert cells["Energy, hartree"][2] == "+2.5 mhartree"
    assert cells["Energy, hartree"][1] == f"{plain.energy_hartree:.6f}"
    assert cells["HOMO, eV"][2] == "−0.272 eV" and cells["LUMO, eV"][2] == "+0.544 eV"
    assert float(cells["HOMO, eV"][1]) == pytest.approx(HARTREE_IN_EV * plain.provenance["homo_hartree"], abs=1e-3)
    assert float(cells["Dipole, debye"][0]) == pytest.approx(E_BOHR_IN_DEBYE, abs=1e-3)


def test_a_prediction_of_other_weights_is_told_apart(plain: Record) -> None:
    assert not of_other_weights(plain)
    assert not of_other_weights(with_shot(plain, start_weights=weights_hash("water")))
    assert of_other_weights(with_shot(plain, start_weights="0" * 64))


def test_of_an_ion_no_dipole_is_given(plain: Record) -> None:
    ion = replace(plain, molecule=Molecule(np.array([8, 1]), WATER.positions_angstrom[:2], charge=-1))
    assert "Dipole" in one_shot_table(with_shot(plain)) and "Dipole" not in one_shot_table(with_shot(ion))


@pytest.mark.parametrize(("own", "words"), [(3, "4 fewer"), (6, "one fewer"), (7, "no fewer"), (9, "no fewer")])
def test_cycles_are_counted_to_the_same_point(plain: Record, own: int, words: str) -> None:
    started = with_shot(plain, scf_cycles=9, coarse_cycles=own, default_coarse_cycles=7)
    assert words in cycles_sentence(started) and f"took {own};" in cycles_sentence(started)
    assert cycles_sentence(with_shot(plain, scf_cycles=9)) == "Begun with these orbitals, the SCF took 9 cycles."
