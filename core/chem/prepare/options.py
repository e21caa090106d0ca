"""What a person may choose about the preparation. Every step has its switch; the defaults invent nothing."""

from dataclasses import dataclass
from typing import Literal

from core.errors import PreparationError


@dataclass(frozen=True)
class Options:
    """model: number of the model, from 1. assembly: name of a biological assembly, empty for the file's own atoms.
    chains: names of the chains to keep, empty for all. drop: residue names to leave out; one that does not occur is
    refused, or passed over (drop_missing: "pass", for choices that are for many files).
    selenomethionine: read MSE as MET. missing_atoms: build missing heavy atoms of standard residues.
    caps: close broken backbones with hydrogens (neutral); without it they become ordinary termini.
    disulfides: bond cysteines whose sulfurs are within 2.5 angstrom.
    hydrogens: "rebuild" places all anew at `ph`, "keep" keeps those of the file and completes them. "auto" keeps them
    where at least half of the residues of the protein or nucleic acid have some, and those of a ligand that has them,
    but not those of an X-ray refinement, which are 0.95 angstrom from their carbons. Whoever gives a file with
    hydrogens has seen them (NMR, neutrons) or chosen them (a simulation, a docked ligand): other protons than theirs,
    put there unasked, would make another molecule of it, with forces that are not those of their structure.
    protonation: "pdb2pqr" (PROPKA's pKa and a hydrogen-bond network), or "rules" (model pKa by functional group).
    flips: let PDB2PQR turn Asn, Gln and His side chains; the only step that moves atoms of the file.
    waters_angstrom: keep waters within this distance of anything else; 0 leaves all out.
    ions: "list" them beside the molecule as free ions, "add" their free densities to it too, or "drop" them.
    unsupported: "refuse" elements that are not supported, or "drop" those atoms and close their bonds with hydrogen.
    ligands: (residue name, SMILES) of molecules that the dictionary does not know. charge: overrides the derived one.

    Raises PreparationError for a value that makes no sense.
    """

    ph: float = 7.0
    model: int = 1
    assembly: str = ""
    chains: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    selenomethionine: bool = True
    missing_atoms: bool = True
    caps: bool = True
    disulfides: bool = True
    hydrogens: Literal["auto", "keep", "rebuild"] = "auto"
    protonation: Literal["pdb2pqr", "rules"] = "pdb2pqr"
    flips: bool = False
    waters_angstrom: float = 0.0
    ions: Literal["list", "add", "drop"] = "list"
    unsupported: Literal["refuse", "drop"] = "refuse"
    ligands: tuple[tuple[str, str], ...] = ()
    charge: int | None = None
    drop_missing: Literal["refuse", "pass"] = "refuse"

    def __post_init__(self) -> None:
        if not 0 <= self.ph <= 14:
            raise PreparationError(f"A pH of {self.ph:g} is not possible.", "Give a pH between 0 and 14.")
        if not 0 <= self.waters_angstrom <= 1000:
            raise PreparationError(
                f"Waters within {self.waters_angstrom:g} angstrom make no sense.", "Give a distance from 0 to 1000."
            )
        if self.model < 1:
            raise PreparationError(f"There is no model {self.model}.", "Models are counted from 1.")
