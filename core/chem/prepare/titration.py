"""Formal charges by rule: each acid and base group gets the state that its model pKa gives at the pH.

For what PROPKA does not judge: ligands, nucleic acids, modified residues, and proteins where PDB2PQR is not used. The
pKa are those of the groups in water (Thurlkill et al., Protein Sci. 15, 1214 (2006) for side chains; common textbook
values else); a neighbourhood that shifts them is not seen.
"""

from collections.abc import Callable

from rdkit import Chem

from core.chem.prepare.graph import Graph

CARBOXYLIC, THIOL, PHENOL, SULFONIC = 3.9, 8.5, 9.8, -2.0
PHOSPHATE_FIRST, PHOSPHATE_SECOND = 1.5, 6.5
SULFONAMIDE = 10.1
AMINE, N_TERMINUS, IMIDAZOLE, AMIDINE, GUANIDINE = 10.4, 7.7, 6.5, 11.6, 13.8
_DOUBLE = Chem.BondType.DOUBLE


# Where acids have lost their proton and bases too.
BASIC = 14.0


def set_charges(graph: Graph, ph: float, neutral: set[int], done: set[int], held: frozenset[int] = frozenset()) -> None:
    """Set the formal charge of every atom but those in `graph.fixed` and `done`; `neutral` ones never get any.

    held: atoms with a metal in the place of any proton that can be lost.
    """
    rings = graph.molecule.GetRingInfo()
    free = [a for a in graph.molecule.GetAtoms() if a.GetIdx() not in graph.fixed | done]
    for atom in free:
        atom.SetFormalCharge(_permanent(atom))
    for atom in free:
        if atom.GetIdx() in neutral or atom.GetFormalCharge():
            continue
        for pka, charge, found in _GROUPS:
            if ((BASIC if atom.GetIdx() in held else ph) < pka) == (charge > 0) and found(atom, rings):
                atom.SetFormalCharge(charge)
                break


def _permanent(atom: Chem.Atom) -> int:
    """The charge that no proton explains: quaternary nitrogen, nitro groups, N-oxides, phosphonium."""
    charge, orders = atom.GetFormalCharge(), _orders(atom)
    if charge > 0:
        return charge if orders > {7: 3, 8: 2, 16: 2, 15: 3}.get(atom.GetAtomicNum(), 0) else 0
    if charge < 0:
        partners = [
            n for n in atom.GetNeighbors() if n.GetFormalCharge() > 0 and n.GetAtomicNum() == 7 and _orders(n) > 3
        ]
        return charge if partners or _is_carbon_of_oxide(atom) else 0
    return 0


def _is_carbon_of_oxide(atom: Chem.Atom) -> bool:
    """Of carbon monoxide, or of an isonitrile: in a triple bond to an atom with the charge that it lacks."""
    return atom.GetAtomicNum() == 6 and any(
        bond.GetBondTypeAsDouble() == 3 and bond.GetOtherAtom(atom).GetFormalCharge() > 0 for bond in atom.GetBonds()
    )


def _orders(atom: Chem.Atom) -> int:
    return sum(int(bond.GetBondTypeAsDouble()) for bond in atom.GetBonds())


def _has_double(atom: Chem.Atom, *partners: int) -> bool:
    """Whether the atom has a double bond, to one of these elements where any are named."""
    return any(
        bond.GetBondType() == _DOUBLE and (not partners or bond.GetOtherAtom(atom).GetAtomicNum() in partners)
        for bond in atom.GetBonds()
    )


def _end_of(atom: Chem.Atom, element: int) -> Chem.Atom | None:
    """The only heavy neighbour of an atom of this element in a single bond (an -OH, an -SH), else None."""
    if atom.GetAtomicNum() != element or atom.GetDegree() != 1 or _orders(atom) != 1:
        return None
    return atom.GetNeighbors()[0]


def _carboxylic(atom: Chem.Atom, rings: Chem.RingInfo) -> bool:
    carbon = _end_of(atom, 8)
    return carbon is not None and carbon.GetAtomicNum() == 6 and _has_double(carbon, 8)


def _sulfonic(atom: Chem.Atom, rings: Chem.RingInfo) -> bool:
    sulfur = _end_of(atom, 8)
    return sulfur is not None and sulfur.GetAtomicNum() == 16 and _orders(sulfur) >= 4


def _sulfonamide(atom: Chem.Atom, rings: Chem.RingInfo) -> bool:
    """A nitrogen that has hydrogen, next to a sulfonyl."""
    if atom.GetAtomicNum() != 7 or _orders(atom) != atom.GetDegree() or atom.GetDegree() > 2:
        return False
    return any(n.GetAtomicNum() == 16 and _orders(n) >= 6 and _has_double(n, 8) for n in atom.GetNeighbors())


def _phosphate(first: bool) -> Callable[[Chem.Atom, Chem.RingInfo], bool]:
    def found(atom: Chem.Atom, rings: Chem.RingInfo) -> bool:
        phosphorus = _end_of(atom, 8)
        if phosphorus is None or phosphorus.GetAtomicNum() != 15:
            return False
        acid = sorted(o.GetIdx() for o in phosphorus.GetNeighbors() if _end_of(o, 8) is not None)
        place = acid.index(atom.GetIdx())
        return place == 0 if first else place == 1

    return found


def _thiol(atom: Chem.Atom, rings: Chem.RingInfo) -> bool:
    carbon = _end_of(atom, 16)
    return carbon is not None and carbon.GetAtomicNum() == 6


def _phenol(atom: Chem.Atom, rings: Chem.RingInfo) -> bool:
    carbon = _end_of(atom, 8)
    if carbon is None or carbon.GetAtomicNum() != 6 or not _has_double(carbon, 6):
        return False
    return rings.IsAtomInRingOfSize(carbon.GetIdx(), 6)


def _carbons(atom: Chem.Atom) -> bool:
    """Whether all neighbours are saturated carbons."""
    return all(n.GetAtomicNum() == 6 and not _has_double(n) and _orders(n) <= 4 for n in atom.GetNeighbors())


def _amine(atom: Chem.Atom, rings: Chem.RingInfo) -> bool:
    if atom.GetAtomicNum() != 7 or _orders(atom) != atom.GetDegree() or not 1 <= atom.GetDegree() <= 3:
        return False
    near = {n.GetIdx(): n for a in atom.GetNeighbors() for b in a.GetNeighbors() for n in (b, *b.GetNeighbors())}
    alone = not any(n.GetFormalCharge() > 0 for n in near.values() if n.GetIdx() != atom.GetIdx())
    triple = any(bond.GetBondTypeAsDouble() == 3 for n in atom.GetNeighbors() for bond in n.GetBonds())
    return _carbons(atom) and alone and not triple


def _n_terminus(atom: Chem.Atom, rings: Chem.RingInfo) -> bool:
    """An amine next to a carbon that bears a carbonyl, as in an amino acid."""
    if not _amine(atom, rings):
        return False
    return any(_has_double(c, 8) for a in atom.GetNeighbors() for c in a.GetNeighbors() if c.GetAtomicNum() == 6)


def _side_amine(atom: Chem.Atom, rings: Chem.RingInfo) -> bool:
    return _amine(atom, rings) and not _n_terminus(atom, rings)


def _amidine(nitrogens: int) -> Callable[[Chem.Atom, Chem.RingInfo], bool]:
    def found(atom: Chem.Atom, rings: Chem.RingInfo) -> bool:
        if atom.GetAtomicNum() != 7 or _orders(atom) != atom.GetDegree() + 1 or rings.NumAtomRings(atom.GetIdx()):
            return False
        carbon = next((b.GetOtherAtom(atom) for b in atom.GetBonds() if b.GetBondType() == _DOUBLE), None)
        if carbon is None or carbon.GetAtomicNum() != 6:
            return False
        return sum(n.GetAtomicNum() == 7 for n in carbon.GetNeighbors()) == nitrogens

    return found


def _imidazole(atom: Chem.Atom, rings: Chem.RingInfo) -> bool:
    """The unprotonated nitrogen of an imidazole that is not fused to another ring."""
    if atom.GetAtomicNum() != 7 or atom.GetDegree() != 2 or _orders(atom) != 3:
        return False
    for ring in rings.AtomRings():
        if atom.GetIdx() in ring and len(ring) == 5:
            members = [atom.GetOwningMol().GetAtomWithIdx(i) for i in ring]
            if sum(m.GetAtomicNum() == 7 for m in members) != 2 or any(m.GetAtomicNum() not in (6, 7) for m in members):
                return False
            if any(rings.NumAtomRings(i) > 1 for i in ring):
                return False
            shared = [
                m
                for m in members
                if m.GetAtomicNum() == 6
                and sum(n.GetAtomicNum() == 7 and n.GetIdx() in ring for n in m.GetNeighbors()) == 2
            ]
            return len(shared) == 1 and _has_double(shared[0])
    return False


# pKa, charge of the state that is not neutral, and which atom bears it.
_GROUPS: tuple[tuple[float, int, Callable[[Chem.Atom, Chem.RingInfo], bool]], ...] = (
    (SULFONIC, -1, _sulfonic),
    (CARBOXYLIC, -1, _carboxylic),
    (PHOSPHATE_FIRST, -1, _phosphate(first=True)),
    (PHOSPHATE_SECOND, -1, _phosphate(first=False)),
    (THIOL, -1, _thiol),
    (PHENOL, -1, _phenol),
    (SULFONAMIDE, -1, _sulfonamide),
    (GUANIDINE, 1, _amidine(3)),
    (AMIDINE, 1, _amidine(2)),
    (IMIDAZOLE, 1, _imidazole),
    (N_TERMINUS, 1, _n_terminus),
    (AMINE, 1, _side_amine),
)
