"""A Density in one safetensors file that needs nothing beside it: the basis travels in the metadata.

Format `rhoscope-density-1`: tensors `atomic_numbers` (n_atoms,) int64, `positions_angstrom` (n_atoms, 3) float64,
`coefficients` (n_functions,) float64 in the order of `core.gaussian.basis`; metadata `format`, `charge`, `title`,
`source` and `basis`, the auxiliary basis with its free atoms as the JSON of assets/basis.
"""

import json
import os
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from core.chem.molecule import Molecule
from core.density.density import Density
from core.errors import DataError
from core.gaussian.basis import AuxiliaryBasis

FORMAT = "rhoscope-density-1"


def save_density(density: Density, path: Path | str) -> None:
    """Write the file whole or not at all: under another name first, then renamed."""
    path = Path(path)
    molecule = density.molecule
    tensors = {
        "atomic_numbers": np.ascontiguousarray(molecule.atomic_numbers),
        "positions_angstrom": np.ascontiguousarray(molecule.positions_angstrom),
        "coefficients": np.ascontiguousarray(density.coefficients),
    }
    metadata = {
        "format": FORMAT,
        "charge": str(molecule.charge),
        "title": molecule.title,
        "source": density.source,
        "basis": json.dumps(density.basis.to_json()),
    }
    partial = path.with_name(path.name + ".partial")
    save_file(tensors, partial, metadata)
    os.replace(partial, path)


def load_density(path: Path | str) -> Density:
    """Read what `save_density` wrote. Raises DataError where the file is another, damaged or not there."""
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            if metadata.get("format") != FORMAT:
                raise DataError(f"{path} is not a density file.", "Use one written by `python -m core predict --out`.")
            molecule = Molecule(
                file.get_tensor("atomic_numbers"),
                file.get_tensor("positions_angstrom"),
                int(metadata["charge"]),
                metadata.get("title", ""),
            )
            basis = AuxiliaryBasis.from_json(json.loads(metadata["basis"]))
            return Density(molecule, basis, file.get_tensor("coefficients"), metadata.get("source", ""))
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise DataError(f"{path} cannot be read: {error}.", "Is it a complete density file?") from error
