"""What the network knows of an atom: features after each round of messages, taken apart by degree, drawn as functions
of a direction.

Components of a degree stand in the order m = -l..l; their function is f(n) = sum_m f_m Y_m(n), of harmonics of norm
sqrt(2l+1) (`core.model.layers.spherical_harmonics`).
"""

import copy
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.errors import LessonError
from core.model.checkpoint import TrainedModel
from core.model.graph import build_graph
from core.model.layers import rows, spherical_harmonics
from core.model.predict import check_elements


@dataclass(frozen=True, eq=False)
class Features:
    """rounds: after each round (n_atoms, (l_max+1)^2, channels), float32 as the network computes."""

    molecule: Molecule
    rounds: tuple[NDArray[np.float32], ...]

    @property
    def l_max(self) -> int:
        return int(self.rounds[-1].shape[1] ** 0.5) - 1

    def of(self, atom: int, layer: int, l: int, channel: int) -> NDArray[np.float32]:
        """(2l+1,) components; layer from 1. Raises LessonError for what is not there."""
        if not (1 <= layer <= len(self.rounds) and 0 <= atom < len(self.molecule)):
            raise LessonError("There is no such atom or round.", f"There are {len(self.rounds)} rounds.")
        found = self.rounds[layer - 1][atom]
        if not (0 <= l <= self.l_max and 0 <= channel < found.shape[1]):
            raise LessonError(
                "There is no such degree or channel.", f"l up to {self.l_max}, {found.shape[1]} channels."
            )
        return found[rows(l), channel]

    def norms(self, atom: int, layer: int) -> NDArray[np.float64]:
        """(l_max + 1,): over the components and channels of each degree."""
        found = self.rounds[layer - 1][atom].astype(np.float64)
        return np.array([np.linalg.norm(found[rows(l)]) for l in range(self.l_max + 1)])


def features(molecule: Molecule, model: TrainedModel) -> Features:
    """Of all atoms. Raises UnsupportedElementError."""
    check_elements(molecule, model)
    network = copy.deepcopy(model.network).float()
    kept: list[torch.Tensor] = []
    with torch.inference_mode():
        network(build_graph(molecule, network.config.graph_cutoff_bohr), kept)
    return Features(molecule, tuple(each.numpy() for each in kept))


def as_function(components: NDArray[np.floating], directions: NDArray[np.float64]) -> NDArray[np.float64]:
    """f(n), shape (...), of components (2l+1,) at unit vectors (..., 3)."""
    l = (len(components) - 1) // 2
    harmonics = spherical_harmonics(l, torch.from_numpy(directions.reshape(-1, 3))).numpy()[:, rows(l)]
    return (harmonics @ components.astype(np.float64)).reshape(directions.shape[:-1])


def change_of_norms(before: Features, after: Features) -> float:
    """The largest relative change of a norm of any atom, round and degree."""
    changes = []
    for layer in range(1, len(before.rounds) + 1):
        for atom in range(len(before.molecule)):
            here, there = before.norms(atom, layer), after.norms(atom, layer)
            changes.append(abs(there - here)[here > 0] / here[here > 0])
    return float(np.concatenate(changes).max())
