"""Side chains on a backbone: rigid templates at N, CA, C, turned at random to where there is room. Angstrom."""

import numpy as np

from core.data.cutouts.solute import Array
from core.data.cutouts.templates import Atoms, frame, templates, turned

BACKBONE = ("N", "CA", "C", "O", "OXT")
TURNS, ROOM_ANGSTROM = 24, 3.4


def with_side_chains(names: tuple[str, ...], chain: list[Atoms], rng: np.random.Generator) -> list[Atoms]:
    """The residues of a backbone, atoms N, CA, C, O each, with all their heavy atoms."""
    found = list(chain)
    for number, name in enumerate(names):
        taken = np.array([p for other, atoms in enumerate(found) if other != number for p in atoms.values()])
        found[number] = _with_side_chain(name, chain[number], taken, rng)
    return found


def _with_side_chain(name: str, backbone: Atoms, taken: Array, rng: np.random.Generator) -> Atoms:
    template = templates()[name]
    own, target = (frame(atoms["CA"], atoms["N"], atoms["C"]) for atoms in (template, backbone))
    side = {
        atom: backbone["CA"] + (place - template["CA"]) @ own.T @ target
        for atom, place in template.items()
        if atom not in BACKBONE
    }
    beyond = tuple(atom for atom in side if atom != "CB")
    best = backbone | side
    if name == "PRO" or not beyond:
        return best
    room = 0.0
    for _ in range(TURNS):
        tried = turned(backbone | side, beyond, "CA", "CB", float(rng.uniform(0, 360)))
        if "CG" in side:
            tried = turned(
                tried, tuple(atom for atom in beyond if atom != "CG"), "CB", "CG", float(rng.uniform(0, 360))
            )
        places = np.array([tried[atom] for atom in beyond])
        others = np.concatenate([taken, [backbone[atom] for atom in backbone if atom not in ("CA",)]])
        now = float(np.linalg.norm(places[:, None] - others, axis=-1).min())
        if now > room:
            best, room = tried, now
        if room > ROOM_ANGSTROM:
            break
    return best
