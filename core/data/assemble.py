"""A composition in space: every molecule embedded, then brought into contact with those before it. Angstrom."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rdkit.Chem import CombineMols, Conformer, Mol, SanitizeMol, rdDistGeom

from core.data.bonds import bonds_of_graph
from core.data.catalogue import WATER, Piece
from core.data.compose import Composition
from core.data.contact import at_random, hydrogen_bonded, stacked, touching
from core.data.mixtures import DEFAULT
from core.errors import DataError

Array = NDArray[np.float64]
BONDED_SHARE, WATER_BONDED_SHARE = 0.6, 0.85
CLOSENESS = (0.85, 1.0)


@dataclass(frozen=True, eq=False)
class Assembly:
    """graph: all molecules, with a conformer. owner: (n_atoms,) number of each atom's molecule. contacts: one word each
    for the second and later molecules."""

    graph: Mol
    owner: NDArray[np.int64]
    contacts: tuple[str, ...]

    @property
    def atomic_numbers(self) -> NDArray[np.int64]:
        return atomic_numbers(self.graph)

    @property
    def positions_angstrom(self) -> Array:
        return np.array(self.graph.GetConformer().GetPositions(), dtype=np.float64)

    @property
    def bonds(self) -> NDArray[np.int64]:
        """(n_bonds, 2)."""
        return np.array(sorted(bonds_of_graph(self.graph)), dtype=np.int64)


def atomic_numbers(graph: Mol) -> NDArray[np.int64]:
    return np.array([atom.GetAtomicNum() for atom in graph.GetAtoms()], dtype=np.int64)


def embedded(piece: Piece, rng: np.random.Generator) -> tuple[Mol, Array]:
    """The graph of a piece and a random conformation (n_atoms, 3) from RDKit's ETKDGv3. Raises DataError."""
    graph = Mol(piece.graph)
    parameters: Any = rdDistGeom.ETKDGv3()
    parameters.randomSeed = int(rng.integers(2**31 - 1))
    if rdDistGeom.EmbedMolecule(graph, parameters) < 0:
        raise DataError(f"{piece.name} could not be embedded.", "Check its SMILES in the catalogue.")
    positions = np.array(graph.GetConformer().GetPositions(), dtype=np.float64)
    graph.RemoveAllConformers()
    return graph, positions


def assemble(composition: Composition, rng: np.random.Generator, stacked_share: float = DEFAULT.stacked) -> Assembly:
    """Embed and place all molecules of a composition, the waters last. stacked_share: of two rings, face to face."""
    molecules = [*composition.pieces, *[WATER] * composition.waters]
    graph, positions = embedded(molecules[0], rng)
    owner, contacts = [0] * len(positions), []
    for number, piece in enumerate(molecules[1:], start=1):
        moving = embedded(piece, rng)
        share = stacked_share if number == 1 and piece.aromatic and molecules[0].aromatic else 0.0
        placed, contact = _placed((graph, positions), moving, wet=piece is WATER, stacked_share=share, rng=rng)
        graph = CombineMols(graph, moving[0])
        SanitizeMol(graph)
        positions = np.concatenate([positions, placed])
        owner += [number] * len(placed)
        contacts.append(contact)
    conformer = Conformer(len(positions))
    conformer.SetPositions(positions)
    graph.AddConformer(conformer)
    return Assembly(graph, np.array(owner, dtype=np.int64), tuple(contacts))


def _placed(
    fixed: tuple[Mol, Array], moving: tuple[Mol, Array], *, wet: bool, stacked_share: float, rng: np.random.Generator
) -> tuple[Array, str]:
    shortest = touching(atomic_numbers(fixed[0]), atomic_numbers(moving[0]), float(rng.uniform(*CLOSENESS)))
    if stacked_share and rng.random() < stacked_share:
        return stacked(fixed, moving, shortest, rng), "stacked"
    if rng.random() < (WATER_BONDED_SHARE if wet else BONDED_SHARE):
        bonded = hydrogen_bonded(fixed, moving, shortest, rng)
        if bonded is not None:
            return bonded, "hydrogen bond"
    return at_random(fixed[1], moving[1], shortest, rng), "random"
