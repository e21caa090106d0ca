"""The training loop: SOAP or AdamW with warm-up and cosine, averaged weights, checkpoints, metrics, resume."""

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from core.errors import DataError
from core.model.graph import join_graphs
from core.train.config import OPTIMISERS, TrainingConfig
from core.train.levels import TwoLevels
from core.train.loss import batch_loss, count_loss, flatten_outputs, split_structures, with_electron_counts
from core.train.soap import Soap
from core.train.targets import Target
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM

CHECKPOINT = "checkpoint.pt"


@dataclass(frozen=True)
class HeldOutErrors:
    """Over structures: mean loss, mean force error against the fit in meV/A, and root mean square of the error of the
    electron count before it is projected in, for each atom."""

    loss: float
    force_mae_mev_per_angstrom: float
    count_rms_per_atom: float = math.nan


def species_of(numbers: Tensor, elements: tuple[int, ...]) -> Tensor:
    index = torch.full((max(elements) + 1,), -1, dtype=torch.int64)
    index[list(elements)] = torch.arange(len(elements))
    return index[numbers]


def predict_batch(network: nn.Module, targets: list[Target], elements: tuple[int, ...]) -> list[Tensor]:
    """z of each structure, electron count projected in."""
    return with_electron_counts(say_batch(network, targets, elements), targets)


def say_batch(network: nn.Module, targets: list[Target], elements: tuple[int, ...]) -> list[Tensor]:
    """z of each structure as the network says it."""
    graph = join_graphs([target.graph for target in targets])
    if isinstance(network, TwoLevels):
        atoms = torch.tensor([len(target.graph.atomic_numbers) for target in targets])
        outputs = network(graph, torch.tensor([target.second_level for target in targets]).repeat_interleave(atoms))
    else:
        outputs = network(graph)
    return split_structures(flatten_outputs(outputs, species_of(graph.atomic_numbers, elements)), targets)


def held_out_errors(network: nn.Module, targets: list[Target], elements: tuple[int, ...]) -> HeldOutErrors:
    """Errors of `network` on `targets`, one structure at a time."""
    losses, forces, counts = [], [], []
    network.eval()
    with torch.no_grad():
        for target in targets:
            said = say_batch(network, [target], elements)
            counts.append(float(count_loss(said, [target])) / len(target.graph.atomic_numbers))
            z = with_electron_counts(said, [target])
            losses.append(float(batch_loss(z, [target])))
            forces.append(float((target.force_rows @ (z[0] - target.z)).abs().mean()))
    network.train()
    return HeldOutErrors(
        float(np.mean(losses)),
        float(np.mean(forces)) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM,
        float(np.sqrt(np.mean(counts))),
    )


def learning_rate(step: int, config: TrainingConfig) -> float:
    """Linear warm-up, then a cosine to one hundredth."""
    if step < config.warmup_steps:
        return config.learning_rate * (step + 1) / config.warmup_steps
    share = (step - config.warmup_steps) / max(1, config.steps - config.warmup_steps)
    return config.learning_rate * (0.01 + 0.99 * 0.5 * (1.0 + math.cos(math.pi * min(1.0, share))))


def batches(times: Sequence[int], size: int, seed: int, start: int) -> Iterator[list[int]]:
    """Endless batches of indices of structures, each as often per pass as times says; `start` skips that many."""
    drawn = np.repeat(np.arange(len(times)), times)
    per_pass = math.ceil(len(drawn) / size)
    while True:
        order = np.random.default_rng([seed, start // per_pass]).permutation(drawn)
        for place in range(start % per_pass, per_pass):
            yield order[place * size : (place + 1) * size].tolist()
            start += 1


class Adam(torch.optim.AdamW):
    """AdamW with the one learning rate of a run."""

    @property
    def learning_rate(self) -> float:
        return self.param_groups[0]["lr"]

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        for group in self.param_groups:
            group["lr"] = value


def build_optimiser(network: nn.Module, config: TrainingConfig) -> Adam | Soap:
    """The one that `config` names."""
    rate, decay = config.learning_rate, config.weight_decay
    if config.optimiser == "soap":
        return Soap(network.parameters(), rate, decay)
    return Adam(network.parameters(), lr=rate, weight_decay=decay, betas=(0.9, 0.98))


def read_checkpoint(path: Path) -> dict:
    """What `Trainer.save` wrote: tensors and numbers only."""
    return torch.load(path, weights_only=True)


class Trainer:
    """One run in one folder: metrics.jsonl, checkpoint.pt (tensors and numbers only)."""

    def __init__(self, network: nn.Module, config: TrainingConfig, folder: Path, elements: tuple[int, ...]) -> None:
        self.network, self.config, self.folder, self.elements = network, config, folder, elements
        self.optimiser = build_optimiser(network, config)
        self.averaged = {name: p.detach().clone() for name, p in network.named_parameters()}
        self.step, self.seconds = 0, 0.0
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def checkpoint(self) -> Path:
        return self.folder / CHECKPOINT

    def save(self) -> None:
        partial = self.checkpoint.with_suffix(".partial")
        torch.save(
            {
                "step": self.step,
                "seconds": self.seconds,
                "network": self.network.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "averaged": self.averaged,
                "optimiser_name": self.config.optimiser,
            },
            partial,
        )
        partial.replace(self.checkpoint)

    def resume(self) -> bool:
        """Continue from the checkpoint of this folder; False where there is none. Raises DataError for that of another
        optimiser."""
        if not self.checkpoint.exists():
            return False
        state = read_checkpoint(self.checkpoint)
        # Older ones do not say: there was one optimiser then.
        made_by = state.get("optimiser_name", OPTIMISERS[0])
        if made_by != self.config.optimiser:
            raise DataError(
                f"{self.folder} holds a run by {made_by}, not by {self.config.optimiser}.", "Choose another folder."
            )
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.averaged = state["averaged"]
        self.step, self.seconds = int(state["step"]), float(state["seconds"])
        return True

    def averaged_errors(self, targets: list[Target]) -> HeldOutErrors:
        """Held-out errors with the averaged weights in place."""
        own = {name: p.detach().clone() for name, p in self.network.named_parameters()}
        self.use_averaged()
        try:
            return held_out_errors(self.network, targets, self.elements)
        finally:
            self._copy(own)

    def use_averaged(self) -> None:
        """Put the averaged weights into the network."""
        self._copy(self.averaged)

    def _copy(self, weights: dict[str, Tensor]) -> None:
        with torch.no_grad():
            for name, parameter in self.network.named_parameters():
                parameter.copy_(weights[name])

    def one_step(self, targets: list[Target], counted: Sequence[Target] = ()) -> float:
        """One optimiser step on a batch; returns its loss. counted: structures beside it of which the electron count
        alone is known."""
        self.optimiser.learning_rate = learning_rate(self.step, self.config)
        together = [*targets, *counted]
        said = say_batch(self.network, together, self.elements)
        known = with_electron_counts(said[: len(targets)], targets)
        loss = batch_loss(known, targets) if targets else said[0].new_zeros(())
        if self.config.loss.count:
            loss = loss + self.config.loss.count * count_loss(said, together)
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.config.clip)
        self.optimiser.step()
        self.step += 1
        decay = min(self.config.ema, (1 + self.step) / (10 + self.step))
        own = dict(self.network.named_parameters())
        torch._foreach_lerp_([self.averaged[name] for name in own], [p.detach() for p in own.values()], 1.0 - decay)
        return float(loss.detach())

    def run(
        self,
        train: list[Target],
        heldout: list[Target],
        *,
        progress: bool = True,
        on_metrics: Callable[[dict], None] | None = None,
        longest_seconds: float = math.inf,
        counted: Sequence[Target] = (),
    ) -> None:
        """Train to config.steps, or until longest_seconds have passed since this call. counted: as of `one_step`, as
        many in each step as a batch has. Metrics go to metrics.jsonl at
        every evaluation; the last is after the last step."""
        called = time.perf_counter()
        running, started = [], called - self.seconds
        bar = tqdm(total=self.config.steps, initial=self.step, disable=not progress, mininterval=5.0, unit="step")
        beside = batches([target.times for target in counted], self.config.batch, self.config.seed + 1, self.step)
        for batch in batches([target.times for target in train], self.config.batch, self.config.seed, self.step):
            if self.step >= self.config.steps:
                break
            more = [counted[i] for i in next(beside)] if counted else []
            running.append(self.one_step([train[i] for i in batch], more))
            bar.update()
            over = time.perf_counter() - called >= longest_seconds
            if self.step % self.config.evaluate_every == 0 or self.step == self.config.steps or over:
                errors = self.averaged_errors(heldout) if heldout else None
                self.seconds = time.perf_counter() - started
                metrics = {
                    "step": self.step,
                    "seconds": round(self.seconds, 1),
                    "train_loss": float(np.mean(running)),
                    "heldout_loss": errors.loss if errors else None,
                    "heldout_force_mae_mev_per_angstrom": errors.force_mae_mev_per_angstrom if errors else None,
                    "heldout_count_rms_per_atom": errors.count_rms_per_atom if errors else None,
                    "learning_rate": learning_rate(self.step, self.config),
                }
                with (self.folder / "metrics.jsonl").open("a") as stream:
                    stream.write(json.dumps(metrics) + "\n")
                if errors:
                    bar.set_postfix(
                        loss=f"{metrics['train_loss']:.3g}", force=f"{errors.force_mae_mev_per_angstrom:.1f} meV/A"
                    )
                if on_metrics is not None:
                    on_metrics(metrics)
                self.save()
                running = []
            if over:
                break
        bar.close()
