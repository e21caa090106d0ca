"""Who the atoms of a Molecule are: residue and atom name beside each, in the Molecule's order. Frozen."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["protein", "nucleic", "ligand", "water", "ion"]


@dataclass(frozen=True)
class Residue:
    """One residue as the file names it: chain, name, number and insertion code (author numbering)."""

    chain: str
    name: str
    number: int
    insertion_code: str = ""
    kind: Kind = "ligand"

    @property
    def label(self) -> str:
        """For a person: `GLU A 12`; the chain is left out where it has no name."""
        return " ".join(filter(None, (self.name, self.chain, f"{self.number}{self.insertion_code}")))


@dataclass(frozen=True, eq=False)
class Topology:
    """residues in the order of the chain; for each atom its name and the index of its residue, (n_atoms,) int64.

    Raises ValueError where the shapes disagree or an index has no residue.
    """

    residues: tuple[Residue, ...]
    atom_names: tuple[str, ...]
    residue_of_atom: NDArray[np.int64]

    def __post_init__(self) -> None:
        indices = np.array(self.residue_of_atom, dtype=np.int64).reshape(-1)
        if indices.size != len(self.atom_names):
            raise ValueError(f"{len(self.atom_names)} atom names but residues of {indices.size} atoms")
        if indices.size and not (0 <= indices.min() and indices.max() < len(self.residues)):
            raise ValueError(f"residue indices reach {indices.max()}, but there are {len(self.residues)} residues")
        indices.setflags(write=False)
        object.__setattr__(self, "residue_of_atom", indices)

    def __len__(self) -> int:
        return len(self.atom_names)

    @cached_property
    def atoms_of_residue(self) -> tuple[NDArray[np.int64], ...]:
        """Indices of the atoms of each residue."""
        order = np.argsort(self.residue_of_atom, kind="stable")
        counts = np.bincount(self.residue_of_atom, minlength=len(self.residues))
        return tuple(np.split(order, np.cumsum(counts)[:-1])) if self.residues else ()

    @cached_property
    def atom_labels(self) -> tuple[str, ...]:
        """`label` of every atom; empty where all is one small molecule, whose atoms are told by their numbers."""
        if len(self.residues) == 1 and self.residues[0].kind == "ligand":
            return ()
        return tuple(self.label(atom) for atom in range(len(self)))

    def label(self, atom: int) -> str:
        """For a person: `GLU A 12 OE1`."""
        return f"{self.residues[int(self.residue_of_atom[atom])].label} {self.atom_names[atom]}"
