"""Cut-outs: what is taken, how it is closed, that it repeats itself and is what its provenance says."""

import json
from collections import Counter

import numpy as np
import pytest
from rdkit.Chem import AddHs, GetFormalCharge, MolFromSmiles
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from core.cli.generate import parse_bounds
from core.data.bonds import bonds_of_geometry, bonds_of_graph, clashing, distances
from core.data.cutouts import relax, stream, system
from core.data.cutouts.bondgraph import BondGraph, build_bond_graph
from core.data.cutouts.cut import around, caps_clash, cut_out
from core.data.cutouts.duplex import duplex
from core.data.cutouts.dynamics import SolvatedDynamics
from core.data.cutouts.grow import choose_pieces, grown, linked, random_centre, size
from core.data.cutouts.peptide import Recipe, peptide
from core.data.cutouts.relax import Tethered
from core.data.cutouts.solute import Array, Solute
from core.data.cutouts.stream import CutoutStream, draw_size, identities, sample_block
from core.data.cutouts.system import draw_solute
from core.data.generator import formula
from core.data.stream import Sample
from core.errors import DataError, UsageError

SMALL = Recipe(("SER", "HIS", "LYS"), (None, "HIE", None), "extended")
Frame = tuple[BondGraph, Array, int, Array]


def moved(solute: Solute) -> Frame:
    """Graph, positions after a few steps in water, atoms of the solute, edges of the box."""
    dynamics = SolvatedDynamics.start(solute, 300.0, 5)
    frame = dynamics.run(0.02)
    return build_bond_graph(dynamics.topology), frame, len(solute.positions_angstrom), dynamics.box_angstrom


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return [moved(peptide(SMALL, np.random.default_rng(1))), moved(duplex("AC", 1))]


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    with pytest.MonkeyPatch.context() as patch:
        shortened(patch)
        return sample_block(1, 3)


def shortened(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(system, "draw_solute", lambda rng: peptide(SMALL, rng))
    patch.setattr(system, "EQUILIBRATION_PS", 0.02)
    patch.setattr(stream, "BETWEEN_CUTS_PS", 0.01)
    patch.setattr(stream, "BLOCK_ITEMS", 3)
    patch.setattr(relax, "FEMTOSECONDS", (10, 20))


def test_cuts_are_closed_by_hydrogens_at_the_bonds_that_were_cut(frames: list[Frame]) -> None:
    """Every cap is at the length of a bond to hydrogen and along the bond cut; nothing else has moved."""
    lengths, pieces_seen, made = set(), Counter[int](), 0
    for graph, frame, solute_atoms, box in frames:
        rng = np.random.default_rng(7)
        for target in [*range(8, 30, 2)] * 3:
            centre = random_centre(graph, solute_atoms, rng)
            positions = around(frame, solute_atoms, frame[centre], box)
            pieces = choose_pieces(graph, positions, centre, solute_atoms, target, rng)
            if pieces is None:
                continue
            assert graph.unit_of[centre] in pieces.units[0] and size(graph, pieces.all_units) <= target
            for first in range(len(pieces.units)):
                for second in range(first):
                    assert not linked(graph, pieces.units[first]) & pieces.units[second]
            cut = cut_out(graph, positions, pieces)
            if cut is None:
                continue
            made += 1
            assembly, taken = cut.assembly, sorted(a for unit in pieces.all_units for a in graph.atoms_of[unit])
            assert len(assembly.owner) == size(graph, pieces.all_units) == len(taken) + len(cut.caps)
            assert assembly.positions_angstrom[: len(taken)] == pytest.approx(positions[taken])
            assert assembly.owner.max() + 1 == len(pieces.units)
            pieces_seen[len(pieces.units)] += 1
            for cap in cut.caps.tolist():
                (inside,) = [a.GetIdx() for a in assembly.graph.GetAtomWithIdx(cap).GetNeighbors()]
                along = assembly.positions_angstrom[cap] - assembly.positions_angstrom[inside]
                length = float(np.linalg.norm(along))
                lengths.add((int(assembly.atomic_numbers[inside]), round(length, 6)))
                outward = [positions[o] - positions[i] for i, o in graph.links[int(graph.unit_of[taken[inside]])]
                           if i == taken[inside]]  # fmt: skip
                assert max(along @ out / np.linalg.norm(out) / length for out in outward) == pytest.approx(1)
            closed = AddHs(MolFromSmiles(cut.smiles))
            assert cut.charge == GetFormalCharge(closed) and len(assembly.owner) == closed.GetNumAtoms()
    assert lengths == {(6, 1.09), (7, 1.02), (8, 0.97)}
    assert made > 40 and len(pieces_seen) > 3


def test_a_piece_that_grows_is_connected_and_keeps_out_of_what_is_forbidden(frames: list[Frame]) -> None:
    graph, _, solute_atoms, _ = frames[0]
    everything = frozenset(graph.unit_of[:solute_atoms].tolist())
    assert grown(graph, 0, 10**3, frozenset(), np.random.default_rng(1)) == everything
    assert size(graph, everything) == solute_atoms
    walls = linked(graph, frozenset({0})) - {0}
    assert grown(graph, 0, 10**3, walls, np.random.default_rng(1)) == frozenset({0})
    assert grown(graph, 0, 3, frozenset(), np.random.default_rng(1)) is None


def test_neighbours_touch(frames: list[Frame]) -> None:
    """Every piece has a heavy atom within 3.8 angstrom of those before it."""
    for graph, frame, solute_atoms, box in frames:
        rng, several = np.random.default_rng(3), 0
        for _ in range(20):
            centre = random_centre(graph, solute_atoms, rng)
            positions = around(frame, solute_atoms, frame[centre], box)
            pieces = choose_pieces(graph, positions, centre, solute_atoms, 24, rng)
            units = pieces.units if pieces else ()
            for number in range(1, len(units)):
                mine, before = (
                    [a for unit in group for a in graph.atoms_of[unit] if graph.atomic_numbers[a] > 1]
                    for group in (units[number], frozenset().union(*units[:number]))
                )
                assert np.linalg.norm(positions[mine][:, None] - positions[before], axis=-1).min() < 3.8
                several += 1
        assert several > 10


def test_waters_come_in_the_image_nearest_to_the_centre(frames: list[Frame]) -> None:
    graph, frame, solute_atoms, box = frames[0]
    shifted = frame.copy()
    shifted[solute_atoms:] += np.repeat(box * np.random.default_rng(1).integers(-2, 3, (3,)), 1)
    placed = around(shifted, solute_atoms, frame[4], box)
    assert placed == pytest.approx(around(frame, solute_atoms, frame[4], box))
    assert (np.abs(placed[solute_atoms::3] - frame[4]) <= box / 2 + 1e-6).all()
    assert bonds_of_graph(graph.molecule) >= {(a, a + 1) for a in range(solute_atoms, len(frame), 3)}
    assert np.linalg.norm(placed[solute_atoms::3] - placed[solute_atoms + 1 :: 3], axis=1).max() < 1.3


def test_a_cap_near_another_piece_is_seen(frames: list[Frame]) -> None:
    graph, frame, solute_atoms, box = frames[0]
    rng = np.random.default_rng(11)
    while True:
        centre = random_centre(graph, solute_atoms, rng)
        positions = around(frame, solute_atoms, frame[centre], box)
        pieces = choose_pieces(graph, positions, centre, solute_atoms, 16, rng)
        cut = cut_out(graph, positions, pieces) if pieces and len(pieces.units) > 1 else None
        if cut and len(cut.caps) and not caps_clash(cut):
            break
    cap, owner = int(cut.caps[0]), cut.assembly.owner
    other = int(np.flatnonzero(owner != owner[cap])[0])
    beside = cut.assembly.positions_angstrom[other] + np.array([1.3, 0.0, 0.0])
    cut.assembly.graph.GetConformer().SetAtomPosition(cap, beside.tolist())
    assert caps_clash(cut)


def test_the_spring_of_a_tether_is_the_gradient_of_its_energy() -> None:
    rng = np.random.default_rng(2)
    start, away, heavy = rng.normal(size=(4, 3)), rng.normal(size=(4, 3)), np.array([0, 2])
    held = Tethered(lambda positions: (1.0, np.ones_like(positions)), heavy, start[heavy], 0.3)
    assert held(start)[0] == 1.0 and (held(start)[1] == 1).all()
    for atom, axis in ((0, 0), (2, 1), (1, 2)):
        step = np.zeros((4, 3))
        step[atom, axis] = 1e-5
        slope = (held(away + step)[0] - held(away - step)[0]) / 2e-5
        assert 1 - held(away)[1][atom, axis] == pytest.approx(slope, abs=1e-8)


def test_a_block_of_the_kind_asked_for_repeats_itself(samples: list[Sample], monkeypatch: pytest.MonkeyPatch) -> None:
    shortened(monkeypatch)
    assert CutoutStream(1, kind="DNA").sample(3) == []
    again = CutoutStream(1, kind="peptide").sample(3)
    assert [s.identity for s in again] == [s.identity for s in samples]
    assert [s.molecule.content_hash for s in again] == [s.molecule.content_hash for s in samples]
    assert [s.notes for s in again] == [s.notes for s in samples]


def test_a_sample_is_what_its_provenance_says(samples: list[Sample]) -> None:
    assert len(samples) >= 2 and len({s.molecule.content_hash for s in samples}) == len(samples)
    for sample in samples:
        notes, molecule = sample.notes, sample.molecule
        assert json.loads(json.dumps(notes)) == notes and sample.origin == "cutout peptide"
        assert (notes["sampler"], notes["seed"], notes["block"]) == ("cutouts-1", 1, 3)
        assert sample.identity == notes["identity"] and sample.identity.startswith("cutouts-1/default/1/3/")
        assert notes["sequence"] == "SER-HIE-LYS" and 280 <= notes["temperature_kelvin"] <= 370
        assert notes["platform"] == "CPU" and notes["centre"].split()[0] in ("SER", "HIS", "LYS")
        graph = AddHs(MolFromSmiles(notes["smiles"]))
        assert molecule.charge == GetFormalCharge(graph) and molecule.electrons % 2 == 0
        assert formula(molecule) == CalcMolFormula(graph) and 8 <= len(molecule) <= 30
        assert sum(notes["sizes"]) == len(molecule) and notes["caps"] < len(molecule)
        assert np.abs(molecule.positions_angstrom.mean(0)).max() < 1e-6


def test_a_sample_falls_into_its_pieces_and_none_clash(samples: list[Sample]) -> None:
    """Molecules found by following bonds of the geometry have the sizes noted, and keep apart."""
    for sample in samples:
        molecule = sample.molecule
        owner = np.arange(len(molecule))
        for first, second in sorted(bonds_of_geometry(molecule.atomic_numbers, molecule.positions_angstrom)) * 30:
            owner[[first, second]] = min(owner[first], owner[second])
        assert sorted(np.unique(owner, return_counts=True)[1]) == sorted(sample.notes["sizes"])
        assert not clashing(molecule.atomic_numbers, molecule.positions_angstrom, owner)
        apart = distances(molecule.positions_angstrom) + 10 * np.eye(len(molecule))
        assert apart.min() > 0.85


def test_a_system_that_is_badly_built_is_drawn_again_and_then_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ends that overlap are seen; a block without a system is empty."""
    calls = []

    def overlapping(rng: np.random.Generator) -> Solute:
        calls.append(1)
        whole = peptide(Recipe(("GLY", "GLY"), (None, None), "extended"), rng)
        positions = whole.positions_angstrom.copy()
        last = [atom.name for atom in whole.topology.atoms()].index("OXT")
        positions[last] = positions[0] + 0.9
        return Solute(whole.topology, positions, whole.notes)

    shortened(monkeypatch)
    monkeypatch.setattr(system.SolvatedDynamics, "start", classmethod(_unmoved))
    monkeypatch.setattr(system, "draw_solute", overlapping)
    assert sample_block(1, 0) == [] and len(calls) == system.ATTEMPTS


def _unmoved(kind: type, solute: Solute, kelvin: float, seed: int) -> object:
    class Still:
        topology, box_angstrom = solute.topology, np.full(3, 30.0)

        def run(self, picoseconds: float) -> Array:
            return self.positions_angstrom()

        def positions_angstrom(self) -> Array:
            return solute.positions_angstrom

    return Still()


def test_solutes_and_sizes_of_the_stream() -> None:
    rng = np.random.default_rng(1)
    sizes = np.array([draw_size((8, 30), "peptide", rng) for _ in range(4000)])
    assert sizes.min() >= 8 and sizes.max() <= 30
    assert np.mean(sizes <= 20) > 0.75 and np.mean(sizes > 20) > 0.1
    assert max(draw_size((40, 60), "DNA", rng) for _ in range(100)) == 60
    kinds = Counter[str]()
    for number in range(10):
        solute = draw_solute(np.random.default_rng([2, number]))
        kinds[solute.notes["system"]] += 1
        if solute.notes["system"] == "DNA":
            both = solute.notes["sequence"].translate(str.maketrans("ACGT", "TGCA")) + solute.notes["sequence"]
            assert 6 <= len(solute.notes["sequence"]) <= 8 and set(both) == set("ACGT")
    assert set(kinds) == {"peptide", "DNA"}


def test_more_cuts_of_a_system_begin_with_the_same(samples: list[Sample], monkeypatch: pytest.MonkeyPatch) -> None:
    shortened(monkeypatch)
    more = CutoutStream(1, cuts=5).sample(3)
    assert len(more) > len(samples)
    assert [s.molecule.content_hash for s in more][: len(samples)] == [s.molecule.content_hash for s in samples]
    with pytest.raises(DataError, match="Give 1 or more"):
        CutoutStream(1, cuts=0)


def test_cuts_around_one_element(samples: list[Sample], monkeypatch: pytest.MonkeyPatch) -> None:
    shortened(monkeypatch)
    assert CutoutStream(1, element=16).sample(3) == []
    around_nitrogen = CutoutStream(1, cuts=4, element=7).sample(3)
    assert around_nitrogen and all(s.notes["centre"].split()[-1][0] == "N" for s in around_nitrogen)
    assert around_nitrogen[0].identity.startswith("cutouts-1/default@N/1/3/")
    assert any(s.notes["centre"].split()[-1][0] != "N" for s in samples)


@pytest.mark.parametrize(("kind", "element"), [("peptide", 15), ("DNA", 16), (None, 9)])
def test_what_no_system_has_cannot_be_cut_around(kind: str | None, element: int) -> None:
    with pytest.raises(DataError, match="to cut around"):
        CutoutStream(1, kind=kind, element=element)


def test_identities_name_sampler_bounds_seed_block_and_item() -> None:
    assert CutoutStream(2).identities(5) == [f"cutouts-1/default/2/5/{item}" for item in range(8)]
    assert identities(1, 0, (40, 60))[0] == "cutouts-1/40:60/1/0/0"
    assert CutoutStream(2, cuts=20).identities(5)[19] == "cutouts-1/default/2/5/19"


@pytest.mark.parametrize("bounds", [(2, 30), (20, 20), (30, 8), (8, 10**6)])
def test_bounds_without_room_are_refused(bounds: tuple[int, int]) -> None:
    with pytest.raises(DataError, match="such as 8:30"):
        CutoutStream(1, bounds)


def test_bounds_on_the_command_line() -> None:
    assert parse_bounds("40:60") == (40, 60)
    for text in ("", "8", "8-30", "a:b"):
        with pytest.raises(UsageError, match="8:30"):
            parse_bounds(text)
