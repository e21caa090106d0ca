"""The one place where the app asks for a density: from the default model or, where none is found, free atoms.

Free atoms are never called a prediction: `model` is None then, and the pages say so.
"""

import time
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.density.density import Density
from core.errors import ModelError
from core.forces.hellmann_feynman import free_atom_forces
from core.gaussian.basis import AuxiliaryBasis
from core.logs import get_logger
from core.model.domain import domain_warnings
from core.model.predict import Prediction, TrainedModel, load_model, predict

log = get_logger(__name__)


@dataclass(frozen=True, eq=False)
class Predicted:
    """A density with its forces (n_atoms, 3) in hartree/bohr; seconds by step; prediction None for free atoms."""

    density: Density
    forces_hartree_per_bohr: NDArray[np.float64]
    seconds: dict[str, float]
    prediction: Prediction | None

    @property
    def model_name(self) -> str | None:
        return self.prediction.model_name if self.prediction else None


@cache
def _loaded() -> TrainedModel | ModelError:
    try:
        return load_model()
    except ModelError as error:
        log.warning("no model", error=str(error))
        return error


def default_model() -> TrainedModel | None:
    """The model of the settings, loaded once; None where there is none, or where it cannot be read."""
    loaded = _loaded()
    return None if isinstance(loaded, ModelError) else loaded


def model_problem() -> str:
    """Why there is no default model; empty where there is one."""
    loaded = _loaded()
    return str(loaded) if isinstance(loaded, ModelError) else ""


def predict_density(molecule: Molecule) -> Predicted:
    """Density and Hellmann-Feynman forces of `molecule`. Raises RhoscopeError."""
    model = default_model()
    if model is None:
        return _free_atoms(molecule)
    prediction = predict(molecule, model)
    return Predicted(prediction.density, prediction.forces_hartree_per_bohr, dict(prediction.seconds), prediction)


def outside_domain(molecule: Molecule) -> list[str]:
    """What in `molecule` the default model was not trained on, in sentences; empty without a model."""
    model = default_model()
    if model is None:
        return []
    return domain_warnings(molecule, model.domain)


def trained_atoms() -> tuple[int, int]:
    """Fewest and most atoms of the structures that the default model was trained on; (0, 0) without one."""
    model = default_model()
    fewest, most = model.domain.get("atoms", (0, 0)) if model else (0, 0)
    return int(fewest), int(most)


def measured_accuracy() -> str:
    """What the default model's card says of structures it had not seen, in a sentence; empty where it says nothing."""
    model = default_model()
    metrics = dict(model.card.get("metrics", {})) if model else {}
    row = metrics.get("heldout") or next(iter(metrics.values()), None)
    if not row:
        return ""
    return (
        f"On {row['structures']} structures it had not seen: density error ε_KS {row['eps_ks']:.2f} %, "
        f"forces off by {row['force_mae_mev_per_angstrom']:.0f} meV/Å in the mean."
    )


def _free_atoms(molecule: Molecule) -> Predicted:
    started = time.perf_counter()
    density = Density.free_atoms(molecule, AuxiliaryBasis.load())
    forces = free_atom_forces(molecule, density.basis)
    return Predicted(density, forces, {"forces": time.perf_counter() - started}, None)
