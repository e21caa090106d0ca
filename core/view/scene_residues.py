"""The residues of a scene: who the atoms are and how the chains run, for the viewer to draw, colour and name them."""

from dataclasses import dataclass

import numpy as np

from core.chem.molecule import Molecule
from core.chem.polymer import named_atoms, stretches
from core.chem.secondary_structure import secondary_structure
from core.chem.topology import Topology
from core.view.kept import Kept

# Shorter stretches of a chain give no ribbon.
SHORTEST_STRETCH = 3
# What a ribbon follows.
_TRACES = {"protein": "CA", "nucleic": "O5'"}


@dataclass(frozen=True)
class SceneResidues:
    """chains, names, numbers (with insertion code), kinds: of each residue. secondary: a letter for each, of
    `core.chem.secondary_structure`. stretches: the unbroken stretch of a chain that it is in, -1 where it is drawn
    without a ribbon. atom_names, residue_of_atom: of each atom of the molecule; free ions have none.
    """

    chains: tuple[str, ...]
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    kinds: tuple[str, ...]
    secondary: str
    stretches: tuple[int, ...]
    atom_names: tuple[str, ...]
    residue_of_atom: tuple[int, ...]


_residues: Kept[SceneResidues] = Kept(24)


def residues_of(molecule: Molecule, topology: Topology | None) -> SceneResidues | None:
    """For the scene of `molecule`; None where nothing is known of its residues, or all is one small molecule."""
    if topology is None or all(residue.kind == "ligand" for residue in topology.residues):
        return None
    key = molecule.content_hash, topology.residues, topology.atom_names
    return _residues.make(key, lambda: _residues_of(molecule, topology))


def _residues_of(molecule: Molecule, topology: Topology) -> SceneResidues:
    residues = topology.residues
    return SceneResidues(
        chains=tuple(residue.chain for residue in residues),
        names=tuple(residue.name for residue in residues),
        numbers=tuple(f"{residue.number}{residue.insertion_code}" for residue in residues),
        kinds=tuple(residue.kind for residue in residues),
        secondary=secondary_structure(molecule, topology),
        stretches=_drawn_stretches(molecule, topology),
        atom_names=topology.atom_names,
        residue_of_atom=tuple(topology.residue_of_atom.tolist()),
    )


def _drawn_stretches(molecule: Molecule, topology: Topology) -> tuple[int, ...]:
    """Those of `stretches` that are long enough, of the residues that have an atom for the ribbon to go through."""
    stretch = stretches(molecule, topology)
    traced = np.zeros(len(stretch), dtype=bool)
    for kind, name in _TRACES.items():
        of_kind = np.array([residue.kind == kind for residue in topology.residues])
        traced |= of_kind & (named_atoms(topology, name) >= 0)
    stretch[~traced] = -1
    numbers, counts = np.unique(stretch, return_counts=True)
    stretch[np.isin(stretch, numbers[counts < SHORTEST_STRETCH])] = -1
    return tuple(stretch.tolist())
