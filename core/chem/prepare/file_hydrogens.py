"""Hydrogens that the file brings: which of them stay, what they say of charge and tautomer, and what they lack.

Somebody put them there: they were seen by NMR or neutrons, or chosen and relaxed in a simulation, and forces depend on
where they are. So they stay, as AddH of ChimeraX or Maestro have it, and the pH is for what the file leaves open. Those
of an X-ray refinement are the exception: they ride on their atoms, too near for nuclei and often without those of
hydroxyls, and say nothing that the heavy atoms do not. Angstrom.
"""

from collections import defaultdict
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

from core.chem.components import standard_components
from core.chem.prepare.draft import Draft, DraftAtom, DraftResidue
from core.chem.prepare.graph import Graph, charge_with, hydrogens_wanted
from core.chem.prepare.naming import AMINO_ACIDS
from core.chem.prepare.options import Options
from core.chem.prepare.report import Log, listed

Given = dict[int, list[tuple[str, NDArray[np.float64]]]]
Kept = Literal["all", "ligands", "none"]

LONGEST_TO_HYDROGEN_ANGSTROM = 1.45
# C-H is 1.09 between nuclei and 0.93 to 0.98 as X-rays see it.
SHORTEST_TO_CARBON_ANGSTROM = 1.03
# Bonds to hydrogen, however they were determined, by the element at the other end.
_USUAL_ANGSTROM = {"S": (1.1, 1.5), "P": (1.2, 1.55)}
_USUAL_ELSE_ANGSTROM = 0.75, 1.25
_SHOWN = 6
# Names of force fields that say of an atom that it has lost its proton.
_BARE_BY_NAME = {"CYM": "SG", "TYM": "OH"}
_ACID_OXYGENS = {"ASP": {"OD1", "OD2"}, "GLU": {"OE1", "OE2"}}


def decide(draft: Draft, options: Options, log: Log) -> Kept:
    """Whose hydrogens stay. "auto" asks the protein and the nucleic acid, and each ligand for itself."""
    if options.hydrogens == "rebuild":
        return "none"
    if options.hydrogens == "keep":
        _note_short(draft.residues, log)
        return "all"
    asked = [r for r in draft.residues if r.kind in ("protein", "nucleic")] or draft.residues
    with_some = [residue for residue in asked if _has_hydrogens(residue)]
    if 2 * len(with_some) < len(asked):
        return _ligands_of_their_own(draft, log)
    if _riding(with_some):
        log.add(
            "hydrogens",
            f"The hydrogens of the file are {_to_carbon(with_some):.2f} angstrom from their carbons in the middle, as "
            "an X-ray refinement places them: they are not kept, unless that is chosen.",
        )
        return _ligands_of_their_own(draft, log)
    log.add(
        "hydrogens",
        f"{len(with_some)} of {len(asked)} residues have hydrogens in the file: these are kept, and their number tells "
        "the charge, whatever the pH, unless all are chosen to be placed anew.",
        confirm=options.ph != Options.ph,
    )
    return "all"


def _ligands_of_their_own(draft: Draft, log: Log) -> Kept:
    for residue in draft.residues:
        if residue.kind == "ligand" and _has_hydrogens(residue):
            if _riding([residue]):
                residue.atoms = residue.heavy
            else:
                log.add("hydrogens", f"{residue.label} has hydrogens in the file: these are kept.", residue.label)
    return "ligands"


def _has_hydrogens(residue: DraftResidue) -> bool:
    return len(residue.heavy) < len(residue.atoms)


def _riding(residues: list[DraftResidue]) -> bool:
    return _to_carbon(residues) < SHORTEST_TO_CARBON_ANGSTROM


def _note_short(residues: list[DraftResidue], log: Log) -> None:
    if _riding(residues):
        log.add(
            "hydrogens",
            f"The hydrogens of the file are {_to_carbon(residues):.2f} angstrom from their carbons in the middle, as "
            "X-rays see them: nuclei are at 1.09, and the forces on these will be large.",
            confirm=True,
        )


def _to_carbon(residues: list[DraftResidue]) -> float:
    """Median length of the bonds from carbon to hydrogen; infinite where there are none."""
    lengths = [
        distance
        for residue in residues
        for atom in residue.atoms
        if atom.is_hydrogen
        for bearer, distance in [bearer_of(atom, residue)]
        if bearer is not None and bearer.element == "C"
    ]
    return float(np.median(lengths)) if lengths else float("inf")


def bearer_of(hydrogen: DraftAtom, residue: DraftResidue) -> tuple[DraftAtom | None, float]:
    """The heavy atom of the residue that is next to it, and how far; None where none is at bonding distance."""
    heavy = residue.heavy
    if not heavy:
        return None, float("inf")
    distances = np.linalg.norm([atom.position_angstrom - hydrogen.position_angstrom for atom in heavy], axis=1)
    nearest = int(np.argmin(distances))
    near = distances[nearest] < LONGEST_TO_HYDROGEN_ANGSTROM
    return (heavy[nearest] if near else None), float(distances[nearest])


def of_file(draft: Draft, graph: Graph, log: Log) -> Given:
    """Name and position of the hydrogens that were kept, by the heavy atom of their residue that bears them."""
    found: Given = defaultdict(list)
    odd: list[str] = []
    for number, residue in enumerate(draft.residues):
        lost = []
        for atom in residue.atoms:
            if atom.is_hydrogen:
                bearer, distance = bearer_of(atom, residue)
                if bearer is None:
                    lost.append(atom.name)
                else:
                    shortest, longest = _USUAL_ANGSTROM.get(bearer.element, _USUAL_ELSE_ANGSTROM)
                    if not shortest < distance < longest:
                        odd.append(f"{residue.label} {atom.name} ({distance:.2f} from {bearer.name})")
                    found[graph.index[number, bearer.name]].append((atom.name, atom.position_angstrom))
        if lost:
            log.add(
                "hydrogens",
                f"{residue.label}: {', '.join(lost)} left out, at no bonding distance from any atom of the residue.",
                residue.label,
                tuple(lost),
                confirm=True,
            )
    if odd:
        log.add(
            "hydrogens",
            f"{len(odd)} hydrogen{'s are' if len(odd) > 1 else ' is'} kept at a distance from the next atom that no "
            f"bond has, in angstrom: {listed(odd, _SHOWN)}. Forces there will be large, unless all are "
            "placed anew.",
            confirm=True,
        )
    return dict(found)


def as_described(draft: Draft, graph: Graph, given: Given, log: Log) -> Given:
    """Without the hydrogens on atoms of which the residue's description has fewer: another tautomer, another charge.

    Only where the description is not to be changed, as that of a SMILES; it says how many are to be placed.
    """
    others = {
        index
        for index, entries in given.items()
        if index in graph.fixed and len(entries) > hydrogens_wanted(graph.molecule.GetAtomWithIdx(index))
    }
    names: dict[int, list[str]] = defaultdict(list)
    for index in sorted(others):
        number, name = graph.place[index]
        names[number].append(name)
    for number, atoms in names.items():
        residue = draft.residues[number]
        log.add(
            "hydrogens",
            f"{residue.label}: the file has more hydrogens on {', '.join(atoms)} than its bonds leave room "
            "for: they are placed anew.",
            residue.label,
            tuple(atoms),
            confirm=True,
        )
    return {index: entries for index, entries in given.items() if index not in others}


def lacking(draft: Draft, graph: Graph, given: Given) -> set[int]:
    """Atoms of which the file has some hydrogens, but fewer than any state of theirs.

    Nitrogens of ligands are taken by their word: that of a sulfonamide may have lost a proton.
    """
    standard = standard_components()
    found = set()
    for index, entries in given.items():
        atom = graph.molecule.GetAtomWithIdx(index)
        known = draft.residues[graph.place[index][0]].name in standard
        if index in graph.fixed:
            found |= {index} if len(entries) < hydrogens_wanted(atom) else set()
            continue
        if not (known or atom.GetAtomicNum() == 6):
            continue
        charge = atom.GetFormalCharge()
        atom.SetFormalCharge(0)
        if len(entries) < hydrogens_wanted(atom) and charge_with(atom, len(entries)) <= 0:
            found.add(index)
        atom.SetFormalCharge(charge)
    return found


def settle_histidines(draft: Draft, graph: Graph, given: Given) -> set[int]:
    """Put the double bond of each ring to the nitrogen that has no hydrogen in the file.

    Returns the nitrogens without one beside one with: these stay so at any pH.
    """
    bare = set()
    for number, residue in enumerate(draft.residues):
        if residue.name != "HIS" or not residue.names >= {"ND1", "NE2", "CE1"}:
            continue
        one, two = graph.index[number, "ND1"], graph.index[number, "NE2"]
        if (one in given) != (two in given):
            without = two if one in given else one
            point_double_bond(draft, graph, number, without)
            bare.add(without)
    return bare


def point_double_bond(draft: Draft, graph: Graph, number: int, nitrogen: int) -> None:
    """The double bond of a histidine's CE1 to this nitrogen, ND1 or NE2, and a single one to the other."""
    carbon = graph.index[number, "CE1"]
    for name in ("ND1", "NE2"):
        index = graph.index[number, name]
        order = Chem.BondType.DOUBLE if index == nitrogen else Chem.BondType.SINGLE
        graph.molecule.GetBondBetweenAtoms(carbon, index).SetBondType(order)


def bare_in_file(draft: Draft) -> set[tuple[int, str]]:
    """Residue and name of the atoms that are without a proton in the file: by the name that it gives to the residue,
    and oxygens of acids in residues that have hydrogens elsewhere.

    Thiols and hydroxyls are not among them: files leave out what was not seen there.
    """
    found = set()
    for number, residue in enumerate(draft.residues):
        names = {_BARE_BY_NAME[residue.name_in_file]} if residue.name_in_file in _BARE_BY_NAME else set()
        if _has_hydrogens(residue) and residue.name in AMINO_ACIDS:
            names |= _ACID_OXYGENS.get(residue.name, set()) | ({"O", "OXT"} if "OXT" in residue.names else set())
        found |= {(number, name) for name in names}
    return found
