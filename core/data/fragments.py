"""The stream of fragments of biological molecules: block b of seed s is always the same structures, in the same order.

Pieces of the catalogue, alone or in contact, with 0 to 4 waters, move in MMFF94 and then in GFN2-xTB at 50 to 600 K,
or come to rest there. Every item has random numbers of its own. A chaotic trajectory keeps no last digit: other
processors or builds of RDKit and tblite may give other structures of the same kind under the same identity. Angstrom
and kelvin.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.data.assemble import Assembly, assemble
from core.data.bonds import bonds_of_geometry, bonds_of_graph, clashing
from core.data.compose import Composition, compose, leading_piece
from core.data.langevin import Langevin, Potential, masses, minimised
from core.data.mixtures import DEFAULT, Mixture, mixture_named
from core.data.potentials import GFN2, MMFF94
from core.data.rotation import random_rotation
from core.data.stream import Sample
from core.data.walls import walled
from core.errors import DataError
from core.units import ANGSTROM_IN_BOHR, BOHR_IN_ANGSTROM

SAMPLER = "fragments-4"
BLOCK_ITEMS = 8
ATTEMPTS = 3
ITEM_KEY = 71003
ORIGINS = ("fragment single", "fragment pair", "fragment triple")
# Each row: what it is called, its share of the structures, range of temperatures (kelvin).
STATES = (("thermal", 0.65, (250.0, 600.0)), ("cold", 0.20, (50.0, 250.0)), ("quenched", 0.15, (250.0, 600.0)))
REACH_ANGSTROM = (2.6, 4.0)
MMFF_FEMTOSECONDS, GFN2_FEMTOSECONDS = (200, 2000), (250, 400)
MMFF_MINIMISER_STEPS, GFN2_MINIMISER_STEPS = 60, 80

Array = NDArray[np.float64]


def identities(seed: int, block: int, mixture: str = DEFAULT.name) -> list[str]:
    """Identities of the items of a block, without sampling it."""
    return [f"{SAMPLER}/{mixture}/{seed}/{block}/{item}" for item in range(BLOCK_ITEMS)]


def intact(assembly: Assembly, positions_angstrom: Array) -> bool:
    """Whether the bonds are those of the graph and no two molecules clash."""
    numbers = assembly.atomic_numbers
    if not np.isfinite(positions_angstrom).all() or clashing(numbers, positions_angstrom, assembly.owner):
        return False
    return bonds_of_geometry(numbers, positions_angstrom) == bonds_of_graph(assembly.graph)


def equilibrated(assembly: Assembly, charge: int, rng: np.random.Generator) -> tuple[Array, dict]:
    """Positions (n_atoms, 3) after MMFF94 and GFN2-xTB, and notes. Raises DataError where a potential fails."""
    state = STATES[int(rng.choice(len(STATES), p=[share for _, share, _ in STATES]))]
    kelvin, reach = float(rng.uniform(*state[2])), float(rng.uniform(*REACH_ANGSTROM))
    numbers, weights = assembly.atomic_numbers, masses(assembly.atomic_numbers)

    def kept(inner: Potential) -> Potential:
        return walled(inner, numbers, assembly.bonds, assembly.owner, reach)

    classical = kept(MMFF94(assembly.graph))
    positions = minimised(classical, assembly.positions_angstrom * ANGSTROM_IN_BOHR, steps=MMFF_MINIMISER_STEPS)
    steps = int(rng.integers(*MMFF_FEMTOSECONDS))
    positions = Langevin(classical, weights, positions, kelvin, rng).run(steps)
    quantum = kept(GFN2(numbers, positions, charge))
    if state[0] == "quenched":
        positions = minimised(quantum, positions, steps=GFN2_MINIMISER_STEPS)
    else:
        positions = Langevin(quantum, weights, positions, kelvin, rng).run(int(rng.integers(*GFN2_FEMTOSECONDS)))
    notes = {"state": state[0], "temperature_kelvin": 0.0 if state[0] == "quenched" else round(kelvin, 1)}
    return positions * BOHR_IN_ANGSTROM, notes | {"reach_angstrom": round(reach, 2), "mmff_femtoseconds": steps}


def sample_item(seed: int, block: int, item: int, mixture: Mixture = DEFAULT) -> Sample | None:
    """One structure, or None where several attempts gave broken bonds or clashes."""
    rng = np.random.default_rng([seed, block, item, ITEM_KEY, *mixture.key])
    composition = compose(leading_piece(seed, block * BLOCK_ITEMS + item, mixture), rng, mixture)
    for _ in range(ATTEMPTS):
        try:
            assembly = assemble(composition, rng, mixture.stacked)
            positions, notes = equilibrated(assembly, composition.charge, rng)
        except DataError:
            continue
        if intact(assembly, positions):
            turned = np.round((positions - positions.mean(0)) @ random_rotation(rng).T, 6)
            molecule = Molecule(assembly.atomic_numbers, turned, composition.charge)
            identity = identities(seed, block, mixture.name)[item]
            notes |= _provenance(composition, assembly) | {"identity": identity, "seed": seed, "block": block}
            return Sample(identity, molecule, ORIGINS[len(composition.pieces) - 1], notes)
    return None


def _provenance(composition: Composition, assembly: Assembly) -> dict:
    return {
        "sampler": SAMPLER,
        "pieces": [piece.name for piece in composition.pieces],
        "smiles": ".".join([*(piece.smiles for piece in composition.pieces), *["O"] * composition.waters]),
        "waters": composition.waters,
        "contacts": list(assembly.contacts),
    }


@dataclass(frozen=True)
class FragmentStream:
    """The stream of one seed and mixture, by its name (core.data.stream.Stream).

    Raises UsageError for a mixture that is none.
    """

    seed: int = 1
    mixture: str = DEFAULT.name

    def __post_init__(self) -> None:
        mixture_named(self.mixture)

    def identities(self, block: int) -> list[str]:
        return identities(self.seed, block, self.mixture)

    def sample(self, block: int) -> list[Sample]:
        mixture = mixture_named(self.mixture)
        found = (sample_item(self.seed, block, item, mixture) for item in range(BLOCK_ITEMS))
        return [sample for sample in found if sample is not None]
