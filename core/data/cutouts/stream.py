"""The stream of cut-outs: block b of seed s is one system, peptides or DNA in water, and always the same cuts of it.

The system moves at 280 to 370 K; now and then, pieces are cut around a random atom with what touches them, closed with
hydrogen, and relaxed in GFN2-xTB while their heavy atoms are tethered. Repeatable on one machine, as the other streams:
a chaotic trajectory keeps no last digit elsewhere. Angstrom, picoseconds.
"""

from dataclasses import dataclass

import numpy as np

from core.chem.elements import symbol
from core.chem.molecule import Molecule
from core.data.cutouts.cut import Cut, around, caps_clash, cut_out
from core.data.cutouts.grow import Pieces, choose_pieces, random_centre, size
from core.data.cutouts.relax import relaxed
from core.data.cutouts.solute import Array
from core.data.cutouts.system import EQUILIBRATION_PS, System, draw_system
from core.data.fragments import intact
from core.data.rotation import random_rotation
from core.data.stream import Sample
from core.errors import DataError
from core.logs import get_logger

SAMPLER = "cutouts-1"
BLOCK_ITEMS = 8
BLOCK_KEY = 33107
BETWEEN_CUTS_PS = 0.4
ATOMS = (8, 30)
LARGEST_ATOMS = 100
# Sizes follow a beta distribution between the bounds: most in the lower half, as DFT costs n^2.9. In some cuts of DNA
# the largest size is aimed at, so that whole base pairs appear.
SIZE_SHAPE, LARGEST_DNA_SHARE = (1.2, 2.2), 0.12
ATTEMPTS = 30


def identities(
    seed: int, block: int, atoms: tuple[int, int] = ATOMS, cuts: int | None = None, element: int | None = None
) -> list[str]:
    """Identities of the items of a block, without sampling it. cuts: how many (None: BLOCK_ITEMS)."""
    mixture = "default" if atoms == ATOMS else f"{atoms[0]}:{atoms[1]}"
    mixture += "" if element is None else f"@{symbol(element)}"
    return [f"{SAMPLER}/{mixture}/{seed}/{block}/{item}" for item in range(cuts or BLOCK_ITEMS)]


def draw_size(atoms: tuple[int, int], kind: str, rng: np.random.Generator) -> int:
    """Number of atoms aimed at in a system of this kind."""
    if kind == "DNA" and rng.random() < LARGEST_DNA_SHARE:
        return atoms[1]
    return atoms[0] + round(float(rng.beta(*SIZE_SHAPE)) * (atoms[1] - atoms[0]))


def sound_cut(
    system: System, frame: Array, atoms: tuple[int, int], rng: np.random.Generator, element: int | None = None
) -> tuple[Cut, Pieces] | None:
    """A cut within the bounds of size out of a frame (n_atoms, 3); None where many attempts gave none."""
    for _ in range(ATTEMPTS):
        centre = random_centre(system.graph, system.solute_atoms, rng, element)
        if centre is None:
            return None
        moved = around(frame, system.solute_atoms, frame[centre], system.dynamics.box_angstrom)
        target = draw_size(atoms, system.kind, rng)
        pieces = choose_pieces(system.graph, moved, centre, system.solute_atoms, target, rng)
        if pieces is None or size(system.graph, pieces.all_units) < atoms[0]:
            continue
        cut = cut_out(system.graph, moved, pieces)
        if cut and intact(cut.assembly, cut.assembly.positions_angstrom) and not caps_clash(cut):
            return cut, pieces
    return None


def relaxed_cut(
    system: System, frame: Array, atoms: tuple[int, int], rng: np.random.Generator, element: int | None = None
) -> tuple[Molecule, dict] | None:
    """A cut after GFN2-xTB, turned at random, and its provenance; None where no cut or no relaxation is sound."""
    found = sound_cut(system, frame, atoms, rng, element)
    if found is None:
        return None
    cut, pieces = found
    try:
        positions, femtoseconds = relaxed(cut, system.notes["temperature_kelvin"], rng)
    except DataError as error:
        get_logger(__name__).info("cut not relaxed", smiles=cut.smiles, reason=error.message)
        return None
    if not intact(cut.assembly, positions):
        return None
    turned = np.round((positions - positions.mean(0)) @ random_rotation(rng).T, 6)
    notes = {
        "centre": system.graph.labels[pieces.centre],
        "smiles": cut.smiles,
        "sizes": np.bincount(cut.assembly.owner).tolist(),
        "caps": len(cut.caps),
        "gfn2_femtoseconds": femtoseconds,
    }
    return Molecule(cut.assembly.atomic_numbers, turned, cut.charge), notes


def sample_block(
    seed: int,
    block: int,
    atoms: tuple[int, int] = ATOMS,
    kind: str | None = None,
    cuts: int | None = None,
    element: int | None = None,
) -> list[Sample]:
    """All structures of a block; those that come to nothing are left out. Eight take about half a minute on one core.

    atoms: least and largest number. kind: `peptide` or `DNA`; a block of the other is empty, its own are the same.
    cuts: how many of one system (None: BLOCK_ITEMS); the first are the same, however many there are. element: atomic
    number of the atoms that are cut around; a block whose solute has none is empty.
    """
    found: list[Sample] = []
    try:
        system = draw_system(np.random.default_rng([seed, block, BLOCK_KEY]), element)
        if system is None or kind not in (None, system.kind):
            return []
        for item, identity in enumerate(identities(seed, block, atoms, cuts, element)):
            frame = system.dynamics.run(BETWEEN_CUTS_PS)
            rng = np.random.default_rng([seed, block, item, BLOCK_KEY])
            made = relaxed_cut(system, frame, atoms, rng, element)
            if made is None:
                continue
            picoseconds = round(EQUILIBRATION_PS + (item + 1) * BETWEEN_CUTS_PS, 3)
            own = {"sampler": SAMPLER, "identity": identity, "seed": seed, "block": block, "picoseconds": picoseconds}
            found.append(Sample(identity, made[0], f"cutout {system.kind}", system.notes | made[1] | own))
    except DataError as error:
        get_logger(__name__).warning("block ended early", seed=seed, block=block, reason=error.message)
    return found


@dataclass(frozen=True)
class CutoutStream:
    """The stream of one seed (core.data.stream.Stream). atoms: least and largest number of a cut-out.

    kind: only cut-outs of this kind of system, `peptide` or `DNA`; None for both. cuts: how many of one system; a model
    that chooses among them (`core.data.uncertain`) wants more than the usual 8, which cost no second equilibration.
    element: atomic number of the atoms that are cut around, where one element is known too little; None for all.
    Raises DataError where the bounds leave no room, or there is nothing to cut.
    """

    seed: int = 1
    atoms: tuple[int, int] = ATOMS
    kind: str | None = None
    cuts: int | None = None
    element: int | None = None

    def __post_init__(self) -> None:
        low, high = self.atoms
        if not 3 <= low <= high - 4 or high > LARGEST_ATOMS:
            raise DataError(
                f"Cut-outs of {low} to {high} atoms cannot be made.",
                f"Give bounds between 3 and {LARGEST_ATOMS}, at least 4 apart, such as 8:30.",
            )
        lacking = {("peptide", 15), ("DNA", 16)}
        if (self.kind, self.element) in lacking or self.element not in (None, 6, 7, 8, 15, 16):
            raise DataError(
                f"There is no {symbol(self.element or 0)} to cut around in {self.kind or 'any system'}.",
                "Peptides have C, N, O and S, DNA has C, N, O and P.",
            )
        if self.cuts is not None and self.cuts < 1:
            raise DataError(f"{self.cuts} cut-outs of a system are none.", "Give 1 or more.")

    def identities(self, block: int) -> list[str]:
        return identities(self.seed, block, self.atoms, self.cuts, self.element)

    def sample(self, block: int) -> list[Sample]:
        return sample_block(self.seed, block, self.atoms, self.kind, self.cuts, self.element)
