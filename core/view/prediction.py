"""The one place where the app asks for a density: from the model that fits or, where none is found, free atoms.

Free atoms are never called a prediction: `model` is None then, and the pages say so.
"""

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.density.density import Density
from core.errors import ModelError
from core.forces.hellmann_feynman import free_atom_forces
from core.gaussian.basis import AuxiliaryBasis
from core.jobs import predictions
from core.logs import get_logger
from core.model.choose import name_for
from core.model.predict import Prediction, Progress, TrainedModel, check_elements, load_model, predict

log = get_logger(__name__)


@dataclass(frozen=True, eq=False)
class Predicted:
    """A density with its forces (n_atoms, 3) in hartree/bohr; seconds by step.

    prediction, model: None for free atoms; problem says why there is no model then.
    """

    density: Density
    forces_hartree_per_bohr: NDArray[np.float64]
    seconds: dict[str, float]
    prediction: Prediction | None
    model: TrainedModel | None = None
    problem: str = ""

    @property
    def model_name(self) -> str | None:
        return self.model.name if self.model else None

    @property
    def origin(self) -> str:
        """Where the density comes from, in words."""
        return f"model {self.model_name}" if self.model_name else "free atoms, not a prediction"

    @property
    def trained_atoms(self) -> tuple[int, int]:
        """Fewest and most atoms of the structures that the model was trained on; (0, 0) without one."""
        fewest, most = self.model.domain.get("atoms", (0, 0)) if self.model else (0, 0)
        return int(fewest), int(most)

    @property
    def measured_accuracy(self) -> str:
        """What the model's card says of structures it had not seen, in a sentence; empty where it says nothing."""
        metrics = dict(self.model.card.get("metrics", {})) if self.model else {}
        row = metrics.get("heldout") or next(iter(metrics.values()), None)
        if not row:
            return ""
        return (
            f"On {row['structures']} structures it had not seen: density error ε_KS {row['eps_ks']:.2f} %, "
            f"a component of a force off by {row['force_mae_mev_per_angstrom']:.0f} meV/Å in the mean."
        )


def predict_density(molecule: Molecule, progress: Progress | None = None) -> Predicted:
    """Density and Hellmann-Feynman forces of `molecule`; progress as of `core.model.predict`. Large ones are made in a
    process of their own, and kept. Raises RhoscopeError."""
    try:
        name = name_for(molecule)
        model = load_model(name)
    except ModelError as error:
        log.warning("no model", error=str(error))
        return _free_atoms(molecule, str(error))
    if predictions.is_apart(molecule):
        check_elements(molecule, model)
        prediction = predictions.predict_apart(molecule, name, progress or (lambda step, share: None))
    else:
        prediction = predict(molecule, model, progress=progress)
    return Predicted(
        prediction.density, prediction.forces_hartree_per_bohr, dict(prediction.seconds), prediction, model
    )


def _free_atoms(molecule: Molecule, problem: str) -> Predicted:
    started = time.perf_counter()
    density = Density.free_atoms(molecule, AuxiliaryBasis.load())
    forces = free_atom_forces(molecule, density.basis)
    return Predicted(density, forces, {"forces": time.perf_counter() - started}, None, None, problem)
