"""Which nitrogen of a neutral histidine has the hydrogen, where PDB2PQR found no hydrogen bond that tells."""

import numpy as np
import pytest

from core.chem.prepare import Options, pipeline, prepare
from core.chem.prepare.draft import Draft
from core.chem.prepare.histidines import crowded_nitrogens
from core.chem.prepare.proton_network import Network
from core.chem.prepare.reading import read_draft
from core.chem.prepare.report import Log
from tests.molecules import capped

RING = ("CG", "ND1", "CE1", "NE2", "CD2")


def histidine() -> Draft:
    return read_draft(capped("H"), "PDB", Options(), 100, Log())


def outwards(draft: Draft, name: str, distance: float) -> np.ndarray:
    """Where a point this far outside of the ring is, as seen from its middle, (3,) angstrom."""
    at = {atom.name: atom.position_angstrom for atom in draft.residues[1].atoms}
    direction = at[name] - np.mean([at[other] for other in RING], axis=0)
    return at[name] + distance * direction / np.linalg.norm(direction)


def network(*pointed_at: str, bearer: str = "ND1") -> Network:
    """The hydrogen of the ring on its bearer, and hydrogens of amides 2.0 angstrom from these nitrogens."""
    draft = histidine()
    points = [("H", "N", outwards(draft, name, 2.0)) for name in pointed_at]
    return Network({1: [(f"H{bearer[1:]}", bearer, outwards(draft, bearer, 1.0))], 2: points}, pka={1: 6.2})


@pytest.mark.parametrize(
    ("pointed_at", "bearer", "bare"),
    [
        (("ND1",), "ND1", {(1, "ND1")}),
        (("NE2",), "NE2", {(1, "NE2")}),
        (("NE2",), "ND1", set()),
        (("ND1", "NE2"), "ND1", set()),
        ((), "ND1", set()),
    ],
)
def test_the_hydrogen_is_where_no_other_points(pointed_at: tuple[str, ...], bearer: str, bare: set) -> None:
    log = Log()
    assert crowded_nitrogens(histidine(), network(*pointed_at, bearer=bearer), 7.0, log) == bare
    assert len(log.report().of("protonation")) == len(bare)


def test_a_histidine_with_both_hydrogens_stays_so() -> None:
    both = network("ND1")
    both.hydrogens[1].append(("HE2", "NE2", outwards(histidine(), "NE2", 1.0)))
    assert crowded_nitrogens(histidine(), both, 7.0, Log()) == set()


def test_the_prepared_ring_has_one_hydrogen_on_the_other_nitrogen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "proton_network", lambda *_: network("ND1"))
    structure = prepare(capped("H").encode(), "a.pdb", Options())
    names = {structure.topology.atom_names[k] for k in structure.topology.atoms_of_residue[1].tolist()}
    assert "HE2" in names and "HD1" not in names
    assert structure.molecule.charge == 0
