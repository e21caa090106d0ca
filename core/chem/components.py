"""Chemical components: atoms, bond orders and formal charges of a residue by its name.

Standard amino acids and nucleotides come from RDKit's sequence builder, all others from `core.chem.dictionary`.
"""

from dataclasses import dataclass
from functools import cache

from rdkit import Chem

_PROTEIN = "ARNDCQEGHILKMFPSTWYV"
_CAPS = {
    "ACE": (("C", "O", "CH3"), (("C", "O", 2), ("C", "CH3", 1))),
    "FOR": (("C", "O"), (("C", "O", 2),)),
    "NME": (("N", "C"), (("N", "C", 1),)),
    "NH2": (("N",), ()),
    "HOH": (("O",), ()),
}


@dataclass(frozen=True)
class Component:
    """Heavy atoms of one residue as part of a chain.

    elements, charges: by atom name; charges of the dictionary's form. bonds: (name, name, order), aromatic rings as
    alternating single and double bonds. leaving: names that a bond to the next residue replaces. fixed: the charges
    hold at any pH.
    """

    name: str
    elements: dict[str, str]
    charges: dict[str, int]
    bonds: tuple[tuple[str, str, int], ...]
    leaving: frozenset[str] = frozenset()
    fixed: bool = False


@cache
def standard_components() -> dict[str, Component]:
    """The 20 amino acids, eight nucleotides, water and chain caps."""
    found = _from_sequence(_PROTEIN, 0) | _from_sequence("AACGU", 2) | _from_sequence("AACGT", 6)
    return {name: _cap(name, *what) for name, what in _CAPS.items()} | found


def _cap(name: str, atoms: tuple[str, ...], bonds: tuple[tuple[str, str, int], ...]) -> Component:
    return Component(name, {atom: atom[0] for atom in atoms}, {}, bonds)


def _name(atom: Chem.AtomPDBResidueInfo) -> str:
    name = atom.GetName().strip()
    return {"CG1": "CG2", "CG2": "CG1"}.get(name, name) if atom.GetResidueName() == "ILE" else name


def _from_sequence(sequence: str, flavour: int) -> dict[str, Component]:
    """Components of RDKit's chain. RDKit names the two branches of isoleucine the other way round; mended here."""
    chain = Chem.MolFromSequence(sequence, flavor=flavour)
    Chem.Kekulize(chain, clearAromaticFlags=True)
    place = [(a.GetMonomerInfo().GetResidueNumber(), _name(a.GetMonomerInfo())) for a in chain.GetAtoms()]
    names = {
        a.GetMonomerInfo().GetResidueNumber(): a.GetMonomerInfo().GetResidueName().strip() for a in chain.GetAtoms()
    }
    elements: dict[int, dict[str, str]] = {number: {} for number in names}
    bonds: dict[int, list[tuple[str, str, int]]] = {number: [] for number in names}
    for atom, (number, name) in zip(chain.GetAtoms(), place, strict=True):
        elements[number][name] = atom.GetSymbol()
    for bond in chain.GetBonds():
        (one, first), (two, second) = place[bond.GetBeginAtomIdx()], place[bond.GetEndAtomIdx()]
        if one == two:
            bonds[one].append((first, second, int(bond.GetBondTypeAsDouble())))
    found = {}
    for number, name in names.items():
        is_protein = "CA" in elements[number]
        terminal = ("OXT", "O") if is_protein else ("OP3", "O")
        partner = "C" if is_protein else "P"
        found[name] = Component(
            name,
            elements[number] | {terminal[0]: terminal[1]},
            {},
            (*(b for b in bonds[number] if terminal[0] not in b), (partner, terminal[0], 1)),
            frozenset({terminal[0]}),
        )
    return found
