"""Peptides and duplexes as built: their bonds, hands, charges, hydrogen bonds, and their graphs."""

import numpy as np
import pytest
from rdkit.Chem import GetFormalCharge, Mol, MolToSmiles, RemoveHs, SanitizeMol

from core.data.bonds import bonds_of_geometry, bonds_of_graph, van_der_waals_radii
from core.data.cutouts.bondgraph import BondGraph, build_bond_graph
from core.data.cutouts.bundle import draw_bundle
from core.data.cutouts.duplex import duplex, nucleotides
from core.data.cutouts.peptide import LENGTHS, RESIDUES, Recipe, backbone, draw_recipe, next_atom, peptide
from core.data.cutouts.solute import Solute
from core.data.cutouts.templates import torsion
from core.errors import DataError

PAIRS = {("DA", "DT"): (("N1", "N3"), ("N6", "O4")), ("DC", "DG"): (("N3", "N1"), ("N4", "O6"), ("O2", "N2"))}


@pytest.fixture(scope="module")
def helix() -> Solute:
    """Forms of the side chains that are not the usual ones, charged residues, and a disulphide."""
    names = ("GLY", "HIS", "HIS", "CYS", "HIS", "ASP", "CYS", "GLU", "LYS", "ARG", "ASP", "TRP", "ILE", "THR")
    forms = (None, "HID", "HIE", "CYX", "HIP", "ASH", "CYX", "GLH", "LYN", None, None, None, None, None)
    return peptide(Recipe(names, forms, "helix", (3, 6)), np.random.default_rng(1))


@pytest.fixture(scope="module")
def duplex_of_four() -> Solute:
    return duplex("ACTG", 1)


def whole(graph: BondGraph) -> Mol:
    molecule = Mol(graph.molecule)
    SanitizeMol(molecule)
    assert not any(atom.GetNumRadicalElectrons() for atom in molecule.GetAtoms())
    return molecule


def heavy_bonds(solute: Solute) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Bonds of heavy atoms, in the graph and by distance; OpenMM leaves its hydrogens to the minimiser."""
    graph = build_bond_graph(solute.topology)
    numbers = graph.atomic_numbers
    found = bonds_of_graph(graph.molecule), bonds_of_geometry(numbers, solute.positions_angstrom)
    drawn, seen = ({pair for pair in bonds if (numbers[list(pair)] > 1).all()} for bonds in found)
    return drawn, seen


def test_charges_and_tautomers_of_a_peptide(helix: Solute) -> None:
    """The ends cancel; HIP, ARG and ASP are charged; each form is met once in the SMILES of the whole."""
    molecule = whole(build_bond_graph(helix.topology))
    assert GetFormalCharge(molecule) == 1 + 1 - 1
    smiles = MolToSmiles(RemoveHs(molecule))
    for group, times in (("[NH3+]", 1), ("[nH+]", 1), ("[NH2+]", 1), ("[O-]", 2), ("SS", 1), ("[n-]", 0), ("[N-]", 0)):
        assert smiles.count(group) == times, group


def test_a_peptide_has_the_bonds_of_its_graph_and_left_handed_residues(helix: Solute) -> None:
    graph, positions = build_bond_graph(helix.topology), helix.positions_angstrom
    drawn, seen = heavy_bonds(helix)
    assert {tuple(graph.labels[end].split()[3] for end in pair) for pair in drawn ^ seen} <= {("SG", "SG")}
    place = {label: positions[index] for index, label in enumerate(graph.labels)}
    for residue in helix.topology.residues():
        if residue.name != "GLY":
            n, c, cb, ca = (place[f"{residue.name} A {residue.id} {name}"] for name in ("N", "C", "CB", "CA"))
            assert np.cross(n - ca, c - ca) @ (cb - ca) > 1.0


def test_torsions_of_a_backbone_are_those_asked_for() -> None:
    chain = backbone(np.array([[-62.0, -43.0], [-120.0, 135.0], [-75.0, 145.0]]))
    for before, here, phi, psi in zip(chain, chain[1:], (-120.0, -75.0), (-43.0, 135.0), strict=False):
        assert torsion([before["C"], here["N"], here["CA"], here["C"]]) == pytest.approx(phi)
        assert torsion([before["N"], before["CA"], before["C"], here["N"]]) == pytest.approx(psi)
        assert abs(torsion([before["CA"], before["C"], here["N"], here["CA"]])) == pytest.approx(180)
        assert np.linalg.norm(here["N"] - before["C"]) == pytest.approx(1.329)
    straight = next_atom((np.array([0.0, 1, 0]), np.zeros(3), np.array([1.0, 0, 0])), 2.0, 90.0, 0.0)
    assert straight == pytest.approx([1, 2, 0])


def test_recipes_hold_all_residues_and_forms() -> None:
    recipes = [draw_recipe(np.random.default_rng([5, number])) for number in range(200)]
    assert {len(recipe.residues) for recipe in recipes} == set(range(LENGTHS[0], LENGTHS[1] + 1))
    assert {name for recipe in recipes for name in recipe.residues} == set(RESIDUES)
    forms = [form for recipe in recipes for form in recipe.forms]
    assert set(forms) == {None, "HID", "HIE", "HIP", "ASP", "ASH", "GLU", "GLH", "LYS", "LYN", "CYX"}
    bridged = [recipe for recipe in recipes if recipe.bridge]
    assert 5 < len(bridged) < 60
    for recipe in bridged:
        assert recipe.bridge and recipe.shape == "helix" and len(recipe.residues) > recipe.bridge[1]
        assert {recipe.residues[place] for place in recipe.bridge} == {"CYS"}


def test_peptides_side_by_side_touch_and_stay_two_molecules() -> None:
    bundle = draw_bundle(np.random.default_rng(4))
    graph, positions = build_bond_graph(bundle.topology), bundle.positions_angstrom
    numbers, chains = graph.atomic_numbers, np.array([label.split()[1] == "B" for label in graph.labels])
    drawn, seen = heavy_bonds(bundle)
    assert drawn == seen and not any(chains[first] != chains[second] for first, second in drawn)
    radii = van_der_waals_radii(numbers)
    apart = np.linalg.norm(positions[chains][:, None] - positions[~chains], axis=-1)
    assert (apart / (radii[chains][:, None] + radii[~chains])).min() == pytest.approx(0.85)
    lengths = [len(strand.split("-")) for strand in bundle.notes["sequence"].split(".")]
    assert len(lengths) == 2 and sum(lengths) == bundle.topology.getNumResidues() and 5 <= min(lengths)


def test_base_pairs_of_a_duplex_are_bonded_and_lie_in_the_b_form() -> None:
    chain = nucleotides("ACGTCA")
    for first, second in zip(chain[:6], reversed(chain[6:]), strict=True):
        if (first[1], second[1]) not in PAIRS:
            first, second = second, first
        for donor, acceptor in PAIRS[first[1], second[1]]:
            assert 2.75 < np.linalg.norm(first[2][donor] - second[2][acceptor]) < 3.25
    for (_, _, here), (_, _, after) in zip(chain[:5], chain[1:6], strict=True):
        assert 1.55 < np.linalg.norm(here["O3'"] - after["P"]) < 1.68
        assert 8.5 < np.linalg.norm(after["P"][:2]) < 10.5
        delta = torsion([here["C5'"], here["C4'"], here["C3'"], here["O3'"]])
        gamma = torsion([after["O5'"], after["C5'"], after["C4'"], after["C3'"]])
        alpha = torsion([here["O3'"], after["P"], after["O5'"], after["C5'"]])
        assert 120 < delta < 160 and 35 < gamma < 75 and -95 < alpha < -40


def test_a_duplex_has_the_bonds_of_its_graph_and_a_charge_for_each_phosphate(duplex_of_four: Solute) -> None:
    drawn, seen = heavy_bonds(duplex_of_four)
    assert drawn == seen
    molecule = whole(build_bond_graph(duplex_of_four.topology))
    assert GetFormalCharge(molecule) == -6 == -MolToSmiles(molecule).count("[O-]")


def test_what_is_built_repeats_itself(helix: Solute, duplex_of_four: Solute) -> None:
    again = duplex("ACTG", 1)
    assert (again.positions_angstrom == duplex_of_four.positions_angstrom).all()
    recipe = Recipe(("ALA", "HIS", "TYR"), (None, "HIE", None), "extended")
    first, second = (peptide(recipe, np.random.default_rng(3)) for _ in range(2))
    assert (first.positions_angstrom == second.positions_angstrom).all() and first.notes == second.notes
    assert first.notes == {"system": "peptide", "sequence": "ALA-HIE-TYR", "shape": "extended", "bridge": []}


def test_cuts_go_through_single_bonds_of_saturated_carbon(helix: Solute, duplex_of_four: Solute) -> None:
    """Units are the groups of chemistry; what may be cut is between an sp3 carbon and C, N or a phosphate's O."""
    found = set()
    for solute in (helix, duplex_of_four):
        graph = build_bond_graph(solute.topology)
        molecule = whole(graph)
        for own, links in graph.links.items():
            for inside, outside in links:
                bond, other = molecule.GetBondBetweenAtoms(inside, outside), molecule.GetAtomWithIdx(outside)
                assert graph.unit_of[inside] == own != graph.unit_of[outside]
                assert bond.GetBondTypeAsDouble() == 1 and not (bond.IsInRingSize(5) or bond.IsInRingSize(6))
                found.add("".join(sorted(end.GetSymbol() for end in (molecule.GetAtomWithIdx(inside), other))))
        names = {tuple(sorted(graph.labels[a].split()[3] for a in unit)) for unit in graph.atoms_of}
        if solute is helix:
            assert ("CG1", "HG12", "HG13") in names and ("C", "H", "N", "O") in names
            assert ("CZ", "HE", "HH11", "HH12", "HH21", "HH22", "NE", "NH1", "NH2") in names
            assert any(unit.count("SG") == 2 for unit in names)
        else:
            assert ("O3'", "O5'", "OP1", "OP2", "P") in names
    assert found == {"CC", "CN", "CO"}


def test_a_residue_without_bond_orders_is_refused() -> None:
    from openmm import app

    topology = app.Topology()
    topology.addAtom("NA", app.Element.getBySymbol("Na"), topology.addResidue("NA", topology.addChain("A")))
    with pytest.raises(DataError, match="no bond orders"):
        build_bond_graph(topology)
