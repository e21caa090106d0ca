"""Monoatomic ions beside a molecule, each with the density it has alone (`core.gaussian.basis.free_ions`).

They are for the picture of the density and for the potential. They have no part in forces: what they do to the density
around them was not predicted, and without it the field of an ion would act on bare nuclei, unscreened.
"""

from collections.abc import Sequence

import numpy as np

from core.chem.elements import symbol
from core.chem.molecule import Molecule
from core.chem.prepare.ions import FreeIon
from core.chem.validate import require_sound_positions
from core.density.density import Density
from core.errors import UnsupportedElementError
from core.gaussian.basis import free_ions


def has_free_density(ion: FreeIon) -> bool:
    """Whether the density of this ion is known: of this element and with this charge."""
    found = free_ions().get(ion.atomic_number)
    return found is not None and found.charge == ion.charge


def with_free_ions(density: Density, ions: Sequence[FreeIon]) -> Density:
    """`density` and the ions, which stand after its atoms; their charges count. Raises UnsupportedElementError for an
    ion whose density is not known, StructureError for one that overlaps an atom."""
    if not ions:
        return density
    unknown = [ion for ion in ions if not has_free_density(ion)]
    if unknown:
        raise UnsupportedElementError(
            f"The density of the ion {symbol(unknown[0].atomic_number)} of charge {unknown[0].charge} is not known.",
            f"Known are {', '.join(f'{symbol(z)} ({ion.charge:+d})' for z, ion in sorted(free_ions().items()))}.",
        )
    molecule = density.molecule
    names = [f"{symbol(ion.atomic_number)} {ion.charge:+d}" for ion in ions]
    whole = Molecule(
        np.append(molecule.atomic_numbers, [ion.atomic_number for ion in ions]),
        np.concatenate([molecule.positions_angstrom, [ion.position_angstrom for ion in ions]]),
        molecule.charge + sum(ion.charge for ion in ions),
        molecule.title,
    )
    require_sound_positions(whole.symbols, whole.positions_angstrom)
    source = f"{density.source}, and free ions as they are alone, not predicted: {', '.join(names)}"
    return Density(whole, density.basis.with_free_ions, density.coefficients, source)
