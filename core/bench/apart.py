"""What a large structure does to a molecule so far away that nothing should reach it: `python -m core.bench.apart`.

The densities of both have what they have alone, but for the electron count: what the network has too many or too few of
in all is taken off everywhere. Forces are those before they are balanced, which would hide a part of it.
"""

import argparse
import json

import numpy as np

from core.chem.examples import example
from core.chem.molecule import Molecule
from core.chem.subject import from_file_or_identifier
from core.forces.hellmann_feynman import hellmann_feynman_forces
from core.model.checkpoint import TrainedModel, load_model
from core.model.predict import predict_density
from core.settings import settings
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM

APART_ANGSTROM = 150.0


def beside(large: Molecule, small: Molecule, apart_angstrom: float = APART_ANGSTROM) -> Molecule:
    """Both, `small` last and so far above the highest atom of `large`; their charges add up."""
    shift = large.positions_angstrom.mean(0) - small.positions_angstrom.mean(0)
    shift[2] = large.positions_angstrom[:, 2].max() + apart_angstrom - small.positions_angstrom[:, 2].min()
    return Molecule(
        np.concatenate([large.atomic_numbers, small.atomic_numbers]),
        np.concatenate([large.positions_angstrom, small.positions_angstrom + shift]),
        large.charge + small.charge,
    )


def change_mev_per_angstrom(large: Molecule, small: Molecule, model: TrainedModel) -> float:
    """The largest change of a force on an atom of `small` when `large` is put far from it. Both should be neutral and
    without much of a dipole: what their fields do at that distance counts, too."""
    alone = hellmann_feynman_forces(predict_density(small, model))
    both = hellmann_feynman_forces(predict_density(beside(large, small), model))[len(large) :]
    return float(np.linalg.norm(both - alone, axis=1).max() * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM)


def main() -> None:
    parser = argparse.ArgumentParser(description="What a large structure does to a water that is far away.")
    parser.add_argument("structure", nargs="*", help="PDB or mmCIF files, or ids; else the helix of the examples")
    parser.add_argument("--model", default="bio")
    args = parser.parse_args()
    settings().apply_threads()
    model, water = load_model(args.model), example("water-1")
    given = {name: from_file_or_identifier(name).molecule for name in args.structure}
    for name, large in (given or {"helix-18": example("helix-18")}).items():
        change = change_mev_per_angstrom(large, water, model)
        found = {"structure": name, "atoms": len(large), "model": model.name, "apart_angstrom": APART_ANGSTROM}
        print(json.dumps(found | {"change_mev_per_angstrom": round(change, 1)}), flush=True)


if __name__ == "__main__":
    main()
