"""Parts of both forces on Compare: they add up to what is shown, and are those of PySCF's integrals."""

from dataclasses import replace

import numpy as np
import pytest
import streamlit as st

from core.chem.examples import example
from core.chem.molecule import Molecule
from core.density.density import Density
from core.forces.parts import nuclear_forces
from core.reference.results import find_result
from core.units import ANGSTROM_IN_BOHR, HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
from core.view.compared_force_parts import compared_parts, with_compared_part
from core.view.comparison import HeldAgainst, held_against
from core.view.force_parts import Wish, remember
from core.view.picture import picture_of
from tests.pyscf_functions import pyscf_potential_gradient

WITHIN = 2.0


@pytest.fixture(scope="module")
def held() -> HeldAgainst:
    molecule = example("formamide")
    record = find_result(molecule)
    assert record is not None
    return held_against(picture_of(molecule), record)


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})


def parts(held: HeldAgainst | None, of: HeldAgainst, part: str) -> list[np.ndarray]:
    """Of the three pictures, meV/angstrom."""
    wish = Wish(of.picture.molecule.content_hash, part, WITHIN)  # type: ignore[arg-type]
    found = compared_parts(of.sides, held, wish)
    return [HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM * forces for forces in found if forces is not None]


def fitted(held: HeldAgainst) -> Density:
    assert held.findings.fitted is not None
    return held.findings.fitted


@pytest.mark.parametrize("pair", [("nuclear", "electronic"), ("near", "far")])
def test_parts_add_up_to_the_forces_of_each_picture(held: HeldAgainst, pair: tuple[str, str]) -> None:
    one, other = (parts(held, held, part) for part in pair)
    theirs = held.other.forces_hartree_per_bohr
    assert theirs is not None
    ours = held.picture.predicted.forces_hartree_per_bohr
    wholes = [HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM * forces for forces in (ours, theirs, ours - theirs)]
    for here, there, whole, pane in zip(one, other, wholes, held.sides.scene.panes, strict=True):
        assert here + there == pytest.approx(whole, abs=1e-6)
        # It is what the picture shows, to a tenth.
        assert np.ravel(here + there) == pytest.approx(np.array(pane.forces_mev_per_angstrom), abs=0.051)
    assert np.abs(one[1]).max() > 100.0 and np.abs(other[1]).max() > 100.0


def test_the_nuclear_part_is_the_same_in_both(held: HeldAgainst) -> None:
    ours, theirs, difference = parts(None, held, "nuclear")
    expected = HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM * nuclear_forces(held.picture.molecule)
    assert np.array_equal(ours, expected) and np.array_equal(theirs, expected) and not difference.any()


def test_the_electronic_part_of_dft_is_the_field_of_its_fitted_electrons(held: HeldAgainst) -> None:
    _, theirs, _ = parts(None, held, "electronic")
    molecule = held.picture.molecule
    expected = pyscf_potential_gradient(fitted(held), molecule.positions_bohr) * molecule.atomic_numbers[:, None]
    # The fit has the forces of the calculation to hundredths of 1 meV/angstrom.
    assert theirs == pytest.approx(HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM * expected, abs=0.2)


def alone(density: Density, atom: int) -> Density:
    """The functions that one atom carries, with its free atom."""
    molecule, start = density.molecule, density.basis.atom_offsets(density.molecule.atomic_numbers)
    one = Molecule(molecule.atomic_numbers[[atom]], molecule.positions_angstrom[[atom]])
    return Density(one, density.basis, density.coefficients[start[atom] : start[atom + 1]])


def test_the_near_part_of_dft_is_that_of_the_atoms_near_by(held: HeldAgainst) -> None:
    """Atom by atom by PySCF's two-centre integrals."""
    _, theirs, _ = parts(held, held, "near")
    molecule = held.picture.molecule
    numbers, positions = molecule.atomic_numbers, molecule.positions_bohr
    expected = np.zeros_like(positions)
    for source in range(len(molecule)):
        vectors = positions - positions[source]
        distances = np.linalg.norm(vectors, axis=1)
        near = distances <= WITHIN * ANGSTROM_IN_BOHR
        field = pyscf_potential_gradient(alone(fitted(held), source), positions)
        others = distances > 0
        field[others] += numbers[source] * vectors[others] / distances[others, None] ** 3
        expected[near] += field[near]
    expected *= numbers[:, None] * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    assert theirs == pytest.approx(expected, abs=0.01)


def test_what_a_scene_gets(held: HeldAgainst) -> None:
    scene = held.sides.scene
    asked, waits = with_compared_part(scene, held.sides, held, key="compare")
    assert asked.offers_parts and asked.force_part is None and not waits
    wish = {"structure": scene.structure, "part": "near", "within_angstrom": WITHIN}
    remember(wish, key="compare")
    # Before anything is found there is no fit, and nothing of the sort is sent.
    asked, waits = with_compared_part(scene, held.sides, None, key="compare")
    assert asked.force_part is None and waits
    asked, waits = with_compared_part(scene, held.sides, held, key="compare")
    assert not waits and asked.force_part is not None and asked.force_part.label == "Near part (< 2 Å)"
    assert [len(forces or ()) for forces in asked.force_part.of_panes] == [3 * len(scene.elements)] * 3
    remember(wish | {"part": "nuclear"}, key="compare")
    asked, waits = with_compared_part(scene, held.sides, None, key="compare")
    assert not waits and asked.force_part is not None and not any(asked.force_part.of_panes[2] or (1.0,))


def test_without_forces_of_the_other_only_the_prediction_has_parts(held: HeldAgainst) -> None:
    """As of a cube."""
    bare = replace(held.sides, other=replace(held.other, forces_hartree_per_bohr=None))
    remember({"structure": bare.scene.structure, "part": "far", "within_angstrom": WITHIN}, key="compare")
    of_cube = replace(held, sides=bare, findings=replace(held.findings, fitted=None))
    asked, waits = with_compared_part(bare.scene, bare, of_cube, key="compare")
    assert not waits and asked.force_part is not None
    ours, *others = asked.force_part.of_panes
    assert ours is not None and others == [None, None]
