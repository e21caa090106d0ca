"""`bench`: speed and memory, ours beside other programs in one run."""

import argparse
import json
from pathlib import Path
from typing import Any

from core.cli.output import progress, report

# Load average for each core, before the bench, from which its figures are called uncertain.
BUSY = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", metavar="NAME", action="append", default=[], help="this item (may be repeated)")
    parser.add_argument("--quick", action="store_true", help="smaller cases: shows that it runs, judges no bar")
    parser.add_argument("--save", type=Path, metavar="FILE", help="also write the results, as JSON")


def run(args: argparse.Namespace) -> int:
    from core.bench.harness import run_items

    results = run_items(args.only, quick=args.quick, on_start=lambda title: progress(f"{title} ..."))
    if args.save:
        args.save.write_text(json.dumps(results, indent=1) + "\n")
    report(results, _lines(results), as_json=args.json)
    return 0


def _lines(results: dict[str, Any]) -> list[str]:
    machine = results["machine"]
    load = machine["load_average_before"]
    lines = [
        f"{machine['cores']} cores, {machine['threads']} threads, load before {load}, torch {machine['torch']}"
        + (" (quick: small cases)" if results["quick"] else "")
    ]
    if load > BUSY * machine["cores"]:
        lines.append(
            "The machine was busy with other work: times are too long, and ratios and exponents are uncertain."
        )
    for item in results["items"]:
        lines += ["", f"{item['name']}: {item['title']}", f"  ours   {item['ours_seconds']:10.3f} s"]
        if item["peer_seconds"] is not None:
            lines += [f"  theirs {item['peer_seconds']:10.3f} s", f"  ratio  {item['ratio']:10.2f}"]
        if item["error"] is not None:
            lines.append(f"  error  {item['error']:10.3g}")
        lines.append(f"  {item['note']}")
        for bar in item["bars"]:
            verdict = {True: "holds", False: "MISSED", None: "not judged"}[bar["holds"]]
            lines.append(f"  {bar['bar']}: {verdict}")
    return lines
