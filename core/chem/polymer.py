"""Unbroken stretches of the chains of a structure: which residues are joined to the one before. Angstrom."""

import numpy as np
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.chem.topology import Topology

# The bond between two residues, from its atom in the first to that in the second, and how long it may be: a C-N bond is
# 1.33 and an O-P bond 1.60 angstrom; models of low resolution stretch them.
_JOINTS = {"protein": ("C", "N", 2.0), "nucleic": ("O3'", "P", 2.2)}


def named_atoms(topology: Topology, name: str) -> NDArray[np.int64]:
    """(n_residues,) index of the atom of this name in each residue, -1 where there is none."""
    found = np.full(len(topology.residues), -1)
    atoms = np.flatnonzero(np.array(topology.atom_names) == name)
    found[topology.residue_of_atom[atoms]] = atoms
    return found


def stretches(molecule: Molecule, topology: Topology) -> NDArray[np.int64]:
    """(n_residues,) number of the stretch, from 0, of each residue of a protein or nucleic acid; -1 for all others.

    Residues that follow each other in the topology are of one stretch where the bond between them is there.
    """
    stretch = np.full(len(topology.residues), -1)
    ends = {kind: [named_atoms(topology, name) for name in joint[:2]] for kind, joint in _JOINTS.items()}
    number = -1
    for index, residue in enumerate(topology.residues):
        if residue.kind not in _JOINTS:
            continue
        joined = False
        if index and topology.residues[index - 1].kind == residue.kind:
            leaving, entering = ends[residue.kind]
            pair = np.array([leaving[index - 1], entering[index]])
            length = np.linalg.norm(np.subtract(*molecule.positions_angstrom[pair]))
            joined = bool(pair.min() >= 0 and length < _JOINTS[residue.kind][2])
        number += not joined
        stretch[index] = number
    return stretch
