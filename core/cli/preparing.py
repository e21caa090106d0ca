"""The choices of the preparation as arguments: one set of them for `prepare`, `predict --prepare` and its batches."""

import argparse
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import StructureError, UnsupportedElementError, UsageError

if TYPE_CHECKING:
    from core.chem.prepare import Entry, Options

_STEPS = ("selenomethionine", "missing_atoms", "caps", "disulfides")
# Words of --drop that are no residue's name.
_KINDS = ("ions", "unsupported")
# Steps of the report whose sentences leave a choice open -> how it is made.
_CHOICE_OF_STEP = {"hydrogens": "--hydrogens keep, or --hydrogens rebuild"}


def add_options(parser: argparse.ArgumentParser, *, with_prepare: bool = False) -> None:
    """with_prepare: the command prepares on request only, and its --model is another."""
    group = parser.add_argument_group("with --prepare" if with_prepare else "what to choose")
    model = ("--file-model",) if with_prepare else ("--file-model", "--model")
    add = group.add_argument
    add("--ph", type=float, help="pH of the protonation (default: 7)")
    add(
        "--hydrogens",
        choices=["auto", "keep", "rebuild"],
        help="keep and complete those of the file, place all anew, or keep them where it has them (auto, the default)",
    )
    add("--keep", choices=["hydrogens"], nargs="+", help="as --hydrogens keep")
    add("--waters", metavar="ANGSTROM", type=float, help="keep waters this near to the rest (default: none)")
    add(*model, metavar="NUMBER", type=int, help="number of the model in the file (default: 1)")
    add("--assembly", help="biological assembly to build (default: the atoms of the file)")
    add("--chains", nargs="+", metavar="CHAIN", help="chains to keep (default: all)")
    add(
        "--drop",
        nargs="+",
        metavar="NAME",
        help="residues to leave out by name; also `ions`, and `unsupported` for atoms of unsupported elements",
    )
    add("--without", nargs="+", choices=_STEPS, help="steps to switch off")
    add("--protonation", choices=["pdb2pqr", "rules"], help="PROPKA and PDB2PQR (default), or model pKa")
    add("--flips", action="store_true", default=None, help="let Asn, Gln and His side chains be turned")
    add("--ligand", nargs="+", metavar="NAME=SMILES", help="what a residue is that no dictionary knows")


def options_of(args: argparse.Namespace, **others: Any) -> "Options":
    """The choices as typed, all else as the preparation has it; `others` are fields of Options.

    Raises UsageError for words that contradict each other, PreparationError for values that make no sense.
    """
    from core.chem.prepare import Options

    if args.keep and args.hydrogens not in (None, "keep"):
        raise UsageError(
            f"--keep hydrogens and --hydrogens {args.hydrogens} contradict each other.", "Give one of the two."
        )
    drop = args.drop or ()
    given = {
        "ph": args.ph,
        "hydrogens": "keep" if args.keep else args.hydrogens,
        "waters_angstrom": args.waters,
        "model": args.file_model,
        "assembly": args.assembly,
        "chains": args.chains and tuple(args.chains),
        "drop": tuple(name for name in drop if name not in _KINDS),
        "ions": "drop" if "ions" in drop else None,
        "unsupported": "drop" if "unsupported" in drop else None,
        "protonation": args.protonation,
        "flips": args.flips,
        "ligands": args.ligand and tuple(_ligand(text) for text in args.ligand),
    }
    given |= dict.fromkeys(args.without or (), False)
    return Options(**{name: value for name, value in given.items() if value is not None}, **others)


@contextmanager
def remedies_as_options() -> Iterator[None]:
    """What is raised within says how its remedy is typed."""
    try:
        yield
    except StructureError as error:
        if typed := _typed_remedies(error):
            error.remedy = f"{error.remedy} Type {', or '.join(typed)}."
        raise


def _typed_remedies(error: StructureError) -> list[str]:
    ligands = " ".join(f"{shlex.quote(name)}=SMILES" for name in error.smiles)
    names = " ".join(map(shlex.quote, error.without))
    typed = [f"--ligand {ligands}"] if ligands else []
    typed += [f"--drop {names}"] if names else []
    return [*typed, "--drop unsupported"] if names and isinstance(error, UnsupportedElementError) else typed


def choices_left(entries: "tuple[Entry, ...]") -> list[str]:
    """What is typed to have it otherwise, where sentences among `entries` speak of a choice."""
    steps = dict.fromkeys(entry.step for entry in entries)
    return [f"To choose otherwise: {_CHOICE_OF_STEP[step]}." for step in steps if step in _CHOICE_OF_STEP]


def require_prepare(args: argparse.Namespace) -> None:
    """Raises UsageError for choices of a preparation that was not asked for."""
    names = (
        "ph", "hydrogens", "keep", "waters", "file_model", "assembly", "chains", "drop", "without", "protonation",
        "flips", "ligand",
    )  # fmt: skip
    given = [f"--{name.replace('_', '-')}" for name in names if getattr(args, name) is not None]
    if given and not args.prepare:
        raise UsageError(
            f"For a structure that is to be prepared only: {', '.join(given)}.",
            "Add --prepare, or leave that out.",
        )


def require_file(path: Path, *, with_prepare: bool = False) -> None:
    """Raises UsageError where an id stands in the place of a file, StructureError where nothing of that name is known.
    with_prepare: whether the command has --prepare, which takes ids."""
    if path.exists():
        return
    from core.chem.subject import is_file

    if not is_file(str(path)):
        raise UsageError(
            f"There is no file {path}.",
            f"For the entry of that id add --prepare: `predict {path} --prepare`."
            if with_prepare
            else f"For the entry of that id first write its file: `prepare {path} --out FILE.xyz`.",
        )


def _ligand(text: str) -> tuple[str, str]:
    name, equals, smiles = text.partition("=")
    if not (name and equals and smiles):
        raise UsageError(f"{text[:60]!r} is not NAME=SMILES.", "Write for instance --ligand LIG=CCO.")
    return name, smiles
