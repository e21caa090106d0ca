"""Hellmann-Feynman forces of a density of Gaussians. Hartree/bohr; a force is minus the gradient.

F_A = Z_A [ sum_B Z_B (R_A-R_B)/|R_A-R_B|^3 - integral rho(r) (R_A-r)/|R_A-r|^3 dr ]
(Feynman, Phys. Rev. 56, 340, 1939). It is linear in the coefficients: F = F(free atoms) + M c.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.chem.molecule import Molecule
from core.density.density import Density
from core.density.electrostatics import field_at_points
from core.gaussian.basis import AuxiliaryBasis
from core.gaussian.harmonics import solid_harmonic_gradients, solid_harmonics
from core.gaussian.potential import shell_potential_gradient
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM


def _positions(molecule: Molecule) -> tuple[Tensor, Tensor]:
    """Positions (n_atoms, 3) in bohr and nuclear charges (n_atoms,), float64."""
    return (
        torch.from_numpy(molecule.positions_bohr.copy()),
        torch.from_numpy(molecule.atomic_numbers.astype(np.float64)),
    )


def force_matrix(molecule: Molecule, basis: AuxiliaryBasis) -> NDArray[np.float64]:
    """dF/dc, (3 n_atoms, n_functions), hartree/bohr: rows are atom-major x, y, z; columns the coefficients' order.

    A function acts on the nucleus it sits on only through l = 1; that limit is exact here.
    """
    positions, charges = _positions(molecule)
    numbers = molecule.atomic_numbers
    offsets = basis.atom_offsets(numbers)
    n_atoms = len(molecule)
    matrix = np.zeros((n_atoms, 3, int(offsets[-1])))
    for number in np.unique(numbers):
        element = basis.element(number)
        centres = np.flatnonzero(numbers == number)
        vectors = positions[:, None, :] - positions[centres][None, :, :]
        harmonics = solid_harmonics(element.l_max, vectors)
        gradients = solid_harmonic_gradients(harmonics)
        for l, (shell, columns) in enumerate(zip(element.exponents, element.l_slices, strict=True)):
            if not shell:
                continue
            field = shell_potential_gradient(l, np.array(shell), vectors, harmonics[l], gradients[l])
            field *= charges[:, None, None, None, None]
            index = offsets[centres][:, None] + np.arange(columns.start, columns.stop)
            flat = field.permute(0, 2, 1, 3, 4).reshape(n_atoms, 3, -1)
            matrix[:, :, index.reshape(-1)] = flat.numpy()
    return matrix.reshape(3 * n_atoms, -1)


def free_atom_forces(molecule: Molecule, basis: AuxiliaryBasis) -> NDArray[np.float64]:
    """(n_atoms, 3) hartree/bohr: the forces where every coefficient is zero, nuclei and free atoms together.

    Nuclei at one point exert no force on each other. The field of a neutral free atom is what its electrons fail to
    screen.
    """
    positions, charges = _positions(molecule)
    numbers = molecule.atomic_numbers
    total = torch.zeros_like(positions)
    for number in np.unique(numbers):
        element = basis.element(number)
        centres = np.flatnonzero(numbers == number)
        vectors = positions[:, None, :] - positions[centres][None, :, :]
        distance = vectors.norm(dim=-1)
        inverse_cube = torch.where(distance > 0, distance.clamp(min=1e-12) ** -3, torch.zeros_like(distance))
        nuclear = float(number) * (vectors * inverse_cube.unsqueeze(-1)).sum(1)
        harmonics = solid_harmonics(0, vectors)
        gradients = solid_harmonic_gradients(harmonics)
        electronic = shell_potential_gradient(0, np.array(element.free_exponents), vectors, harmonics[0], gradients[0])
        weights = torch.tensor(element.free_coefficients, dtype=torch.float64)
        total += charges[:, None] * (nuclear + torch.einsum("abik,k->ai", electronic.squeeze(-1), weights))
    return total.numpy()


def hellmann_feynman_forces(
    density: Density,
    *,
    tolerance_mev_per_angstrom: float = 0.5,
    exact: bool = False,
    dtype: torch.dtype = torch.float64,
    device: str | torch.device = "cpu",
    progress: Callable[[str, float], None] | None = None,
) -> NDArray[np.float64]:
    """(n_atoms, 3) hartree/bohr: nuclear charge times the field of all electrons and of the other nuclei.

    Distant atoms act through their multipoles, near ones exactly; no component is further than
    `tolerance_mev_per_angstrom` from what `exact` gives, where every pair is exact. Memory and time grow with the
    number of atoms: from 3 000 on distant cells act through their multipoles, unless the tolerance is too small for
    that. `dtype` is that of the near pairs: float32 loses up to 0.2 meV/angstrom. The net force of the nuclei on each
    other is zero to rounding where no cells act. progress is told "forces" and the share of them that is done.
    """
    charges = density.molecule.atomic_numbers.astype(np.float64)
    tolerance = tolerance_mev_per_angstrom / HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM / charges.max()
    field = field_at_points(
        density,
        density.molecule.positions_bohr,
        tolerance_hartree_per_bohr=None if exact else tolerance,
        dtype=dtype,
        device=device,
        progress=None if progress is None else partial(progress, "forces"),
    )
    return charges[:, None] * field
