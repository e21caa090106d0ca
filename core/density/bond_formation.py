"""Bond formation: what the density has gained and lost against the free atoms at the same places. e/bohr^3.

Also called deformation density: rho - sum_A rho_A^free. Free atoms are neutral, so over all space it adds up to minus
the charge of the molecule. A free ion that was added counts as itself, and changes nothing.
"""

from core.density.density import Density


def bond_formation(density: Density) -> Density:
    """The learned part of `density` as a Density of its own, negative where electrons have left.

    Nothing is subtracted, so next to a nucleus, where the density is hundreds of e/bohr^3, no digits are lost.
    """
    basis = density.basis.without_free_atoms
    return Density(density.molecule, basis, density.coefficients, f"{density.source}, less free atoms")
