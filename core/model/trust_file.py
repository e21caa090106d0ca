"""What trust in a model rests on, as a file beside its weights: distances to the training set, and the law of errors.

`trust.safetensors`: per element the mean (d,) and the lower triangle (d (d+1)/2,) of the whitening, float32; in the
header the format, the hash of the weights it was made for, and the law. Made by `python -m core trust`.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from core.model.error_law import ErrorLaw
from core.model.familiarity import ElementFamiliarity, Familiarity

FORMAT = "rhoscope-trust-1"
TRUST = "trust.safetensors"
REMEDY = "`python -m core trust MODEL` makes them."


@dataclass(frozen=True, eq=False)
class TrustReference:
    """familiarity: how far an atom is from training. law: what error to expect there."""

    familiarity: Familiarity
    law: ErrorLaw


def save_trust(folder: Path | str, reference: TrustReference, weights_hash: str) -> Path:
    """Write the file into `folder`, to a temporary name first; weights_hash: of the weights it belongs to."""
    path = Path(folder) / TRUST
    tensors = {}
    for z, element in reference.familiarity.elements.items():
        triangle = np.tril_indices(len(element.mean))
        tensors[f"{z}.mean"] = torch.from_numpy(element.mean.astype(np.float32))
        tensors[f"{z}.whitening"] = torch.from_numpy(element.whitening[triangle].astype(np.float32))
    header = {
        "format": FORMAT,
        "weights": weights_hash,
        "law": json.dumps(reference.law.to_json(), sort_keys=True),
        "atoms": json.dumps({str(z): element.atoms for z, element in reference.familiarity.elements.items()}),
    }
    partial = path.with_name(TRUST + ".partial")
    save_file(tensors, partial, metadata=header)
    partial.replace(path)
    return path


def read_trust(folder: Path | str, weights_hash: str) -> tuple[TrustReference | None, str]:
    """The reference in `folder` and an empty text; or None and why there is none, in a sentence. Never raises."""
    path = Path(folder) / TRUST
    if not path.is_file():
        return None, f"This model comes without expected errors. {REMEDY}"
    try:
        with safe_open(path, "np") as file:
            header = file.metadata() or {}
            tensors = {name: file.get_tensor(name).astype(np.float64) for name in file.keys()}  # noqa: SIM118
        if header.get("format") != FORMAT:
            return None, f"The expected errors are of the format {header.get('format')!r}; this version reads {FORMAT}."
        if header["weights"] != weights_hash:
            return None, f"The expected errors belong to other weights than those of this model. {REMEDY}"
        atoms = json.loads(header["atoms"])
        elements = {int(z): _element(tensors, z, count) for z, count in atoms.items()}
        return TrustReference(Familiarity(elements), ErrorLaw.from_json(json.loads(header["law"]))), ""
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
        return None, f"The expected errors cannot be read: {error}. {REMEDY}"


def _element(tensors: dict[str, np.ndarray], z: str, atoms: int) -> ElementFamiliarity:
    mean = tensors[f"{z}.mean"]
    whitening = np.zeros((mean.size, mean.size))
    whitening[np.tril_indices(mean.size)] = tensors[f"{z}.whitening"]
    return ElementFamiliarity(mean, whitening, int(atoms))
