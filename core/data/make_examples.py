"""`python -m core.data.make_examples [KEY ...]`: write assets/examples anew, all or those named.

For each size many random packings are annealed and minimised with the flexible water of `core.data.forcefield`, and
the one of lowest energy is kept; the droplet is not minimised, so that it is thermal (300 K) as a liquid is. Other
molecules come from their SMILES, the peptide from its sequence.
Same seeds, same machine, same geometries.
"""

import sys
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.chem.examples import DIRECTORY, ENTRIES, Entry
from core.chem.molecule import Molecule
from core.chem.read import from_smiles
from core.chem.xyz import format_xyz
from core.data.forcefield import WaterDynamics
from core.data.geometry import random_packing
from core.data.helix import lowest_helix, pdb_text

ATTEMPTS = 24
ANNEALING_KELVIN = (350.0, 275.0, 200.0, 125.0, 50.0)
PICOSECONDS_PER_STEP = 2.0
DROPLET_FROM = 20


def _start(size: int, seed: int) -> WaterDynamics:
    packing = random_packing(size, np.random.default_rng(seed), tightness=1.0)
    wall_angstrom = 2.2 * size ** (1 / 3) + 0.6
    return WaterDynamics.start(packing - packing[:, 0].mean(0), 350.0, seed, wall_angstrom=wall_angstrom)


def lowest_cluster(size: int) -> NDArray[np.float64]:
    """(size, 3, 3) angstrom: lowest minimum of several annealing runs."""
    best: tuple[float, NDArray[np.float64]] | None = None
    for seed in range(ATTEMPTS if size > 1 else 1):
        dynamics = _start(size, 1000 * size + seed)
        for kelvin in ANNEALING_KELVIN:
            dynamics.run(PICOSECONDS_PER_STEP, kelvin)
        positions = dynamics.minimise()
        energy = dynamics.potential_energy_kj_per_mol()
        if best is None or energy < best[0]:
            best = energy, positions
    assert best is not None  # noqa: S101
    return best[1]


def droplet(size: int) -> NDArray[np.float64]:
    """(size, 3, 3) angstrom: a thermal droplet."""
    dynamics = _start(size, size)
    for kelvin in (350.0, 300.0):
        dynamics.run(8.0, kelvin)
    return dynamics.positions_angstrom()


def make(entry: Entry) -> None:
    path = DIRECTORY / entry.filename
    if entry.sequence:
        path.write_text(pdb_text(lowest_helix(entry.sequence), f"{entry.label}, built from its sequence"))
        return
    if entry.smiles:
        path.write_text(format_xyz(replace(from_smiles(entry.smiles), title=entry.label)))
        return
    size = entry.molecules
    waters = droplet(size) if size >= DROPLET_FROM else lowest_cluster(size)
    positions = waters.reshape(-1, 3)
    positions = positions - positions.mean(0)
    # Principal axes: the longest lies along x, so a cluster fills a wide picture.
    _, axes = np.linalg.eigh(positions.T @ positions)
    axes = axes[:, ::-1]
    axes[:, 2] *= np.sign(np.linalg.det(axes))
    molecule = Molecule(np.tile([8, 1, 1], size), positions @ axes, 0, entry.label)
    path.write_text(format_xyz(molecule))


if __name__ == "__main__":
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    only = sys.argv[1:]
    for wanted in ENTRIES:
        if not only or wanted.key in only:
            make(wanted)
