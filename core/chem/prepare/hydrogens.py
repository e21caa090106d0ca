"""Every hydrogen of the structure: those of the proton network as they are, all others by valence and geometry (RDKit).

A heavy atom gets its hydrogens from one source only. Charges follow: where hydrogens are given, their number tells the
formal charge; elsewhere the charge, by rule at the pH, tells their number. Placed hydrogens stand where the nucleus is,
not where X-rays see the bond: lengths are neutron averages, Allen and Bruno, Acta Cryst. B66, 380 (2010).
"""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

from core.chem.prepare.draft import Draft, DraftAtom
from core.chem.prepare.graph import Graph, charge_with, hydrogens_wanted
from core.chem.prepare.metal_sites import Places
from core.chem.prepare.proton_network import Network
from core.chem.prepare.rotors import turn_rotors
from core.chem.prepare.titration import set_charges

BOND_TO_HYDROGEN_ANGSTROM = {6: 1.09, 7: 1.02, 8: 0.97, 15: 1.42, 16: 1.34}
Given = dict[int, list[tuple[str, NDArray[np.float64]]]]

_LONGEST_TO_HYDROGEN_ANGSTROM = 1.4


def place_hydrogens(
    draft: Draft, graph: Graph, network: Network, ph: float, bare: Places = frozenset()
) -> NDArray[np.int64]:
    """Give the residues of the draft their hydrogens; returns the charge of each residue in e, (n_residues,) int64.

    bare: residue and name of atoms that get none, unless the file has them.
    """
    given = _of_network(draft, graph, network)
    of_file = _of_file(draft, graph)
    held = {graph.index[place] for place in bare if place in graph.index} - of_file.keys()
    given = {atom: entries for atom, entries in given.items() if atom not in held}
    for atom, entries in of_file.items():
        given.setdefault(atom, entries)
    covered = (_covered(draft, graph, network, given) | held) - _other_nitrogens(draft, graph, held, given)
    _charge(draft, graph, network, ph, given, covered)
    built = _build(
        graph, {a.GetIdx(): hydrogens_wanted(a) for a in graph.molecule.GetAtoms() if a.GetIdx() not in covered}
    )
    everywhere = dict(built) | {index: [position for _, position in entries] for index, entries in given.items()}
    turn_rotors(graph.molecule, everywhere, built)
    built = {index: everywhere[index] for index in built}
    charges = np.zeros(len(draft.residues), dtype=np.int64)
    for (number, _), index in graph.index.items():
        charges[number] += graph.molecule.GetAtomWithIdx(index).GetFormalCharge()
    for number, residue in enumerate(draft.residues):
        heavy = residue.heavy
        residue.atoms = list(heavy)
        for parent in heavy:
            index = graph.index[number, parent.name]
            new = (
                given[index]
                if index in given
                else _named(parent, built.get(index, []), {a.name for a in residue.atoms})
            )
            residue.atoms += [DraftAtom(name, "H", position) for name, position in new]
        _unique(residue.atoms[len(heavy) :], {atom.name for atom in heavy})
    return charges


def _other_nitrogens(draft: Draft, graph: Graph, held: set[int], given: Given) -> set[int]:
    """Of histidines with one nitrogen in `held`, the other, where it is still to get its hydrogen.

    The double bond of the ring is moved to the nitrogen that is held.
    """
    others = set()
    for number, residue in enumerate(draft.residues):
        if residue.name != "HIS" or not residue.names >= {"ND1", "NE2", "CE1"}:
            continue
        one, two, carbon = (graph.index[number, name] for name in ("ND1", "NE2", "CE1"))
        if (one in held) == (two in held):
            continue
        holder, other = (one, two) if one in held else (two, one)
        graph.molecule.GetBondBetweenAtoms(carbon, holder).SetBondType(Chem.BondType.DOUBLE)
        graph.molecule.GetBondBetweenAtoms(carbon, other).SetBondType(Chem.BondType.SINGLE)
        if other not in given:
            others.add(other)
    return others


def _of_network(draft: Draft, graph: Graph, network: Network) -> Given:
    """Hydrogens by heavy atom, at nuclear distance."""
    found: Given = defaultdict(list)
    for number, entries in network.hydrogens.items():
        for name, parent, position in entries:
            index = graph.index[number, parent]
            atom = graph.molecule.GetAtomWithIdx(index)
            if not _judged(draft, graph, number, parent, index):
                continue
            direction = position - residue_position(draft, number, parent)
            length = BOND_TO_HYDROGEN_ANGSTROM[atom.GetAtomicNum()]
            found[index].append((name, position - direction + direction * (length / np.linalg.norm(direction))))
    return dict(found)


def residue_position(draft: Draft, number: int, name: str) -> NDArray[np.float64]:
    atom = draft.residues[number].atom(name)
    if atom is None:
        raise KeyError(name)
    return atom.position_angstrom


def is_amide(atom: Chem.Atom) -> bool:
    """A nitrogen in single bonds of which one leads to a carbonyl."""
    if atom.GetAtomicNum() != 7 or any(bond.GetBondTypeAsDouble() > 1 for bond in atom.GetBonds()):
        return False
    return any(
        bond.GetBondTypeAsDouble() == 2 and bond.GetOtherAtom(carbon).GetAtomicNum() == 8
        for carbon in atom.GetNeighbors()
        if carbon.GetAtomicNum() == 6
        for bond in carbon.GetBonds()
    )


def _of_file(draft: Draft, graph: Graph) -> Given:
    """Hydrogens that the file has and that were kept, at the nearest heavy atom of their residue."""
    found: Given = defaultdict(list)
    for number, residue in enumerate(draft.residues):
        heavy = residue.heavy
        for atom in residue.atoms:
            if not atom.is_hydrogen or not heavy:
                continue
            distances = [float(np.linalg.norm(h.position_angstrom - atom.position_angstrom)) for h in heavy]
            nearest = int(np.argmin(distances))
            if distances[nearest] < _LONGEST_TO_HYDROGEN_ANGSTROM:
                found[graph.index[number, heavy[nearest].name]].append((atom.name, atom.position_angstrom))
    return dict(found)


def _covered(draft: Draft, graph: Graph, network: Network, given: Given) -> set[int]:
    """Atoms that get nothing by rule: those with given hydrogens, and bare N, O, S that the network left bare."""
    bare = {
        index
        for (number, name), index in graph.index.items()
        if number in network.hydrogens and _judged(draft, graph, number, name, index)
    }
    return set(given) | bare


def _judged(draft: Draft, graph: Graph, number: int, name: str, index: int) -> bool:
    """Whether PDB2PQR saw the atom as it is; amides, planar anyway, are left to RDKit, as are bonds hidden from it."""
    atom = graph.molecule.GetAtomWithIdx(index)
    if atom.GetAtomicNum() not in (7, 8, 16) or is_amide(atom) or name == "N" and draft.residues[number].closed_before:
        return False
    return all(
        graph.place[other.GetIdx()][0] == number or atom.GetAtomicNum() == other.GetAtomicNum() == 16
        for other in atom.GetNeighbors()
    )


def _charge(draft: Draft, graph: Graph, network: Network, ph: float, given: Given, covered: set[int]) -> None:
    neutral = {
        graph.index[n, "N"]
        for n, residue in enumerate(draft.residues)
        if residue.closed_before and (n, "N") in graph.index
    }
    for index in sorted(covered - graph.fixed):
        atom = graph.molecule.GetAtomWithIdx(index)
        atom.SetFormalCharge(charge_with(atom, len(given.get(index, []))))
    for number, pka in network.pka.items():
        # A side chain that PDB2PQR wanted to turn keeps PROPKA's verdict, if not its hydrogens.
        if draft.residues[number].name == "HIS" and number not in network.hydrogens:
            index = graph.index[number, "ND1"]
            graph.molecule.GetAtomWithIdx(index).SetFormalCharge(int(ph < pka))
            covered = covered | {index}
    set_charges(graph, ph, neutral, covered)


def _build(graph: Graph, counts: dict[int, int]) -> dict[int, list[NDArray[np.float64]]]:
    """Positions in angstrom of the hydrogens that RDKit builds, by heavy atom."""
    molecule = Chem.RWMol(graph.molecule)
    wanted = [index for index, count in counts.items() if count]
    for index in wanted:
        molecule.GetAtomWithIdx(index).SetNumExplicitHs(counts[index])
    molecule.UpdatePropertyCache(strict=False)
    Chem.SetConjugation(molecule)
    Chem.SetHybridization(molecule)
    full = Chem.AddHs(molecule, explicitOnly=True, addCoords=True, onlyOnAtoms=wanted) if wanted else molecule
    positions = full.GetConformer().GetPositions()
    found: dict[int, list[NDArray[np.float64]]] = defaultdict(list)
    for atom in list(full.GetAtoms())[molecule.GetNumAtoms() :]:
        parent = atom.GetNeighbors()[0]
        origin = np.array(positions[parent.GetIdx()])
        direction = np.array(positions[atom.GetIdx()]) - origin
        length = BOND_TO_HYDROGEN_ANGSTROM[parent.GetAtomicNum()]
        found[parent.GetIdx()].append(origin + direction * (length / np.linalg.norm(direction)))
    return found


def _named(
    parent: DraftAtom, positions: list[NDArray[np.float64]], taken: set[str]
) -> list[tuple[str, NDArray[np.float64]]]:
    """Names as the dictionary makes them: H and the place of the heavy atom, numbered where there are several."""
    stem = "H" + parent.name[len(parent.element) :]
    if len(positions) == 1:
        return [(stem, positions[0])]
    first = 2 if len(positions) == 2 and parent.element == "C" else 1
    return [(f"{stem}{number}", position) for number, position in enumerate(positions, first)]


def _unique(hydrogens: Iterable[DraftAtom], taken: set[str]) -> None:
    seen = set(taken)
    for atom in hydrogens:
        name, number = atom.name, 1
        while atom.name in seen:
            number += 1
            atom.name = f"{name}_{number}"
        seen.add(atom.name)
