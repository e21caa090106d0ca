"""Prediction: Molecule and TrainedModel -> Density and Hellmann-Feynman forces."""

import copy
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from weakref import WeakKeyDictionary

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.chem.elements import symbol
from core.chem.molecule import Molecule
from core.density.density import Density
from core.errors import UnsupportedElementError
from core.forces.hellmann_feynman import hellmann_feynman_forces
from core.gaussian.basis import primitive_norm
from core.model.balance import balance
from core.model.checkpoint import TrainedModel, load_model
from core.model.choose import model_for
from core.model.graph import build_graph
from core.model.invariants import invariants
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM

# Told a step and the share of it that is done, 0 to 1.
Progress = Callable[[str, float], None]

# Of each network, in other float types and on other devices.
_copies: WeakKeyDictionary[torch.nn.Module, dict[tuple[torch.dtype, str], torch.nn.Module]] = WeakKeyDictionary()
_copying = threading.Lock()

__all__ = ["Prediction", "Progress", "TrainedModel", "atom_invariants", "load_model", "predict", "predict_density"]


@dataclass(frozen=True, eq=False)
class Prediction:
    """density; forces_hartree_per_bohr (n_atoms, 3); seconds: `coefficients` and `forces`; model_name; invariants
    (n_atoms, n): what the network knew of each atom (`core.model.invariants`), None where no network made it;
    taken_off_hartree_per_bohr (n_atoms, 3): what had to be taken off the forces that they add up to nothing and turn
    nothing (`core.model.balance`), None where nothing was."""

    density: Density
    forces_hartree_per_bohr: NDArray[np.float64]
    seconds: dict[str, float] = field(default_factory=dict)
    model_name: str = ""
    invariants: NDArray[np.float32] | None = None
    taken_off_hartree_per_bohr: NDArray[np.float64] | None = None

    @property
    def forces_mev_per_angstrom(self) -> NDArray[np.float64]:
        return self.forces_hartree_per_bohr * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM

    @property
    def net_force_taken_off_mev_per_angstrom(self) -> NDArray[np.float64]:
        """(3,) what the forces added up to before they were balanced."""
        taken_off = self.taken_off_hartree_per_bohr
        return np.zeros(3) if taken_off is None else taken_off.sum(0) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM


def check_elements(molecule: Molecule, model: TrainedModel) -> None:
    """Raises UnsupportedElementError, naming every element the model does not know."""
    unknown = sorted(set(molecule.atomic_numbers.tolist()) - set(model.elements))
    if unknown:
        names = ", ".join(symbol(z) for z in unknown)
        known = ", ".join(symbol(z) for z in model.elements)
        raise UnsupportedElementError(
            f"The model {model.name} does not know {names}.", f"It knows {known}: remove the others."
        )


def _network_in(model: TrainedModel, dtype: torch.dtype, device: str) -> torch.nn.Module:
    """The model's network in one float type on one device; a copy that is needed is made once."""
    network, own = model.network, next(model.network.parameters())
    if own.dtype == dtype and own.device.type == torch.device(device).type:
        return network
    with _copying:
        copies = _copies.setdefault(network, {})
        if (dtype, device) not in copies:
            copies[dtype, device] = copy.deepcopy(network).to(device=device, dtype=dtype)
        return copies[dtype, device]


def predict_density(
    molecule: Molecule,
    model: TrainedModel,
    *,
    dtype: torch.dtype = torch.float32,
    device: str = "cpu",
    progress: Progress | None = None,
) -> Density:
    """Density of `molecule` as the network says it, its electron count exact, its forces not yet balanced.

    Of all ways to mend the count, the smallest change in output coordinates (units of the training set's standard
    deviation) is made. progress is told "coefficients" and the share of them that is done. Raises
    UnsupportedElementError.
    """
    outputs, _ = _outputs(molecule, model, dtype, device, progress)
    return _density(molecule, model, outputs)


def atom_invariants(
    molecule: Molecule, model: TrainedModel, *, dtype: torch.dtype = torch.float32, device: str = "cpu"
) -> NDArray[np.float32]:
    """(n_atoms, n): what the network knows of each atom. Raises UnsupportedElementError."""
    return _outputs(molecule, model, dtype, device)[1]


def _outputs(
    molecule: Molecule, model: TrainedModel, dtype: torch.dtype, device: str, progress: Progress | None = None
) -> tuple[list[Tensor], NDArray[np.float32]]:
    """What the network says (see `DensityNetwork.forward`), and the invariants."""
    check_elements(molecule, model)
    network = _network_in(model, dtype, device)
    graph = build_graph(molecule, model.network.config.graph_cutoff_bohr).to(device)
    rounds: list[Tensor] = []
    with torch.inference_mode():
        outputs = network(graph, rounds, progress=None if progress is None else partial(progress, "coefficients"))
        return outputs, invariants(rounds).float().cpu().numpy()


def _density(molecule: Molecule, model: TrainedModel, outputs: list[Tensor]) -> Density:
    numbers, basis = molecule.atomic_numbers, model.basis
    offsets = basis.atom_offsets(numbers)
    coefficients, charge_rows = np.zeros(int(offsets[-1])), np.zeros(int(offsets[-1]))
    electrons, weight = 0.0, 0.0
    for z, output in zip(model.elements, outputs, strict=True):
        atoms = np.flatnonzero(numbers == z)
        if not atoms.size:
            continue
        element, coordinates = basis.element(z), model.coordinates.elements[z]
        a = np.array(element.exponents[0])
        charges = np.zeros(element.n_functions)
        charges[element.l_slices[0]] = primitive_norm(0, a) / np.sqrt(4.0 * np.pi) * (np.pi / a) ** 1.5
        matrix = coordinates.matrix()
        values = output.double().cpu().numpy() @ matrix.T + coordinates.shift()
        row = charges @ matrix
        where = offsets[atoms][:, None] + np.arange(element.n_functions)
        coefficients[where] = values
        charge_rows[where] = matrix @ row
        electrons += float((values @ charges).sum())
        weight += atoms.size * float(row @ row)
    coefficients += charge_rows * ((-molecule.charge - electrons) / weight)
    return Density(molecule, basis, coefficients, f"model {model.name}")


def predict(
    molecule: Molecule,
    model: TrainedModel | None = None,
    *,
    dtype: torch.dtype = torch.float32,
    device: str = "cpu",
    tolerance_mev_per_angstrom: float = 0.5,
    progress: Progress | None = None,
) -> Prediction:
    """Density and forces of `molecule` by `model` (where none is given, the one that fits: `core.model.choose`).

    The electron count is exact, and so are two things that the density of every molecule fulfils: its forces add up to
    nothing and turn nothing (`core.model.balance`; for forces as the network has them, `predict_density` and
    `core.forces.hellmann_feynman`). `dtype` is that of the network; coefficients and forces are float64. progress is
    told the step ("coefficients", then "forces") and the share of it that is done, from this thread. Raises
    UnsupportedElementError, ModelError.
    """
    model = model or model_for(molecule)
    started = time.perf_counter()
    outputs, known = _outputs(molecule, model, dtype, device, progress)
    density = _density(molecule, model, outputs)
    after_coefficients = time.perf_counter()
    forces = hellmann_feynman_forces(
        density, tolerance_mev_per_angstrom=tolerance_mev_per_angstrom, device=device, progress=progress
    )
    balanced = balance(density, forces)
    seconds = {"coefficients": after_coefficients - started, "forces": time.perf_counter() - after_coefficients}
    return Prediction(
        balanced.density,
        balanced.forces_hartree_per_bohr,
        seconds,
        model.name,
        known,
        balanced.taken_off_hartree_per_bohr,
    )
