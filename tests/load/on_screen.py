"""`make screen ENTRIES=1CRN`, or `python -m tests.load.on_screen 1CRN 1A8O`: seconds until a protein is on the screen.

The app and a Chromium are started here. What counts is what a person waits for: from Enter behind the id to the surface
and the arrows in the window. The server is warm (it has done what it does at its start, and an example was looked at),
and the entry is in the cache, as it was fetched before; it was neither prepared nor predicted. `--files FOLDER` takes
entries from there in place of the PDB, named 1CRN.cif or 1crn.pdb. Chromium draws without a graphics card here.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Page, sync_playwright

from core.bench.machine import machine
from tests.archive import archive_of
from tests.browser.conftest import ARGUMENTS, SIZE, chromium_path
from tests.browser.viewing import open_example
from tests.running_app import ROOT, running_app

EXAMPLE, EXAMPLE_ATOMS = "helix-18", 287
# Longer than any entry of up to 20 000 atoms takes on two cores.
IDLE_PERCENT = 20.0
PATIENCE_MILLISECONDS = 600_000
DRAWN = ".rhoscope[data-drawn]"
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def serve(files: Path, folder: Path, entries: list[str]) -> None:
    """Files of `files` into `folder`, named as the PDB names them. Raises SystemExit for an entry without a file."""
    for entry in entries:
        names = [name + suffix for name in (entry, entry.lower(), entry.upper()) for suffix in (".cif", ".pdb")]
        found = next((files / name for name in names if (files / name).exists()), None)
        if found is None:
            raise SystemExit(f"{files} has no {entry}.cif or {entry}.pdb.")
        shutil.copy(found, folder / f"{entry.lower()}{found.suffix}")


def fetch(entry: str, environment: dict[str, str]) -> None:
    """Into the cache of the app."""
    command = [sys.executable, "-c", f"from core.chem.fetch import fetch; fetch({entry!r})"]
    subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=True)  # noqa: S603


def wait_until_idle(server: psutil.Process) -> None:
    """Until it has made what it makes at its start, and rests."""
    while sum(process.cpu_percent(1.0) for process in (server, *server.children(recursive=True))) > IDLE_PERCENT:
        time.sleep(1.0)


def seconds_to_screen(page: Page, entry: str) -> dict[str, Any]:
    before = page.locator(DRAWN).get_attribute("data-drawn")
    page.get_by_text("Id", exact=True).click()
    field = page.get_by_label("Id of PDB, AlphaFold DB or PubChem")
    field.fill(entry)
    started = time.perf_counter()
    field.press("Enter")
    page.wait_for_selector(f"{DRAWN}:not([data-drawn='{before}'])", timeout=PATIENCE_MILLISECONDS)
    # A frame later it is not only handed over but painted.
    page.locator(DRAWN).evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    seconds = time.perf_counter() - started
    root = page.locator(DRAWN)
    return {
        "structure": entry,
        "atoms": int(root.get_attribute("data-atoms") or 0),
        "surface": root.get_attribute("data-shown"),
        "seconds": round(seconds, 2),
    }


def measure(entries: list[str], files: Path | None) -> dict[str, Any]:
    before = machine()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment = {"RHOSCOPE_DATA_DIR": str(folder / "data")}
        if files is not None:
            (folder / "archive").mkdir()
            serve(files, folder / "archive", entries)
            environment["RHOSCOPE_PDB_URL"] = stack.enter_context(archive_of(folder / "archive"))
        for entry in entries:
            fetch(entry, environment)
        app = running_app(folder / "data", folder / "log.txt", **environment)
        address, server = stack.enter_context(app)
        wait_until_idle(psutil.Process(server.pid))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        page = browser.new_page(viewport=SIZE)
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        open_example(page, address, EXAMPLE, EXAMPLE_ATOMS)
        points = [seconds_to_screen(page, entry) for entry in entries]
        browser.close()
    return {"machine": before, "points": sorted(points, key=lambda point: point["atoms"])}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.on_screen", description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("entries", nargs="+", metavar="ID")
    parser.add_argument("--files", type=Path, metavar="FOLDER", help="take entries from here, not from the PDB")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the results there, as JSON")
    options = parser.parse_args(arguments)
    results = measure(options.entries, options.files)
    for point in results["points"]:
        print(f"{point['structure']}: {point['atoms']} atoms on the screen after {point['seconds']} s")
    if options.save:
        options.save.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
