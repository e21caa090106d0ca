"""The model of the lessons: the shipped one for a molecule, whatever the settings name."""

from core.chem.molecule import Molecule
from core.model.checkpoint import TrainedModel, load_model
from core.model.choose import choose_model


def lesson_model(molecule: Molecule) -> TrainedModel:
    """Raises ModelError where none is shipped."""
    return load_model(choose_model(molecule))
