"""What is left out or replaced before anything is built: residues on request, selenium, waters, elements, hydrogens."""

import numpy as np
from scipy.spatial import cKDTree

from core.chem.elements import SUPPORTED_ELEMENTS, atomic_number
from core.chem.prepare.draft import Draft, DraftAtom, DraftResidue, distance_angstrom
from core.chem.prepare.left_metals import is_metal, remember_metals
from core.chem.prepare.options import Options
from core.chem.prepare.report import Log
from core.chem.validate import supported_list
from core.errors import PreparationError, UnsupportedElementError

_LONGEST_TO_METAL_ANGSTROM, _LONGEST_BOND_ANGSTROM, _LONGEST_TO_HYDROGEN_ANGSTROM = 3.0, 2.3, 1.45


def leave_out(draft: Draft, options: Options, log: Log) -> None:
    """Remove residues by name. Raises PreparationError for a name that does not occur, where it is to be refused."""
    for name in options.drop:
        count = sum(residue.name == name for residue in draft.residues)
        if not count and options.drop_missing == "pass":
            continue
        if not count:
            known = sorted({r.name for r in draft.residues if r.kind in ("ligand", "ion")})
            raise PreparationError(
                f"There is no residue called {name[:10]!r} to leave out.", f"Ligands: {', '.join(known) or 'none'}."
            )
        for residue in draft.residues:
            if residue.name == name:
                remember_metals(draft, residue, residue.atoms)
        draft.residues = [residue for residue in draft.residues if residue.name != name]
        log.add("drop", f"{count} residue{'s' * (count > 1)} {name} left out on request.")


def selenium_to_sulfur(draft: Draft, log: Log) -> None:
    """Selenomethionine, made for phasing, to the methionine it stands for; the atom stays where it is."""
    for residue in draft.residues:
        if residue.name == "MSE":
            old = residue.label
            residue.name, residue.kind = "MET", "protein"
            for atom in residue.atoms:
                if atom.element == "Se" or atom.name == "SE":
                    atom.element, atom.name = "S", "SD"
            log.add("selenomethionine", f"{old}: selenomethionine read as methionine.", residue.label, ("SD",))


def choose_waters(draft: Draft, within_angstrom: float, log: Log) -> None:
    """Keep waters whose oxygen is within a distance of any atom that is neither water nor hydrogen."""
    waters = [residue for residue in draft.residues if residue.kind == "water"]
    if not waters:
        return
    others = [a.position_angstrom for r in draft.residues if r.kind not in ("water", "ion") for a in r.heavy]
    if not others:
        log.add("waters", f"All {len(waters)} waters are kept: there is nothing else.")
        return
    near = set()
    if within_angstrom > 0:
        tree = cKDTree(np.array(others))
        for residue in waters:
            oxygen = residue.heavy[:1]
            if oxygen and tree.query(oxygen[0].position_angstrom)[0] <= within_angstrom:
                near.add(id(residue))
    draft.residues = [r for r in draft.residues if r.kind != "water" or id(r) in near]
    rule = f"within {within_angstrom:g} angstrom of the rest" if within_angstrom > 0 else "none was asked for"
    log.add("waters", f"{len(near)} of {len(waters)} waters kept ({rule}).")


def judge_elements(draft: Draft, options: Options, log: Log) -> None:
    """Atoms of unsupported elements within molecules: refused by name, or dropped. Free ions are not judged here.

    Raises UnsupportedElementError naming the elements, where they are, and the choices.
    """
    found: dict[str, list[DraftResidue]] = {}
    for residue in draft.residues:
        if residue.kind == "ion":
            continue
        for atom in residue.atoms:
            if atomic_number(atom.element) not in SUPPORTED_ELEMENTS:
                found.setdefault(atom.element, []).append(residue)
    if not found:
        return
    names = sorted({residue.name for residues in found.values() for residue in residues})
    if options.unsupported == "refuse":
        places = "; ".join(f"{element} in {residues[0].label}" for element, residues in found.items())
        raise UnsupportedElementError(
            f"{places} cannot be computed: only {supported_list()} are supported.",
            "Leave the residue out, or only those atoms, their bonds closed with hydrogen.",
            tuple(names),
        )
    for residue in draft.residues:
        gone = [
            a for a in residue.atoms if residue.kind != "ion" and atomic_number(a.element) not in SUPPORTED_ELEMENTS
        ]
        if gone:
            remember_metals(draft, residue, gone)
            alone = _held_by(residue, gone)
            residue.atoms = [atom for atom in residue.atoms if atom not in gone and atom not in alone]
            residue.left_out = (*gone, *alone)
            what = ", ".join(f"{atom.element} ({atom.name})" for atom in gone)
            if alone:
                what += (
                    f", and {', '.join(atom.name for atom in alone if not atom.is_hydrogen)}, which nothing else held,"
                )
            closed = " left out; its bonds are closed with hydrogen, so this is another molecule."
            fate = closed if residue.heavy else " left out; nothing else was there."
            log.add(
                "elements",
                f"{residue.label}: {what}{fate}",
                residue.label,
                tuple(atom.name for atom in [*gone, *alone]),
                confirm=True,
            )
    draft.residues = [residue for residue in draft.residues if residue.atoms]


def _held_by(residue: DraftResidue, gone: list[DraftAtom]) -> list[DraftAtom]:
    """Single atoms that only those which go held together: the sulfides of a cluster are no molecule without its iron,
    nor are the methyl groups of an arsine without the arsenic."""
    rest = [atom for atom in residue.heavy if atom not in gone]
    alone = [
        atom
        for atom in rest
        if any(
            distance_angstrom(atom, one)
            < (_LONGEST_TO_METAL_ANGSTROM if is_metal(one.element) else _LONGEST_BOND_ANGSTROM)
            for one in gone
        )
        and all(distance_angstrom(atom, other) > _LONGEST_BOND_ANGSTROM for other in rest if other is not atom)
    ]
    hydrogens = [
        atom
        for atom in residue.atoms
        if atom.is_hydrogen
        and alone
        and any(distance_angstrom(atom, bearer) < _LONGEST_TO_HYDROGEN_ANGSTROM for bearer in alone)
    ]
    return alone + hydrogens


def remove_hydrogens(draft: Draft, known: set[str], log: Log) -> None:
    """Take hydrogens out of residues that can be given new ones: all but ligands outside `known` names."""
    count = 0
    for residue in draft.residues:
        if residue.kind == "ligand" and residue.name not in known:
            continue
        count += len(residue.atoms) - len(residue.heavy)
        residue.atoms = residue.heavy
    draft.residues = [residue for residue in draft.residues if residue.atoms]
    if count:
        log.add("hydrogens", f"{count} hydrogens of the file taken out, to be placed anew at the chosen pH.")
