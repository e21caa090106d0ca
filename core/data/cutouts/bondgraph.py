"""An OpenMM topology as an RDKit graph with bond orders and formal charges, and the units that cuts leave whole."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

from core.chem.components import standard_components
from core.chem.prepare.graph import charge_with
from core.errors import DataError

# A disulphide closes a larger ring, whose bonds may be cut.
LARGEST_RING = 6
ORDERS = {1: Chem.BondType.SINGLE, 2: Chem.BondType.DOUBLE}


@dataclass(frozen=True, eq=False)
class BondGraph:
    """molecule: all atoms with their formal charges, unsanitised. labels: (n_atoms,) such as `ARG A 4 NE`."""

    molecule: Chem.Mol
    labels: tuple[str, ...]

    @cached_property
    def atomic_numbers(self) -> NDArray[np.int64]:
        return np.array([atom.GetAtomicNum() for atom in self.molecule.GetAtoms()], dtype=np.int64)

    @cached_property
    def unit_of(self) -> NDArray[np.int64]:
        """(n_atoms,) number of the unit of each atom: what hangs together when every bond that may be cut is."""
        parent = np.arange(self.molecule.GetNumAtoms())
        for bond in sorted(self._ends(bond) for bond in self.molecule.GetBonds() if not is_cuttable(bond)):
            low, high = sorted((parent[bond[0]], parent[bond[1]]))
            parent[parent == high] = low
        return np.unique(parent, return_inverse=True)[1]

    @cached_property
    def atoms_of(self) -> list[list[int]]:
        """Atoms of each unit."""
        found: list[list[int]] = [[] for _ in range(int(self.unit_of.max()) + 1)]
        for atom, unit in enumerate(self.unit_of.tolist()):
            found[unit].append(atom)
        return found

    @cached_property
    def links(self) -> dict[int, list[tuple[int, int]]]:
        """For each unit that has any: (own atom, atom of another unit) of the bonds that may be cut."""
        found: dict[int, list[tuple[int, int]]] = {}
        for bond in self.molecule.GetBonds():
            first, second = self._ends(bond)
            if self.unit_of[first] != self.unit_of[second]:
                found.setdefault(int(self.unit_of[first]), []).append((first, second))
                found.setdefault(int(self.unit_of[second]), []).append((second, first))
        return found

    @staticmethod
    def _ends(bond: Chem.Bond) -> tuple[int, int]:
        return bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()


def is_cuttable(bond: Chem.Bond) -> bool:
    """Single bonds outside rings that have a saturated carbon at one end, and carbon, an uncharged nitrogen or the
    oxygen of a phosphate at the other: what is left is closed by one hydrogen at each end and a common group."""
    atoms = [bond.GetBeginAtom(), bond.GetEndAtom()]
    if bond.GetBondType() != Chem.BondType.SINGLE:
        return False
    if 0 < bond.GetOwningMol().GetRingInfo().MinBondRingSize(bond.GetIdx()) <= LARGEST_RING:
        return False
    for carbon, other in (atoms, atoms[::-1]):
        if carbon.GetAtomicNum() != 6 or carbon.GetTotalDegree() != 4:
            continue
        if other.GetAtomicNum() == 6 or other.GetAtomicNum() == 7 and other.GetFormalCharge() == 0:
            return True
        if other.GetAtomicNum() == 8 and any(n.GetAtomicNum() == 15 for n in other.GetNeighbors()):
            return True
    return False


def build_bond_graph(topology: Any) -> BondGraph:
    """Graph of an openmm.app.Topology of amino acids, nucleotides and water. Raises DataError for other residues."""
    components, molecule, labels = standard_components(), Chem.RWMol(), []
    for atom in topology.atoms():
        one = Chem.Atom(atom.element.symbol)
        one.SetNoImplicit(True)
        molecule.AddAtom(one)
        residue = atom.residue
        labels.append(f"{residue.name} {residue.chain.id} {residue.id} {atom.name}")
        if residue.name not in components:
            raise DataError(f"{residue.name} has no bond orders here.", "Build systems of standard residues only.")
    orders = {
        (name, *sorted(ends)): order for name, part in components.items() for *ends, order in part.bonds if order > 1
    }
    for first, second in topology.bonds():
        key = (first.residue.name, *sorted((first.name, second.name)))
        order = orders.get(key, 1) if first.residue is second.residue else 1
        molecule.AddBond(first.index, second.index, ORDERS[order])
    _mend_histidines(topology, molecule)
    for atom in molecule.GetAtoms():
        atom.SetFormalCharge(charge_with(atom, 0))
    molecule.UpdatePropertyCache(strict=False)
    Chem.GetSymmSSSR(molecule)
    return BondGraph(molecule.GetMol(), tuple(labels))


def _mend_histidines(topology: Any, molecule: Chem.RWMol) -> None:
    """The double bond of an imidazole is at the nitrogen without hydrogen; components have it at ND1."""
    for residue in topology.residues():
        names = {atom.name: atom.index for atom in residue.atoms()}
        if residue.name == "HIS" and "HD1" in names and "HE2" not in names:
            for end, order in (("ND1", Chem.BondType.SINGLE), ("NE2", Chem.BondType.DOUBLE)):
                molecule.GetBondBetweenAtoms(names["CE1"], names[end]).SetBondType(order)
