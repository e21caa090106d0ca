"""Estimates: work counted against the edges themselves and torch's own count, seconds and bytes against runs."""

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from core.bench.laws import fitted, structure
from core.bench.scaling import liquid_water
from core.model.checkpoint import TrainedModel, load_model
from core.model.estimate import estimate, machine_slowness, work_of
from core.model.graph import build_graph
from core.model.predict import predict

WITHIN = 1.7


@pytest.fixture(scope="module")
def model() -> TrainedModel:
    return load_model("water")


def test_pairs_are_counted(model) -> None:
    molecule = liquid_water(60)
    work, config = work_of(molecule, model), model.network.config
    graph = build_graph(molecule, config.graph_cutoff_bohr)
    assert (work.atoms, work.edges, work.force_pairs) == (180, len(graph.senders), len(graph.senders))
    near = int((graph.vectors_bohr.norm(dim=1) < config.cutoff_bohr).sum())
    first, second = model.network.edge_kinds()
    assert work.kept_bytes == near * first.bytes_per_edge() + work.edges * second.bytes_per_edge()


def test_multiply_adds_are_about_those_that_torch_counts(model) -> None:
    """Torch counts matrix products only, two operations for a multiply-add; the far field of all pairs is not ours."""
    molecule = liquid_water(40)
    graph = build_graph(molecule, model.network.config.graph_cutoff_bohr)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model.network(graph)
    config = model.network.config
    fields = (config.layers - 1) * (3 * len(molecule)) ** 2 * config.field_dipoles
    work = work_of(molecule, model)
    counted = counter.get_total_flops() / 2 - fields
    ours = 1e9 * (work.near_gmac + work.far_gmac + work.atom_gmac)
    assert counted < 1.15 * ours and ours < 1.6 * counted


@pytest.mark.slow
@pytest.mark.parametrize("waters", [150, 300])
def test_seconds_are_within_the_stated_factor(model, waters: int) -> None:
    """In time of the process; the machine's slowness measured as the app does. Other programs may change one of the
    two, and not the other: up to three times, then."""
    molecule = structure(waters, 1.0)
    ratios: list[float] = []
    for _ in range(3):
        slowness = machine_slowness(molecule, model, clock=time.process_time)
        expected = estimate(molecule, model, slowness=slowness)
        started = time.process_time()
        predict(molecule, model)
        ratios.append(expected.total_seconds / (time.process_time() - started))
        if 1 / WITHIN < ratios[-1] < WITHIN:
            return
    raise AssertionError(f"estimates over what it took: {ratios}")


@pytest.mark.slow
@pytest.mark.parametrize("waters", [30, 300])
def test_memory_is_within_the_stated_factor(waters: int) -> None:
    """In a process of its own, where the peak is that of this prediction."""
    code = (
        "import json; from core.bench.scaling import *; from core.model.estimate import estimate;"
        "model = load_model('water');"
        f"predict(liquid_water(2), model); molecule = liquid_water({waters}); expected = estimate(molecule, model);"
        "predict(molecule, model); print(json.dumps([expected.memory_bytes / 1e9, peak_memory_gb()]))"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    expected, peak = json.loads(done.stdout.splitlines()[-1])
    assert peak / WITHIN < expected < peak * WITHIN
    assert expected > peak * 0.9, "rather too much than too little"


def test_estimates_grow_with_the_molecule_and_are_said_in_words(model) -> None:
    small, large = (estimate(liquid_water(n), model) for n in (10, 800))
    assert set(small.seconds) == {"coefficients", "forces"}
    assert all(large.seconds[step] > 5 * small.seconds[step] for step in small.seconds)
    assert large.memory_bytes > small.memory_bytes
    assert str(small).startswith("about 1 second and ") and str(small).endswith(" GB")
    slow = estimate(liquid_water(800), model, slowness=100.0)
    assert slow.total_seconds == pytest.approx(100 * large.total_seconds) and "minutes" in str(slow)


def test_fit_finds_known_laws() -> None:
    generator = np.random.default_rng(0)
    amounts = generator.uniform(1, 100, size=(8, 3))
    factors, ratios = fitted(np.column_stack([amounts @ [2.0, 0.0, 0.5], amounts]).tolist())
    np.testing.assert_allclose(factors, [2.0, 0.0, 0.5], atol=1e-9)
    np.testing.assert_allclose(ratios, 1.0)
