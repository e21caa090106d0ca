"""A B-DNA duplex from its sequence. Angstrom and degrees.

Bases lie in the planes of Watson-Crick pairs and are stacked along the z axis. The sugar and the phosphate hang at the
base; their torsions are those that let a chain with the symmetry of the helix close. Sources: pair frame and C1' of
Olson et al., J. Mol. Biol. 313, 229 (2001); rise, twist and torsions of the B form as in Saenger, Principles of
Nucleic Acid Structure (1984), chapter 9.
"""

from functools import cache
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from core.data.cutouts.solute import Array, Solute, pdb_file, with_hydrogens
from core.data.cutouts.templates import Atoms, about, frame, templates, torsion, turned
from core.data.rotation import unit

RISE, TWIST = 3.38, 36.0
# C1' of the first strand in the frame of its pair (y towards the first strand, x to the major groove), and the angle
# between the glycosidic bond and the line that joins both C1'.
C1_PRIME, C1_ANGLE = np.array([-2.48, 5.35, 0.0]), 54.5
# O4'-C1'-N-C, O5'-C5'-C4'-C3', P-O5'-C5'-C4', OP1-P-O5'-C5': wished for; the last one is free.
TORSIONS = np.array([-108.0, 54.0, 175.0, 60.0])
TORSION_WEIGHTS = np.array([0.02, 0.02, 0.02, 0.0])
COMPLEMENT = {"A": "T", "T": "A", "C": "G", "G": "C"}
# The sugar of this template has its C2' up (endo), as in the B form.
SUGAR_TEMPLATE = "DT"
BASE_ENDS = {"A": ("N9", "C4", "N1"), "G": ("N9", "C4", "N1"), "C": ("N1", "C2", "N3"), "T": ("N1", "C2", "N3")}
BACKBONE = ("P", "OP1", "OP2", "O5'", "C5'", "C4'", "O4'", "C3'", "O3'", "C2'", "C1'")


def _base(letter: str) -> Atoms:
    """Atoms of the base and C1' in the frame of its pair, on the first strand."""
    atoms = {name: p for name, p in templates()["D" + letter].items() if name == "C1'" or name not in BACKBONE}
    nitrogen, carbon, edge = BASE_ENDS[letter]
    angle = np.deg2rad(C1_ANGLE)
    bond = np.array([np.sin(angle), -np.cos(angle), 0.0])
    own = frame(atoms["C1'"], atoms[nitrogen], atoms[carbon])
    faces = []
    for normal in (1.0, -1.0):
        target = np.stack([bond, np.cross([0.0, 0.0, normal], bond), [0.0, 0.0, normal]])
        faces.append({name: C1_PRIME + (p - atoms["C1'"]) @ own.T @ target for name, p in atoms.items()})
    return min(faces, key=lambda face: float(np.linalg.norm(face[edge])))


def _backbone(torsions: Array) -> Atoms:
    """Sugar and phosphate in the frame of the pair; the same for all four bases, whose glycosidic bonds coincide."""
    base, atoms = _base("T"), {name: templates()[SUGAR_TEMPLATE][name] for name in (*BACKBONE, "N1")}
    start = np.stack([base["C1'"], base["N1"], base["C2"]])
    own, target = frame(atoms["C1'"], atoms["N1"], atoms["O4'"]), frame(start[0], start[1], start[2])
    placed = {name: start[0] + (p - atoms["C1'"]) @ own.T @ target for name, p in atoms.items()}
    axis = unit(start[1] - start[0])
    chi = torsion([placed["O4'"], placed["C1'"], start[1], start[2]])
    spin = about(axis, chi - torsions[0])
    placed = {name: start[0] + spin @ (p - start[0]) for name, p in placed.items()}
    del placed["N1"]
    for ends, moved, wished in (
        (("O5'", "C5'", "C4'", "C3'"), ("O5'", "P", "OP1", "OP2"), torsions[1]),
        (("P", "O5'", "C5'", "C4'"), ("P", "OP1", "OP2"), torsions[2]),
        (("OP1", "P", "O5'", "C5'"), ("OP1", "OP2"), torsions[3]),
    ):
        placed = turned(placed, moved, ends[1], ends[2], torsion([placed[name] for name in ends]) - wished)
    return placed


def _step(number: int) -> tuple[Array, Array]:
    """Rotation (3, 3) and shift (3,) of pair `number` of the helix."""
    return about(np.array([0.0, 0.0, 1.0]), TWIST * number), np.array([0.0, 0.0, RISE * number])


@cache
def closed_torsions() -> tuple[float, ...]:
    """Torsions at which O3' of one nucleotide meets P of the next: bond, its two angles, and tetrahedral phosphate."""
    rotation, shift = _step(1)

    def residuals(torsions: Array) -> Array:
        atoms = _backbone(torsions)
        following = {name: rotation @ atoms[name] + shift for name in ("P", "OP1", "OP2", "O5'")}
        pairs = (("O3'", "P", 1.61), ("C3'", "P", 2.6), ("O3'", "O5'", 2.5), ("O3'", "OP1", 2.5), ("O3'", "OP2", 2.5))
        lengths = [np.linalg.norm(atoms[first] - following[second]) - length for first, second, length in pairs]
        away = (torsions - TORSIONS + 180) % 360 - 180
        return np.concatenate([[4 * lengths[0]], lengths[1:], TORSION_WEIGHTS * away])

    tried = [least_squares(residuals, TORSIONS + np.array([0, 0, 0, free])) for free in (0.0, 120.0, 240.0)]
    return tuple(min(tried, key=lambda result: result.cost).x.tolist())


def nucleotides(sequence: str) -> list[tuple[str, str, Atoms]]:
    """Chain, residue name and heavy atoms of the duplex: the strand `sequence` from its 5' end, then the other one."""
    backbone = _backbone(np.array(closed_torsions()))
    flip = np.diag([1.0, -1.0, -1.0])
    found = []
    for chain, order in (("A", range(len(sequence))), ("B", reversed(range(len(sequence))))):
        for place, number in enumerate(order):
            letter = sequence[number] if chain == "A" else COMPLEMENT[sequence[number]]
            rotation, shift = _step(number)
            turn = rotation if chain == "A" else rotation @ flip
            atoms = {n: turn @ p + shift for n, p in (backbone | _base(letter)).items()}
            found.append((chain, "D" + letter, {n: p for n, p in atoms.items() if place or n not in BACKBONE[:3]}))
    return found


def duplex(sequence: str, seed: int) -> Solute:
    """The duplex of a sequence of A, C, G, T with its hydrogens; the phosphates are charged, the ends hydroxyls."""
    from openmm import app

    file: Any = app.PDBFile(pdb_file(nucleotides(sequence)))
    variants: list[str | None] = [None] * (2 * len(sequence))
    topology, positions = with_hydrogens(file.topology, file.positions, variants, seed)
    return Solute(topology, positions, {"system": "DNA", "sequence": sequence})
