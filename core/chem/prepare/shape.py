"""What the places of the atoms say of standard residues before anything is built: the unit of length, and the hand."""

from collections.abc import Iterator

import numpy as np

from core.chem.components import standard_components
from core.chem.prepare.draft import Draft, DraftResidue
from core.chem.prepare.naming import AMINO_ACIDS
from core.chem.prepare.report import Log, listed
from core.errors import StructureError

# In the middle over all bonds between heavy atoms: 1.45 angstrom, whatever the resolution.
_SHORTEST_ANGSTROM, _LONGEST_ANGSTROM = 1.1, 1.9
# Of the three bonds from CA to N, C and CB, the volume that they span: 2.6 cubic angstrom, less where they are flat.
_FLAT_CUBIC_ANGSTROM = 1.0


def require_lengths_of_bonds(draft: Draft) -> None:
    """Raises StructureError where the bonds within standard residues are in another unit than angstrom."""
    lengths = [length for residue in draft.residues for length in _lengths_angstrom(residue)]
    middle = float(np.median(lengths)) if lengths else 1.45
    if not _SHORTEST_ANGSTROM < middle < _LONGEST_ANGSTROM:
        raise StructureError(
            f"The bonds within the residues are {middle:.2f} angstrom long in the middle, where 1.45 is usual.",
            "Give the coordinates in angstrom; those in bohr are 1.89 times as large.",
        )


def _lengths_angstrom(residue: DraftResidue) -> Iterator[float]:
    known = standard_components().get(residue.name)
    at = {atom.name: atom.position_angstrom for atom in residue.heavy}
    for first, second, _ in known.bonds if known is not None else ():
        if first in at and second in at:
            yield float(np.linalg.norm(at[first] - at[second]))


def note_mirror_images(draft: Draft, log: Log) -> None:
    """Tell which amino acids are the D form by their atoms, under the name of the L form."""
    labels = [residue.label for residue in draft.residues if residue.name in AMINO_ACIDS and _is_mirrored(residue)]
    if labels:
        one = len(labels) == 1
        log.add(
            "names",
            f"By the places of {'its' if one else 'their'} atoms {listed(labels)} "
            f"{'is a D-amino acid' if one else 'are D-amino acids'}, though the name is that of the L form; computed "
            "as in the file.",
            confirm=True,
        )


def _is_mirrored(residue: DraftResidue) -> bool:
    at = {atom.name: atom.position_angstrom for atom in residue.heavy}
    if not at.keys() >= {"N", "CA", "C", "CB"}:
        return False
    to_n, to_c, to_cb = (at[name] - at["CA"] for name in ("N", "C", "CB"))
    return float(np.cross(to_n, to_c) @ to_cb) < -_FLAT_CUBIC_ANGSTROM
