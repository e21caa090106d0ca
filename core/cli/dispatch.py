"""From words on the command line to a subcommand, and from typed errors to a sentence and an exit code.

Exit codes: 0 done, 1 a defect of ours, 2 something the person can mend (message and remedy are given), 130 stopped.
With `--json`, stdout holds one JSON document and nothing else, also for errors: {"error": ..., "remedy": ...}.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import NoReturn

from core.cli.output import print_error
from core.errors import RhoscopeError, UsageError

COMMANDS = {
    "prepare": "complete a protein, nucleic acid or ligand: missing atoms, hydrogens, charge, with a report",
    "predict": "electron density and Hellmann-Feynman forces of a structure, by a trained model",
    "reference": "DFT calculation of a structure: energy and analytic forces",
    "compare": "prediction against a DFT calculation of the same structure",
    "evaluate": "errors of a model on a set of structures or records",
    "trust": "calibrate the expected force errors of a model",
    "bench": "speed and memory, side by side with other programs",
    "train": "train a model from a configuration file",
    "generate": "make reference data: sample structures and calculate them",
    "basis": "auxiliary basis: the ladder of force errors, and the floors per element",
}


class _Parser(argparse.ArgumentParser):
    """Raises UsageError in place of printing and leaving, so that `--json` holds for usage errors too."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}.", f"`{self.prog} --help` shows what it takes.")


def build_parser(command: str | None = None) -> argparse.ArgumentParser:
    """The parser with all subcommands named, and the arguments of `command` only (its module is imported)."""
    parser = _Parser(prog="python -m core", description="Electron densities and forces from an equivariant network.")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        sub = subparsers.add_parser(name, help=summary, description=summary[:1].upper() + summary[1:] + ".")
        if name == command:
            importlib.import_module(f"core.cli.{name}").add_arguments(sub)
        sub.add_argument("--json", action="store_true", help="JSON on stdout and nothing else there")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line; returns the exit code (argparse itself exits with 0 for --help)."""
    words = list(sys.argv[1:] if argv is None else argv)
    command = next((word for word in words if not word.startswith("-")), None)
    as_json = "--json" in words
    try:
        from core import logs
        from core.settings import settings

        logs.configure()
        args = build_parser(command).parse_args(words)
        settings().apply_threads()
        return int(importlib.import_module(f"core.cli.{command}").run(args) or 0)
    except RhoscopeError as error:
        print_error(error.message, error.remedy, as_json=as_json)
        return 2
    except KeyboardInterrupt:
        print_error("Stopped.", "Run the same command again to start over or resume.", as_json=as_json)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except Exception as error:
        from core.logs import get_logger

        get_logger(__name__).exception("unexpected error", command=command)
        print_error(
            f"Unexpected error: {type(error).__name__}: {error}.",
            "This is a defect of Rhoscope: please report it with the trace above.",
            as_json=as_json,
        )
        return 1
