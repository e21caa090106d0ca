"""The auxiliary basis as PySCF knows it: two-centre matrices and the projection of a Kohn-Sham density.

All matrices come back in the order of `core.gaussian.basis` (l=1 as y, z, x).
"""

import numpy as np
from numpy.typing import NDArray
from pyscf import gto, lib

from core.chem.molecule import Molecule
from core.gaussian.basis import AuxiliaryBasis, primitive_norm

Shells = list[list]


def _mol(molecule: Molecule, shells: dict[int, Shells]) -> gto.Mole:
    mol = gto.Mole(verbose=0, unit="Bohr", cart=False)
    labels = [f"X-{symbol}{number}" for number, symbol in enumerate(molecule.symbols)]
    mol.atom = list(zip(labels, molecule.positions_bohr.tolist(), strict=True))
    mol.basis = {label: shells[z] for label, z in zip(labels, molecule.atomic_numbers.tolist(), strict=True)}
    mol.spin = 0
    return mol.build(parse_arg=False, dump_input=False)


def auxiliary_mol(molecule: Molecule, basis: AuxiliaryBasis) -> tuple[gto.Mole, NDArray[np.int64]]:
    """Mole of the learned functions, and the index `order` with ours = pyscf's[order]."""
    shells = {}
    within: dict[int, list[int]] = {}
    for z in np.unique(molecule.atomic_numbers).tolist():
        element, places, start = basis.element(z), [], 0
        for l, exponents in enumerate(element.exponents):
            for _ in exponents:
                places += [start + m for m in ((1, 2, 0) if l == 1 else range(2 * l + 1))]
                start += 2 * l + 1
        within[z] = places
        shells[z] = [[l, [a, 1.0]] for l, exponents in enumerate(element.exponents) for a in exponents]
    starts = basis.atom_offsets(molecule.atomic_numbers)
    order = np.concatenate(
        [start + np.array(within[z]) for start, z in zip(starts, molecule.atomic_numbers.tolist(), strict=False)]
    )
    return _mol(molecule, shells), order


def free_atom_mol(molecule: Molecule, basis: AuxiliaryBasis) -> tuple[gto.Mole, NDArray[np.float64]]:
    """Mole of the free atoms' s primitives and their coefficients."""
    elements = {z: basis.element(z) for z in np.unique(molecule.atomic_numbers).tolist()}
    shells = {z: [[0, [a, 1.0]] for a in element.free_exponents] for z, element in elements.items()}
    coefficients = [elements[z].free_coefficients for z in molecule.atomic_numbers.tolist()]
    return _mol(molecule, shells), np.concatenate(coefficients)


def overlap_matrix(molecule: Molecule, basis: AuxiliaryBasis) -> NDArray[np.float64]:
    """(n_functions, n_functions) integrals of g_i g_j."""
    mol, order = auxiliary_mol(molecule, basis)
    return mol.intor("int1e_ovlp")[np.ix_(order, order)]


def coulomb_matrix(molecule: Molecule, basis: AuxiliaryBasis) -> NDArray[np.float64]:
    """(n_functions, n_functions) Coulomb integrals (g_i|g_j), hartree."""
    mol, order = auxiliary_mol(molecule, basis)
    return mol.intor("int2c2e")[np.ix_(order, order)]


def function_charges(molecule: Molecule, basis: AuxiliaryBasis) -> NDArray[np.float64]:
    """(n_functions,) electrons in each learned function: only s functions hold any."""
    per_element = {}
    for z in np.unique(molecule.atomic_numbers).tolist():
        element = basis.element(z)
        charges = np.zeros(element.n_functions)
        a = np.array(element.exponents[0])
        charges[element.l_slices[0]] = primitive_norm(0, a) / np.sqrt(4.0 * np.pi) * (np.pi / a) ** 1.5
        per_element[z] = charges
    return np.concatenate([per_element[z] for z in molecule.atomic_numbers.tolist()])


def free_atom_electrons(molecule: Molecule, basis: AuxiliaryBasis) -> float:
    """Electrons in the superposition of free atoms: the nuclear charges, unless the basis has no free atoms."""
    electrons = 0.0
    for z in molecule.atomic_numbers.tolist():
        element = basis.element(z)
        a = np.array(element.free_exponents)
        charges = primitive_norm(0, a) / np.sqrt(4.0 * np.pi) * (np.pi / a) ** 1.5
        electrons += float(charges @ np.array(element.free_coefficients))
    return electrons


def coulomb_with_free_atoms(molecule: Molecule, basis: AuxiliaryBasis) -> NDArray[np.float64]:
    """(n_functions,) Coulomb integrals of each learned function with the superposition of free atoms."""
    learned, order = auxiliary_mol(molecule, basis)
    free, coefficients = free_atom_mol(molecule, basis)
    shells = (0, learned.nbas, learned.nbas, learned.nbas + free.nbas)
    return ((learned + free).intor("int2c2e", shls_slice=shells) @ coefficients)[order]


def coulomb_with_orbitals(
    molecule: Molecule,
    basis: AuxiliaryBasis,
    orbital_mol: gto.Mole,
    density_matrix: NDArray[np.float64],
    *,
    block_functions: int = 400,
) -> NDArray[np.float64]:
    """(n_functions,) Coulomb integrals of each learned function with the density of `density_matrix` (n_ao, n_ao).

    Three-centre integrals are made `block_functions` at a time. libcint takes all three functions as Cartesian or none:
    learned ones are turned into spherical ones afterwards, where those of the orbitals are Cartesian.
    """
    learned, order = auxiliary_mol(molecule, basis)
    to_spherical = learned.cart2sph_coeff() if orbital_mol.cart else None
    learned.cart = orbital_mol.cart
    packed = lib.pack_tril(2.0 * density_matrix - np.diag(np.diag(density_matrix)))
    both = orbital_mol + learned
    result = np.empty(learned.nao)
    first_function = learned.ao_loc_nr()
    start = 0
    while start < learned.nbas:
        stop = int(np.searchsorted(first_function, first_function[start] + block_functions, side="right")) - 1
        stop = max(start + 1, min(stop, learned.nbas))
        shells = (0, orbital_mol.nbas, 0, orbital_mol.nbas, orbital_mol.nbas + start, orbital_mol.nbas + stop)
        integrals = both.intor("int3c2e", aosym="s2ij", shls_slice=shells)
        result[first_function[start] : first_function[stop]] = packed @ integrals
        start = stop
    return (result if to_spherical is None else result @ to_spherical)[order]
