"""What a system is built around: an OpenMM topology with positions in angstrom, and how it came about."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Solute:
    """topology: openmm.app.Topology with all hydrogens. positions_angstrom: (n_atoms, 3). notes: provenance."""

    topology: Any
    positions_angstrom: Array
    notes: dict = field(default_factory=dict)


@contextmanager
def repeatable(seed: int) -> Iterator[None]:
    """Python's own random numbers from `seed`, as before afterwards: OpenMM's modeller draws from them."""
    import random

    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)


def reference_platform() -> Any:
    """OpenMM's platform whose results do not depend on threads or processors."""
    import openmm

    return openmm.Platform.getPlatformByName("Reference")


def pdb_file(residues: list[tuple[str, str, dict[str, Array]]]) -> io.StringIO:
    """A PDB file of (chain, residue name, {atom name: (3,) angstrom}); a chain ends where the next begins."""
    lines, serial = [], 0
    for number, (chain, name, atoms) in enumerate(residues, start=1):
        for atom, position in atoms.items():
            serial += 1
            x, y, z = position
            lines.append(
                f"ATOM  {serial:5d} {atom:>4s} {name:>3s} {chain}{number:4d}    {x:8.3f}{y:8.3f}{z:8.3f}"
                f"  1.00  0.00          {atom[0]:>2s}"
            )
        if number == len(residues) or residues[number][0] != chain:
            lines.append("TER")
    return io.StringIO("\n".join([*lines, "END", ""]))


def with_hydrogens(topology: Any, positions: Any, variants: list[str | None], seed: int) -> tuple[Any, Array]:
    """Topology with hydrogens as the variants say, and positions (n_atoms, 3) in angstrom."""
    from openmm import app, unit

    modeller = app.Modeller(topology, positions)
    with repeatable(seed):
        modeller.addHydrogens(variants=variants, platform=reference_platform())
    return modeller.topology, np.array(modeller.positions.value_in_unit(unit.angstrom), dtype=np.float64)
