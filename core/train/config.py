"""What a training run is: read from YAML, frozen, checked at once."""

from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from core.errors import DataError
from core.gaussian.basis import DEFAULT_BASIS

OPTIMISERS = ("adamw", "soap")


@dataclass(frozen=True)
class LossWeights:
    """Per electron, atomic units: overlap dc^T S dc, coulomb dc^T J dc; force: mean squared force error. count: squared
    error of the electron count before it is projected in, for each atom. Without it that is learned from nothing, and
    may be anything that is alike in the structures of the training set: in others it is spread over all atoms."""

    overlap: float = 1000.0
    coulomb: float = 300.0
    force: float = 1000.0
    count: float = 0.0


@dataclass(frozen=True)
class NetworkOptions:
    """See `core.model.network.NetworkConfig`; elements come from the data."""

    kind: str = "equivariant"
    l_max: int = 4
    channels: int = 64
    layers: int = 3
    cutoff_bohr: float = 9.0
    far_cutoff_bohr: float = 16.0
    far_l_max: int = 2
    far_channels: int = 16
    field_dipoles: int = 0
    field_charges: int = 0
    radial_size: int = 10
    far_radial_size: int = 16
    radial_hidden: int = 32


@dataclass(frozen=True)
class TrainingConfig:
    """One run.

    name: of the model. train, heldout: files of records, relative to the configuration file. second_level: files of
    records at another level of theory, learned beside (`core.train.levels`), each with second_level_weight in the loss.
    repeat: files of `train` or `second_level` -> how often a pass takes each of their records (once where nothing is
    said); batches are drawn from all records, so where the second level has many more, the reference would else be
    seen little.
    counted: files of records of which the electron count alone is learned (where loss.count is not 0).
    start: folder of a model to go on from, with its network, basis and output coordinates, and
    what is known there of a second level (empty: from nothing). limit:
    use only that many training records (0: all), drawn with the seed. steps: optimiser steps of `batch` structures
    each, by the optimiser `adamw` or `soap` (`core.train.soap`). evaluate_every: steps between held-out evaluations and
    checkpoints. ema: decay of the averaged weights, which are the ones kept.
    """

    name: str
    train: tuple[str, ...]
    heldout: tuple[str, ...]
    second_level: tuple[str, ...] = ()
    second_level_weight: float = 1.0
    counted: tuple[str, ...] = ()
    repeat: dict[str, int] = field(default_factory=dict)
    basis: str = DEFAULT_BASIS
    start: str = ""
    limit: int = 0
    seed: int = 0
    steps: int = 20_000
    batch: int = 4
    learning_rate: float = 4e-3
    warmup_steps: int = 200
    weight_decay: float = 1e-4
    clip: float = 10.0
    ema: float = 0.999
    optimiser: str = "adamw"
    evaluate_every: int = 1000
    network: NetworkOptions = field(default_factory=NetworkOptions)
    loss: LossWeights = field(default_factory=LossWeights)

    def to_json(self) -> dict:
        return asdict(self)

    @classmethod
    def load(cls, path: Path | str) -> "TrainingConfig":
        """Read YAML. Raises DataError, naming what is unknown or missing."""
        try:
            payload = yaml.safe_load(Path(path).read_text())
        except (OSError, yaml.YAMLError) as error:
            raise DataError(
                f"{path} cannot be read: {error}.", "Give a YAML file such as those in assets/models."
            ) from error
        if not isinstance(payload, dict):
            raise DataError(f"{path} is not a set of options.", "Give a YAML file such as those in assets/models.")
        return cls.from_json(payload)

    @classmethod
    def from_json(cls, payload: dict[str, Any]) -> "TrainingConfig":
        options = dict(payload)
        options["network"] = NetworkOptions(**_known(NetworkOptions, options.get("network", {})))
        options["loss"] = LossWeights(**_known(LossWeights, options.get("loss", {})))
        for key in ("train", "heldout", "second_level", "counted"):
            options[key] = tuple(options.get(key, ()))
        if options.get("optimiser", OPTIMISERS[0]) not in OPTIMISERS:
            raise DataError(
                f"There is no optimiser {options['optimiser']!r}.", f"Choose one of {', '.join(OPTIMISERS)}."
            )
        for pattern, times in options.get("repeat", {}).items():
            if not isinstance(times, int) or times < 1:
                raise DataError(f"{pattern} cannot be taken {times!r} times.", "Give a whole number from 1 on.")
        return cls(**_known(cls, options))


def _known(cls: type, options: dict[str, Any]) -> dict[str, Any]:
    names = {entry.name for entry in fields(cls)}
    unknown = set(options) - names
    if unknown:
        raise DataError(f"Unknown training option {sorted(unknown)[0]!r}.", f"Known here: {', '.join(sorted(names))}.")
    return options
