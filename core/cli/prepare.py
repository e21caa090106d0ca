"""`prepare FILE_OR_ID`: a structure as people have it, made complete, with a report of everything that was done."""

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.output import report
from core.cli.preparing import add_options, choices_left, options_of, remedies_as_options

if TYPE_CHECKING:
    from core.chem.fetch import Fetched
    from core.chem.prepare import Prepared


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source", metavar="FILE_OR_ID", help="PDB or mmCIF file, or an id: 1CRN, P69905 (AlphaFold DB), pubchem:aspirin"
    )
    add_options(parser)
    parser.add_argument("--charge", type=int, help="total charge, in e (default: derived)")
    parser.add_argument("--refresh", action="store_true", help="fetch an id again, though the cache has it")
    parser.add_argument(
        "--out", metavar="FILE", type=Path, help="write FILE (.cif, .pdb or .xyz), and beside it .xyz with the charge"
    )


def run(args: argparse.Namespace) -> int:
    from core.chem.prepare import prepare

    options = options_of(args, charge=args.charge)
    started = time.perf_counter()
    path, fetched = _source(args)
    read_seconds = time.perf_counter() - started
    started = time.perf_counter()
    with remedies_as_options():
        if fetched is None:
            prepared = prepare(path, options=options)
        else:
            prepared = prepare(fetched.content, fetched.filename, options)
    seconds = {"fetch": read_seconds, "prepare": time.perf_counter() - started}
    payload = summary(prepared, fetched) | {"seconds": seconds}
    lines = _lines(prepared, fetched, seconds)
    if args.out is not None:
        files = _write(prepared, args.out)
        payload["files"] = files
        lines += [f"Wrote {file}" for file in files]
    report(payload, lines, as_json=args.json)
    return 0


def _source(args: argparse.Namespace) -> "tuple[Path, Fetched | None]":
    """A file where there is one of this name, else an id."""
    from core.chem.fetch import fetch
    from core.chem.subject import is_file

    path = Path(args.source)
    return path, None if is_file(args.source) else fetch(args.source, refresh=args.refresh)


def _write(prepared: "Prepared", path: Path) -> list[Path]:
    from core.chem.prepare.write import write_prepared

    return [write_prepared(prepared, one) for one in dict.fromkeys((path, path.with_suffix(".xyz")))]


def summary(prepared: "Prepared", fetched: "Fetched | None") -> dict[str, Any]:
    """What `--json` prints; charges in e, positions of free ions in angstrom."""
    molecule = prepared.molecule
    origin = None
    if fetched is not None:
        origin = {
            "id": fetched.identifier.label, "url": fetched.url, "sha256": fetched.sha256,
            "fetched_at": fetched.fetched_at, "from_cache": fetched.from_cache,
        }  # fmt: skip
    return {
        "title": molecule.title,
        "atoms": len(molecule),
        "residues": len(prepared.topology.residues),
        "charge": molecule.charge,
        "electrons": molecule.electrons,
        "free_ions": [
            {
                "residue": ion.residue.label, "atomic_number": ion.atomic_number, "charge": ion.charge,
                "position_angstrom": ion.position_angstrom,
            }
            for ion in prepared.free_ions
        ],
        "to_confirm": [entry.sentence for entry in prepared.report.to_confirm],
        "report": prepared.report.to_dict(),
        "origin": origin,
    }  # fmt: skip


def _lines(prepared: "Prepared", fetched: "Fetched | None", seconds: dict[str, float]) -> list[str]:
    from core.chem.validate import signed

    molecule = prepared.molecule
    lines = [
        f"{molecule.title}: {len(molecule)} atoms in {len(prepared.topology.residues)} residues, "
        f"charge {signed(molecule.charge)}, {molecule.electrons} electrons"
    ]
    if fetched is not None:
        where = "the cache" if fetched.from_cache else fetched.url
        lines.append(f"{fetched.identifier.label} from {where}, fetched {fetched.fetched_at}")
    lines += [f"  {entry.step:<17} {entry.sentence}" for entry in prepared.report.entries]
    lines += [f"Please confirm: {entry.sentence}" for entry in prepared.report.to_confirm]
    lines += choices_left(prepared.report.to_confirm)
    return [*lines, ", ".join(f"{step} {value:.2f} s" for step, value in seconds.items())]
