"""`make load`, or `python -m tests.load`: thirty visitors move through the pages while a DFT calculation runs.

The app is started here, on this machine only, and asked as browsers ask it (tests.load.visitor). Every visitor thinks
for a few seconds, then goes to another page, takes another example, moves the level, types a SMILES or watches a
calculation. An answer takes from a click until the last part of the page has come. The bar: 95 of 100 answers of pages
within a second, new structures, which are predicted first, not among them.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from tests.load.visitor import NEW, Answer, Visitor
from tests.running_app import running_app

Measure = Callable[[str, psutil.Process, argparse.Namespace], Coroutine[Any, Any, dict[str, Any]]]
BAR_SECONDS = 1.0
RUN = "Run the DFT calculation"
LONG = "Droplet of 30 waters"
DONE = "Water molecule"
LEVELS = (0.001, 0.002, 0.01, 0.02, 0.05)


TIME_LIMIT_SECONDS = "86400"


async def prepare(address: str) -> Visitor:
    """One result of DFT for all to look at, and one calculation that goes on meanwhile.

    The app makes the pictures of its examples when it starts; here that is waited for.
    """
    visitor = Visitor(address)
    await visitor.arrive()
    for example in visitor.page.options["Example"]:
        await visitor.choose("Example", example)
    for example in (DONE, LONG):
        await visitor.go_to("Explore")
        await visitor.choose("Example", example)
        await visitor.go_to("Compare")
        await visitor.click(RUN)
        while example == DONE and visitor.page.again is not None:
            await visitor.watch(2.0)
        if example == DONE:
            await visitor.go_to("Compare")
            assert "viewer" in visitor.page.ids, visitor.page.texts
    assert visitor.page.again is not None, visitor.page.texts
    return visitor


async def move_about(visitor: Visitor, rng: random.Random, until: float, think_seconds: float) -> None:
    await asyncio.sleep(rng.uniform(0.0, think_seconds))
    await visitor.arrive()
    while time.monotonic() < until:
        await visitor.watch(min(5 * think_seconds, rng.expovariate(1.0 / think_seconds)))
        what = rng.random()
        if visitor.page.name == "Explore" and what < 0.05:
            await visitor.new_structure("C" * rng.randint(1, 4) + rng.choice(("O", "N", "S", "C(=O)N", "C#N", "=O")))
        elif visitor.page.name == "Explore" and what < 0.45:
            examples = visitor.page.options["Example"]
            await visitor.choose("Example", rng.choice([DONE, LONG, *examples]))
        elif visitor.page.name == "Explore" and what < 0.65:
            await visitor.move_level(rng.choice(LEVELS))
        else:
            names = [name for name in ("Explore", "Compare", "About") if name != visitor.page.name]
            await visitor.go_to(rng.choice(names))
    await visitor.leave()


async def measure(address: str, server: psutil.Process, args: argparse.Namespace) -> dict[str, Any]:
    first = await prepare(address)
    before, load_before = cpu_seconds(server), os.getloadavg()[0]
    started = time.monotonic()
    visitors = [Visitor(address) for _ in range(args.visitors)]
    until = started + args.seconds
    moves = [
        move_about(visitor, random.Random(f"{args.seed} {number}"), until, args.think)
        for number, visitor in enumerate(visitors)
    ]
    await asyncio.gather(*moves)
    spent = time.monotonic() - started
    after = cpu_seconds(server)
    await first.go_to("Compare")
    runs_still = first.page.again is not None
    await first.click("Cancel")
    await first.leave()
    every = [answer for visitor in visitors for answer in visitor.answers]
    # A new structure is predicted first, which is no matter of the pages; it loads the machine as it does.
    pages = [answer for answer in every if answer.action != NEW]
    return {
        "visitors": args.visitors,
        "think_seconds": args.think,
        "seconds": round(spent),
        "cores": len(os.sched_getaffinity(0)),
        "niceness": os.getpriority(os.PRIO_PROCESS, 0),
        "load_average": [round(load_before, 1), round(os.getloadavg()[0], 1)],
        "dft_runs_to_the_end": runs_still,
        "dft_cpu_seconds": round(after["dft"] - before["dft"], 1),
        "app_cpu_seconds_per_answer": round((after["app"] - before["app"]) / len(every), 3),
        "fetched_mb": round(sum(visitor.fetched_bytes for visitor in visitors) / 1e6, 1),
        "pages": summary(pages),
        "by_action": {
            action: summary([answer for answer in every if answer.action == action])
            for action in sorted({answer.action for answer in every})
        },
    }


def summary(answers: list[Answer]) -> dict[str, float]:
    whole = np.array([answer.seconds for answer in answers])
    first = np.array([answer.first_seconds for answer in answers])
    return {
        "answers": len(answers),
        "p50": round(float(np.percentile(whole, 50)), 3),
        "p95": round(float(np.percentile(whole, 95)), 3),
        "largest": round(float(whole.max()), 2),
        "first_part_p95": round(float(np.percentile(first, 95)), 3),
    }


def cpu_seconds(server: psutil.Process) -> dict[str, float]:
    """Of the app itself, and of the calculations it started."""
    spent = {"app": sum(server.cpu_times()[:2]), "dft": 0.0}
    for child in server.children(recursive=True):
        try:
            if "core.jobs.child" in child.cmdline():
                spent["dft"] += sum(child.cpu_times()[:2])
        except psutil.Error:
            continue
    return spent


def arguments(prog: str, think_seconds: float) -> argparse.ArgumentParser:
    """What every load test may be told."""
    parser = argparse.ArgumentParser(prog=prog)
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--think", type=float, default=think_seconds, help="mean seconds between clicks of a visitor")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save", type=Path, help="JSON file for the result")
    return parser


def measured(measure: Measure, args: argparse.Namespace) -> dict[str, Any]:
    """What `measure` finds of an app of its own, with an empty data directory."""
    with tempfile.TemporaryDirectory(prefix="rhoscope-load-") as folder:
        data = Path(folder, "data")
        data.mkdir()
        # Else the calculation that goes on meanwhile would not be begun: the app foresees that its limit would stop it.
        with running_app(data, Path(folder, "log"), RHOSCOPE_DFT_TIME_LIMIT_SECONDS=TIME_LIMIT_SECONDS) as (
            address,
            process,
        ):
            return asyncio.run(measure(address, psutil.Process(process.pid), args))


def main() -> int:
    args = arguments("python -m tests.load", 5.0).parse_args()
    found = measured(measure, args)
    if args.save:
        runs = json.loads(args.save.read_text()) if args.save.exists() else []
        args.save.write_text(json.dumps([*runs, found], indent=1) + "\n")
    print(json.dumps(found, indent=1))
    holds = found["pages"]["p95"] < BAR_SECONDS and found["dft_runs_to_the_end"]
    verdict = "holds" if holds else "MISSED"
    print(f"p95 of the pages' answers {found['pages']['p95']:.2f} s, bar {BAR_SECONDS:g} s: {verdict}")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
