"""One PySCF calculation: Molecule -> Record. Restricted Kohn-Sham, density fitting, analytic gradient."""

import platform
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyscf
from numpy.typing import NDArray
from pyscf import dft, gto

from core.chem.molecule import Molecule
from core.density.density import Density
from core.errors import ChargeError, ConvergenceError
from core.reference.gradient import nuclear_gradient
from core.reference.level import DEFAULT_LEVEL, Level
from core.reference.record import Record
from core.reference.xc_grid import KEPT_SHARE, KeptValues

# Where the SCF starts: a grid of about a fifth of the points, and as far as its own error makes sense.
COARSE_GRID_LEVEL = 0
COARSE_CONV_TOL = 1e-5
COARSE_CONV_TOL_GRAD = 1e-2
COARSE_MAX_CYCLE = 20


@dataclass(frozen=True)
class CycleReport:
    """What one SCF cycle says: its number, the total energy and its change, in hartree."""

    cycle: int
    energy_hartree: float
    energy_change_hartree: float
    seconds: float


def build_mol(molecule: Molecule, level: Level = DEFAULT_LEVEL) -> gto.Mole:
    """PySCF molecule in the orbital basis of `level`. Raises ChargeError for an odd electron count."""
    if molecule.electrons <= 0 or molecule.electrons % 2:
        raise ChargeError(
            f"{molecule.electrons} electrons at charge {molecule.charge:+d} are not a closed shell.",
            "Check for missing hydrogens, or give the right charge.",
        )
    atoms = [
        (z, tuple(xyz))
        for z, xyz in zip(molecule.atomic_numbers.tolist(), molecule.positions_bohr.tolist(), strict=True)
    ]
    return gto.M(atom=atoms, unit="Bohr", charge=molecule.charge, basis=level.orbital_basis, verbose=0)


def mean_field(mol: gto.Mole, level: Level = DEFAULT_LEVEL) -> dft.rks.RKS:
    """The Kohn-Sham object of `level`, not yet run."""
    method = dft.RKS(mol, xc=level.functional)
    fitting = None if level.density_fitting_basis == "even-tempered" else level.density_fitting_basis
    method = method.density_fit(auxbasis=fitting)
    method.grids.level = level.xc_grid_level
    method.conv_tol = level.conv_tol
    return method


def run_scf(method: dft.rks.RKS, start: NDArray[np.float64] | None = None) -> float:
    """Converge `method` and return its energy in hartree: first on a coarse XC grid, then, from there, on its own.

    start: (n_ao, n_ao) density matrix to begin with (None: PySCF's own guess). The result is that of the method's grid
    alone, to its tolerance; most cycles are spent where they cost a fifth.
    """
    integrator = method._numint = KeptValues()
    _make_integrals(method)
    try:
        if method.grids.level > COARSE_GRID_LEVEL:
            start = _density_on_coarse_grid(method, start)
        return float(method.kernel(dm0=start))
    finally:
        integrator.forget()


def _make_integrals(method: dft.rks.RKS) -> None:
    """Three-centre integrals, where they are not there. Without exchange PySCF would make them anew in each cycle, and
    what is kept of the grid must not make it take them in smaller pieces."""
    method.with_df.max_memory = (1.0 + KEPT_SHARE) * method.mol.max_memory
    if method.with_df._cderi is None:
        method.with_df.build()


def _density_on_coarse_grid(method: dft.rks.RKS, start: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Density matrix of a first, loose SCF; `method` keeps its own grid and tolerances."""
    grids = method.grids
    kept = (method.conv_tol, method.conv_tol_grad, method.conv_check, method.max_cycle)
    method.grids = dft.gen_grid.Grids(method.mol)
    method.grids.level = COARSE_GRID_LEVEL
    method.conv_tol, method.conv_tol_grad, method.conv_check = COARSE_CONV_TOL, COARSE_CONV_TOL_GRAD, False
    method.max_cycle = min(COARSE_MAX_CYCLE, method.max_cycle)
    method.kernel(dm0=start)
    method.grids = grids
    method.conv_tol, method.conv_tol_grad, method.conv_check, method.max_cycle = kept
    return method.make_rdm1()


def _cycles_of_default_guess(method: dft.rks.RKS, level: Level) -> int:
    """How many cycles the coarse SCF takes from PySCF's own guess; the integrals of `method` are used. None without
    a coarse grid."""
    if level.xc_grid_level <= COARSE_GRID_LEVEL:
        return 0
    fresh = mean_field(method.mol, level)
    fresh.with_df, fresh._numint = method.with_df, KeptValues()
    cycles = 0

    def count(environment: dict) -> None:
        nonlocal cycles
        cycles += 1

    fresh.callback = count
    _density_on_coarse_grid(fresh, None)
    return cycles


def calculate(
    molecule: Molecule,
    *,
    level: Level = DEFAULT_LEVEL,
    name: str = "",
    origin: str = "",
    on_cycle: Callable[[CycleReport], None] | None = None,
    provenance: dict | None = None,
    start: Density | None = None,
    count_default: bool = False,
) -> Record:
    """Run the calculation and its analytic gradient.

    start: a density of the same molecule, a predicted one, to begin with. What its orbitals say of energy, frontier
    orbitals and dipole goes to the provenance, `one_shot`; with count_default also how many cycles PySCF's own guess
    takes to the end of the coarse grid, `default_coarse_cycles`, beside the `coarse_cycles` that were taken.
    `on_cycle` is called after each SCF cycle and may raise to stop the run. Raises ChargeError for an open shell,
    ConvergenceError where the SCF does not converge (its message holds the last energy and change).
    """
    started = time.perf_counter()
    mol = build_mol(molecule, level)
    method = mean_field(mol, level)
    last: list[CycleReport] = []
    coarse_cycles = 0
    shot, start_seconds = None, 0.0
    if start is not None:
        # It loads torch, which takes longer than a small calculation; most begin without a density.
        from core.reference.from_density import one_shot

        _make_integrals(method)
        before = time.perf_counter()
        shot = one_shot(start, method)
        start_seconds = time.perf_counter() - before
    default_cycles = _cycles_of_default_guess(method, level) if shot is not None and count_default else None

    def report(environment: dict) -> None:
        nonlocal coarse_cycles
        coarse_cycles += environment["mf"].grids.level != level.xc_grid_level
        change = float(environment["e_tot"] - environment["last_hf_e"])
        cycle = last[0].cycle + 1 if last else 1
        last[:] = [CycleReport(cycle, float(environment["e_tot"]), change, time.perf_counter() - started)]
        if on_cycle is not None:
            on_cycle(last[0])

    method.callback = report
    energy = run_scf(method, None if shot is None else shot.density_matrix)
    if not method.converged:
        cycles = last[0].cycle if last else 0
        raise ConvergenceError(
            f"The SCF did not converge in {cycles} cycles; the last energy was {energy:.6f} hartree.",
            "Check the geometry and the charge: clashing atoms and wrong charges are the usual causes.",
        )
    scf_seconds = time.perf_counter() - started
    gradient = nuclear_gradient(method)
    homo = float(method.mo_energy[method.mo_occ > 0].max())
    lumo = float(method.mo_energy[method.mo_occ == 0].min())
    notes: dict = {
        "pyscf": pyscf.__version__,
        "python": platform.python_version(),
        "scf_cycles": last[0].cycle,
        "coarse_cycles": coarse_cycles,
        "scf_seconds": round(scf_seconds, 2),
        "seconds": round(time.perf_counter() - started, 2),
        "homo_lumo_gap_hartree": lumo - homo,
        "homo_hartree": homo,
        "lumo_hartree": lumo,
    }
    if shot is not None:
        notes["one_shot"] = shot.to_json() | {"seconds": round(start_seconds, 2)}
    if default_cycles is not None:
        notes["default_coarse_cycles"] = default_cycles
    return Record(
        name=name or molecule.content_hash[:16],
        molecule=molecule,
        level=level,
        energy_hartree=energy,
        gradient_hartree_per_bohr=gradient,
        occupied_orbitals=method.mo_coeff[:, method.mo_occ > 0].astype(np.float32),
        origin=origin,
        provenance=notes | (provenance or {}),
    )
