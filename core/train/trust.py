"""Calibration of expected force errors: fitted to held-out structures, and tested on others. meV/angstrom.

The structures to fit on are cut into two halves. What is reported of each half comes from a law fitted to the other
half; sets that are only tested see the law of all. The law that is kept is that of all structures to fit on.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from core.chem.elements import symbol
from core.chem.molecule import Molecule
from core.data.dataset import check_apart, load_dataset, summarise
from core.errors import DataError
from core.model.checkpoint import TrainedModel
from core.model.error_law import LEVELS, ErrorLaw
from core.model.familiarity import Familiarity
from core.model.invariants import ROUNDS
from core.model.predict import atom_invariants, predict
from core.model.trust import EXPECTED, UPPER
from core.model.trust_file import TrustReference
from core.reference.record import Record
from core.train.evaluate import records_of_set

Array = NDArray[np.float64]
# Groups of equally many atoms, by expected error, for the table of the card.
GROUPS = 5
# With fewer structures a half says nothing.
FEWEST_STRUCTURES = 4
METHOD = (
    f"distance of an atom's invariants (scalars and lengths of vectors after the last {ROUNDS} rounds) from those of "
    "the training atoms of its element, Mahalanobis with shrunk covariance; a power law of it per element"
)


@dataclass(frozen=True, eq=False)
class Atoms:
    """Atoms of several structures that were not trained on.

    structure: (n,) number of the structure each belongs to. atomic_numbers, distances, errors: (n,); errors are lengths
    of F - F_DFT, meV/angstrom. Atoms of elements without a distance are left out.
    """

    structure: NDArray[np.int64]
    atomic_numbers: NDArray[np.int64]
    distances: Array
    errors: Array

    def part(self, chosen: NDArray[np.bool_]) -> "Atoms":
        return Atoms(self.structure[chosen], self.atomic_numbers[chosen], self.distances[chosen], self.errors[chosen])

    @classmethod
    def joined(cls, parts: Sequence["Atoms"]) -> "Atoms":
        """Structures keep apart from those of other parts."""
        starts = np.cumsum([0, *(int(part.structure.max(initial=-1)) + 1 for part in parts)])
        return cls(
            np.concatenate([part.structure + start for part, start in zip(parts, starts, strict=False)]),
            np.concatenate([part.atomic_numbers for part in parts]),
            np.concatenate([part.distances for part in parts]),
            np.concatenate([part.errors for part in parts]),
        )


@dataclass(frozen=True, eq=False)
class Foretold:
    """Atoms, and what was expected of each: quantiles (n, len(LEVELS)) of its error."""

    atoms: Atoms
    quantiles: Array

    @property
    def expected(self) -> Array:
        return self.quantiles[:, LEVELS.index(EXPECTED)]

    @classmethod
    def by(cls, law: ErrorLaw, atoms: Atoms) -> "Foretold":
        columns = [law.quantile(atoms.atomic_numbers, atoms.distances, level) for level in LEVELS]
        return cls(atoms, np.stack(columns, axis=1))


def training_molecules(model: TrainedModel, folder: Path, paths: Sequence[str] = ()) -> list[Record]:
    """Records that the model was trained on: of `paths`, or as its card names them, relative to `folder`; of all stages
    and both levels of theory, each structure once.

    Raises DataError.
    """
    named = paths or [str(folder / path) for path in _trained_on(model.card["training"])]
    try:
        return load_dataset(named)
    except DataError as error:
        raise DataError(error.message, "Say where the training records are: `--train PATH`.") from error


def learned_beside(model: TrainedModel, folder: Path) -> dict | None:
    """Summary of what all stages learned beside at another level of theory, each structure once; None where there was
    nothing. Paths are those of its card, relative to `folder`. Raises DataError."""
    paths = _trained_on(model.card["training"], ("second_level",))
    return summarise(load_dataset([folder / path for path in paths])) if paths else None


def _trained_on(training: dict, kinds: Sequence[str] = ("train", "second_level")) -> list[str]:
    """Paths of these kinds, of this stage and of those before it."""
    config, before = training["config"], training.get("before")
    own = [path for kind in kinds for path in config.get(kind, ())]
    return list(dict.fromkeys([*own, *(_trained_on(before, kinds) if before else ())]))


def familiarity(model: TrainedModel, molecules: Iterable[Molecule]) -> Familiarity:
    """Distances are to the atoms of these molecules."""
    return Familiarity.fitted((m.atomic_numbers, atom_invariants(m, model)) for m in molecules)


def measure(model: TrainedModel, known: Familiarity, records: Iterable[Record]) -> Atoms:
    """Distances and true errors of every atom of `records`."""
    parts = []
    for record in records:
        prediction = predict(record.molecule, model)
        numbers = record.molecule.atomic_numbers
        assert prediction.invariants is not None  # noqa: S101  (predict always gives them)
        distances = known.distances(numbers, prediction.invariants)
        errors = np.linalg.norm(prediction.forces_mev_per_angstrom - record.forces_mev_per_angstrom, axis=1)
        there = np.isfinite(distances)
        parts.append(Atoms(np.zeros(len(numbers), dtype=np.int64), numbers, distances, errors).part(there))
    if not parts:
        raise DataError("There is nothing to calibrate with.", "Give a set with at least one structure.")
    return Atoms.joined(parts)


def fit_law(atoms: Atoms, known: Familiarity) -> ErrorLaw:
    return ErrorLaw.fitted(atoms.atomic_numbers, atoms.distances, atoms.errors, set(known.elements))


def halves(atoms: Atoms) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Every other structure, by size of the structure, so that the halves are alike. Raises DataError for too few."""
    sizes = np.bincount(atoms.structure)
    if len(sizes) < FEWEST_STRUCTURES:
        raise DataError(f"{len(sizes)} structures are too few to fit on.", f"Give {FEWEST_STRUCTURES} or more.")
    rank = np.empty(len(sizes), dtype=int)
    rank[np.argsort(sizes, kind="stable")] = np.arange(len(sizes))
    # Pairs turn by turn (0 1 1 0), or the second half would hold the larger of every pair.
    first = np.isin(rank % 4, (0, 3))[atoms.structure]
    return first, ~first


def crossed(atoms: Atoms, known: Familiarity) -> Foretold:
    """What a law fitted to the one half expects of the other, for both."""
    quantiles = np.empty((len(atoms.errors), len(LEVELS)))
    one, other = halves(atoms)
    for fitted, tested in ((one, other), (other, one)):
        law = fit_law(atoms.part(fitted), known)
        quantiles[tested] = Foretold.by(law, atoms.part(tested)).quantiles
    return Foretold(atoms, quantiles)


def rank_correlation(expected: Array, errors: Array) -> float | None:
    """Spearman's; None where either does not vary."""
    if len(errors) < 3 or np.ptp(expected) == 0 or np.ptp(errors) == 0:
        return None
    return round(float(spearmanr(expected, errors)[0]), 4)


def describe(tested: Foretold) -> dict:
    """Rank correlations and coverage of one set of atoms, as JSON."""
    atoms = tested.atoms
    elements = np.unique(atoms.atomic_numbers).tolist()
    within = {z: atoms.atomic_numbers == z for z in elements}
    # What the element alone would say: the mean error of its atoms here, so this is the best it could do.
    by_element = np.select(list(within.values()), [atoms.errors[own].mean() for own in within.values()])
    return {
        "structures": len(np.unique(atoms.structure)),
        "atoms": len(atoms.errors),
        "mean_error_mev_per_angstrom": round(float(atoms.errors.mean()), 2),
        "rank_correlation": {
            "all": rank_correlation(tested.expected, atoms.errors),
            "element_alone": rank_correlation(by_element, atoms.errors),
            "within": {
                symbol(z): rank_correlation(tested.expected[own], atoms.errors[own]) for z, own in within.items()
            },
        },
        "coverage": [round(float(share), 4) for share in (atoms.errors[:, None] <= tested.quantiles).mean(axis=0)],
    }


def by_expected(tested: Foretold) -> list[dict]:
    """True errors of atoms in groups of rising expected error."""
    upper = tested.quantiles[:, LEVELS.index(UPPER)]
    rows = []
    for group in np.array_split(np.argsort(tested.expected, kind="stable"), GROUPS):
        errors = tested.atoms.errors[group]
        rows.append(
            {
                "atoms": len(group),
                "expected_mev_per_angstrom": round(float(np.median(tested.expected[group])), 2),
                "median_error_mev_per_angstrom": round(float(np.median(errors)), 2),
                "above_upper": round(float((errors > upper[group]).mean()), 4),
            }
        )
    return rows


def calibrate(
    model: TrainedModel,
    training: Sequence[Record],
    fit: dict[str, Path],
    test: dict[str, Path],
    *,
    known_only: bool = False,
    progress: Callable[[str], None] = lambda text: None,
) -> tuple[TrustReference, dict]:
    """What trust in `model` rests on, and how well that does, for the card.

    fit, test: files of records by name. known_only: leave out frames without a calculation. Raises DataError where a
    structure or stream of training is among them, or another level of theory than the model's.
    """
    sets = {name: list(records_of_set(path, calculate_missing=not known_only)) for name, path in (fit | test).items()}
    for records in sets.values():
        check_apart(training, records)
        levels = {record.level.label for record in records} - set(model.card["level"])
        if levels:
            raise DataError(
                f"The model gives {' and '.join(model.card['level'])}; the records are of {', '.join(sorted(levels))}.",
                "Calibrate on records of the model's own level of theory.",
            )
    progress(f"{len(training)} training structures ...")
    known = familiarity(model, (record.molecule for record in training))
    measured = {}
    for name, records in sets.items():
        progress(f"{name}: {len(records)} structures ...")
        measured[name] = measure(model, known, records)
    together = Atoms.joined([measured[name] for name in fit])
    law = fit_law(together, known)
    cross = crossed(together, known)
    results, start = {}, 0
    for name in fit:
        part = slice(start, start + len(measured[name].errors))
        results[name], start = Foretold(measured[name], cross.quantiles[part]), part.stop
    results |= {name: Foretold.by(law, measured[name]) for name in test}
    pooled = Foretold(
        Atoms.joined([tested.atoms for tested in results.values()]),
        np.concatenate([tested.quantiles for tested in results.values()]),
    )
    beyond = pooled.atoms.errors[law.beyond(pooled.atoms.atomic_numbers, pooled.atoms.distances)]
    report = {
        "method": METHOD,
        "training_atoms": {symbol(z): element.atoms for z, element in known.elements.items()},
        "fitted_on": list(fit),
        "law": {symbol(z): [round(x, 4) for x in pair] for z, pair in law.coefficients.items()},
        "furthest": {symbol(z): round(distance, 3) for z, distance in law.furthest.items()},
        "levels": list(LEVELS),
        "all": describe(pooled),
        "sets": {name: describe(tested) for name, tested in results.items()},
        "by_expected": by_expected(pooled),
        "beyond": {
            "atoms": len(beyond),
            "mean_error_mev_per_angstrom": round(float(beyond.mean()), 2) if len(beyond) else None,
        },
    }
    return TrustReference(known, law), report
