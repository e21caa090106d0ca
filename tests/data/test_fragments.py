"""The stream of fragments: items that repeat themselves and are what their provenance says, failures left out."""

import json

import numpy as np
import pytest
from rdkit.Chem import AddHs, GetFormalCharge, MolFromSmiles
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from core.data import fragments, potentials
from core.data.assemble import assemble
from core.data.bonds import bonds_of_geometry, clashing
from core.data.catalogue import pieces
from core.data.compose import Composition
from core.data.fragments import BLOCK_ITEMS, FragmentStream, identities, intact, sample_item
from core.data.stream import Sample
from core.errors import DataError, UsageError

PROVENANCE = {"identity", "seed", "block", "sampler", "state", "temperature_kelvin", "reach_angstrom",
              "mmff_femtoseconds", "pieces", "smiles", "waters", "contacts"}  # fmt: skip
BY_NAME = {piece.name: piece for piece in pieces()}
# Small items of seed 1: quenched imidazolium, warm formate, hot methanethiolate, cold ethanethiol with a water.
ITEMS = ((193, 1), (133, 6), (267, 4), (6, 2))
OTHER_THIOLATE = (1, 124, 5)


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    found = [sample_item(1, block, item) for block, item in ITEMS]
    assert None not in found
    return [sample for sample in found if sample is not None]


def test_an_item_repeats_itself_and_differs_from_another_of_the_same_piece(samples: list[Sample]) -> None:
    for sample, at in list(zip(samples, ITEMS, strict=True))[1:3]:
        again = sample_item(1, *at)
        assert again is not None and again.molecule.content_hash == sample.molecule.content_hash
        assert (again.identity, again.origin, again.notes) == (sample.identity, sample.origin, sample.notes)
    other = sample_item(*OTHER_THIOLATE)
    assert other is not None and other.notes["smiles"] == samples[2].notes["smiles"]
    assert np.abs(other.molecule.positions_angstrom - samples[2].molecule.positions_angstrom).max() > 0.01


def test_an_item_does_not_depend_on_the_number_of_threads() -> None:
    openmp = potentials._openmp_of_tblite()
    if openmp is None:
        pytest.skip("tblite has no OpenMP here")
    before, hashes = openmp.omp_get_max_threads(), set()
    try:
        for threads in (1, 2):
            openmp.omp_set_num_threads(threads)
            sample = sample_item(1, 1, 1)
            assert sample is not None
            hashes.add(sample.molecule.content_hash)
    finally:
        openmp.omp_set_num_threads(before)
    assert len(hashes) == 1


@pytest.mark.parametrize(("block", "item", "first", "last"), [
    (193, 1, (-0.531424, 0.312616, 0.989118), (0.407361, -1.523728, 1.454772)),
])  # fmt: skip
def test_the_stream_of_seed_1_is_the_one_in_production(
    block: int, item: int, first: tuple[float, ...], last: tuple[float, ...]
) -> None:
    """Quenched, rigid and small, so that the last digits of another processor die out. A change is a new sampler."""
    sample = sample_item(1, block, item)
    assert sample is not None and sample.identity == f"fragments-4/default/1/{block}/{item}"
    assert sample.molecule.positions_angstrom[[0, -1]] == pytest.approx(np.array([first, last]), abs=2e-4)


def test_a_sample_is_what_its_provenance_says(samples: list[Sample]) -> None:
    for sample, (block, item) in zip(samples, ITEMS, strict=True):
        notes, molecule = sample.notes, sample.molecule
        assert set(notes) == PROVENANCE and json.loads(json.dumps(notes)) == notes
        assert notes["identity"] == sample.identity == identities(1, block)[item]
        assert (notes["seed"], notes["block"], notes["sampler"]) == (1, block, "fragments-4")
        graph = AddHs(MolFromSmiles(notes["smiles"]))
        charge = sum(BY_NAME[name].charge for name in notes["pieces"])
        assert molecule.charge == GetFormalCharge(graph) == charge and molecule.electrons % 2 == 0
        assert len(molecule) == sum(len(BY_NAME[name]) for name in notes["pieces"]) + 3 * notes["waters"]
        assert sorted(molecule.symbols) == sorted(atom.GetSymbol() for atom in graph.GetAtoms())
        assert len(notes["contacts"]) == len(notes["pieces"]) + notes["waters"] - 1
        assert sample.origin == "fragment single"
        assert (notes["temperature_kelvin"] == 0) == (notes["state"] == "quenched")
    assert {sample.notes["state"] for sample in samples} == {"quenched", "thermal", "cold"}
    assert CalcMolFormula(AddHs(MolFromSmiles(samples[0].notes["smiles"]))) == "C3H5N2+"


def test_a_sample_is_centred_whole_and_free_of_clashes(samples: list[Sample]) -> None:
    """The molecules found by following bonds of the geometry have the sizes of the pieces, and keep apart."""
    for sample in samples:
        molecule = sample.molecule
        assert np.abs(molecule.positions_angstrom.mean(0)).max() < 1e-6
        owner = np.arange(len(molecule))
        bonds = bonds_of_geometry(molecule.atomic_numbers, molecule.positions_angstrom)
        for first, second in sorted(bonds) * len(molecule):
            owner[[first, second]] = min(owner[first], owner[second])
        sizes = [len(BY_NAME[name]) for name in sample.notes["pieces"]] + [3] * sample.notes["waters"]
        assert sorted(np.unique(owner, return_counts=True)[1]) == sorted(sizes)
        assert not clashing(molecule.atomic_numbers, molecule.positions_angstrom, owner)


def test_what_is_not_intact_is_seen() -> None:
    pair = Composition((BY_NAME["methylammonium"], BY_NAME["formate"]), 0)
    assembly = assemble(pair, np.random.default_rng(1))
    whole, numbers = assembly.positions_angstrom, assembly.atomic_numbers
    assert intact(assembly, whole)
    proton, oxygen = 5, 8
    assert numbers[[proton, oxygen]].tolist() == [1, 8] and (1, proton) in map(tuple, assembly.bonds.tolist())
    outward = whole[oxygen] - whole[9]
    transferred, broken, lost = whole.copy(), whole.copy(), whole.copy()
    transferred[proton] = whole[oxygen] + 0.98 * outward / np.linalg.norm(outward)
    broken[10] = whole[10] + 1.5 * (whole[10] - whole[9])
    lost[0] = np.nan
    clash = whole.copy()
    clash[8:] += whole[0] - whole[10] + [1.2, 0.0, 0.0]
    for positions in (transferred, broken, lost, clash):
        assert not intact(assembly, positions)


@pytest.mark.parametrize("part", ["assemble", "equilibrated"])
def test_a_failure_is_tried_again_and_then_left_out(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls, real = [], getattr(fragments, part)

    def failing(times: int):  # type: ignore[no-untyped-def]
        def call(*words: object) -> object:
            calls.append(part)
            if len(calls) <= times:
                raise DataError("No.", "Again.")
            return real(*words)

        return call

    monkeypatch.setattr(fragments, part, failing(1))
    sample = sample_item(1, *ITEMS[0])
    assert len(calls) == 2 and sample is not None and sample.molecule.charge == 1
    calls.clear()
    monkeypatch.setattr(fragments, part, failing(99))
    assert sample_item(1, *ITEMS[0]) is None and len(calls) == fragments.ATTEMPTS


def test_a_broken_structure_is_left_out_of_the_block(monkeypatch: pytest.MonkeyPatch, samples: list[Sample]) -> None:
    monkeypatch.setattr(fragments, "intact", lambda *_: False)
    assert sample_item(1, *ITEMS[2]) is None
    monkeypatch.setattr(fragments, "sample_item", lambda seed, block, item, mixture: samples[0] if item % 2 else None)
    assert FragmentStream(1).sample(0) == [samples[0]] * (BLOCK_ITEMS // 2)


def test_identities_name_sampler_mixture_seed_block_and_item() -> None:
    assert FragmentStream(3).identities(7) == [f"fragments-4/default/3/7/{item}" for item in range(8)]
    assert FragmentStream(3, "bases").identities(7)[0] == "fragments-4/bases/3/7/0"
    assert len({name for block in range(3) for seed in (1, 2) for name in FragmentStream(seed).identities(block)}) == 48


def test_a_mixture_that_is_none_is_refused_before_anything_is_sampled() -> None:
    with pytest.raises(UsageError, match="no mixture 'stones'") as caught:
        FragmentStream(1, "stones")
    assert "bases" in caught.value.remedy
