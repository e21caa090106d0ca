"""Every hydrogen of the structure: those of the proton network as they are, all others by valence and geometry (RDKit).

A heavy atom gets its hydrogens from one source only. Charges follow: where hydrogens are given, their number tells the
formal charge; elsewhere the charge, by rule at the pH, tells their number. Placed hydrogens stand where the nucleus is,
not where X-rays see the bond: lengths are neutron averages, Allen and Bruno, Acta Cryst. B66, 380 (2010).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain, count

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

from core.chem.prepare.draft import Draft, DraftAtom
from core.chem.prepare.file_hydrogens import Given, as_described, lacking, of_file, point_double_bond, settle_histidines
from core.chem.prepare.graph import Graph, charge_with, hydrogens_wanted
from core.chem.prepare.ions import FreeIon
from core.chem.prepare.metal_sites import Sites
from core.chem.prepare.proton_network import Network
from core.chem.prepare.report import Log, listed
from core.chem.prepare.rotors import crowded_by_others, turn_rotors
from core.chem.prepare.titration import set_charges

BOND_TO_HYDROGEN_ANGSTROM = {6: 1.09, 7: 1.02, 8: 0.97, 15: 1.42, 16: 1.34}
_LONGEST_NAME = 4


def place_hydrogens(
    draft: Draft,
    graph: Graph,
    network: Network,
    ph: float,
    log: Log,
    sites: Sites | None = None,
    ions: Sequence[FreeIon] = (),
) -> NDArray[np.int64]:
    """Give the residues of the draft their hydrogens; returns the charge of each residue in e, (n_residues,) int64.

    sites: what holds ions; hydrogens that the file has are left there nonetheless. ions: beside the molecule.
    """
    sites = sites or Sites()
    from_file = as_described(draft, graph, of_file(draft, graph, log), log)
    incomplete = lacking(draft, graph, from_file)
    bare, held, turned = (
        {graph.index[place] for place in places if place in graph.index} - from_file.keys()
        for places in (sites.bare, sites.held, sites.turned)
    )
    bare |= settle_histidines(draft, graph, from_file)
    given = {atom: e for atom, e in _of_network(draft, graph, network).items() if atom not in bare | turned}
    given |= from_file
    covered = (_covered(draft, graph, network, given) | bare) - turned - incomplete
    covered -= _other_nitrogens(draft, graph, bare, given)
    _charge(draft, graph, network, ph, given, covered, frozenset(held))
    counts = {a.GetIdx(): hydrogens_wanted(a) for a in graph.molecule.GetAtoms() if a.GetIdx() not in covered}
    partly = {index: [position for _, position in given[index]] for index in incomplete}
    built = _build(graph, counts, partly)
    everywhere = {index: [position for _, position in entries] for index, entries in given.items()}
    everywhere |= {index: partly.get(index, []) + positions for index, positions in built.items()}
    beside = [(ion.position_angstrom, ion.atomic_number, float(ion.charge)) for ion in ions]
    crowded = crowded_by_others(everywhere, given.keys() - from_file.keys())
    turn_rotors(graph.molecule, everywhere, (built.keys() - incomplete) | crowded, beside)
    for index in crowded:
        given[index] = [(name, place) for (name, _), place in zip(given[index], everywhere[index], strict=True)]
    built = {index: everywhere[index][len(partly.get(index, ())) :] for index in built}
    _note_completed(draft, graph, from_file, built, log)
    charges = np.zeros(len(draft.residues), dtype=np.int64)
    for (number, _), index in graph.index.items():
        charges[number] += graph.molecule.GetAtomWithIdx(index).GetFormalCharge()
    for number, residue in enumerate(draft.residues):
        heavy = residue.heavy
        residue.atoms = list(heavy)
        for parent in heavy:
            index = graph.index[number, parent.name]
            there = given.get(index, [])
            new = [*there, *_named(parent, built.get(index, []), {name for name, _ in there})]
            residue.atoms += [DraftAtom(name, "H", position) for name, position in new]
        _unique(residue.atoms[len(heavy) :], {atom.name for atom in heavy})
    return charges


def _note_completed(
    draft: Draft, graph: Graph, from_file: Given, built: dict[int, list[NDArray[np.float64]]], log: Log
) -> None:
    """Tell which hydrogens were added where the file has hydrogens; those of whole waters go without saying."""
    with_some = {graph.place[index][0] for index in from_file}
    added = [
        f"{draft.residues[number].label} {name}"
        for index in sorted(built)
        for number, name in [graph.place[index]]
        if number in with_some and built[index]
    ]
    if added:
        log.add(
            "hydrogens",
            f"Completed: {len(added)} atom{'s' * (len(added) > 1)} with no or too few hydrogens in the file, "
            f"{listed(added)}.",
            confirm=True,
        )


def _other_nitrogens(draft: Draft, graph: Graph, bare: set[int], given: Given) -> set[int]:
    """Of histidines with one nitrogen in `bare`, the other, where it is still to get its hydrogen.

    The double bond of the ring is moved to the nitrogen that is bare.
    """
    others = set()
    for number, residue in enumerate(draft.residues):
        if residue.name != "HIS" or not residue.names >= {"ND1", "NE2", "CE1"}:
            continue
        one, two = graph.index[number, "ND1"], graph.index[number, "NE2"]
        if (one in bare) == (two in bare):
            continue
        without, other = (one, two) if one in bare else (two, one)
        point_double_bond(draft, graph, number, without)
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


def _covered(draft: Draft, graph: Graph, network: Network, given: Given) -> set[int]:
    """Atoms that get nothing by rule: those with given hydrogens, and bare N, O, S that the network left bare."""
    bare = {
        index
        for (number, name), index in graph.index.items()
        if number in network.hydrogens and _judged(draft, graph, number, name, index)
    }
    return set(given) | bare


def _judged(draft: Draft, graph: Graph, number: int, name: str, index: int) -> bool:
    """Whether PDB2PQR saw the atom as it is; amides, planar anyway, are left to RDKit, as are bonds hidden from it and
    prolines at the beginning of a chain, which it cannot do."""
    atom, residue = graph.molecule.GetAtomWithIdx(index), draft.residues[number]
    if atom.GetAtomicNum() not in (7, 8, 16) or is_amide(atom):
        return False
    if name == "N" and (residue.closed_before or residue.name == "PRO"):
        return False
    return all(
        graph.place[other.GetIdx()][0] == number or atom.GetAtomicNum() == other.GetAtomicNum() == 16
        for other in atom.GetNeighbors()
    )


def _charge(
    draft: Draft,
    graph: Graph,
    network: Network,
    ph: float,
    given: Given,
    covered: set[int],
    held: frozenset[int],
) -> None:
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
    set_charges(graph, ph, neutral, covered, held)


def _build(
    graph: Graph, counts: dict[int, int], partly: dict[int, list[NDArray[np.float64]]]
) -> dict[int, list[NDArray[np.float64]]]:
    """Positions in angstrom of the hydrogens that RDKit builds, by heavy atom.

    counts: how many each atom is to have. partly: positions of those that some of them have already.
    """
    molecule = Chem.RWMol(graph.molecule)
    for index, positions in partly.items():
        for position in positions:
            hydrogen = molecule.AddAtom(Chem.Atom("H"))
            molecule.AddBond(index, hydrogen, Chem.BondType.SINGLE)
            molecule.GetConformer().SetAtomPosition(hydrogen, position.tolist())
    counts = {index: count - len(partly.get(index, ())) for index, count in counts.items()}
    wanted = [index for index, count in counts.items() if count > 0]
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
    parent: DraftAtom, positions: list[NDArray[np.float64]], there: set[str]
) -> list[tuple[str, NDArray[np.float64]]]:
    """Names as the dictionary makes them: H and the place of the heavy atom, numbered where there are several.

    there: names of hydrogens that the atom has already.
    """
    total = len(positions) + len(there)
    sugar = parent.name.endswith("'")
    # Of a hydroxyl of a sugar: H2' is the hydrogen of C2'.
    stem = "H" + (parent.name if sugar and parent.element == "O" else parent.name[len(parent.element) :])
    if total == 1:
        return [(stem, position) for position in positions]
    first = 2 if total == 2 and parent.element == "C" else 1
    names = [stem, stem + "'"] if sugar and total == 2 else [f"{stem}{n}" for n in range(first, first + total)]
    return list(zip([name for name in names if name not in there], positions, strict=False))


def _unique(hydrogens: Iterable[DraftAtom], taken: set[str]) -> None:
    """Give those that share a name others, short enough for the columns of PDB."""
    seen = set(taken)
    for atom in hydrogens:
        if atom.name in seen:
            numbered = [f"{atom.name}_{number}" for number in range(2, 10)]
            short = (name for name in numbered if len(name) <= _LONGEST_NAME)
            atom.name = next(name for name in chain(short, (f"H{n}" for n in count(1))) if name not in seen)
        seen.add(atom.name)
