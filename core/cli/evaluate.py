"""`evaluate MODEL --set FILE`: errors of a model on records (.h5) or structures (.xyz, calculated where unknown)."""

import argparse
import sys
from pathlib import Path

from core.cli.output import report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="name of a shipped model, or a folder")
    parser.add_argument(
        "--set", dest="path", type=Path, required=True, metavar="FILE", help="records .h5 or frames .xyz"
    )
    parser.add_argument(
        "--known-only", action="store_true", help="leave out structures whose DFT is not there, instead of doing it"
    )
    parser.add_argument(
        "--atoms-per-unit", type=int, default=3, help="for the sizes of the summary (3: molecules of water, 1: atoms)"
    )
    parser.add_argument(
        "--worst",
        type=int,
        default=0,
        metavar="N",
        help="tell the N kinds of atoms, and the N atoms, that are farthest off",
    )
    parser.add_argument(
        "--card-as", metavar="NAME", help="write the summary into the model's card under this name, and render the card"
    )


def run(args: argparse.Namespace) -> int:
    from core.model.checkpoint import load_model
    from core.train.by_environment import by_environment, worst_atoms
    from core.train.evaluate import evaluate, records_of_set, summarise_errors

    model = load_model(args.model)
    errors = []

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    records = records_of_set(
        args.path,
        on_calculation=lambda m: say(f"calculating {m.title or 'a structure'} ..."),
        calculate_missing=not args.known_only,
    )
    for entry in evaluate(model, records):
        errors.append(entry)
        c = entry.comparison
        say(
            f"{entry.name:<28} {entry.atoms:>4} atoms  eps_KS {c.eps_ks:.3f} % (floor {c.eps_floor:.3f}, "
            f"free atoms {c.eps_sad:.1f})  force MAE {c.force_mae_mev_per_angstrom:.1f} meV/A"
        )
    summary = summarise_errors(errors, args.atoms_per_unit)
    if args.card_as:
        from core.train.card import add_metrics

        add_metrics(args.model, args.card_as, summary)
    of_atoms = [entry.of_atoms for entry in errors]
    payload = {
        "model": model.name,
        "set": args.path.name,
        "structures": [e.to_json() for e in errors],
        "means": summary,
        "by_environment": by_environment(of_atoms),
        "worst_atoms": worst_atoms(of_atoms, max(0, args.worst)),
    }
    lines = [
        f"{n:>4} units: {row['structures']:>3} structures, eps {row['eps_ks']:.3f} % (floor {row['eps_floor']:.3f}), "
        f"force MAE {row['force_mae_mev_per_angstrom']:.1f} meV/A, largest {row['force_max_mev_per_angstrom']:.0f}"
        for n, row in summary["by_size"].items()
    ]
    total = (
        f"mean of {summary['structures']}: eps_KS {summary['eps_ks']:.3f} %, floor {summary['eps_floor']:.3f} %, "
        f"free atoms {summary['eps_sad']:.2f} %, force MAE {summary['force_mae_mev_per_angstrom']:.1f} meV/A, "
        f"dipole {summary['dipole_error_md']:.1f} mD, equivariance {summary['equivariance_residual']:.1e}"
    )
    report(payload, [*lines, total, *_worst_lines(payload, args.worst)], as_json=args.json)
    return 0


def _worst_lines(payload: dict, most: int) -> list[str]:
    """Kinds of atoms and atoms that are farthest off, in words; nothing where none were asked for."""
    if most < 1:
        return []
    kinds = [
        f"  {environment:<16} {row['atoms']:>4} atoms, {row['structures']:>3} structures: "
        f"{row['force_error_mev_per_angstrom']:.0f}, largest {row['largest_mev_per_angstrom']:.0f}"
        for environment, row in list(payload["by_environment"].items())[:most]
    ]
    atoms = [
        f"  {row['structure']:<28} atom {row['atom']:>3}  {row['environment']:<16} "
        f"{row['force_error_mev_per_angstrom']:.0f}"
        for row in payload["worst_atoms"]
    ]
    return [
        "Kinds of atoms (element: bonded to), mean length of the error of the force, meV/A:",
        *kinds,
        "Atoms that are farthest off, meV/A:",
        *atoms,
    ]
