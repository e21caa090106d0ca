"""`generate water`, `generate fragments`, `generate cutouts`: sample structures and calculate them. `generate again`:
calculate the structures of records at another level. `generate import`: records from elsewhere into shards.
`generate results`: DFT of published structures. `generate summary`: what files of records hold."""

import argparse
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.output import report
from core.errors import UsageError

if TYPE_CHECKING:
    from core.chem.molecule import Molecule
    from core.data.generator import Tally
    from core.data.stream import Stream

PROGRESS_SECONDS = {True: 1.0, False: 60.0}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    water = actions.add_parser("water", help="thermal water clusters, with their DFT", description=__doc__)
    water.add_argument("--sizes", default="", metavar="N[:WEIGHT],...", help="molecules a cluster, e.g. 12,16,20")
    fragments = actions.add_parser(
        "fragments", help="pieces of proteins, nucleic acids and sugars, alone and in contact, with their DFT"
    )
    fragments.add_argument(
        "--mixture", default="default", metavar="NAME",
        help="default, bases (nucleobases, most stacked or paired), charged or heavy (led by a piece that is charged, "
        "or has phosphorus or sulfur), ends (what is left where a chain is closed with hydrogen), residues (led by "
        "a capped residue) or acids (by one, or an end of a chain, that is an anion)",
    )  # fmt: skip
    cutouts = actions.add_parser("cutouts", help="fragments cut out of solvated peptides and DNA, with their DFT")
    cutouts.add_argument("--atoms", default="8:30", metavar="MIN:MAX", help="atoms of a cut-out (default 8:30)")
    cutouts.add_argument("--kind", choices=["peptide", "DNA"], help="cut out of this kind alone (default: both)")
    cutouts.add_argument("--cuts", type=int, help="cut-outs of one system: more for --choose-by (default 8)")
    cutouts.add_argument(
        "--around",
        choices=["C", "N", "O", "P", "S"],
        help="cut around atoms of this element alone (default: any heavy)",
    )
    again = actions.add_parser("again", help="structures of records once more, at another level of theory")
    again.add_argument("files", type=Path, nargs="+", metavar="FILE", help="files of records, or folders of them")
    for stream in (water, fragments, cutouts, again):
        _add_run_arguments(stream)
    for stream in (water, fragments, cutouts):
        stream.add_argument("--seed", type=int, default=1, help="which stream: 1 trains, 2 is held out (default 1)")
    for stream in (fragments, cutouts):
        stream.add_argument(
            "--choose-by",
            default="",
            metavar="MODEL",
            help="calculate only what this model expects to know least; give it a folder of its own",
        )
        stream.add_argument("--pool", type=int, default=4, help="with --choose-by: one of so many is kept (default 4)")
    bring = actions.add_parser("import", help="bring in records from other files")
    bring.add_argument("files", type=Path, nargs="+", metavar="FILE", help="HDF5 files of records, or folders of them")
    bring.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of shards")
    bring.add_argument("--prefix", default="shard", help="first part of the names of the shards (default shard)")
    bring.add_argument("--match", default="", metavar="TEXT", help="only records whose identity begins so")
    results = actions.add_parser("results", help="DFT of published structures, kept without their geometries")
    results.add_argument("files", type=Path, nargs="+", metavar="FILE", help="XYZ files of one or more frames")
    results.add_argument("--out", type=Path, required=True, metavar="FILE", help="new HDF5 file of results")
    results.add_argument("--hours", type=float, default=1.0, help="start no calculation after so long (default 1)")
    summary = actions.add_parser("summary", help="counts by size, origin and level")
    summary.add_argument("files", type=Path, nargs="+", metavar="FILE", help="files of records, or folders of them")
    for action in (water, fragments, cutouts, again, bring, results, summary):
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="JSON on stdout only")


def _add_run_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--hours", type=float, default=1.0, help="start no calculation after so long (default 1)")
    parser.add_argument("--workers", type=int, default=1, help="local processes, one thread each (default 1)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of shards; resumed where it is")
    parser.add_argument(
        "--level", choices=["reference", "cheap"], default="reference",
        help="of theory: cheap is PBE/pcseg-1, for pretraining (default: reference)",
    )  # fmt: skip
    parser.add_argument("--limit", type=int, help="stop after so many new records")
    parser.add_argument("--scheduler", default="", metavar="tcp://HOST:PORT", help="a Dask scheduler of your own")


def run(args: argparse.Namespace) -> int:
    actions = {
        "water": _water, "fragments": _fragments, "cutouts": _cutouts, "again": _again, "import": _import,
        "results": _results, "summary": _summary,
    }  # fmt: skip
    return actions[args.action](args)


def parse_sizes(text: str) -> dict[int, float]:
    """`12,16,20` or `1:4,2:12` to {molecules: weight}. Raises UsageError."""
    sizes: dict[int, float] = {}
    for part in text.split(","):
        count, _, weight = part.partition(":")
        try:
            sizes[int(count)] = float(weight or 1)
        except ValueError as error:
            raise UsageError(f"--sizes {text!r} cannot be read.", "Write 12,16,20 or 1:4,2:12.") from error
    return sizes


def parse_bounds(text: str) -> tuple[int, int]:
    """`8:30` to (8, 30). Raises UsageError."""
    low, _, high = text.partition(":")
    try:
        return int(low), int(high)
    except ValueError as error:
        raise UsageError(f"--atoms {text!r} cannot be read.", "Write least and most: 8:30.") from error


def _water(args: argparse.Namespace) -> int:
    from core.data.water import DEFAULT_SIZES, WaterStream

    return _generate(args, WaterStream(args.seed, parse_sizes(args.sizes) if args.sizes else dict(DEFAULT_SIZES)))


def _fragments(args: argparse.Namespace) -> int:
    from core.data.fragments import FragmentStream

    return _generate(args, _chosen(args, FragmentStream(args.seed, args.mixture)))


def _cutouts(args: argparse.Namespace) -> int:
    from core.chem.elements import atomic_number
    from core.data.cutouts.stream import CutoutStream

    element = atomic_number(args.around) if args.around else None
    stream = CutoutStream(args.seed, parse_bounds(args.atoms), args.kind, args.cuts, element)
    return _generate(args, _chosen(args, stream))


def _again(args: argparse.Namespace) -> int:
    from core.data.again import AgainStream
    from core.data.dataset import record_files

    return _generate(args, AgainStream(tuple(record_files(args.files))))


def _chosen(args: argparse.Namespace, stream: "Stream") -> "Stream":
    if not args.choose_by:
        return stream
    from core.data.uncertain import UncertainStream

    return UncertainStream(stream, args.choose_by, args.pool)


def _generate(args: argparse.Namespace, stream: "Stream") -> int:
    from core.data.cluster import connected
    from core.data.generator import Generator, Plan
    from core.data.shards import ShardFolder
    from core.reference.level import LEVELS

    if args.hours <= 0 or args.workers < 1:
        raise UsageError("--hours and --workers must be above zero.", "For example --hours 1 --workers 2.")
    if args.limit is not None and args.limit < 1:
        raise UsageError("--limit must be above zero.", "Leave it out to stop by --hours only.")
    plan = Plan(stream, seconds=3600 * args.hours, limit=args.limit, level=LEVELS[args.level])
    folder = ShardFolder(args.out)
    found = len(folder)
    show = _Progress(folder_size=lambda: len(folder))
    try:
        with connected(args.scheduler, args.workers, args.out / ".scratch") as client:
            generator = Generator(plan, folder, client)
            stops: list[int] = []

            def on_signal(number: int, _: object) -> None:
                stops.append(number)
                generator.stop()

            for name in (signal.SIGINT, signal.SIGTERM):
                signal.signal(name, on_signal)
            tally = generator.run(show)
    finally:
        folder.close()
    shards = [str(path) for path in folder.shards()]
    payload = {
        "new": tally.made, "found": found, "records": len(folder), "rejected": tally.rejected,
        "duplicates": tally.duplicates, "seconds": round(tally.seconds, 1), "stopped": bool(stops), "shards": shards,
    }  # fmt: skip
    words = "Stopped. " if stops else ""
    report(
        payload,
        [f"{words}{tally.made} new records, {len(folder)} in {len(shards)} shards in {args.out}."],
        as_json=args.json,
    )
    return 0


class _Progress:
    """One line on stderr, rewritten on a terminal, else once a minute."""

    def __init__(self, folder_size: Callable[[], int]) -> None:
        self._size = folder_size
        self._last = 0.0
        self._made = -1
        self._terminal = sys.stderr.isatty()

    def __call__(self, tally: "Tally") -> None:
        now = time.monotonic()
        due = now - self._last >= PROGRESS_SECONDS[self._terminal]
        if not due and (self._terminal or tally.made == self._made):
            return
        self._last, self._made = now, tally.made
        line = tally.line(self._size())
        print(
            f"\r\x1b[K{line}" if self._terminal else line,
            end="" if self._terminal else "\n",
            file=sys.stderr,
            flush=True,
        )


def _import(args: argparse.Namespace) -> int:
    from core.data.importer import import_records

    done = import_records(args.files, args.out, prefix=args.prefix, match=args.match)
    report(
        {"imported": done.imported, "duplicates": done.duplicates, "refused": done.refused,
         "shards": [str(path) for path in done.shards]},
        [f"{done.imported} records imported, {done.duplicates} duplicates left out.", *done.refused],
        as_json=args.json,
    )  # fmt: skip
    return 0


def _results(args: argparse.Namespace) -> int:
    from core.train.published import calculate_published

    def say(molecule: "Molecule") -> None:
        print(f"calculating {molecule.title or 'a structure'}, {len(molecule)} atoms", file=sys.stderr, flush=True)

    done = calculate_published(args.files, args.out, seconds=3600 * args.hours, on_calculation=say)
    lines = [f"{done.written} results written, {done.left} structures left.", *done.failed]
    report({"new": done.written, "left": done.left, "failed": done.failed}, lines, as_json=args.json)
    return 0


def _summary(args: argparse.Namespace) -> int:
    from core.data.dataset import load_dataset, summarise

    summary = summarise(load_dataset(args.files))
    lines = [f"{summary['records']} records, {summary['atoms']} atoms"]
    for key in ("formulas", "origins", "levels"):
        lines += [f"{key}:", *(f"  {count:6d}  {name}" for name, count in summary[key].items())]
    report(summary, lines, as_json=args.json)
    return 0
