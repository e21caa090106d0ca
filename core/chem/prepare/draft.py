"""The structure while it is being prepared: plain mutable records that the steps pass on. Positions in angstrom."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.chem.topology import Kind, Residue

# A backbone bond longer than this is broken; ideal are 1.33 (C-N) and 1.61 (O3'-P) angstrom.
PEPTIDE_BOND_ANGSTROM = 2.0
PHOSPHATE_BOND_ANGSTROM = 2.4

# Two atoms, each by its residue and name.
StatedLink = tuple[tuple[Residue, str], tuple[Residue, str]]


@dataclass(eq=False)
class DraftAtom:
    """element: symbol. charge: formal, as the file states it, 0 where it does not."""

    name: str
    element: str
    position_angstrom: NDArray[np.float64]
    charge: int = 0

    @property
    def is_hydrogen(self) -> bool:
        return self.element in ("H", "D", "T")


@dataclass(eq=False)
class DraftResidue:
    """sequence_index: place in the sequence from 1, None where the file has no sequence; sequence_length alike.

    closed_before, closed_after: this end of the backbone is not a terminus but a place where the chain goes on unseen.
    bonded_before: the backbone's nitrogen is bonded to another residue. name_in_file: where it was renamed.
    left_out: atoms that the file has and that are not to be computed. described_as: name of the component that says
    what it is, where that is not its own: files call different molecules LIG or UNL.
    """

    chain: str
    name: str
    number: int
    insertion_code: str
    kind: Kind
    atoms: list[DraftAtom]
    sequence_index: int | None = None
    sequence_length: int | None = None
    closed_before: bool = False
    closed_after: bool = False
    bonded_before: bool = False
    name_in_file: str = ""
    left_out: tuple[DraftAtom, ...] = ()
    described_as: str = ""

    @property
    def component(self) -> str:
        return self.described_as or self.name

    @property
    def identity(self) -> Residue:
        return Residue(self.chain, self.name, self.number, self.insertion_code, self.kind)

    @property
    def label(self) -> str:
        return self.identity.label

    def atom(self, name: str) -> DraftAtom | None:
        return next((atom for atom in self.atoms if atom.name == name), None)

    @property
    def names(self) -> set[str]:
        return {atom.name for atom in self.atoms}

    @property
    def heavy(self) -> list[DraftAtom]:
        return [atom for atom in self.atoms if not atom.is_hydrogen]


@dataclass(frozen=True)
class Link:
    """A bond between two residues, by index and atom name."""

    first: int
    first_atom: str
    second: int
    second_atom: str

    @property
    def ends(self) -> tuple[tuple[int, str], tuple[int, str]]:
        return (self.first, self.first_atom), (self.second, self.second_atom)


@dataclass(frozen=True, eq=False)
class LeftMetal:
    """A metal that the file has and the molecule has not. label: of its residue."""

    label: str
    element: str
    position_angstrom: NDArray[np.float64]


@dataclass
class Draft:
    """residues in the order of the file; links that the file states; title of the file; metals that were left out.

    chains: names of all that can be chosen, whichever were.
    """

    residues: list[DraftResidue]
    stated_links: list[StatedLink] = field(default_factory=list)
    title: str = ""
    left_metals: list[LeftMetal] = field(default_factory=list)
    chains: tuple[str, ...] = ()

    def neighbours(self) -> Iterator[tuple[int, int]]:
        """Indices of residues of one kind and chain that follow each other, protein or nucleic."""
        for index in range(len(self.residues) - 1):
            one, two = self.residues[index], self.residues[index + 1]
            if one.chain == two.chain and one.kind == two.kind and one.kind in ("protein", "nucleic"):
                yield index, index + 1


def distance_angstrom(one: DraftAtom | None, two: DraftAtom | None) -> float:
    """Infinite where either atom is not there."""
    if one is None or two is None:
        return float("inf")
    return float(np.linalg.norm(one.position_angstrom - two.position_angstrom))


def backbone_bond(one: DraftResidue, two: DraftResidue) -> tuple[str, str] | None:
    """Names of the atoms that join residue `one` to the next, None where they are too far apart or missing."""
    if one.kind == "protein":
        names, longest = ("C", "N"), PEPTIDE_BOND_ANGSTROM
    else:
        names, longest = ("O3'", "P"), PHOSPHATE_BOND_ANGSTROM
    return names if distance_angstrom(one.atom(names[0]), two.atom(names[1])) < longest else None
