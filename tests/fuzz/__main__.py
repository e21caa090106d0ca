"""`make fuzz`, or `python -m tests.fuzz --share 0.01`: damaged inputs by the hundred thousand, and what came of them.

Each chunk of inputs runs in a process of its own, so that a crash and a hang are seen and counted. What is not a typed
error or a sound result is a defect: its input is kept under --keep, and the exit code is 1.
"""

import argparse
import json
import mmap
import os
import resource
import selectors
import signal
import struct
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from tests.fuzz.targets import TARGETS, Target, input_of, outcome

SEED = 20260
CHUNK = 250
STALL_SECONDS = 400.0
SLOW_SECONDS = 10.0
MEMORY_BYTES = 3_000_000_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--share", type=float, default=1.0, help="of the inputs of a full run")
    parser.add_argument("--only", action="append", default=[], help="this target (may be repeated)")
    parser.add_argument("--keep", type=Path, default=Path("runs/fuzz"), help="folder for the inputs of defects")
    parser.add_argument("--save", type=Path, help="put the counts into this JSON file, after each target")
    args = parser.parse_args()
    args.keep.mkdir(parents=True, exist_ok=True)
    os.environ["RHOSCOPE_DATA_DIR"] = tempfile.mkdtemp(prefix="rhoscope-fuzz-")
    # Of a result's reader: processor time, so that one that goes round for ever does not hold the run up.
    os.environ.setdefault("RHOSCOPE_READ_TIME_LIMIT_SECONDS", "10")
    rows = []
    for target in TARGETS:
        if args.only and target.name not in args.only:
            continue
        row = run(target, args.seed, max(1, round(args.share * target.inputs)), args.keep)
        rows.append(row)
        print(json.dumps(row), flush=True)
        if args.save:
            save(args.save, args.seed, row)
    print(f"{sum(row['inputs'] for row in rows)} inputs, {sum(row['defects'] for row in rows)} defects")
    return 1 if any(row["defects"] for row in rows) else 0


def save(path: Path, seed: int, row: dict[str, Any]) -> None:
    """Put `row` in the place of that of its target. Rows of another seed are dropped."""
    known = json.loads(path.read_text()) if path.exists() else {}
    rows = {old["target"]: old for old in known.get("targets", []) if known.get("seed") == seed}
    rows[row["target"]] = row
    ordered = [rows[target.name] for target in TARGETS if target.name in rows]
    path.write_text(json.dumps({"seed": seed, "targets": ordered}, indent=1) + "\n")


def run(target: Target, seed: int, inputs: int, keep: Path) -> dict[str, Any]:
    """Counts by outcome, the slowest input in seconds, and the defects."""
    counts: Counter[str] = Counter()
    slowest, number, started = 0.0, 0, time.monotonic()
    target.corpus()
    while number < inputs:
        stop = min(inputs, number + CHUNK)
        done, found, longest = _chunk(target, seed, number, stop, keep)
        counts.update(found)
        slowest = max(slowest, longest)
        number = done
    defects = sum(count for name, count in counts.items() if name.startswith("defect"))
    return {
        "target": target.name,
        "inputs": inputs,
        "defects": defects,
        "slowest_seconds": round(slowest, 2),
        "seconds": round(time.monotonic() - started),
        "outcomes": dict(counts.most_common()),
    }


def _chunk(target: Target, seed: int, start: int, stop: int, keep: Path) -> tuple[int, Counter[str], float]:
    """Inputs start..stop in a child; returns where to go on, which is behind the input that ended the child."""
    counts: Counter[str] = Counter()
    place = mmap.mmap(-1, 8)
    place[:] = struct.pack("q", start)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _in_child(target, seed, start, stop, keep, place, writing)
    os.close(writing)
    slowest, ended, at = 0.0, "", start
    with os.fdopen(reading) as lines, selectors.DefaultSelector() as selector:
        selector.register(lines, selectors.EVENT_READ)
        os.set_blocking(reading, True)
        while True:
            before = struct.unpack("q", place[:])[0]
            if not selector.select(STALL_SECONDS):
                at = struct.unpack("q", place[:])[0]
                if at == before:
                    os.kill(child, signal.SIGKILL)
                    ended = "defect: hung"
                    break
                continue
            line = lines.readline()
            if not line:
                break
            name, seconds = json.loads(line)
            counts[name] += 1
            slowest = max(slowest, seconds)
    _, status = os.waitpid(child, 0)
    at = struct.unpack("q", place[:])[0]
    if at >= stop and os.waitstatus_to_exitcode(status) == 0:
        return stop, counts, slowest
    ended = ended or f"defect: process ended with {os.waitstatus_to_exitcode(status)}"
    counts[ended] += 1
    _keep(target, seed, at, keep, ended)
    return at + 1, counts, slowest


def _in_child(target: Target, seed: int, start: int, stop: int, keep: Path, place: mmap.mmap, writing: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # What C++ libraries write of the inputs is of no use to anybody.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    with os.fdopen(writing, "w", buffering=1) as lines:
        for number in range(start, stop):
            place[:] = struct.pack("q", number)
            began = time.monotonic()
            try:
                name = outcome(target, input_of(target, seed, number))
            except Exception as error:
                name = f"defect: {type(error).__name__} at {_where(error)}"
                _keep(target, seed, number, keep, "".join(traceback.format_exception(error)))
            seconds = time.monotonic() - began
            if seconds > SLOW_SECONDS:
                _keep(target, seed, number, keep, f"slow: {seconds:.1f} s")
            lines.write(json.dumps([name, seconds]) + "\n")
        place[:] = struct.pack("q", stop)
    os._exit(0)


def _where(error: Exception) -> str:
    """The innermost frame of our own."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "/core/" in f.filename or "/tests/" in f.filename]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"


def _keep(target: Target, seed: int, number: int, keep: Path, words: str) -> None:
    stem = f"{target.name.replace(', ', '-').replace(' ', '-')}-{seed}-{number}"
    (keep / stem).write_bytes(input_of(target, seed, number))
    (keep / f"{stem}.txt").write_text(words)


if __name__ == "__main__":
    sys.exit(main())
