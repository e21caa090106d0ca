"""A cut as a molecule of its own: its atoms out of a frame, a hydrogen in place of every atom cut away. Angstrom."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

from core.chem.prepare.hydrogens import BOND_TO_HYDROGEN_ANGSTROM
from core.data.assemble import Assembly
from core.data.bonds import distances, van_der_waals_radii
from core.data.cutouts.bondgraph import BondGraph
from core.data.cutouts.grow import Pieces
from core.data.rotation import unit

Array = NDArray[np.float64]
# A cap keeps this many sums of van der Waals radii from other pieces: H and H 1.56, H and O 1.79 angstrom.
CAP_CLASH_FACTOR = 0.65
LARGEST_CHARGE = 2


@dataclass(frozen=True, eq=False)
class Cut:
    """assembly: graph, with a conformer, and owner of each atom. caps: (n_caps,) atoms that were put in, the last."""

    assembly: Assembly
    caps: NDArray[np.int64]
    smiles: str

    @property
    def charge(self) -> int:
        return int(Chem.GetFormalCharge(self.assembly.graph))


def around(positions: Array, solute_atoms: int, centre: Array, box_angstrom: Array) -> Array:
    """Positions (n_atoms, 3) with every water, O H H after the solute, in the periodic image nearest to `centre`."""
    waters = positions[solute_atoms:].reshape(-1, 3, 3)
    shift = box_angstrom * np.round((waters[:, :1] - centre) / box_angstrom)
    return np.concatenate([positions[:solute_atoms], (waters - shift).reshape(-1, 3)])


def cut_out(graph: BondGraph, positions: Array, pieces: Pieces) -> Cut | None:
    """The pieces as a closed molecule, or None where RDKit refuses it, a radical is left, or the charge is too high."""
    units, molecule = pieces.all_units, Chem.RWMol()
    atoms = sorted(atom for number in units for atom in graph.atoms_of[number])
    place, points = {}, []
    for atom in atoms:
        place[atom] = molecule.AddAtom(_bare(graph.molecule.GetAtomWithIdx(atom)))
        points.append(positions[atom])
    for bond in graph.molecule.GetBonds():
        ends = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
        if all(end in place for end in ends):
            molecule.AddBond(place[ends[0]], place[ends[1]], bond.GetBondType())
    caps = []
    for number in sorted(units):
        for inside, outside in graph.links.get(number, ()):
            if outside in place:
                continue
            caps.append(molecule.AddAtom(Chem.Atom(1)))
            molecule.AddBond(place[inside], caps[-1], Chem.BondType.SINGLE)
            length = BOND_TO_HYDROGEN_ANGSTROM[int(graph.atomic_numbers[inside])]
            points.append(positions[inside] + length * unit(positions[outside] - positions[inside]))
    return _closed(molecule, np.array(points), np.array(caps, dtype=np.int64))


def _bare(atom: Chem.Atom) -> Chem.Atom:
    one = Chem.Atom(atom.GetAtomicNum())
    one.SetFormalCharge(atom.GetFormalCharge())
    one.SetNoImplicit(True)
    return one


def _closed(molecule: Chem.RWMol, points: Array, caps: NDArray[np.int64]) -> Cut | None:
    graph = molecule.GetMol()
    try:
        Chem.SanitizeMol(graph)
    except (Chem.MolSanitizeException, ValueError):
        return None
    if any(atom.GetNumRadicalElectrons() for atom in graph.GetAtoms()):
        return None
    if abs(Chem.GetFormalCharge(graph)) > LARGEST_CHARGE:
        return None
    owner = np.zeros(len(points), dtype=np.int64)
    fragments = Chem.GetMolFrags(graph)
    for number, members in enumerate(fragments):
        owner[list(members)] = number
    conformer = Chem.Conformer(len(points))
    conformer.SetPositions(points)
    graph.AddConformer(conformer)
    smiles = Chem.MolToSmiles(Chem.RemoveHs(graph))
    return Cut(Assembly(graph, owner, ("cut",) * (len(fragments) - 1)), caps, smiles)


def caps_clash(cut: Cut) -> bool:
    """Whether a cap is too near to an atom of another piece."""
    if not len(cut.caps):
        return False
    positions, owner = cut.assembly.positions_angstrom, cut.assembly.owner
    radii = van_der_waals_radii(cut.assembly.atomic_numbers)
    close = distances(positions) < CAP_CLASH_FACTOR * (radii[:, None] + radii)
    return bool((close & (owner[:, None] != owner))[cut.caps].any())
