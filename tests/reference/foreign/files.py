"""Calculations of PySCF and files of them, written by PySCF itself; formatted checkpoints by the writer here."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from pyscf import gto, scf
from pyscf.tools import cubegen, molden

WATER = "O 0.02 0.01 0.12; H 0.0 0.76 -0.47; H 0.03 -0.76 -0.48"
FORMAMIDE = "C 0.1 0.4 0.0; O 1.2 -0.2 0.05; N -1.1 -0.3 -0.02; H 0.1 1.5 0.01; H -1.1 -1.3 0.03; H -2.0 0.15 0.0"


# In place of a name of a basis: g functions, on oxygen alone.
WITH_G = "with g"


@cache
def calculation(
    atoms: str = WATER, basis: str = "sto-3g", cart: bool = False, charge: int = 0, spin: int = 0
) -> scf.hf.SCF:
    """A few cycles of Hartree-Fock: the orbitals need not be those of the minimum, only orthonormal."""
    named = {"O": "cc-pvqz", "H": "6-31g"} if basis == WITH_G else basis
    mol = gto.M(atom=atoms, basis=named, cart=cart, charge=charge, spin=spin, verbose=0)
    method = scf.RHF(mol) if spin == 0 else scf.UHF(mol)
    method.max_cycle = 4
    method.chkfile = None
    method.kernel()
    return method


def density_matrix(method: scf.hf.SCF) -> np.ndarray:
    matrix = method.make_rdm1()
    return matrix if matrix.ndim == 2 else matrix.sum(0)


def density_at(method: scf.hf.SCF, points: np.ndarray) -> np.ndarray:
    """PySCF's own evaluation."""
    values = method.mol.eval_gto("GTOval", points)
    return np.einsum("gp,pq,gq->g", values, density_matrix(method), values, optimize=True)


def some_points(mol: gto.Mole, count: int = 400) -> np.ndarray:
    """Around the nuclei, and the nuclei themselves."""
    generator = np.random.default_rng(5)
    nuclei = mol.atom_coords()
    return np.vstack([nuclei, nuclei[generator.integers(0, len(nuclei), count)] + generator.normal(0, 1.5, (count, 3))])


def _written(write: Callable[[str], object], name: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(str(path))
        return path.read_bytes()


def checkpoint_file(method: scf.hf.SCF) -> bytes:
    return _written(
        lambda path: scf.chkfile.dump_scf(
            method.mol, path, method.e_tot, method.mo_energy, method.mo_coeff, method.mo_occ
        ),
        "x.chk",
    )


def molden_file(method: scf.hf.SCF) -> bytes:
    return _written(lambda path: molden.from_scf(method, path, ignore_h=False), "x.molden")


def cube_file(method: scf.hf.SCF, points: int = 30, margin: float = 4.0) -> bytes:
    return _written(
        lambda path: cubegen.density(method.mol, path, density_matrix(method), points, points, points, margin=margin),
        "x.cube",
    )


def orbital_cube_file(method: scf.hf.SCF) -> bytes:
    return _written(lambda path: cubegen.orbital(method.mol, path, method.mo_coeff[:, 2], 20, 20, 20), "x.cube")


def fchk_file(
    method: scf.hf.SCF,
    *,
    gradient: np.ndarray | None = None,
    digits: int = 16,
    total_energy: float | None = None,
    join_sp: bool = False,
    matrix: bool = True,
) -> bytes:
    """A formatted checkpoint. digits: after the point; Gaussian writes 8. join_sp: s and p shells of the same exponents
    become SP shells. matrix: whether the density matrix is in it, or the orbitals only."""
    mol = method.mol
    shells, order = _shells_of(mol, join_sp)
    norms = np.sqrt(mol.intor("int1e_ovlp").diagonal()) if mol.cart else np.ones(mol.nao)
    dm = (density_matrix(method) * np.outer(norms, norms))[np.ix_(order, order)]
    orbitals = (method.mo_coeff * norms[:, None])[order].T if method.mo_coeff.ndim == 2 else None
    alpha, beta = mol.nelec
    text = _Fchk(digits)
    text.lines += ["water", f"{'SP':<10}{'RHF':<60}{str(mol.basis)[:20]}"]
    text.integer("Number of atoms", mol.natm)
    text.integer("Charge", mol.charge)
    text.integer("Multiplicity", mol.spin + 1)
    text.integer("Number of electrons", alpha + beta)
    text.integer("Number of alpha electrons", alpha)
    text.integer("Number of beta electrons", beta)
    text.integer("Number of basis functions", mol.nao)
    text.integers("Atomic numbers", [gto.charge(mol.atom_symbol(k)) for k in range(mol.natm)])
    text.reals("Nuclear charges", mol.atom_charges())
    text.reals("Current cartesian coordinates", mol.atom_coords().ravel())
    text.integers("Shell types", [kind for kind, *_ in shells])
    text.integers("Number of primitives per shell", [len(exponents) for _, _, exponents, _, _ in shells])
    text.integers("Shell to atom map", [atom + 1 for _, atom, *_ in shells])
    text.reals("Primitive exponents", np.concatenate([exponents for _, _, exponents, _, _ in shells]))
    text.reals("Contraction coefficients", np.concatenate([c for _, _, _, c, _ in shells]))
    if join_sp:
        of_p = np.concatenate([np.zeros_like(c) if p is None else p for _, _, _, c, p in shells])
        text.reals("P(S=P) Contraction coefficients", of_p)
    text.real("SCF Energy", method.e_tot)
    text.real("Total Energy", method.e_tot if total_energy is None else total_energy)
    if orbitals is not None:
        text.reals("Alpha MO coefficients", orbitals.ravel())
    if matrix:
        text.reals("Total SCF Density", dm[np.tril_indices(mol.nao)])
    if gradient is not None:
        text.reals("Cartesian Gradient", gradient.ravel())
    return ("\n".join(text.lines) + "\n").encode()


def _shells_of(mol: gto.Mole, join_sp: bool) -> tuple[list[tuple], np.ndarray]:
    """(type, atom, exponents, coefficients, those of p) of each, and where its functions are among PySCF's."""
    places = molden.order_ao_index(mol)
    shells, members, start = [], [], 0
    for shell in range(mol.nbas):
        l, atom, exponents = mol.bas_angular(shell), mol.bas_atom(shell), mol.bas_exp(shell)
        for coefficients in mol.bas_ctr_coeff(shell).T:
            size = (l + 1) * (l + 2) // 2 if mol.cart else 2 * l + 1
            shells.append((l if mol.cart or l < 2 else -l, atom, exponents, coefficients, None))
            members.append(list(places[start : start + size]))
            start += size
    if not join_sp:
        return shells, np.concatenate(members)
    joined, order, gone = [], [], set()
    for k, (kind, atom, exponents, coefficients, _) in enumerate(shells):
        if k in gone:
            continue
        partner = next(
            (n for n, (other, place, theirs, *_) in enumerate(shells)
             if kind == 0 and other == 1 and place == atom and np.array_equal(theirs, exponents)), None
        )  # fmt: skip
        if partner is None:
            joined.append((kind, atom, exponents, coefficients, None))
            order += members[k]
        else:
            gone.add(partner)
            joined.append((-1, atom, exponents, coefficients, shells[partner][3]))
            order += members[k] + members[partner]
    return joined, np.array(order)


class _Fchk:
    def __init__(self, digits: int) -> None:
        self.lines: list[str] = []
        self.digits = digits

    def integer(self, label: str, value: int) -> None:
        self.lines.append(f"{label:<40}   I     {value:12d}")

    def real(self, label: str, value: float) -> None:
        self.lines.append(f"{label:<40}   R     {value:22.15E}")

    def integers(self, label: str, values: list[int]) -> None:
        self.lines.append(f"{label:<40}   I   N={len(values):12d}")
        self.lines += ["".join(f"{v:12d}" for v in values[k : k + 6]) for k in range(0, len(values), 6)]

    def reals(self, label: str, values: np.ndarray) -> None:
        self.lines.append(f"{label:<40}   R   N={len(values):12d}")
        row = [f"{value:{self.digits + 8}.{self.digits}E}" for value in values]
        self.lines += ["".join(row[k : k + 5]) for k in range(0, len(row), 5)]
