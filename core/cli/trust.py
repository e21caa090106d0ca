"""`trust MODEL --fit NAME=FILE ... --set NAME=FILE ...`: calibrate the expected force errors of a model.

Writes trust.safetensors beside the weights, and the sections `trust` and `domain` of the card.
"""

import argparse
from pathlib import Path

from core.cli.output import progress, report
from core.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="name of a shipped model, or a folder")
    parser.add_argument(
        "--fit",
        action="append",
        required=True,
        metavar="NAME=FILE",
        help="held-out records to fit on; reported by halves, each from a fit to the other (may be repeated)",
    )
    parser.add_argument(
        "--set",
        dest="test",
        action="append",
        default=[],
        metavar="NAME=FILE",
        help="records .h5, or frames .xyz, to test on only (may be repeated)",
    )
    parser.add_argument("--known-only", action="store_true", help="leave out frames whose DFT is not there")
    parser.add_argument(
        "--train",
        action="append",
        default=[],
        metavar="PATH",
        help="records that the model was trained on (default: those its card names, relative to its folder)",
    )


def named_paths(words: list[str]) -> dict[str, Path]:
    """{"heldout": Path("a.h5")} of ["heldout=a.h5"]. Raises UsageError."""
    found = {}
    for word in words:
        name, equals, path = word.partition("=")
        if not (name and equals and path) or name in found:
            raise UsageError(f"{word!r} is not NAME=FILE with a name of its own.", "For instance `heldout=a.h5`.")
        found[name] = Path(path)
    return found


def run(args: argparse.Namespace) -> int:
    fit, test = named_paths(args.fit), named_paths(args.test)
    if set(fit) & set(test):
        raise UsageError("A name is given twice.", "Give every set a name of its own.")

    from core.model.checkpoint import load_model, model_folder, weights_hash
    from core.model.domain import describe_domain
    from core.model.trust_file import save_trust
    from core.train.card import add_trust, update_card
    from core.train.trust import calibrate, learned_beside, training_molecules

    model, folder = load_model(args.model), model_folder(args.model)
    training = training_molecules(model, folder, args.train)
    reference, payload = calibrate(model, training, fit, test, known_only=args.known_only, progress=progress)
    path = save_trust(folder, reference, weights_hash(args.model))
    update_card(args.model, "domain", describe_domain(record.molecule for record in training))
    if not args.train and (beside := learned_beside(model, folder)):
        update_card(args.model, "second_level_of_all_stages", beside)
    add_trust(args.model, payload)
    lines = [_line(name, row) for name, row in (payload["sets"] | {"all": payload["all"]}).items()]
    report(payload, [*lines, f"Written to {path} and the card."], as_json=args.json)
    return 0


def _line(name: str, row: dict) -> str:
    correlation = row["rank_correlation"]
    within = ", ".join(f"{element} {_number(value)}" for element, value in correlation["within"].items())
    return (
        f"{name:<14} {row['structures']:>4} structures {row['atoms']:>6} atoms  rank correlation "
        f"{_number(correlation['all'])} (element alone {_number(correlation['element_alone'])}; within {within})"
    )


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
