"""The functions of a `Density`, as PySCF knows them: what the numerics are held against."""

import numpy as np
from pyscf import gto

from core.chem.molecule import Molecule
from core.density.density import Density
from core.gaussian.basis import AuxiliaryBasis, ElementBasis


def small_basis() -> AuxiliaryBasis:
    """Even-tempered sets with the range of a real auxiliary basis, l up to 4 and 5, and made-up free atoms."""

    def ladder(smallest: float, largest: float, count: int) -> tuple[float, ...]:
        return tuple(np.geomspace(smallest, largest, count).tolist())

    def free(charge: int, exponents: tuple[float, ...]) -> tuple[float, ...]:
        a = np.array(exponents)
        norm = (2.0 * a / np.pi) ** 0.75
        weights = a**0.3 * np.exp(-a / a.max())
        weights *= charge / (weights * norm * (np.pi / a) ** 1.5).sum()
        return tuple(weights.tolist())

    hydrogen = (ladder(0.1, 20, 7), ladder(0.15, 10, 6), ladder(0.3, 5, 4), ladder(0.7, 2.4, 2))
    oxygen = (
        ladder(0.12, 150, 8),
        ladder(0.17, 300, 8),
        ladder(0.25, 14, 5),
        ladder(0.5, 7, 4),
        ladder(0.8, 4, 2),
        (1.2,),
    )
    s_hydrogen, s_oxygen = ladder(0.08, 300, 14), ladder(0.1, 5e4, 22)
    return AuxiliaryBasis(
        "small",
        {
            1: ElementBasis(1, hydrogen, s_hydrogen, free(1, s_hydrogen)),
            8: ElementBasis(8, oxygen, s_oxygen, free(8, s_oxygen)),
        },
    )


def waters(count: int, seed: int = 0) -> Molecule:
    """Waters in random orientations on a cubic lattice of about liquid density."""
    generator = np.random.default_rng(seed)
    water = np.array([[0.0, 0.0, 0.0], [0.9572, 0.0, 0.0], [-0.24, 0.9266, 0.0]])
    side = int(np.ceil(count ** (1 / 3)))
    lattice = np.stack(np.meshgrid(*[np.arange(side)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)[:count] * 3.1
    positions = []
    for site in lattice:
        rotation = np.linalg.qr(generator.normal(size=(3, 3)))[0]
        positions.append(water @ rotation.T + site + generator.uniform(-0.2, 0.2, 3))
    return Molecule(np.tile([8, 1, 1], count), np.concatenate(positions))


def random_density(molecule: Molecule, basis: AuxiliaryBasis, seed: int = 0, scale: float = 0.05) -> Density:
    generator = np.random.default_rng(seed)
    return Density(molecule, basis, scale * generator.normal(size=basis.n_functions(molecule.atomic_numbers)), "random")


def _p_order(l: int) -> list[int]:
    """Where m = -l..l stand among PySCF's spherical functions, which run x, y, z for l = 1."""
    return [1, 2, 0] if l == 1 else list(range(2 * l + 1))


def pyscf_functions(molecule: Molecule, basis: AuxiliaryBasis) -> tuple[gto.Mole, np.ndarray]:
    """Mole of the learned functions, and the index that brings its functions into our order."""
    shells = {
        z: [[l, [a, 1.0]] for l, exponents in enumerate(element.exponents) for a in exponents]
        for z, element in basis.elements.items()
    }
    mol = _mole(molecule, shells)
    order, start = [], 0
    for number in molecule.atomic_numbers.tolist():
        for l, exponents in enumerate(basis.element(number).exponents):
            for _ in exponents:
                order += [start + m for m in _p_order(l)]
                start += 2 * l + 1
    return mol, np.array(order)


def pyscf_free_atoms(molecule: Molecule, basis: AuxiliaryBasis) -> tuple[gto.Mole, np.ndarray]:
    """Mole of the free-atom primitives and their coefficients."""
    mol = _mole(molecule, {z: [[0, [a, 1.0]] for a in element.free_exponents] for z, element in basis.elements.items()})
    coefficients = [basis.element(z).free_coefficients for z in molecule.atomic_numbers.tolist()]
    return mol, np.concatenate(coefficients)


def _mole(molecule: Molecule, shells: dict) -> gto.Mole:
    positions = molecule.positions_bohr.tolist()
    atoms = [(f"{s}{i}", p) for i, (s, p) in enumerate(zip(molecule.symbols, positions, strict=True))]
    basis = {
        f"{s}{i}": shells[z]
        for i, (s, z) in enumerate(zip(molecule.symbols, molecule.atomic_numbers.tolist(), strict=True))
    }
    return gto.M(atom=atoms, unit="Bohr", basis=basis, spin=None, charge=0, verbose=0)


def all_functions(density: Density) -> tuple[gto.Mole, np.ndarray]:
    """One Mole of learned and free-atom functions together, and coefficients in its order."""
    learned, order = pyscf_functions(density.molecule, density.basis)
    coefficients = np.empty(order.size)
    coefficients[order] = density.coefficients
    free, free_coefficients = pyscf_free_atoms(density.molecule, density.basis)
    return learned + free, np.concatenate([coefficients, free_coefficients])


def points_as_gaussians(points_bohr: np.ndarray, exponent: float = 1e16) -> tuple[gto.Mole, float]:
    """Gaussians so tight that they are points, and the charge of one of them."""
    mol = gto.fakemol_for_charges(points_bohr, exponent)
    return mol, 1.0


def pyscf_potential_gradient(density: Density, points_bohr: np.ndarray) -> np.ndarray:
    """(n, 3): gradient of the potential of rho (as positive charge), by two-centre Coulomb integrals."""
    mol, coefficients = all_functions(density)
    points, _ = points_as_gaussians(points_bohr)
    both = mol + points
    shells = (0, mol.nbas, mol.nbas, mol.nbas + points.nbas)
    return np.einsum("xip,i->px", both.intor("int2c2e_ip1_sph", comp=3, shls_slice=shells), coefficients)


def pyscf_potential(density: Density, points_bohr: np.ndarray) -> np.ndarray:
    """(n,): potential of rho (as positive charge), by two-centre Coulomb integrals."""
    mol, coefficients = all_functions(density)
    points, _ = points_as_gaussians(points_bohr)
    both = mol + points
    shells = (0, mol.nbas, mol.nbas, mol.nbas + points.nbas)
    return both.intor("int2c2e_sph", shls_slice=shells).T @ coefficients


def integral_with_one(mol: gto.Mole, operator: str, comp: int = 1) -> np.ndarray:
    """(comp, n) or (n,): integral of operator times each function, against an s function as wide as all space."""
    flat = 1e-16
    one = gto.M(atom=[("X-H", (0.0, 0.0, 0.0))], unit="Bohr", basis={"X-H": [[0, [flat, 1.0]]]}, charge=0, spin=None,
                verbose=0)  # fmt: skip
    both = mol + one
    shells = (0, mol.nbas, mol.nbas, mol.nbas + 1)
    integrals = np.squeeze(both.intor(operator, comp=comp, shls_slice=shells), axis=-1)
    return integrals / (2.0 * flat / np.pi) ** 0.75
