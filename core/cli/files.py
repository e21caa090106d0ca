"""Files that commands write with `--out`: each is written whole under another name, then moved into place."""

import csv
import io
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import DataError

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    from core.chem.molecule import Molecule
    from core.chem.topology import Topology
    from core.density.density import Density
    from core.model.predict import Prediction
    from core.model.trust import Trust
    from core.reference.record import Record

CUBE_LONGEST = 96


def forces_csv(
    molecule: "Molecule",
    forces_mev_per_angstrom: "NDArray[float64]",
    topology: "Topology | None" = None,
    trust: "Trust | None" = None,
) -> str:
    """Comma-separated table: atom (from 1), element, position in angstrom, force in meV/angstrom; chain, residue, its
    number and the atom's name after the element, where `topology` has residues; at the end the expected error of the
    force and, of an atom outside the model's domain, the kinds of its flags, where there is `trust`."""
    from core.forces.residues import inert

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    named: list[str] = []
    who: list[list[str]] = [[] for _ in molecule.symbols]
    if topology is not None and topology.atom_labels:
        named = ["chain", "residue", "number", "name"]
        residues = [topology.residues[index] for index in topology.residue_of_atom.tolist()]
        who = [
            [inert(residue.chain), inert(residue.name), f"{residue.number}{residue.insertion_code}", inert(name)]
            for residue, name in zip(residues, topology.atom_names, strict=True)
        ]
    axes = [f"{axis}_angstrom" for axis in "xyz"] + [f"f{axis}_mev_per_angstrom" for axis in "xyz"]
    errors = ["expected_error_mev_per_angstrom", "outside"] if trust else []
    judged = _judged(trust) if trust else [()] * len(molecule)
    writer.writerow(["atom", "element", *named, *axes, *errors])
    places, forces = molecule.positions_angstrom.tolist(), forces_mev_per_angstrom.tolist()
    rows = zip(molecule.symbols, who, places, forces, judged, strict=True)
    for index, (label, names, position, force, judgement) in enumerate(rows, 1):
        numbers = [f"{value:.8f}" for value in position] + [f"{value:.4f}" for value in force]
        writer.writerow([index, label, *names, *numbers, *judgement])
    return text.getvalue()


def _judged(trust: "Trust") -> list[tuple[str, ...]]:
    """Of each atom the expected error, empty where it is not known, and why it is outside, empty where it is not."""
    why: list[dict[str, None]] = [{} for _ in trust.molecule.symbols]
    for flag in trust.flags:
        for atom in flag.atoms or range(len(why)):
            why[atom][flag.kind] = None
    expected = trust.expected_mev_per_angstrom.tolist()
    return [
        (f"{error:.1f}" if math.isfinite(error) else "", "; ".join(kinds))
        for error, kinds in zip(expected, why, strict=True)
    ]


def residues_csv(prediction: "Prediction", topology: "Topology", trust: "Trust") -> str:
    """Comma-separated table of `core.forces.residues`: the force on each residue and how far off it may be. Charges and
    dipoles are left empty: sharing the density takes many times as long as predicting it."""
    import numpy as np

    from core.density.hirshfeld import HirshfeldAtoms
    from core.forces.residues import residue_table
    from core.model.net_force import net_force

    density, net = prediction.density, net_force(prediction, trust)
    unshared = HirshfeldAtoms.unknown(len(density.molecule))
    table = residue_table(density, prediction.forces_hartree_per_bohr, topology, unshared)
    uncertainty = np.array([net.uncertainty(atoms) for atoms in topology.atoms_of_residue])
    return table.with_errors(trust.expected_mev_per_angstrom, uncertainty, trust.flagged).csv()


def write_prediction(
    molecule: "Molecule",
    prediction: "Prediction",
    directory: Path,
    density: "Density | None" = None,
    topology: "Topology | None" = None,
    trust: "Trust | None" = None,
) -> list[Path]:
    """density.safetensors, forces.csv, residues.csv, density.cube and density.ccp4 (96 points along the longest edge).

    density: where it is another than the predicted one, for what is beside the molecule. topology: who the atoms are;
    trust: in their forces; residues.csv is for structures that have both. Raises DataError.
    """
    from core.density.ccp4 import write_ccp4
    from core.density.cube import write_cube
    from core.density.files import save_density
    from core.density.grid import UniformGrid, density_on_grid
    from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM

    forces = prediction.forces_hartree_per_bohr * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    density = density or prediction.density
    grid = UniformGrid.around(density.molecule, points_longest=CUBE_LONGEST).aligned()
    values = density_on_grid(density, grid)
    writers: dict[str, Callable[[Path], object]] = {
        "density.safetensors": lambda path: save_density(density, path),
        "forces.csv": lambda path: path.write_text(forces_csv(molecule, forces, topology, trust)),
        "density.cube": lambda path: write_cube(path, values, grid, molecule.title, molecule=density.molecule),
        "density.ccp4": lambda path: write_ccp4(path, values, grid),
    }
    if topology is not None and topology.atom_labels and trust is not None:
        residues = residues_csv(prediction, topology, trust)
        writers["residues.csv"] = lambda path: path.write_text(residues)
    return write_whole(directory, writers)


def write_reference(record: "Record", directory: Path) -> list[Path]:
    """record.h5 and forces.csv. Raises DataError."""
    from core.reference.record import write_records

    def write_h5(path: Path) -> None:
        path.unlink(missing_ok=True)
        write_records(path, [record])

    return write_whole(
        directory,
        {
            "record.h5": write_h5,
            "forces.csv": lambda path: path.write_text(forces_csv(record.molecule, record.forces_mev_per_angstrom)),
        },
    )


def write_whole(directory: Path, writers: Mapping[str, Callable[[Path], object]]) -> list[Path]:
    """The file of each name, by its writer, in a folder that is made where there is none. Raises DataError."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, write in writers.items():
            partial = directory / f".partial-{name}"
            write(partial)
            partial.replace(directory / name)
    except OSError as error:
        raise DataError(
            f"{directory} cannot be written to: {error.strerror or error}.", "Choose another directory for --out."
        ) from error
    return [directory / name for name in writers]
