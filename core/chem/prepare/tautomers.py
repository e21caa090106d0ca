"""Whether a ligand's hydrogens in the file are where the dictionary's bonds have room for them."""

from collections import Counter
from collections.abc import Sequence

from core.chem.components import Component
from core.chem.prepare.draft import DraftResidue
from core.chem.prepare.file_hydrogens import bearer_of

_VALENCES = {"N": 3, "O": 2}


def another_tautomer(known: Component, residues: Sequence[DraftResidue]) -> bool:
    """Whether all of the residues bear their hydrogens alike, one of them where the dictionary has a double bond, while
    an atom that has room for it has none.

    Residues whose carbons have no hydrogens say nothing of double bonds.
    """
    counts = [hydrogens_borne(residue) for residue in residues]
    if any(other != counts[0] for other in counts) or not any(known.elements.get(name) == "C" for name in counts[0]):
        return False
    orders: Counter[str] = Counter()
    for first, second, order in known.bonds:
        orders[first] += order
        orders[second] += order
    full = room = False
    for name, element in known.elements.items():
        if element in _VALENCES and name in residues[0].names and not known.charges.get(name):
            bonds = orders[name] + counts[0][name]
            full |= counts[0][name] > 0 and bonds > _VALENCES[element]
            room |= counts[0][name] == 0 and bonds < _VALENCES[element]
    return full and room


def hydrogens_borne(residue: DraftResidue) -> Counter[str]:
    """How many hydrogens each heavy atom of the residue bears in the file, by name."""
    bearers = (bearer_of(atom, residue)[0] for atom in residue.atoms if atom.is_hydrogen)
    return Counter(bearer.name for bearer in bearers if bearer is not None)
