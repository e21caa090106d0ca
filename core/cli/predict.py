"""`predict FILE`: density and Hellmann-Feynman forces of a structure by a trained model. `--batch DIR`: of a folder."""

import argparse
import math
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.bar import prediction_bar
from core.cli.output import forces_table, progress, report
from core.cli.preparing import add_options, choices_left, options_of, remedies_as_options, require_file, require_prepare
from core.errors import UsageError

if TYPE_CHECKING:
    from core.chem.molecule import Molecule
    from core.chem.prepare import Options
    from core.chem.subject import Subject
    from core.chem.topology import Topology
    from core.model.net_force import NetForce
    from core.model.predict import Prediction
    from core.model.trust import Trust


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE", type=Path, nargs="?", help="PDB, mmCIF, XYZ or SDF; with --prepare also an id: 1CRN"
    )
    parser.add_argument(
        "--prepare", action="store_true", help="first complete PDB or mmCIF files, or an entry, as `prepare` does"
    )
    parser.add_argument(
        "--add-ions", action="store_true", help="with --prepare and --out: add free ions to the files of the density"
    )
    parser.add_argument("--model", help="a shipped model, or a folder (default: the one that fits the structure)")
    parser.add_argument("--charge", type=int, help="total charge, in e (default: what the file states, or 0)")
    parser.add_argument(
        "--out",
        metavar="DIR",
        type=Path,
        help="write density.safetensors, density.cube and .ccp4, forces.csv, and residues.csv where it has residues",
    )
    parser.add_argument("--pqr", metavar="FILE", type=Path, help="write Hirshfeld charges and radii as a PQR file")
    parser.add_argument(
        "--radii", choices=["bondi", "mbondi2"], default="bondi", help="radii of the PQR file (default: bondi)"
    )
    parser.add_argument(
        "--batch", metavar="DIR", type=Path, help="all structures of this folder, and summary.csv; needs --out, resumes"
    )
    parser.add_argument("--workers", type=int, default=1, help="with --batch: local processes, one thread each")
    parser.add_argument("--scheduler", default="", metavar="tcp://HOST:PORT", help="with --batch: a Dask scheduler")
    add_options(parser, with_prepare=True)


def run(args: argparse.Namespace) -> int:
    require_prepare(args)
    if args.add_ions and (args.batch is not None or not args.prepare or args.out is None):
        raise UsageError(
            "--add-ions is for the files of one structure that is prepared.", "Give --prepare and --out DIR too."
        )
    if args.batch is not None:
        if args.pqr is not None:
            raise UsageError("--pqr is for one structure.", "Leave it out, or give a FILE instead of --batch.")
        from core.cli.batch import run as run_batch

        return run_batch(args)
    if args.file is None:
        raise UsageError("There is no structure to predict.", "Give a FILE or --batch DIR: see `predict --help`.")
    started = time.perf_counter()
    options = options_of(args, charge=args.charge) if args.prepare else None
    subject = subject_of(args.file, charge=args.charge, options=options)
    for entry in subject.report.to_confirm:
        progress(f"Please confirm: {entry.sentence}")
    for line in choices_left(subject.report.to_confirm):
        progress(line)
    molecule, ions = subject.molecule, subject.free_ions
    read_seconds = time.perf_counter() - started

    from core.model.choose import model_for
    from core.model.net_force import net_force
    from core.model.predict import predict
    from core.model.trust import assess, ligands_outside
    from core.settings import settings

    model = model_for(molecule, args.model)
    with prediction_bar(molecule, model) as tell:
        prediction = predict(molecule, model, device=settings().torch_device, progress=tell)
    trust = replace(assess(prediction, model, ions), names=subject.topology.atom_labels if subject.topology else ())
    if not trust.trusted:
        for sentence in (trust.verdict, *trust.reasons()):
            progress(f"Outside the model's domain: {sentence}")
    ligands = ligands_outside(trust, subject.topology) if options and subject.topology else ()
    if ligands:
        progress(f"To leave out what the model does not know: --drop {' '.join(ligands)}")
    payload = summary(molecule, prediction, read_seconds) | preparation_summary(subject)
    net = net_force(prediction, trust)
    payload["trust"] = trust_summary(trust, net)
    lines = [*_lines(molecule, payload, subject.topology), trust.expectation, net.sentence]
    if args.out is not None:
        from core.cli.files import write_prediction
        from core.density.free_ions import has_free_density, with_free_ions

        added = [ion for ion in ions if args.add_ions and has_free_density(ion)]
        left = [ion for ion in ions if args.add_ions and not has_free_density(ion)]
        for words, some in (("Added", added), ("Not added, of unknown density,", left)):
            lines += [f"{words} free ions: {', '.join(ion.residue.label for ion in some)}"] if some else []
        density = with_free_ions(prediction.density, added)
        written = write_prediction(molecule, prediction, args.out, density, subject.topology, trust)
        lines += [f"Wrote {path}" for path in written]
    if args.pqr is not None:
        from core.density.pqr import write_pqr

        write_pqr(args.pqr, prediction.density, subject.topology, radius_set=args.radii)
        lines.append(f"Wrote {args.pqr}")
    report(payload, lines, as_json=args.json)
    return 0


def subject_of(file: Path, *, charge: int | None, options: "Options | None" = None) -> "Subject":
    """The molecule, who its atoms are and what is beside it; as the file has it, or prepared as `options` say, where
    there are any. Raises RhoscopeError."""
    from core.chem.subject import Subject, from_file_or_identifier

    if options is not None:
        with remedies_as_options():
            return from_file_or_identifier(str(file), options)
    from core.chem.file_names import names_in_file
    from core.chem.read import read_structure

    require_file(file, with_prepare=True)
    return Subject(read_structure(file, charge=charge), names_in_file(file))


def preparation_summary(subject: "Subject") -> dict[str, Any]:
    """What `--json` prints of a preparation, to be confirmed and besides; nothing where there was none."""
    if not subject.report.entries:
        return {}
    return {"to_confirm": [entry.sentence for entry in subject.report.to_confirm], "report": subject.report.to_dict()}


def summary(molecule: "Molecule", prediction: "Prediction", read_seconds: float) -> dict[str, Any]:
    """What `--json` prints; forces (n_atoms, 3) in meV/angstrom, seconds per step."""
    from core.density.moments import electrons
    from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM

    forces = prediction.forces_hartree_per_bohr * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    return {
        "atoms": len(molecule),
        "charge": molecule.charge,
        "electrons": electrons(prediction.density),
        "model": prediction.model_name,
        "forces_mev_per_angstrom": forces,
        "net_force_taken_off_mev_per_angstrom": prediction.net_force_taken_off_mev_per_angstrom,
        "seconds": {"read": read_seconds} | prediction.seconds,
    }


def trust_summary(trust: "Trust", net: "NetForce") -> dict[str, Any]:
    """Whether and how far to trust a prediction, meV/angstrom: of the whole, and of each atom (n_atoms,)."""
    found = trust.summary
    return {
        "inside_domain": trust.trusted,
        "verdict": trust.verdict,
        "reasons": trust.reasons(),
        "expected_force_error_mev_per_angstrom": None
        if found is None
        else {"median": found.median_mev_per_angstrom, "worst": found.worst_mev_per_angstrom, "atom": found.worst_atom},
        "atoms": {
            "expected_force_error_mev_per_angstrom": trust.expected_mev_per_angstrom,
            "upper_force_error_mev_per_angstrom": trust.upper_mev_per_angstrom,
            "outside_domain": trust.flagged,
        },
        "net_force_of_independent_errors_mev_per_angstrom": net.expected if math.isfinite(net.expected) else None,
        "errors_share_a_direction": net.errors_share_a_direction if math.isfinite(net.expected) else None,
    }


def _lines(molecule: "Molecule", payload: dict[str, Any], topology: "Topology | None") -> list[str]:
    from core.chem.validate import signed

    net = " ".join(f"{value:.2f}" for value in payload["net_force_taken_off_mev_per_angstrom"])
    seconds = ", ".join(f"{step} {value:.2f} s" for step, value in payload["seconds"].items())
    return [
        f"{molecule.title}: {payload['atoms']} atoms, charge {signed(payload['charge'])}, "
        f"{payload['electrons']:.6f} electrons, model {payload['model']}",
        f"Net force taken off {net} meV/angstrom; {seconds}",
        *forces_table(molecule.symbols, payload["forces_mev_per_angstrom"], topology.atom_labels if topology else ()),
    ]
