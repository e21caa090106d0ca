"""Bonds between residues: along the backbone, disulfides, those the file states, and those that distances show."""

from collections.abc import Iterable, Mapping

import numpy as np
from rdkit.Chem import GetPeriodicTable
from scipy.spatial import cKDTree

from core.chem.components import Component, standard_components
from core.chem.prepare.draft import Draft, Link, backbone_bond, distance_angstrom
from core.chem.prepare.report import Log
from core.chem.topology import Residue

DISULFIDE_ANGSTROM = 2.5
# A bond that only distances show: sum of covalent radii, and this much more.
STRETCH = 1.15
LONGEST_AMIDE_ANGSTROM = 1.7
_LONGEST_STATED_ANGSTROM = 2.6
# Sum of bond orders; nitrogen as in ammonium, phosphorus and sulfur as in their acids.
_MOST_BONDS = {"C": 4, "N": 4, "O": 2, "P": 5, "S": 6}


def find_links(
    draft: Draft, disulfides: bool, log: Log, components: Mapping[str, Component] | None = None
) -> list[Link]:
    """All bonds between residues, each once, in the order of the residues.

    components: by name, as `DraftResidue.component` has it. With them, none to an atom whose bonds are all taken:
    records name the wrong atom, and atoms of a bad model are too near.
    """
    links: dict[tuple[tuple[int, str], tuple[int, str]], Link] = {}

    def add(first: int, first_atom: str, second: int, second_atom: str) -> bool:
        one, two = sorted(((first, first_atom), (second, second_atom)))
        new = (one, two) not in links
        links.setdefault((one, two), Link(*one, *two))
        return new

    for first, second in draft.neighbours():
        names = backbone_bond(draft.residues[first], draft.residues[second])
        if names:
            add(first, names[0], second, names[1])
    for first, second in _disulfides(draft) if disulfides else ():
        add(first, "SG", second, "SG")
        one, two = draft.residues[first], draft.residues[second]
        log.add("disulfides", f"{one.label} and {two.label} form a disulfide.", one.label, ("SG",))
    for first, first_atom, second, second_atom in [*_stated(draft), *_amides(draft), *_rings(draft), *_close(draft)]:
        one, two = draft.residues[first], draft.residues[second]
        if "SG" == first_atom == second_atom and one.name == two.name == "CYS":
            continue
        ends = ((first, first_atom), (second, second_atom))
        full = [
            (at, name) for at, name in ends if components and not _room(draft, at, name, components, links.values())
        ]
        if full and tuple(sorted(ends)) not in links:
            log.add(
                "links",
                f"{one.label} {first_atom} is not bonded to {two.label} {second_atom}, though the file says so or they "
                f"are that near: {draft.residues[full[0][0]].label} {full[0][1]} has no bond left.",
                one.label,
                (first_atom,),
                confirm=True,
            )
        elif add(first, first_atom, second, second_atom):
            log.add(
                "links", f"{one.label} {first_atom} is bonded to {two.label} {second_atom}.", one.label, (first_atom,)
            )
    return [links[key] for key in sorted(links)]


def _room(draft: Draft, index: int, name: str, components: Mapping[str, Component], links: Iterable[Link]) -> bool:
    """Whether an atom can have one more bond, beside those in its own residue and those that were found."""
    residue = draft.residues[index]
    atom, names = residue.atom(name), residue.names
    if atom is None or atom.element not in _MOST_BONDS or residue.component not in components:
        return True
    bonds = components[residue.component].bonds
    inner = sum(order for first, second, order in bonds if name in (first, second) and {first, second} <= names)
    outer = sum((index, name) in link.ends for link in links)
    return inner + outer < _MOST_BONDS[atom.element]


def _disulfides(draft: Draft) -> list[tuple[int, int]]:
    """Pairs of cysteines, each sulfur in one bond at most, the shortest first."""
    sulfurs = [(i, r.atom("SG")) for i, r in enumerate(draft.residues) if r.name == "CYS" and r.atom("SG")]
    if len(sulfurs) < 2:
        return []
    tree = cKDTree(np.array([atom.position_angstrom for _, atom in sulfurs if atom]))
    pairs = sorted(
        tree.query_pairs(DISULFIDE_ANGSTROM), key=lambda p: (distance_angstrom(sulfurs[p[0]][1], sulfurs[p[1]][1]), p)
    )
    used: set[int] = set()
    found = []
    for one, two in pairs:
        if one not in used and two not in used:
            used |= {one, two}
            found.append((sulfurs[one][0], sulfurs[two][0]))
    return sorted(found)


def _stated(draft: Draft) -> list[tuple[int, str, int, str]]:
    """Links of the file whose atoms are both still there, and near each other."""
    places = {_place(residue.identity): index for index, residue in enumerate(draft.residues)}
    found = []
    for (one, first_atom), (two, second_atom) in draft.stated_links:
        first, second = places.get(_place(one)), places.get(_place(two))
        if first is None or second is None or first == second:
            continue
        atoms = draft.residues[first].atom(first_atom), draft.residues[second].atom(second_atom)
        if distance_angstrom(*atoms) < _LONGEST_STATED_ANGSTROM:
            found.append((first, first_atom, second, second_atom))
    return found


def bound_elsewhere(draft: Draft) -> set[tuple[int, str]]:
    """Residue and name of the atoms whose bond to another residue the file states: no chain ends there, and nothing is
    missing there. Amides of side chains, and rings of which no end is a terminus."""
    ends = {end for first, one, second, two in _stated(draft) for end in ((first, one), (second, two))}
    return ends | {end for link in [*_amides(draft), *_rings(draft)] for end in (link[:2], link[2:])}


def _amides(draft: Draft) -> list[tuple[int, str, int, str]]:
    """Acids that lack an oxygen because a nitrogen of another residue is in its place, whatever the file states."""
    acids = [
        (index, atom)
        for index, residue in enumerate(draft.residues)
        for name, oxygens in (("CG", {"OD1", "OD2"}), ("CD", {"OE1", "OE2"}))
        if residue.name == {"CG": "ASP", "CD": "GLU"}[name] and len(oxygens & residue.names) == 1
        for atom in residue.atoms
        if atom.name == name
    ]
    if not acids:
        return []
    nitrogens = [
        (i, a) for i, r in enumerate(draft.residues) if r.kind == "protein" for a in r.heavy if a.element == "N"
    ]
    tree = cKDTree(np.array([atom.position_angstrom for _, atom in nitrogens]))
    found = []
    for index, carbon in acids:
        distance, nearest = tree.query(carbon.position_angstrom)
        other, nitrogen = nitrogens[int(nearest)]
        if other != index and distance < LONGEST_AMIDE_ANGSTROM:
            found.append((index, carbon.name, other, nitrogen.name))
    return found


def _rings(draft: Draft) -> list[tuple[int, str, int, str]]:
    """Peptide bonds between residues that do not follow each other: those that close a ring of a chain's two ends."""
    along = {(first, second) for first, second in draft.neighbours()}
    carbons, nitrogens = (
        [(i, atom) for i, r in enumerate(draft.residues) if r.kind == "protein" and (atom := r.atom(name))]
        for name in ("C", "N")
    )
    if not carbons or not nitrogens:
        return []
    tree = cKDTree(np.array([atom.position_angstrom for _, atom in nitrogens]))
    near = tree.query_ball_point([atom.position_angstrom for _, atom in carbons], LONGEST_AMIDE_ANGSTROM)
    return [
        (one, "C", two, "N")
        for (one, _), others in zip(carbons, near, strict=True)
        for two in sorted(nitrogens[other][0] for other in others)
        if one != two and (one, two) not in along
    ]


def _place(residue: Residue) -> tuple[str, int, str]:
    return residue.chain, residue.number, residue.insertion_code


def _close(draft: Draft) -> list[tuple[int, str, int, str]]:
    """Pairs of heavy atoms at bonding distance where one residue is not standard (glycans, covalent ligands)."""
    atoms = [(i, atom) for i, residue in enumerate(draft.residues) for atom in residue.heavy]
    special = [n for n, (i, _) in enumerate(atoms) if draft.residues[i].name not in standard_components()]
    if not special:
        return []
    table = GetPeriodicTable()
    radii = np.array([table.GetRcovalent(atom.element) for _, atom in atoms])
    positions = np.array([atom.position_angstrom for _, atom in atoms])
    tree = cKDTree(positions)
    found = set()
    for n in special:
        for m in tree.query_ball_point(positions[n], 2.6):
            (i, one), (j, two) = atoms[n], atoms[m]
            if i == j or draft.residues[i].kind == "water" or draft.residues[j].kind == "water":
                continue
            if np.linalg.norm(positions[n] - positions[m]) < STRETCH * (radii[n] + radii[m]):
                found.add(min((i, one.name, j, two.name), (j, two.name, i, one.name)))
    return sorted(found)
