"""The basis ladder: how wrong the Hellmann-Feynman force of a density is, and what mends it (DESIGN section 1).

Each rung is one density of the same molecule; its Hellmann-Feynman force is held against the analytic DFT force.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import basis_set_exchange
import numpy as np
from numpy.typing import NDArray
from pyscf import gto

from core.chem.molecule import Molecule
from core.density.density import Density
from core.errors import CalculationError
from core.forces.hellmann_feynman import force_matrix, free_atom_forces
from core.forces.parts import nuclear_forces
from core.gaussian.basis import AuxiliaryBasis, ElementBasis
from core.reference.calculation import calculate, mean_field, run_scf
from core.reference.fit import FitOptions, fit
from core.reference.gradient import nuclear_gradient
from core.reference.level import DEFAULT_LEVEL, Level
from core.reference.quadrature import ReferenceGrid
from core.reference.record import Record
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM

ORBITAL_BASES = ("def2-TZVP", "cc-pVTZ", "pcseg-2")
HELLMANN_FEYNMAN_BASES = ("sigmaDZHF", "sigmaTZHF")


@dataclass(frozen=True)
class Rung:
    """eps_ks_percent is None for a Kohn-Sham density itself; force errors against the analytic force, meV/A."""

    density: str
    eps_ks_percent: float | None
    force_mae_mev_per_angstrom: float
    force_max_mev_per_angstrom: float

    def to_json(self) -> dict:
        return asdict(self)


def orbital_forces(mol: gto.Mole, molecule: Molecule, density_matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n_atoms, 3) Hellmann-Feynman forces of the density of `density_matrix` (n_ao, n_ao) by PySCF's integrals,
    hartree/bohr."""
    forces = nuclear_forces(molecule)
    for atom, (position, charge) in enumerate(
        zip(molecule.positions_bohr, molecule.atomic_numbers.tolist(), strict=True)
    ):
        with mol.with_rinv_origin(position):
            integrals = mol.intor("int1e_iprinv", comp=3)
        forces[atom] += charge * 2.0 * np.einsum("xpq,pq->x", integrals, density_matrix)
    return forces


def _named_basis(name: str, molecule: Molecule) -> dict:
    text = basis_set_exchange.get_basis(name, elements=sorted(set(molecule.symbols)), fmt="nwchem")
    return {symbol: gto.basis.parse(text, symb=symbol) for symbol in set(molecule.symbols)}


def _calculate_in(basis: dict | str, molecule: Molecule, level: Level) -> tuple[gto.Mole, NDArray, NDArray]:
    """Mole, occupied orbitals and analytic forces with another orbital basis, same functional."""
    mol = gto.M(
        atom=list(zip(molecule.symbols, molecule.positions_bohr.tolist(), strict=True)),
        unit="Bohr",
        charge=molecule.charge,
        basis=basis,
        verbose=0,
    )
    method = mean_field(mol, level)
    run_scf(method)
    if not method.converged:
        raise CalculationError("The SCF of one rung did not converge.", "Check the geometry.")
    return mol, method.mo_coeff[:, method.mo_occ > 0], -nuclear_gradient(method)


def decontracted_jfit(molecule: Molecule) -> AuxiliaryBasis:
    """def2-universal-jfit with every primitive free, and no free-atom part (what earlier work fitted in)."""
    elements = {}
    for z, symbol in zip(molecule.atomic_numbers.tolist(), molecule.symbols, strict=True):
        shells: dict[int, set[float]] = {}
        for shell in gto.basis.load("def2-universal-jfit", symbol):
            shells.setdefault(shell[0], set()).update(row[0] for row in shell[1:])
        exponents = tuple(tuple(sorted(shells.get(l, ()))) for l in range(max(shells) + 1))
        elements[z] = ElementBasis(z, exponents, (1.0,), (0.0,))
    return AuxiliaryBasis("def2-universal-jfit", elements)


def ladder(
    molecule: Molecule,
    basis: AuxiliaryBasis,
    level: Level = DEFAULT_LEVEL,
    on_rung: Callable[[Rung], None] | None = None,
) -> list[Rung]:
    """All rungs of one small molecule, from ordinary orbitals to the force-exact fit."""
    rungs: list[Rung] = []

    def add(name: str, eps: float | None, error: NDArray[np.float64]) -> None:
        size = abs(error) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
        rungs.append(Rung(name, eps, float(size.mean()), float(size.max())))
        if on_rung is not None:
            on_rung(rungs[-1])

    for name in (*ORBITAL_BASES, *HELLMANN_FEYNMAN_BASES):
        source = _named_basis(name, molecule) if name in HELLMANN_FEYNMAN_BASES else name
        mol, occupied, analytic = _calculate_in(source, molecule, level)
        add(f"Kohn-Sham, {name}", None, orbital_forces(mol, molecule, 2.0 * occupied @ occupied.T) - analytic)
    record: Record = calculate(molecule, level=level)
    grid = ReferenceGrid.of(record)
    free = Density.free_atoms(molecule, basis)
    add("superposition of free atoms", grid.error_percent(free), _error(free, record))
    for own, label in ((decontracted_jfit(molecule), "def2-universal-jfit, decontracted"), (basis, basis.name)):
        for constrained in (False, True):
            options = FitOptions(constrain_forces=constrained)
            fitted = fit(record, own, options)
            words = "force-exact" if constrained else "Coulomb metric"
            add(f"fit in {label}, {words}", grid.error_percent(fitted), _error(fitted, record))
    return rungs


def _error(density: Density, record: Record) -> NDArray[np.float64]:
    forces = free_atom_forces(density.molecule, density.basis).reshape(-1)
    forces = forces + force_matrix(density.molecule, density.basis) @ density.coefficients
    return forces.reshape(-1, 3) - record.forces_hartree_per_bohr
