"""The density of a file with orbitals, as that of a calculation made here."""

from core.reference.foreign.result import ForeignResult, GaussianOrbitals
from core.reference.foreign.soundness import sound_orbitals
from core.reference.orbital_density import OrbitalDensity


def orbital_density(result: ForeignResult, orbitals: GaussianOrbitals) -> OrbitalDensity:
    """Raises as `sound_orbitals`."""
    molecule, mol = sound_orbitals(result, orbitals)
    return OrbitalDensity(molecule, mol, orbitals.coefficients, orbitals.occupations)
