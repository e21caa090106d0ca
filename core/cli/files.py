"""Files that commands write with `--out`: each is written whole under another name, then moved into place."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from core.csv_text import csv_of
from core.errors import DataError

if TYPE_CHECKING:
    from core.chem.molecule import Molecule
    from core.chem.topology import Topology
    from core.density.density import Density
    from core.model.predict import Prediction
    from core.model.trust import Trust
    from core.reference.record import Record

CUBE_LONGEST = 96


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
    from core.model.atom_table import atom_table

    atoms = atom_table(molecule, prediction.forces_hartree_per_bohr, topology, trust)
    density = density or prediction.density
    grid = UniformGrid.around(density.molecule, points_longest=CUBE_LONGEST).aligned()
    values = density_on_grid(density, grid)
    writers: dict[str, Callable[[Path], object]] = {
        "density.safetensors": lambda path: save_density(density, path),
        "forces.csv": lambda path: path.write_text(csv_of(atoms)),
        "density.cube": lambda path: write_cube(path, values, grid, molecule.title, molecule=density.molecule),
        "density.ccp4": lambda path: write_ccp4(path, values, grid),
    }
    if topology is not None and topology.atom_labels and trust is not None:
        residues = residues_csv(prediction, topology, trust)
        writers["residues.csv"] = lambda path: path.write_text(residues)
    return write_whole(directory, writers)


def write_reference(record: "Record", directory: Path) -> list[Path]:
    """record.h5 and forces.csv. Raises DataError."""
    from core.model.atom_table import atom_table
    from core.reference.record import write_records

    atoms = atom_table(record.molecule, record.forces_hartree_per_bohr)

    def write_h5(path: Path) -> None:
        path.unlink(missing_ok=True)
        write_records(path, [record])

    return write_whole(
        directory,
        {
            "record.h5": write_h5,
            "forces.csv": lambda path: path.write_text(csv_of(atoms)),
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
