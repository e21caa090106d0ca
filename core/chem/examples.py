"""The structures that are shipped to try things on: assets/examples, made by `python -m core.data.make_examples`.

Own geometries, in angstrom: water clusters annealed and minimised with the flexible water of `core.data`, molecules
embedded and relaxed by RDKit from their SMILES, and a peptide built from its sequence and minimised with OpenMM. No
experimental structure is among them.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.chem.molecule import Molecule
from core.chem.read import read_structure
from core.chem.subject import Source, Subject, from_source
from core.errors import StructureError

# Where a peptide comes from, in words.
MADE = "an example: a model built from its sequence, not an experimental structure"
DIRECTORY = Path(__file__).resolve().parents[2] / "assets" / "examples"


@dataclass(frozen=True)
class Entry:
    """key: stem of the file. label: what a person reads. molecules: waters in it, or none; smiles: another molecule;
    sequence: of an alpha helix, in letters."""

    key: str
    label: str
    molecules: int = 0
    smiles: str = ""
    sequence: str = ""

    @property
    def filename(self) -> str:
        """A peptide is in a format that says which residue an atom is of."""
        return f"{self.key}.pdb" if self.sequence else f"{self.key}.xyz"


# The first is what the Explore page opens with.
ENTRIES = (
    Entry("water-8", "Water octamer", 8),
    Entry("helix-18", "Helix of 18 residues", sequence="STALMQCFVEYNLKWHAG"),
    Entry("alanine-dipeptide", "Alanine dipeptide", smiles="CC(=O)N[C@@H](C)C(=O)NC"),
    Entry("adenine", "Adenine", smiles="Nc1ncnc2[nH]cnc12"),
    Entry("formamide", "Formamide", smiles="NC=O"),
    Entry("water-1", "Water molecule", 1),
    Entry("water-2", "Water dimer", 2),
    Entry("water-3", "Water trimer, a ring", 3),
    Entry("water-5", "Water pentamer", 5),
    Entry("water-6", "Water hexamer", 6),
    Entry("water-30", "Droplet of 30 waters", 30),
)


def example_path(key: str) -> Path:
    """Raises StructureError for a key that is not there."""
    return DIRECTORY / _entry(key).filename


@cache
def example_subject(key: str) -> Subject:
    """The example with its residues, where it has any, as a file of the visitor's own has them. Raises StructureError
    for a key that is not there."""
    entry, path = _entry(key), example_path(key)
    if not entry.sequence:
        return Subject(read_structure(path))
    return from_source(Source(path.read_bytes(), entry.filename, MADE))


def example(key: str) -> Molecule:
    """Raises StructureError for a key that is not there."""
    return example_subject(key).molecule


def examples() -> list[tuple[str, str, Molecule]]:
    """(key, label, molecule) of each example, the default first."""
    return [(entry.key, entry.label, example(entry.key)) for entry in ENTRIES]


def _entry(key: str) -> Entry:
    found = next((entry for entry in ENTRIES if entry.key == key), None)
    if found is None:
        known = ", ".join(entry.key for entry in ENTRIES)
        raise StructureError(f"There is no example called {key[:40]!r}.", f"Examples: {known}.")
    return found
