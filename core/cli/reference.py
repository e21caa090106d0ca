"""`reference FILE`: energy and analytic forces of a structure by DFT, at the level the models are trained on."""

import argparse
from pathlib import Path

from core.cli.calculation import stored_or_calculated
from core.cli.output import forces_table, report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="PDB, mmCIF, XYZ or SDF")
    parser.add_argument("--charge", type=int, help="total charge, in e (default: what the file states, or 0)")
    parser.add_argument("--out", metavar="DIR", type=Path, help="write record.h5 (orbitals and all) and forces.csv")


def run(args: argparse.Namespace) -> int:
    from core.chem.read import read_structure

    molecule = read_structure(args.file, charge=args.charge)
    record, seconds = stored_or_calculated(molecule)
    forces = record.forces_mev_per_angstrom
    payload = {"energy_hartree": record.energy_hartree, "forces_mev_per_angstrom": forces, "seconds": seconds}
    lines = [
        f"{molecule.title}: {record.level.label}, {record.energy_hartree:.8f} hartree, {seconds:.1f} s",
        *forces_table(molecule.symbols, forces),
    ]
    if args.out is not None:
        from core.cli.files import write_reference

        lines += [f"Wrote {path}" for path in write_reference(record, args.out)]
    report(payload, lines, as_json=args.json)
    return 0
