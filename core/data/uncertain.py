"""Active learning: of the structures another stream draws, those of which a model expects to know least.

A block here is `pool` blocks of the other stream; one structure in `pool` is kept. Structures are ranked by the mean
over their atoms of the expected force error (`core.model.trust`). Atoms of elements without an expected error count
as the worst of the structure. The model's weights are named in the provenance: other weights choose otherwise.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from core.data.stream import Sample, Stream
from core.errors import UsageError
from core.model.checkpoint import TrainedModel, load_model, weights_hash
from core.model.predict import predict
from core.model.trust import assess


def expected_error_mev_per_angstrom(sample: Sample, model: TrainedModel) -> float:
    """Mean over atoms; infinite where the model cannot say, for an element it does not know."""
    if not set(sample.molecule.atomic_numbers.tolist()) <= set(model.elements):
        return float("inf")
    expected = assess(predict(sample.molecule, model), model).expected_mev_per_angstrom
    known = np.isfinite(expected)
    return float(np.where(known, expected, expected[known].max()).mean()) if known.any() else float("inf")


@lru_cache(maxsize=2)
def _chooser(name: str) -> tuple[TrainedModel, str]:
    """The model and what names its weights, both read at once."""
    return load_model(name), weights_hash(name)[:12]


@dataclass(frozen=True)
class UncertainStream:
    """The most uncertain of `inner` (core.data.stream.Stream). model: name or folder."""

    inner: Stream
    model: str
    pool: int = 4

    def __post_init__(self) -> None:
        """Raises UsageError for a pool that leaves no choice, ModelError for a model that cannot be read, and
        UsageError for one that has no expected errors."""
        if self.pool < 2:
            raise UsageError("A pool of one structure leaves no choice.", "Choose out of 2 or more.")
        if load_model(self.model).trust is None:
            raise UsageError(
                f"The model {self.model} has no expected errors to choose by.", "`python -m core trust` makes them."
            )

    def _blocks(self, block: int) -> range:
        return range(block * self.pool, (block + 1) * self.pool)

    def identities(self, block: int) -> list[str]:
        return [name for inner in self._blocks(block) for name in self.inner.identities(inner)]

    def sample(self, block: int) -> list[Sample]:
        model, weights = _chooser(self.model)
        drawn = [sample for inner in self._blocks(block) for sample in self.inner.sample(inner)]
        errors = [expected_error_mev_per_angstrom(sample, model) for sample in drawn]
        kept = np.argsort(-np.array(errors), kind="stable")[: max(1, len(drawn) // self.pool)]
        return [
            replace(
                drawn[i],
                notes=drawn[i].notes
                | {
                    "chosen_from": len(drawn),
                    "chosen_by": f"{model.name} {weights}",
                    "expected_mev_per_angstrom": round(errors[i], 1) if np.isfinite(errors[i]) else None,
                },
            )
            for i in kept.tolist()
        ]
