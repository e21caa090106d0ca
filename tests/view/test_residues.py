"""Who pushes a residue: by residue and by distance the same sum, which is that of the forces."""

from dataclasses import replace

import numpy as np
import pytest

from core.chem.examples import example_path
from core.chem.subject import Source, from_source
from core.chem.topology import Residue, Topology
from core.model.net_force import NetForce
from core.view.net_force import net_force_of, net_force_words
from core.view.picture import Picture, picture_of
from core.view.residue_figures import (
    ITSELF,
    OWN,
    figure_by_distance,
    figure_by_residue,
    force_with_uncertainty,
    rows_of,
    words_of,
)
from core.view.residues import groups_of, pushes_on, table_of, table_of_forces
from core.view.trust import trust_of
from core.view.words import about, significant, unbroken
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
    assert pushes.label == "HOH A 2" and len(pushes.by_residue) == 1 and not pushes.cut
    assert pushes.by_distance.sum(0) == pytest.approx(outside, abs=1e-6)
    assert pushes.own + outside == pytest.approx(pushes.total, abs=3.0)
    assert pushes.uncertainty == pytest.approx(table.rows()[1]["force_uncertainty_mev_per_angstrom"], abs=0.06)
    assert "bonded to its neighbours" not in words_of(pushes)


@pytest.fixture(scope="module")
def helix() -> tuple[Picture, Topology]:
    path = example_path("helix-18")
    subject = from_source(Source(path.read_bytes(), path.name))
    assert subject.topology is not None
    return picture_of(subject.molecule), subject.topology


def test_all_rows_with_the_residue_itself_add_up_to_the_force(helix: tuple[Picture, Topology]) -> None:
    """One residue within a chain, cut at both peptide bonds: what it seems to do to itself is as large as the force, is
    told as such, and with it the rows of either figure are the force. The forces are made with a tolerance of 0.5
    meV/angstrom for each component of each atom."""
    pushes = pushes_on(*helix, (8,))
    allowed = 0.5 * len(helix[1].atoms_of_residue[8])
    rows = rows_of(pushes)
    assert [label for label, _ in rows][::13] == [ITSELF, "5 others"] and len(rows) == 14
    assert np.sum([vector for _, vector in rows], axis=0) == pytest.approx(pushes.total, abs=allowed)
    assert np.linalg.norm(pushes.own) > np.linalg.norm(pushes.total)
    size = np.linalg.norm(pushes.total)
    by_residue, by_distance = figure_by_residue(pushes), figure_by_distance(pushes)
    assert by_residue.data[0].y[-1] == ITSELF and by_distance.data[0].x[0] == OWN
    assert sum(by_residue.data[1].x) == pytest.approx(size, abs=2 * allowed)
    assert by_distance.data[2].y[-1] == pytest.approx(size, abs=2 * allowed)
    assert pushes.cut and "bonded to its neighbours" in words_of(pushes)
    assert not pushes_on(*helix, tuple(range(18))).cut


def test_a_force_within_its_error_is_told_so(helix: tuple[Picture, Topology]) -> None:
    pushes = replace(pushes_on(*helix, (8,)), total=np.array([0.0, 300.0, 400.0]))
    assert force_with_uncertainty(replace(pushes, uncertainty=123.0)) == f"force {unbroken('500 ± 120 meV/Å')}"
    assert force_with_uncertainty(replace(pushes, uncertainty=600.0)).endswith("no more than its likely error")
    assert force_with_uncertainty(replace(pushes, uncertainty=np.nan)).endswith("not known")


def test_the_net_force_is_told_with_what_it_means(helix: tuple[Picture, Topology]) -> None:
    picture, topology = helix
    net = net_force_of(picture)
    assert net is not None and net.expected is not None
    assert net.size == pytest.approx(picture.facts.net_force_mev_per_angstrom)
    words = net_force_words(net, topology)
    assert f"these added up to **{unbroken(f'{significant(net.size)} meV/Å')}**, which was taken off" in words
    middle = np.median([row["force_uncertainty_mev_per_angstrom"] for row in table_of_forces(picture, topology).rows()])
    assert f"**{unbroken(f'±{about(middle)} meV/Å')}** for a residue" in words
    assert net.uncertainty(np.arange(len(picture.molecule))) == pytest.approx(0.0, abs=1e-9)
    like = np.array([0.5, 0.5]), np.ones(2)
    alone = NetForce(10.0, np.array([3.0, 4.0]), *like)
    assert "errors share a direction." in net_force_words(alone)
    assert "is not known" in net_force_words(NetForce(10.0, np.array([np.nan, 4.0]), *like))


@pytest.mark.parametrize("errors", [(3.0, 4.0), (6.0, 8.0), (np.nan, 4.0)])
def test_the_command_line_says_of_the_net_force_what_the_page_says(errors: tuple[float, float]) -> None:
    net = NetForce(10.0, np.array(errors), np.array([0.5, 0.5]), np.ones(2))
    plain = net_force_words(net).replace("**", "").replace(unbroken("10 meV/Å"), "10 meV/angstrom")
    assert plain.startswith(net.sentence)


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
