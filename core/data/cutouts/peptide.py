"""A random peptide from its sequence: backbone by torsions, side chains where there is room, protonation by lot.

Angstrom and degrees. Bond lengths and angles of the backbone: Engh and Huber, Acta Cryst. A47, 392 (1991).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.data.cutouts.sidechains import with_side_chains
from core.data.cutouts.solute import Array, Solute, pdb_file, with_hydrogens
from core.data.cutouts.templates import Atoms
from core.data.rotation import unit
from core.errors import DataError

RESIDUES = ("ALA", "ARG", "ASN", "ASP", "CYS", "GLN", "GLU", "GLY", "HIS", "ILE", "LEU", "LYS", "MET", "PHE", "PRO",
            "SER", "THR", "TRP", "TYR", "VAL")  # fmt: skip
LENGTHS = (6, 12)
# Forms of the side chains and their shares: OpenMM's names.
FORMS = {
    "HIS": (("HID", 0.35), ("HIE", 0.35), ("HIP", 0.30)),
    "ASP": (("ASP", 0.8), ("ASH", 0.2)),
    "GLU": (("GLU", 0.8), ("GLH", 0.2)),
    "LYS": (("LYS", 0.9), ("LYN", 0.1)),
}
# Torsions phi and psi in degrees, each scattered by SCATTER.
SHAPES = {"helix": (-62.0, -43.0), "extended": (-120.0, 135.0), "polyproline": (-75.0, 145.0)}
SCATTER = 12.0
# A helix brings the sulphurs of residues i and i+3 near enough for a bond.
BRIDGE_SHARE, BRIDGE_STEP = 0.35, 3
# (length in angstrom, angle at the atom before, in degrees) of N, CA, C along the chain, of O, and of OXT at the end.
N_BOND, CA_BOND, C_BOND, O_BOND, OXT_BOND = (
    (1.329, 116.2),
    (1.458, 121.7),
    (1.525, 111.2),
    (1.231, 120.1),
    (1.25, 117.0),
)


@dataclass(frozen=True)
class Recipe:
    """residues: names of three letters. forms: of the side chains, as OpenMM names them. bridge: two cysteines."""

    residues: tuple[str, ...]
    forms: tuple[str | None, ...]
    shape: str
    bridge: tuple[int, int] | None = None


def draw_recipe(rng: np.random.Generator, lengths: tuple[int, int] = LENGTHS, *, bridges: bool = True) -> Recipe:
    """Least to most residues, all twenty alike; a disulphide in some of the helices, where `bridges` are wanted."""
    residues = [str(name) for name in rng.choice(RESIDUES, size=int(rng.integers(lengths[0], lengths[1] + 1)))]
    shape, bridge = str(rng.choice(list(SHAPES))), None
    if bridges and shape == "helix" and rng.random() < BRIDGE_SHARE:
        first = int(rng.integers(1, len(residues) - BRIDGE_STEP))
        bridge = (first, first + BRIDGE_STEP)
        residues[bridge[0]] = residues[bridge[1]] = "CYS"
    forms: list[str | None] = []
    for number, name in enumerate(residues):
        names, shares = zip(*FORMS.get(name, ((None, 1.0),)), strict=True)
        drawn = names[int(rng.choice(len(names), p=shares))]
        forms.append("CYX" if bridge and number in bridge else drawn)
    return Recipe(tuple(residues), tuple(forms), shape, bridge)


def next_atom(before: tuple[Array, Array, Array], length: float, angle: float, torsion: float) -> Array:
    """(3,): the atom bonded to the last of three, at an angle and a torsion in degrees."""
    along = unit(before[2] - before[1])
    normal = unit(np.cross(before[1] - before[0], along))
    theta, phi = np.deg2rad(180 - angle), np.deg2rad(torsion)
    side = np.cross(normal, along)
    return before[2] + length * (np.cos(theta) * along + np.sin(theta) * (np.cos(phi) * side + np.sin(phi) * normal))


def backbone(torsions: Array) -> list[Atoms]:
    """N, CA, C, O of a chain with all peptide bonds trans, and OXT. torsions: (n_residues, 2), phi and psi."""
    n, ca = np.zeros(3), np.array([CA_BOND[0], 0.0, 0.0])
    angle = np.deg2rad(C_BOND[1])
    c = ca + C_BOND[0] * np.array([-np.cos(angle), np.sin(angle), 0.0])
    chain = []
    for number, (_, psi) in enumerate(torsions):
        chain.append({"N": n, "CA": ca, "C": c, "O": next_atom((n, ca, c), *O_BOND, psi + 180)})
        if number + 1 < len(torsions):
            following = next_atom((n, ca, c), *N_BOND, psi)
            alpha = next_atom((ca, c, following), *CA_BOND, 180.0)
            n, ca, c = following, alpha, next_atom((c, following, alpha), *C_BOND, torsions[number + 1][0])
    chain[-1]["OXT"] = next_atom((n, ca, c), *OXT_BOND, torsions[-1][1])
    return chain


def peptide(recipe: Recipe, rng: np.random.Generator, *, chain: str = "A", scatter: float = SCATTER) -> Solute:
    """The peptide with all its hydrogens and charged ends. scatter: of its torsions, degrees.

    Raises DataError where OpenMM cannot build it.
    """
    from openmm import OpenMMException, app

    torsions = np.array(SHAPES[recipe.shape]) + scatter * rng.normal(size=(len(recipe.residues), 2))
    atoms = with_side_chains(recipe.residues, backbone(torsions), rng)
    file: Any = app.PDBFile(pdb_file([(chain, *residue) for residue in zip(recipe.residues, atoms, strict=True)]))
    if recipe.bridge:
        sulphurs = [a for a in file.topology.atoms() if a.name == "SG" and a.residue.index in recipe.bridge]
        if sulphurs not in [list(bond) for bond in file.topology.bonds()]:
            file.topology.addBond(*sulphurs)
    seed = int(rng.integers(1, 2**31 - 1))
    try:
        topology, positions = with_hydrogens(file.topology, file.positions, list(recipe.forms), seed)
    except (OpenMMException, ValueError) as error:
        raise DataError(f"A peptide could not be built: {error}", "The next system of the stream is tried.") from error
    notes = {
        "system": "peptide",
        "sequence": "-".join(form or name for name, form in zip(recipe.residues, recipe.forms, strict=True)),
        "shape": recipe.shape,
        "bridge": list(recipe.bridge or ()),
    }
    return Solute(topology, positions, notes)
