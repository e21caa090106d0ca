"""A trained model on disk: a folder with `weights.safetensors` (network and output coordinates) and `card.json`, and
perhaps what expected errors rest on (`core.model.trust_file`).

The format number rises when an older reader could not understand a file; every format stays readable.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from core.errors import ModelError
from core.gaussian.basis import ASSETS, AuxiliaryBasis
from core.model.coordinates import OutputCoordinates
from core.model.network import DensityNetwork, NetworkConfig
from core.model.trust_file import TrustReference, read_trust

FORMAT = "rhoscope-model-1"
WEIGHTS, CARD = "weights.safetensors", "card.json"


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """A network with all that a prediction needs.

    card: what it was trained on and how well it does (see `core.train.card`); card["domain"] says where it may be used.
    trust: what expected errors rest on, or None, and then trust_problem says why. weights_hash: hex SHA-256 of the file
    it was read from, or empty.
    """

    name: str
    network: DensityNetwork
    coordinates: OutputCoordinates
    card: dict
    trust: TrustReference | None = None
    trust_problem: str = "This model was not read from a folder and has no expected errors."
    weights_hash: str = ""

    @property
    def basis(self) -> AuxiliaryBasis:
        return self.coordinates.basis

    @property
    def domain(self) -> dict:
        return dict(self.card.get("domain", {}))

    @property
    def elements(self) -> tuple[int, ...]:
        return self.network.config.elements


def save_model(folder: Path | str, model: TrainedModel) -> None:
    """Write `folder`; each file to a temporary name first, then renamed."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {f"network.{name}": p.detach().cpu().contiguous() for name, p in model.network.named_parameters()}
    tensors |= {
        name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in model.coordinates.to_tensors().items()
    }
    header = {
        "format": FORMAT,
        "name": model.name,
        "basis": model.basis.name,
        "basis_hash": model.basis.content_hash,
        "network": json.dumps(model.network.config.to_json(), sort_keys=True),
    }
    save_file(tensors, folder / (WEIGHTS + ".partial"), metadata=header)
    (folder / (WEIGHTS + ".partial")).replace(folder / WEIGHTS)
    card = folder / (CARD + ".partial")
    card.write_text(json.dumps(model.card, indent=1) + "\n")
    card.replace(folder / CARD)


def read_model(folder: Path | str) -> TrainedModel:
    """Raises ModelError where a file is missing, damaged, of an unknown format, or made for another basis."""
    folder = Path(folder)
    if not (folder / WEIGHTS).is_file():
        raise ModelError(f"There is no model in {folder}.", f"Give a folder with {WEIGHTS}, or a name: {_names()}.")
    try:
        from safetensors import safe_open

        with safe_open(folder / WEIGHTS, "pt") as file:
            header = file.metadata() or {}
        tensors = load_file(folder / WEIGHTS)
        card = json.loads((folder / CARD).read_text()) if (folder / CARD).is_file() else {}
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelError(f"The model in {folder} is damaged: {error}.", "Copy the folder again.") from error
    if header.get("format") != FORMAT:
        raise ModelError(f"{folder} has the model format {header.get('format')!r}.", f"This version reads {FORMAT}.")
    basis = AuxiliaryBasis.load(header["basis"])
    if basis.content_hash != header["basis_hash"]:
        raise ModelError(f"{folder} was made for another basis {basis.name}.", "Use the version it came with.")
    network = DensityNetwork(NetworkConfig.from_json(json.loads(header["network"])), basis)
    weights = {name.removeprefix("network."): t for name, t in tensors.items() if name.startswith("network.")}
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        raise ModelError(f"The weights in {folder} do not fit its network.", "Copy the folder again.") from error
    arrays = {name: t.numpy() for name, t in tensors.items() if name.startswith("coordinates.")}
    digest = _hash(folder / WEIGHTS)
    trust, problem = read_trust(folder, digest)
    coordinates = OutputCoordinates.from_tensors(basis, arrays)
    return TrainedModel(header["name"], network.eval(), coordinates, card, trust, problem, digest)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _names() -> str:
    return ", ".join(sorted(path.parent.name for path in (ASSETS / "models").glob(f"*/{WEIGHTS}"))) or "none"


def model_folder(chosen: str) -> Path:
    """Where a shipped model lies, by its name, or any by its path. Raises ModelError."""
    if chosen.replace("-", "").replace("_", "").isalnum() and (ASSETS / "models" / chosen).is_dir():
        return ASSETS / "models" / chosen
    if Path(chosen).is_dir():
        return Path(chosen)
    raise ModelError(f"There is no model called {chosen!r}.", f"Shipped models: {_names()}. Or give a folder.")


def weights_hash(name_or_path: str) -> str:
    """Hex SHA-256 of the weights of a model, named as for `load_model`. Raises ModelError."""
    try:
        return _hash(model_folder(name_or_path) / WEIGHTS)
    except OSError as error:
        raise ModelError(f"The weights of the model cannot be read: {error}.", "Copy the folder again.") from error


@lru_cache(maxsize=4)
def load_model(name_or_path: str) -> TrainedModel:
    """A shipped model by name, or any by the path of its folder. Raises ModelError.

    `core.model.choose.model_for` finds the one that fits a structure.
    """
    return read_model(model_folder(name_or_path))
