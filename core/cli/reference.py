"""`reference FILE`: energy and analytic forces of a structure by DFT, at the level the models are trained on."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.calculation import stored_or_calculated
from core.cli.output import forces_table, report
from core.cli.preparing import require_file

if TYPE_CHECKING:
    from core.reference.record import Record


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="PDB, mmCIF, XYZ or SDF")
    parser.add_argument("--charge", type=int, help="total charge, in e (default: what the file states, or 0)")
    parser.add_argument(
        "--from-prediction",
        action="store_true",
        help="begin the SCF with the predicted density, and say what that alone gives and how many cycles it spares",
    )
    parser.add_argument("--out", metavar="DIR", type=Path, help="write record.h5 (orbitals and all) and forces.csv")


def _one_shot_lines(record: "Record") -> list[str]:
    notes = record.provenance
    shot = notes.get("one_shot")
    if not shot:
        return []
    lines = [
        f"  {name:<24} {shot[key]:14.6f} from the prediction alone, {converged:14.6f} converged, hartree"
        for name, key, converged in (
            ("energy", "energy_hartree", record.energy_hartree),
            ("HOMO", "homo_hartree", notes["homo_hartree"]),
            ("LUMO", "lumo_hartree", notes["lumo_hartree"]),
        )
    ]
    if "default_coarse_cycles" in notes:
        lines.append(
            f"  SCF cycles on the coarse grid: {notes['coarse_cycles']} from the prediction, "
            f"{notes['default_coarse_cycles']} from PySCF's own guess"
        )
    return lines


def run(args: argparse.Namespace) -> int:
    from core.chem.read import read_structure

    require_file(args.file)
    molecule = read_structure(args.file, charge=args.charge)
    start = None
    if args.from_prediction:
        from core.model.choose import model_for
        from core.model.predict import predict_density

        start = predict_density(molecule, model_for(molecule, None))
    record, seconds = stored_or_calculated(molecule, start=start, count_default=start is not None)
    forces = record.forces_mev_per_angstrom
    payload = {"energy_hartree": record.energy_hartree, "forces_mev_per_angstrom": forces, "seconds": seconds}
    lines = [
        f"{molecule.title}: {record.level.label}, {record.energy_hartree:.8f} hartree, {seconds:.1f} s",
        *_one_shot_lines(record),
        *forces_table(molecule.symbols, forces),
    ]
    if "one_shot" in record.provenance:
        keys = ("one_shot", "coarse_cycles", "default_coarse_cycles", "scf_cycles", "homo_hartree", "lumo_hartree")
        payload |= {key: record.provenance[key] for key in keys if key in record.provenance}
    if args.out is not None:
        from core.cli.files import write_reference

        lines += [f"Wrote {path}" for path in write_reference(record, args.out)]
    report(payload, lines, as_json=args.json)
    return 0
