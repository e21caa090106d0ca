"""The domain, atom by atom: what a fragment model would say of molecules it was and was not trained on."""

import json
from pathlib import Path

import numpy as np
import pytest
from rdkit import Chem

from core.chem.molecule import Molecule
from core.chem.read import from_smiles
from core.data.dataset import load_dataset
from core.model.domain import describe_domain, domain_flags, domain_warnings, joined_domain, sentences
from core.model.surroundings import Surroundings
from tests.model.test_surroundings import embedded

FRAGMENTS = Path(__file__).parents[2] / "assets" / "datasets" / "fragments"
METHYL = ("CO", "CCO", "C=C", "CC", "C[NH3+]", "CC(=O)[O-]", "CN", "O", "CS")


@pytest.fixture(scope="module")
def domain() -> dict:
    """Of small organic molecules, through JSON as in a card."""
    return json.loads(json.dumps(describe_domain(embedded(smiles)[1] for smiles in METHYL)))


@pytest.fixture(scope="module")
def fragments() -> list[Molecule]:
    return [record.molecule for record in load_dataset(FRAGMENTS) if len(record.molecule) <= 60]


def side_by_side(molecules: list[Molecule], apart: float = 12.0) -> Molecule:
    numbers = np.concatenate([m.atomic_numbers for m in molecules])
    positions = [
        m.positions_angstrom - m.positions_angstrom.mean(0) + [apart * k, 0, 0] for k, m in enumerate(molecules)
    ]
    return Molecule(numbers, np.concatenate(positions), sum(m.charge for m in molecules))


def kinds(molecule: Molecule, domain: dict) -> set[str]:
    return {flag.kind for flag in domain_flags(molecule, domain)}


def test_what_was_trained_on_is_inside(domain: dict) -> None:
    for smiles in METHYL:
        assert domain_flags(embedded(smiles)[1], domain) == ()


def test_a_large_structure_may_carry_the_charge_of_its_parts(fragments: list[Molecule]) -> None:
    domain = describe_domain(fragments)
    charged = [m for m in fragments if m.charge == 1][:7]
    assert len(charged) == 7 and max(domain["charges"]) < 7
    protein = side_by_side(charged)
    assert protein.charge == 7 and domain_flags(protein, domain) == ()
    denser = Molecule(protein.atomic_numbers, protein.positions_angstrom, len(protein) // 2)
    assert "charge" in kinds(denser, domain)
    one = charged[0]
    assert kinds(Molecule(one.atomic_numbers, one.positions_angstrom, 7), domain) >= {"charge"}


def test_molecular_oxygen_is_no_closed_shell() -> None:
    oxygen, peroxide = embedded("O=O")[1], embedded("OO")[1]
    known = describe_domain([oxygen, peroxide])
    flags = domain_flags(side_by_side([oxygen, peroxide]), known)
    assert [(flag.kind, flag.atoms) for flag in flags] == [("electrons", (0, 1))] and "triplet" in flags[0].text
    assert domain_flags(peroxide, known) == ()


def test_no_charge_is_known_to_a_model_of_neutral_ones(domain: dict) -> None:
    neutral = describe_domain(embedded(smiles)[1] for smiles in ("C", "O", "N"))
    ions = side_by_side([embedded("C[NH3+]")[1]] * 4)
    assert "charge" in kinds(ions, neutral)
    assert "charge" not in kinds(ions, domain)


def test_radicals_are_named_by_piece(domain: dict) -> None:
    methanol, ethane = embedded("CO")[1], embedded("CC")[1]
    radical = Molecule(ethane.atomic_numbers[:-1], ethane.positions_angstrom[:-1])
    flags = domain_flags(side_by_side([methanol, radical]), domain)
    odd = next(flag for flag in flags if flag.kind == "electrons")
    assert odd.atoms == tuple(range(len(methanol), len(methanol) + len(radical)))
    ion = embedded("C[NH3+]")[1]
    assert "electrons" not in kinds(ion, domain)
    assert "electrons" in kinds(Molecule(ion.atomic_numbers, ion.positions_angstrom, 0), domain)


def test_an_unknown_bond_and_an_unknown_contact_are_told_from_known_ones(domain: dict) -> None:
    _, peroxide = embedded("COOC")
    flags = domain_flags(peroxide, domain)
    oxygens = {k for k, z in enumerate(peroxide.atomic_numbers.tolist()) if z == 8}
    assert {flag.subject for flag in flags if flag.kind == "bond length"} == {"O-O"}
    assert all(set(flag.atoms) == oxygens for flag in flags if flag.subject == "O-O" and flag.kind == "bond length")
    thiol, water = embedded("CS")[1], embedded("O")[1]
    sulphur = int(np.flatnonzero(thiol.atomic_numbers == 16)[0])
    away = thiol.positions_angstrom[sulphur] - thiol.positions_angstrom.mean(0)
    site = thiol.positions_angstrom[sulphur] + 3.2 * away / np.linalg.norm(away)
    oxygen = water.positions_angstrom - water.positions_angstrom[0] + site
    touching = Molecule(
        np.append(thiol.atomic_numbers, water.atomic_numbers), np.vstack([thiol.positions_angstrom, oxygen])
    )
    contact = [flag for flag in domain_flags(touching, domain) if flag.kind == "contact" and flag.subject == "O-S"]
    assert [flag.atoms for flag in contact] == [(sulphur, len(thiol))]
    assert "no such contact" in contact[0].text


def test_sizes_of_distortions_decide(domain: dict) -> None:
    graph, ethanol = embedded("CCO")
    i, j = graph.GetSubstructMatch(Chem.MolFromSmarts("CO"))
    axis = ethanol.positions_angstrom[j] - ethanol.positions_angstrom[i]
    moved = [j, *(a.GetIdx() for a in graph.GetAtomWithIdx(j).GetNeighbors() if a.GetAtomicNum() == 1)]
    found = {}
    for factor in (1.01, 1.2):
        positions = ethanol.positions_angstrom.copy()
        positions[moved] += (factor - 1) * axis
        found[factor] = domain_flags(Molecule(ethanol.atomic_numbers, positions), domain)
    assert found[1.01] == ()
    assert {flag.atoms for flag in found[1.2] if flag.kind == "bond length"} == {tuple(sorted((i, j)))}


def test_an_older_card_without_angles_and_contacts_through_space_still_judges(domain: dict) -> None:
    old = {k: v for k, v in domain.items() if k not in ("angles_degrees", "closest_through_space_angstrom")}
    del old["charge_per_atom"]
    for smiles in METHYL:
        assert domain_flags(embedded(smiles)[1], old) == ()
    clash = side_by_side([embedded("O")[1], embedded("O")[1]], apart=1.9)
    assert "contact" in kinds(clash, old)


def test_many_flags_of_a_kind_are_one_sentence_that_shows_the_worst(domain: dict) -> None:
    long = [embedded("O")[1].positions_angstrom * factor for factor in (1.12, 1.15, 1.1)]
    waters = side_by_side([Molecule(embedded("O")[1].atomic_numbers, positions) for positions in long])
    flags = [flag for flag in domain_flags(waters, domain) if flag.kind == "bond length"]
    assert len(flags) == 6
    [text] = sentences(flags)
    worst = max(flag.by for flag in flags)
    assert text.startswith(next(flag.text for flag in flags if flag.by == worst)) and "5 more" in text
    assert "atoms 4 and" in text
    assert len(domain_warnings(waters, domain)) <= 6


def test_two_domains_together_are_that_of_all_structures() -> None:
    first, second = [from_smiles("CO"), from_smiles("O")], [from_smiles("CS"), from_smiles("C[NH3+]")]
    joined = joined_domain(describe_domain(first), describe_domain(second))
    assert joined == describe_domain([*first, *second])


@pytest.mark.parametrize(
    ("smiles", "rings"),
    [
        ("C1CC1", [3]),
        ("C1CCC1", [4]),
        ("C1CC2CCC12", [4, 4]),
        ("C12C3C1C23", [3, 3, 3, 3, 4]),
        ("C1CCCC1", []),
        ("CC(C)C", []),
    ],
)
def test_small_rings_are_found(smiles: str, rings: list[int]) -> None:
    molecule = from_smiles(smiles)
    found = Surroundings.of(molecule).small_rings
    assert sorted(map(len, found)) == rings
    heavy = [i for i, z in enumerate(molecule.atomic_numbers.tolist()) if z > 1]
    assert {atom for ring in found for atom in ring} <= set(heavy)


def test_a_small_ring_is_outside_a_domain_that_has_none() -> None:
    """Whatever angles a hot chain reaches: 88 degrees at each carbon are no reason for trust in a ring of four."""
    ring, chain = from_smiles("C1CCC1"), from_smiles("CCCC")
    domain = describe_domain([chain, ring])
    assert domain["small_rings"] == [4] and not domain_flags(ring, domain)
    apart = domain | {"small_rings": []}
    assert {flag.kind for flag in domain_flags(ring, apart)} == {"ring"}
    assert "ring of 4 atoms" in domain_flags(ring, apart)[0].text
    older = {name: value for name, value in domain.items() if name != "small_rings"}
    assert not domain_flags(ring, older) and joined_domain(domain, apart)["small_rings"] == [4]
