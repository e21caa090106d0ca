"""`make class`, or `python -m tests.load.workshop`: thirty visitors move through the pages of the workshop.

As tests.load, without DFT; each turns, chooses and slides what a page has, some start a training. The bar: 95 of 100
answers within 1.5 seconds, the first of each kind among them. What pages open with is made by the app when it starts;
nothing else is made beforehand.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import time
from typing import Any

import psutil

from tests.load.__main__ import arguments, cpu_seconds, measured, summary
from tests.load.visitor import Visitor

BAR_SECONDS = 1.5
# Of each page: the slider or list that is moved, and where to.
SLIDERS: dict[str, tuple[str, tuple[float, ...]]] = {
    "1 Turn it": ("Turn about x, degrees", (-75, -30, 20, 40, 75, 120)),
    "3 Irreps": ("Turn about y, degrees", (-60, 0, 45, 90)),
    "4 l by l": ("Highest degree l", (0, 1, 2, 3, 4)),
    "6 Tensor products": ("Angle between a and b, degrees", (0, 30, 60, 90, 120)),
    "7 How much data": ("Training structures of the table", (0, 1, 2)),
    "8 From density to force": ("Radius of the sphere, Å", (0.3, 0.8, 1.0, 1.5, 2.5, 4.0)),
}
LISTS = {"2 Break it": "Break", "5 Who sees whom": "Atom", "9 Trust it?": "Case"}
TRAINING = "7 How much data"


async def move_about(visitor: Visitor, rng: random.Random, until: float, think_seconds: float) -> None:
    await asyncio.sleep(rng.uniform(0.0, think_seconds))
    await visitor.arrive()
    pages = [*SLIDERS, *LISTS]
    await visitor.go_to(rng.choice(pages))
    while time.monotonic() < until:
        await visitor.watch(min(5 * think_seconds, rng.expovariate(1.0 / think_seconds)))
        name = visitor.page.name
        if rng.random() < 0.25:
            await visitor.go_to(rng.choice([page for page in pages if page != name]))
        elif name == TRAINING and rng.random() < 0.3 and "Train" in visitor.page.ids:
            await visitor.click("Train")
        elif name in SLIDERS:
            label, values = SLIDERS[name]
            await visitor.slide(label, rng.choice(values))
        else:
            await visitor.choose(LISTS[name], rng.choice(visitor.page.options[LISTS[name]]))
    await visitor.leave()


async def measure(address: str, server: psutil.Process, args: argparse.Namespace) -> dict[str, Any]:
    before, load_before = cpu_seconds(server), os.getloadavg()[0]
    started = time.monotonic()
    visitors = [Visitor(address) for _ in range(args.visitors)]
    moves = [
        move_about(visitor, random.Random(f"{args.seed} {number}"), started + args.seconds, args.think)
        for number, visitor in enumerate(visitors)
    ]
    await asyncio.gather(*moves)
    answers = [answer for visitor in visitors for answer in visitor.answers]
    return {
        "visitors": args.visitors,
        "think_seconds": args.think,
        "seconds": round(time.monotonic() - started),
        "cores": len(os.sched_getaffinity(0)),
        "load_average": [round(load_before, 1), round(os.getloadavg()[0], 1)],
        "app_cpu_seconds_per_answer": round((cpu_seconds(server)["app"] - before["app"]) / len(answers), 3),
        "all": summary(answers),
        "by_action": {
            action: summary([answer for answer in answers if answer.action == action])
            for action in sorted({answer.action for answer in answers})
        },
    }


def main() -> int:
    args = arguments("python -m tests.load.workshop", 8.0).parse_args()
    found = measured(measure, args)
    if args.save:
        args.save.write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))
    holds = found["all"]["p95"] <= BAR_SECONDS
    print(f"p95 {found['all']['p95']:.2f} s, bar {BAR_SECONDS:g} s: {'holds' if holds else 'MISSED'}")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
