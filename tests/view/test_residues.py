"""Who pushes a residue: by residue and by distance the same sum, which is that of the forces."""

import numpy as np
import pytest

from core.chem.subject import from_source
from core.chem.topology import Residue, Topology
from core.view.picture import picture_of
from core.view.residue_figures import figure_by_distance, figure_by_residue
from core.view.residues import groups_of, pushes_on, table_of
from core.view.trust import trust_of
from tests.chem.test_subject import WATERS, source


def test_pushes_add_up_and_the_table_is_that_of_the_forces() -> None:
    """By residue and by distance the same total, and the total that of the forces themselves."""
    subject = from_source(source(WATERS))
    picture, topology = picture_of(subject.molecule), subject.topology
    assert topology is not None
    table = table_of(picture, topology)
    assert table.charges.sum() == pytest.approx(0.0, abs=1e-9)
    trust = trust_of(picture)
    assert trust is not None
    assert table.rows()[1]["expected_error_per_atom_mev_per_angstrom"] == pytest.approx(
        trust.expected_mev_per_angstrom[topology.atoms_of_residue[1]].mean(), abs=0.06
    )
    pushes = pushes_on(picture, topology, (1,))
    outside = sum((vector for _, vector in pushes.by_residue), np.zeros(3))
    assert pushes.label == "HOH A 2" and len(pushes.by_residue) == 1
    assert pushes.by_distance.sum(0) == pytest.approx(outside, abs=1e-6)
    assert pushes.own + outside == pytest.approx(pushes.total, abs=3.0)
    figures = figure_by_residue(pushes), figure_by_distance(pushes)
    size = np.linalg.norm(outside)
    assert figures[0].data[0].x[0] == pytest.approx(size)
    assert figures[1].data[1].y[-1] == pytest.approx(size)


def test_groups_are_ligands_and_chains_where_there_are_several() -> None:
    residues = (
        Residue("A", "GLY", 1, kind="protein"),
        Residue("A", "ALA", 2, kind="protein"),
        Residue("B", "GLY", 1, kind="protein"),
        Residue("B", "HEM", 9),
        Residue("B", "HOH", 10, kind="water"),
    )
    topology = Topology(residues, ("X",) * 5, np.arange(5))
    assert groups_of(topology) == {"ligand HEM B 9": (3,), "chain A": (0, 1), "chain B": (2,)}
    one_chain = Topology(residues[:2], ("X",) * 2, np.arange(2))
    assert groups_of(one_chain) == {}
