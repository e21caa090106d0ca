"""An untrained model, and the command line as a process of its own with an empty data directory."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import structlog
import torch

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "assets" / "examples"


@pytest.fixture(scope="session")
def untrained_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a small network for H and O with random weights, in the shipped basis."""
    from core.gaussian.basis import AuxiliaryBasis
    from core.model.checkpoint import TrainedModel, save_model
    from core.model.coordinates import ElementCoordinates, OutputCoordinates
    from core.model.network import DensityNetwork, NetworkConfig

    basis = AuxiliaryBasis.load()
    elements = {}
    for z in (1, 8):
        sizes = [len(shell) for shell in basis.element(z).exponents]
        elements[z] = ElementCoordinates(tuple(0.01 * np.eye(size) for size in sizes), np.zeros(sizes[0]))
    torch.manual_seed(1)
    config = NetworkConfig((1, 8), l_max=2, channels=8, layers=1)
    model = TrainedModel("untrained", DensityNetwork(config, basis), OutputCoordinates(basis, elements), {})
    folder = tmp_path_factory.mktemp("models") / "untrained"
    save_model(folder, model)
    return folder


@pytest.fixture(scope="session")
def rhoscope(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., subprocess.CompletedProcess]:
    """rhoscope("predict", file, ...) runs `python -m core predict file ...`."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("RHOSCOPE_")}
    environment |= {"RHOSCOPE_DATA_DIR": str(tmp_path_factory.mktemp("cache")), "OMP_NUM_THREADS": "1"}
    environment["RHOSCOPE_NICENESS"] = os.environ["RHOSCOPE_NICENESS"]

    def run(*words: object, **variables: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "core", *map(str, words)]
        return subprocess.run(
            command, cwd=ROOT, env=environment | variables, capture_output=True, text=True, timeout=300
        )

    return run


def document(done: subprocess.CompletedProcess) -> dict[str, Any]:
    """The one JSON document on stdout; anything else there fails."""
    return json.loads(done.stdout)


@pytest.fixture(scope="session")
def parsed() -> Callable[[subprocess.CompletedProcess], dict[str, Any]]:
    return document


@pytest.fixture
def empty_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A result store of its own for commands that run in this process."""
    from core.jobs.store import ResultStore
    from core.settings import settings

    monkeypatch.setenv("RHOSCOPE_DATA_DIR", str(tmp_path / "data"))
    settings.cache_clear()
    yield ResultStore()
    settings.cache_clear()
    structlog.reset_defaults()
