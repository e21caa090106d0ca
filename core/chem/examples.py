"""The structures that are shipped to try things on: assets/examples, made by `python -m core.data.make_examples`.

Own geometries, in angstrom: water clusters annealed and minimised with the flexible water of `core.data`, and molecules
embedded and relaxed by RDKit from their SMILES.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.chem.molecule import Molecule
from core.chem.read import read_structure
from core.errors import StructureError

DIRECTORY = Path(__file__).resolve().parents[2] / "assets" / "examples"


@dataclass(frozen=True)
class Entry:
    """key: stem of the file. label: what a person reads. molecules: waters in it, or none; smiles: another molecule."""

    key: str
    label: str
    molecules: int = 0
    smiles: str = ""


# The first is what the Explore page opens with.
ENTRIES = (
    Entry("water-8", "Water octamer", 8),
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
    if key not in {entry.key for entry in ENTRIES}:
        known = ", ".join(entry.key for entry in ENTRIES)
        raise StructureError(f"There is no example called {key[:40]!r}.", f"Examples: {known}.")
    return DIRECTORY / f"{key}.xyz"


@cache
def example(key: str) -> Molecule:
    return read_structure(example_path(key))


def examples() -> list[tuple[str, str, Molecule]]:
    """(key, label, molecule) of each example, the default first."""
    return [(entry.key, entry.label, example(entry.key)) for entry in ENTRIES]
