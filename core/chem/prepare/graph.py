"""The structure as one RDKit molecule: heavy atoms, bond orders, positions. Not sanitised: RDKit must not judge it."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from rdkit import Chem

from core.chem.components import Component
from core.chem.prepare.draft import Draft, Link
from core.errors import PreparationError

_ORDERS = {1: Chem.BondType.SINGLE, 2: Chem.BondType.DOUBLE, 3: Chem.BondType.TRIPLE}
# Valences without charge; the smallest that holds the bonds counts.
_VALENCES = {1: (1,), 6: (4,), 7: (3,), 8: (2,), 15: (3, 5), 16: (2, 4, 6)}


@dataclass(eq=False)
class Graph:
    """index: of a heavy atom by residue and name. fixed: atoms whose charge the pH does not change."""

    molecule: Chem.RWMol
    index: dict[tuple[int, str], int]
    fixed: set[int] = field(default_factory=set)

    @cached_property
    def place(self) -> dict[int, tuple[int, str]]:
        """Residue and name of a heavy atom by index."""
        return {atom: place for place, atom in self.index.items()}


def build_graph(draft: Draft, components: dict[str, Component], links: list[Link]) -> Graph:
    """Raises PreparationError for an atom that its component does not have, and so has no bonds."""
    molecule = Chem.RWMol()
    index: dict[tuple[int, str], int] = {}
    fixed: set[int] = set()
    positions = []
    for number, residue in enumerate(draft.residues):
        known = components[residue.component]
        for atom in residue.heavy:
            if atom.name not in known.elements:
                raise PreparationError(
                    f"{residue.label} has an atom {atom.name[:10]} that no {residue.name} has.",
                    "Rename or remove that atom, or give the residue another name.",
                )
            one = Chem.Atom(atom.element)
            one.SetNoImplicit(True)
            one.SetFormalCharge(known.charges.get(atom.name, 0))
            index[number, atom.name] = molecule.AddAtom(one)
            positions.append(atom.position_angstrom)
            if known.fixed:
                fixed.add(index[number, atom.name])
        for first, second, order in known.bonds:
            ends = index.get((number, first)), index.get((number, second))
            if ends[0] is not None and ends[1] is not None:
                molecule.AddBond(ends[0], ends[1], _ORDERS[order])
    for link in links:
        ends = index.get(link.ends[0]), index.get(link.ends[1])
        if ends[0] is not None and ends[1] is not None and molecule.GetBondBetweenAtoms(ends[0], ends[1]) is None:
            molecule.AddBond(ends[0], ends[1], Chem.BondType.SINGLE)
    conformer = Chem.Conformer(len(positions))
    conformer.SetPositions(np.array(positions, dtype=np.float64).reshape(-1, 3))
    molecule.AddConformer(conformer)
    molecule.UpdatePropertyCache(strict=False)
    Chem.FastFindRings(molecule)
    return Graph(molecule, index, fixed)


def bond_orders(atom: Chem.Atom) -> int:
    """Sum of the bond orders to heavy atoms (and to hydrogens that are already atoms)."""
    return sum(int(bond.GetBondTypeAsDouble()) for bond in atom.GetBonds())


def hydrogens_wanted(atom: Chem.Atom) -> int:
    """How many hydrogens close the valence of an atom at its formal charge."""
    orders, charge = bond_orders(atom), atom.GetFormalCharge()
    # Nitrogen and oxygen gain a bond with a positive charge; carbon and phosphorus lose one with any.
    shift = charge if atom.GetAtomicNum() in (7, 8, 16) else -abs(charge)
    if atom.GetAtomicNum() == 15 and charge == 1:
        shift = 1
    return max(0, _valence(atom.GetAtomicNum(), orders - shift) + shift - orders)


def charge_with(atom: Chem.Atom, hydrogens: int) -> int:
    """Formal charge of N, O or S that carries this many hydrogens; 0 for all others."""
    if atom.GetAtomicNum() not in (7, 8, 16):
        return 0
    total = bond_orders(atom) + hydrogens
    normal = _VALENCES[atom.GetAtomicNum()]
    return total - (normal[0] if atom.GetAtomicNum() != 16 or total <= 2 else _valence(16, total))


def _valence(atomic_number: int, orders: int) -> int:
    normal = _VALENCES[atomic_number]
    return next((valence for valence in normal if valence >= orders), normal[-1])
