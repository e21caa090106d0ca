"""Hellmann-Feynman forces of 100 waters against PySCF's two-centre integrals of the same functions."""

import time
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pyscf import gto, lib

from core.bench.density_grid import all_functions
from core.bench.scaling import liquid_water
from core.bench.timing import best_of
from core.density.density import Density
from core.forces.hellmann_feynman import hellmann_feynman_forces
from core.forces.parts import nuclear_forces
from core.model.predict import predict
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM

# Gaussians so tight that they are points to the last digit.
POINT_EXPONENT = 1e16


def pyscf_forces(density: Density) -> NDArray[np.float64]:
    """(n_atoms, 3) hartree/bohr: nuclei plus the gradient of (function | point) integrals, every pair."""
    lib.num_threads(torch.get_num_threads())
    molecule = density.molecule
    mol, coefficients = all_functions(density)
    both = mol + gto.fakemol_for_charges(molecule.positions_bohr, POINT_EXPONENT)
    electronic = np.empty((len(molecule), 3))
    for atom in range(len(molecule)):
        shells = (0, mol.nbas, mol.nbas + atom, mol.nbas + atom + 1)
        electronic[atom] = coefficients @ both.intor("int2c2e_ip1_sph", comp=3, shls_slice=shells)[..., 0].T
    return molecule.atomic_numbers[:, None] * electronic + nuclear_forces(molecule)


def compare(density: Density) -> dict[str, Any]:
    """Seconds of both and the largest difference of a component, meV/angstrom; `exact_*` without multipoles."""
    ours_seconds, ours = best_of(3, lambda: hellmann_feynman_forces(density))
    exact_seconds, exact = best_of(1, lambda: hellmann_feynman_forces(density, exact=True))
    started = time.perf_counter()
    theirs = pyscf_forces(density)
    peer_seconds = time.perf_counter() - started
    error, exact_error = (
        float(np.abs(forces - theirs).max()) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM for forces in (ours, exact)
    )
    return {
        "name": "forces",
        "ours_seconds": ours_seconds,
        "peer_seconds": peer_seconds,
        "ratio": peer_seconds / ours_seconds,
        "error": error,
        "exact_seconds": exact_seconds,
        "exact_error": exact_error,
        "note": f"{len(density.molecule)} atoms, {torch.get_num_threads()} threads, float64; PySCF int2c2e_ip1 with "
        "point charges, every pair; error is the largest difference of a component, meV/angstrom (0.5 allowed)",
    }


def run(quick: bool = False) -> dict[str, Any]:
    """100 waters of the liquid with the density that the shipped model predicts; 8 waters where `quick`."""
    return compare(predict(liquid_water(8 if quick else 100)).density)
