"""What a file of another program holds, as plain arrays and words. Atomic units; words of the file are untrusted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Shell:
    """A contracted shell on one atom (index from 0), spherical or Cartesian.

    coefficients: of normalised primitives; the contraction is brought to norm one wherever it is used.
    """

    atom: int
    l: int
    cartesian: bool
    exponents: tuple[float, ...]
    coefficients: tuple[float, ...]

    @property
    def n_functions(self) -> int:
        return (self.l + 1) * (self.l + 2) // 2 if self.cartesian else 2 * self.l + 1


@dataclass(frozen=True, eq=False)
class GaussianOrbitals:
    """rho = sum_i n_i phi_i^2. coefficients: (n_functions, n_orbitals) of the functions of `shells`, in PySCF's order
    and with PySCF's norms. occupations: (n_orbitals,) electrons; of a file with a density matrix its eigenvalues."""

    shells: tuple[Shell, ...]
    coefficients: NDArray[np.float64]
    occupations: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CubeGrid:
    """A density (nx, ny, nz), e/bohr^3, at the points origin + i step[0] + j step[1] + k step[2], bohr.

    origin_bohr: (3,). steps_bohr: (3, 3), a step a row; they need not be at right angles.
    """

    origin_bohr: NDArray[np.float64]
    steps_bohr: NDArray[np.float64]
    density: NDArray[np.float64]

    @property
    def shape(self) -> tuple[int, int, int]:
        nx, ny, nz = self.density.shape
        return nx, ny, nz

    @property
    def voxel_bohr3(self) -> float:
        return float(abs(np.linalg.det(self.steps_bohr)))

    def points(self) -> NDArray[np.float64]:
        """(nx ny nz, 3) bohr, k fastest."""
        return self.origin_bohr + np.indices(self.shape).reshape(3, -1).T @ self.steps_bohr

    def axes(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]] | None:
        """x, y, z of the planes of points where the steps run along x, y and z; None for another cube."""
        steps = np.diag(self.steps_bohr)
        if not np.array_equal(self.steps_bohr, np.diag(steps)) or steps.min() <= 0.0:
            return None
        x, y, z = (o + s * np.arange(n) for o, s, n in zip(self.origin_bohr, steps, self.shape, strict=True))
        return x, y, z


@dataclass(frozen=True, eq=False)
class ForeignResult:
    """One file.

    name: of the file, for the screen. kind: of file, in our words. says: what the file says of its method, if anything.
    positions_bohr: (n_atoms, 3). charge: None where the file does not say (a cube). gradient: (n_atoms, 3), of the
    energy that belongs to this density, or None. notes: sentences of ours on what was found and how it was taken.
    """

    name: str
    kind: str
    says: str
    atomic_numbers: NDArray[np.int64]
    positions_bohr: NDArray[np.float64]
    charge: int | None
    density: GaussianOrbitals | CubeGrid
    energy_hartree: float | None = None
    gradient_hartree_per_bohr: NDArray[np.float64] | None = None
    notes: tuple[str, ...] = ()
