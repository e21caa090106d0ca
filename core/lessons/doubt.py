"""Structures that a model should not be believed about, and two that it may: what Rhoscope says of each, and how far
off the prediction truly is.

The files are assets/lessons/doubtful/*.xyz; their DFT, where there can be any, is kept with the results of
assets/datasets/bench (`python -m core generate results`).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from core.chem.elements import atomic_number
from core.chem.examples import example_path
from core.chem.molecule import Molecule
from core.chem.read import read_structure
from core.chem.xyz import parse_xyz
from core.errors import LessonError, StructureError
from core.gaussian.basis import ASSETS
from core.lessons.model import lesson_model
from core.model.predict import predict
from core.model.trust import assess
from core.reference.results import find_result
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM

FOLDER = ASSETS / "lessons" / "doubtful"
Outcome = Literal["refused", "warned", "believed"]


@dataclass(frozen=True)
class Doubt:
    """doubtful: whether it is one of the bad ones, which must not be believed."""

    key: str
    title: str
    why: str
    doubtful: bool = True

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.key}.xyz" if self.doubtful else example_path(self.key)

    @property
    def as_drawn(self) -> Molecule:
        """The atoms as the file has them, sound or not: to be drawn."""
        parsed = parse_xyz(self.path.read_text(encoding="utf-8"), max_atoms=1000)
        return Molecule(np.array(list(map(atomic_number, parsed.symbols))), parsed.positions_angstrom)


DOUBTS = (
    Doubt("water-2", "Two waters", "Like thousands of contacts of training.", doubtful=False),
    Doubt("adenine", "Adenine", "Bonds and rings that training held, in another arrangement.", doubtful=False),
    Doubt("hydroxide", "An ion: hydroxide", "No oxygen of training had one hydrogen and nothing else."),
    Doubt("hydronium", "An ion: hydronium", "No oxygen of training had three hydrogens."),
    Doubt("phosphate", "A charge of −3", "Training held charges from −2 to +1."),
    Doubt("radical", "A radical: OH", "An odd number of electrons: one spin is left without a partner."),
    Doubt("carbene", "A carbene", "Two hydrogens on a carbon with a pair of its own; training held none."),
    Doubt("stretched", "A stretched bond", "One O-H of 1.9 Å: between a bond and none."),
    Doubt("linear", "A water made straight", "An angle of 180° where training held 89° to 129°."),
    Doubt("clash", "A clash", "Two oxygens 1.7 Å apart."),
    Doubt("overlap", "Two nuclei in one place", "What a file with two alternate positions looks like."),
    Doubt("silane", "An unknown element", "Silicon was in no training structure."),
)


@dataclass(frozen=True, eq=False)
class Examined:
    """What is said of one structure. words: the refusal with its remedy, or the reasons for doubt.

    expected, true: size of the force error, meV/angstrom, of the atom where it is largest; expected for that atom of
    the expectation, None where there is no prediction or no DFT of it."""

    doubt: Doubt
    outcome: Outcome
    words: tuple[str, ...]
    molecule: Molecule | None = None
    expected_mev_per_angstrom: float | None = None
    true_mev_per_angstrom: float | None = None

    @property
    def holds(self) -> bool:
        """Whether it is doubted if and only if it should be."""
        return (self.outcome != "believed") == self.doubt.doubtful


def doubt_called(key: str) -> Doubt:
    """Raises LessonError for a key that is not there."""
    found = next((doubt for doubt in DOUBTS if doubt.key == key), None)
    if found is None:
        raise LessonError(f"There is no case {key[:40]!r}.", f"Cases: {', '.join(doubt.key for doubt in DOUBTS)}.")
    return found


def examine(doubt: Doubt) -> Examined:
    """As if a person had opened the file: read, predicted by the model chosen for it, judged, and held against DFT."""
    try:
        molecule = read_structure(doubt.path)
    except StructureError as error:
        return Examined(doubt, "refused", (error.message, error.remedy))
    model = lesson_model(molecule)
    prediction = predict(molecule, model)
    trust = assess(prediction, model)
    summary, record = trust.summary, find_result(molecule)
    true = None
    if record is not None:
        off = prediction.forces_hartree_per_bohr - record.forces_hartree_per_bohr
        true = float(np.linalg.norm(off, axis=1).max()) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    return Examined(
        doubt,
        "believed" if trust.trusted else "warned",
        tuple(trust.reasons()),
        molecule,
        None if summary is None else summary.worst_mev_per_angstrom,
        true,
    )
