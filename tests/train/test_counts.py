"""The electron count before it is projected in: measured, learned, settled in the mean without a change of density."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.chem.examples import example
from core.density.density import Density
from core.density.moments import electrons
from core.model.checkpoint import TrainedModel
from core.model.coordinates import OutputCoordinates
from core.model.network import DensityNetwork
from core.model.predict import load_model, predict_density
from core.reference.record import read_records
from core.train.config import LossWeights, NetworkOptions, TrainingConfig
from core.train.loop import Trainer, held_out_errors, say_batch
from core.train.loss import count_loss
from core.train.run import prepare, with_settled_counts
from core.train.targets import build_counted

DATASETS = Path(__file__).parents[2] / "assets/datasets"
WATERS = [example(name) for name in ("water-1", "water-2", "water-3")]
CUTOFF = 7.0


@pytest.fixture(scope="module")
def coordinates() -> OutputCoordinates:
    return load_model("water").coordinates


@pytest.fixture
def network(coordinates: OutputCoordinates) -> DensityNetwork:
    torch.manual_seed(5)
    shipped = load_model("water").network.config
    small = replace(shipped, l_max=2, channels=8, layers=2, cutoff_bohr=CUTOFF, far_cutoff_bohr=CUTOFF)
    return DensityNetwork(small, coordinates.basis)


def test_it_is_the_error_of_the_density_before_it_is_mended(
    network: DensityNetwork, coordinates: OutputCoordinates
) -> None:
    """Against the multipoles of the density that the network says."""
    counted = [build_counted(molecule, coordinates, CUTOFF) for molecule in WATERS]
    with torch.no_grad():
        said = say_batch(network, counted, (1, 8))
        found = float(count_loss(said, counted))
    errors = []
    for molecule, z in zip(WATERS, said, strict=True):
        coefficients = coordinates.to_coefficients(molecule.atomic_numbers, z.double().numpy())
        density = Density(molecule, coordinates.basis, coefficients)
        errors.append((electrons(density) - molecule.electrons) ** 2 / len(molecule))
    assert found == pytest.approx(np.mean(errors), rel=1e-3) and found > 1e-4


def test_it_is_learned(network: DensityNetwork, coordinates: OutputCoordinates, tmp_path: Path) -> None:
    counted = [build_counted(molecule, coordinates, CUTOFF) for molecule in WATERS]
    options = TrainingConfig("t", (), (), steps=60, batch=3, evaluate_every=60, warmup_steps=2, learning_rate=2e-3)
    trainer = Trainer(network, replace(options, loss=LossWeights(count=100.0)), tmp_path, (1, 8))
    with torch.no_grad():
        before = float(count_loss(say_batch(network, counted, (1, 8)), counted))
    for _ in range(60):
        trainer.one_step([], counted)
    with torch.no_grad():
        assert float(count_loss(say_batch(network, counted, (1, 8)), counted)) < 0.05 * before


def test_settling_moves_the_mean_into_the_offsets_and_no_density(coordinates: OutputCoordinates) -> None:
    model = load_model("water")
    settled = with_settled_counts(coordinates, model.network, WATERS)
    with torch.no_grad():
        steps = []
        for molecule in WATERS:
            target = build_counted(molecule, settled, model.network.config.graph_cutoff_bohr)
            [z] = say_batch(model.network, [target], (1, 8))
            row = target.charge_row
            steps.append(float((target.charge_wanted - row @ z) / (row @ row)))
    assert np.mean(steps) == pytest.approx(0.0, abs=1e-4)
    moved = TrainedModel("t", model.network.eval(), settled, {})
    before, after = (predict_density(WATERS[1], m).coefficients for m in (model, moved))
    np.testing.assert_allclose(after, before, atol=1e-6)


def test_a_run_that_counts(tmp_path: Path) -> None:
    """Read beside the rest, apart from what is held out; its count is among the metrics."""
    train, cheap = str(DATASETS / "water/headstart-0000.h5"), str(DATASETS / "water/train-0000.h5")
    chosen = TrainingConfig(
        "t", (train,), (), counted=(cheap,), limit=2, steps=2, batch=2, evaluate_every=2,
        network=NetworkOptions(l_max=1, channels=4, layers=1, far_channels=0), loss=LossWeights(count=1.0),
    )  # fmt: skip
    prepared = prepare(chosen, tmp_path, progress=False)
    assert len(prepared.counted) == len(list(read_records(cheap))) and len(prepared.train) == 2
    trainer = Trainer(prepared.trained, chosen, tmp_path / "out", (1, 8))
    trainer.run(prepared.train, prepared.train, progress=False, counted=prepared.counted)
    assert '"heldout_count_rms_per_atom": 0.' in (tmp_path / "out/metrics.jsonl").read_text()
    errors = held_out_errors(prepared.network, prepared.train, (1, 8))
    assert 0.0 < errors.count_rms_per_atom < 10.0
