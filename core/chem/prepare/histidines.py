"""Neutral histidines whose hydrogen would point at that of another group's nitrogen: it belongs on the other nitrogen.

PDB2PQR puts the hydrogen on ND1 wherever it finds no hydrogen bond, also where a peptide's N-H points at ND1, as at the
beginning of many helices. Angstrom.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from core.chem.prepare.draft import Draft, DraftResidue
from core.chem.prepare.hydrogens import BOND_TO_HYDROGEN_ANGSTROM
from core.chem.prepare.proton_network import Network
from core.chem.prepare.report import Log
from core.chem.prepare.rotors import CROWDED_ANGSTROM

# Nitrogens that keep their hydrogens, and cannot turn them away: in chains, and in side chains that are flat.
_FIXED = {"N", "ND2", "NE", "NE1", "NE2", "NH1", "NH2", "ND1"}
_BESIDE = {"ND1": ("CG", "CE1"), "NE2": ("CD2", "CE1")}


def crowded_nitrogens(draft: Draft, network: Network, ph: float, log: Log) -> set[tuple[int, str]]:
    """Index of the residue and name of the nitrogens that are to have no hydrogen, though they would have the only one
    of their ring. Those whose other nitrogen is crowded too stay as they are."""
    fixed = [
        (index, position)
        for index, entries in network.hydrogens.items()
        for _, bearer, position in entries
        if bearer in _FIXED
    ]
    if not fixed:
        return set()
    owners, tree = [index for index, _ in fixed], cKDTree([position for _, position in fixed])
    found = set()
    for index, residue in enumerate(draft.residues):
        nitrogen = _only_bearer(index, residue, network, ph)
        if nitrogen is None:
            continue
        other = "NE2" if nitrogen == "ND1" else "ND1"
        at = {atom.name: atom.position_angstrom for atom in residue.heavy}
        crowded = {
            name: any(owners[n] != index for n in tree.query_ball_point(_hydrogen(name, at), CROWDED_ANGSTROM))
            for name in (nitrogen, other)
        }
        if crowded[nitrogen] and not crowded[other]:
            found.add((index, nitrogen))
            log.add(
                "protonation",
                f"{residue.label}: the hydrogen of the ring is on {other}, for that of another nitrogen points at "
                f"{nitrogen}.",
                residue.label,
                (nitrogen, other),
            )
    return found


def _only_bearer(index: int, residue: DraftResidue, network: Network, ph: float) -> str | None:
    """The nitrogen of a neutral ring that bears its hydrogen; None for all others."""
    if residue.name != "HIS" or not residue.names >= {"CG", "ND1", "CD2", "CE1", "NE2"}:
        return None
    if index not in network.hydrogens:
        # By rule it is on NE2.
        return "NE2" if network.pka.get(index, ph + 1.0) <= ph else None
    bearers = [bearer for _, bearer, _ in network.hydrogens[index] if bearer in _BESIDE]
    return bearers[0] if len(bearers) == 1 else None


def _hydrogen(nitrogen: str, at: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """(3,) where the hydrogen of a nitrogen of the ring is."""
    outwards = sum((at[nitrogen] - at[beside] for beside in _BESIDE[nitrogen]), start=np.zeros(3))
    place: NDArray[np.float64] = at[nitrogen] + BOND_TO_HYDROGEN_ANGSTROM[7] * outwards / np.linalg.norm(outwards)
    return place
