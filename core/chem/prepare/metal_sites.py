"""Atoms that hold an ion: what holds a metal has a lone pair where others have a proton, and nobody points a hydrogen
at a cation.

PDB2PQR and PROPKA are shown no ions, and would put hydrogens of histidines and cysteines on top of a zinc. A metal that
was left out, on request or as part of a heme, leaves its holders as if it had never been there; but histidines keep
their lone pair towards its place, which costs them nothing. Distances in angstrom; what is usual: Harding, Acta Cryst.
D62, 678 (2006).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from core.chem.elements import symbol
from core.chem.prepare.draft import Draft, DraftAtom, DraftResidue
from core.chem.prepare.file_hydrogens import bearer_of
from core.chem.prepare.ions import FreeIon
from core.chem.prepare.left_metals import LOOSE
from core.chem.prepare.naming import AMINO_ACIDS
from core.chem.prepare.report import Log

# Beyond the sums of radii by what a structure of 3 angstrom resolution is off.
_LONGEST_ANGSTROM = {"N": 2.8, "O": 2.7, "S": 2.9}
# Peptide nitrogens have to give a proton up, and are seldom this near to a metal otherwise.
_LONGEST_TO_AMIDE_ANGSTROM = 2.3
# By residue, the atoms that hold metals without a proton, in groups that share one.
_DONORS: dict[str, tuple[tuple[str, ...], ...]] = {
    "HIS": (("ND1",), ("NE2",)), "CYS": (("SG",),), "ASP": (("OD1", "OD2"),), "GLU": (("OE1", "OE2"),),
    "TYR": (("OH",),),
}  # fmt: skip
# Those that hold metals with fewer hydrogens, or the same ones turned away.
_TURNED = {"LYS": "NZ", "SER": "OG", "THR": "OG1", "HOH": "O"}
_AMIDES = {"ASN": ("ND2", "OD1"), "GLN": ("NE2", "OE1")}

# Of loose cations and of anions, from the oxygens of waters and hydroxyls.
_REACH_OF_CATION_ANGSTROM, _REACH_OF_ANION_ANGSTROM = 3.2, 3.5

Places = frozenset[tuple[int, str]]
Near = Callable[[NDArray[np.float64]], list[int]]


@dataclass(frozen=True)
class Sites:
    """Residue and name of atoms. bare: without hydrogen. held: without the proton that a base or an acid may have.

    turned: with hydrogens that are placed in view of the ions; all of `held` are among them.
    """

    bare: Places = frozenset()
    held: Places = frozenset()
    turned: Places = frozenset()


def metal_sites(draft: Draft, ions: Sequence[FreeIon], log: Log) -> Sites:
    """What holds each of the ions, and what held the metals that were left out."""
    bare: set[tuple[int, str]] = set()
    held: set[tuple[int, str]] = set()
    turned: set[tuple[int, str]] = set()
    waters: dict[int, list[str]] = {}
    near = _neighbourhood(draft)
    for ion in ions:
        firm = ion.charge > 0 and symbol(ion.atomic_number) not in LOOSE
        holders = []
        for number in near(ion.position_angstrom):
            residue = draft.residues[number]
            if firm:
                without = [
                    (group, near)
                    for group, near in _without_proton(residue, ion.position_angstrom)
                    if not _has_proton(residue, near, ion, log)
                ]
                with_fewer = _with_fewer(draft, number, ion.position_angstrom)
                bare |= {(number, name) for group, _ in without for name in group}
                held |= {(number, name) for name in with_fewer}
                holders += [f"{residue.label} {' and '.join(near)}" for _, near in without]
                if residue.kind == "water" and with_fewer:
                    waters.setdefault(number, []).append(ion.residue.label)
                elif with_fewer:
                    holders.append(f"{residue.label} {' and '.join(with_fewer)}")
                _note_turned_amide(residue, ion, log)
            elif residue.name in _TURNED and residue.name != "LYS":
                reach = _REACH_OF_CATION_ANGSTROM if ion.charge > 0 else _REACH_OF_ANION_ANGSTROM
                name = _TURNED[residue.name]
                turned |= {(number, name)} if _within(residue.atom(name), ion.position_angstrom, reach) else set()
        if holders:
            log.add(
                "protonation",
                f"{ion.residue.label} is coordinated by {', '.join(holders)}: no hydrogen towards it, at any pH.",
                ion.residue.label,
            )
    _note_waters(draft, waters, log)
    bare |= _left_histidines(draft, near, log)
    return Sites(frozenset(bare), frozenset(held - bare), frozenset((turned | held) - bare))


def _neighbourhood(draft: Draft) -> Near:
    """Indices of the residues that have an atom other than carbon near a place, in their order."""
    atoms = [
        (number, atom.position_angstrom)
        for number, residue in enumerate(draft.residues)
        for atom in residue.heavy
        if atom.element != "C"
    ]
    if not atoms:
        return lambda place: []
    tree = cKDTree(np.array([position for _, position in atoms]))
    return lambda place: sorted({atoms[k][0] for k in tree.query_ball_point(place, _REACH_OF_ANION_ANGSTROM)})


def _within(atom: DraftAtom | None, place: NDArray[np.float64], longest: float) -> bool:
    return atom is not None and bool(np.linalg.norm(atom.position_angstrom - place) <= longest)


def _holds(residue: DraftResidue, name: str, place: NDArray[np.float64]) -> bool:
    atom = residue.atom(name)
    return atom is not None and _within(atom, place, _LONGEST_ANGSTROM.get(atom.element, 0.0))


def _without_proton(residue: DraftResidue, place: NDArray[np.float64]) -> list[tuple[tuple[str, ...], list[str]]]:
    """Groups that lose their proton, and which atoms of each are near."""
    groups = [(group, [n for n in group if _holds(residue, n, place)]) for group in _DONORS.get(residue.name, ())]
    found = [(group, near) for group, near in groups if near]
    amide = residue.name in AMINO_ACIDS and residue.name != "PRO" and residue.bonded_before
    if amide and _within(residue.atom("N"), place, _LONGEST_TO_AMIDE_ANGSTROM):
        found.append((("N",), ["N"]))
    return found


def _has_proton(residue: DraftResidue, names: list[str], ion: FreeIon, log: Log) -> bool:
    """Whether the file has a hydrogen there, which then stays."""
    for atom in residue.atoms:
        bearer, _ = bearer_of(atom, residue) if atom.is_hydrogen else (None, 0.0)
        if bearer is not None and bearer.name in names:
            log.add(
                "protonation",
                f"{residue.label} {bearer.name} holds {ion.residue.label}, yet has a hydrogen in the file: it is kept.",
                residue.label,
                (bearer.name, atom.name),
                confirm=True,
            )
            return True
    return False


def _with_fewer(draft: Draft, number: int, place: NDArray[np.float64]) -> list[str]:
    """Names of atoms near the metal that keep their hydrogens, but for the one that a lone pair replaces."""
    residue = draft.residues[number]
    if residue.name in AMINO_ACIDS or residue.kind == "water":
        names = [_TURNED[residue.name]] if residue.name in _TURNED else []
        if residue.name in AMINO_ACIDS and not residue.bonded_before:
            names.append("N")
        if "OXT" in residue.names:
            names += ["O", "OXT"]
    else:
        names = [atom.name for atom in residue.heavy if atom.element in _LONGEST_ANGSTROM]
    near = [name for name in names if _holds(residue, name, place)]
    return [*near, "OXT"] if near == ["O"] else ["O", *near] if near == ["OXT"] else near


def _note_waters(draft: Draft, waters: dict[int, list[str]], log: Log) -> None:
    for number, metals in waters.items():
        label, names = draft.residues[number].label, " and ".join(metals)
        if len(metals) > 1:
            log.add(
                "waters",
                f"{label} is between {names}: it is taken as water, though such a one is often a hydroxide.",
                label,
                ("O",),
                confirm=True,
            )
        else:
            log.add("waters", f"{label} holds {names}: its oxygen faces the metal.", label, ("O",))


def _note_turned_amide(residue: DraftResidue, ion: FreeIon, log: Log) -> None:
    nitrogen, oxygen = _AMIDES.get(residue.name, ("", ""))
    if nitrogen and _holds(residue, nitrogen, ion.position_angstrom):
        log.add(
            "protonation",
            f"{residue.label} has its {nitrogen} at {ion.residue.label}, where {oxygen} should be: its side chain is "
            "probably the wrong way round in the file.",
            residue.label,
            (nitrogen, oxygen),
            confirm=True,
        )


def _left_histidines(draft: Draft, near_to: Near, log: Log) -> set[tuple[int, str]]:
    """Nitrogens of histidines that faced a metal which was left out; what else held it is told."""
    bare: set[tuple[int, str]] = set()
    holders: dict[tuple[str, str], list[str]] = {}
    for metal in draft.left_metals:
        for number in near_to(metal.position_angstrom):
            residue = draft.residues[number]
            near = [name for group, some in _without_proton(residue, metal.position_angstrom) for name in some]
            near += ["NZ"] if residue.name == "LYS" and _holds(residue, "NZ", metal.position_angstrom) else []
            if near:
                holders.setdefault((metal.element, metal.label), []).append(f"{residue.label} {' and '.join(near)}")
            if residue.name == "HIS":
                bare |= {(number, name) for name in near if name != "N"}
    for (element, label), some in holders.items():
        some = list(dict.fromkeys(some))
        histidines = [holder for holder in some if holder.startswith("HIS")]
        kept = " A histidine there is neutral and keeps its lone pair where the metal was." if histidines else ""
        others = (
            " What held it is protonated as if it had never been there."
            if not histidines
            else " All else is protonated as if it had never been there."
            if len(histidines) < len(some)
            else ""
        )
        log.add(
            "protonation",
            f"{element} of {label} was left out; it was held by {', '.join(some)}.{kept}{others}",
            label,
            confirm=True,
        )
    return bare
