"""`python -m core.cli.readme`: put the measured accuracy of the shipped models, and other measurements, into README.md.

Numbers between the markers come from the cards of assets/models and from docs/bench.json, protein.json, fuzz.json,
load.json, load-class.json and screen.json; none is written by hand.
"""

import json
from pathlib import Path
from typing import Any

from core.train.card import second_level_of, training_machines, training_minutes

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
CARDS = ROOT / "assets" / "models"
BENCH = ROOT / "docs" / "bench.json"
PROTEIN = ROOT / "docs" / "protein.json"
FUZZ = ROOT / "docs" / "fuzz.json"
LOAD = ROOT / "docs" / "load.json"
CLASS = ROOT / "docs" / "load-class.json"
SCREEN = ROOT / "docs" / "screen.json"
_TRIALS = {"fuzz": FUZZ, "load": LOAD, "class": CLASS, "screen": SCREEN}


def _markers(name: str) -> tuple[str, str]:
    return f"<!-- {name}: begin (make readme) -->\n", f"<!-- {name}: end -->"


def accuracy(cards: dict[str, dict[str, Any]]) -> str:
    """The lines between the markers, from the model cards by name."""
    measured = [_accuracy_of(name, card) for name, card in cards.items() if card.get("metrics")]
    return "\n".join(measured) or "Not measured yet.\n"


def _accuracy_of(name: str, card: dict[str, Any]) -> str:
    metrics = card["metrics"]
    lines = [
        f"**{name}** ({', '.join(card['domain']['elements'])})",
        "",
        "| set | structures | eps_KS, % | floor, % | free atoms, % | mean force error, meV/Å | largest, meV/Å |",
        "|---|---|---|---|---|---|---|",
    ]
    for set_name, row in metrics.items():
        lines.append(
            f"| {set_name.replace('_', ' ')} | {row['structures']} | {row['eps_ks']:.3f} | {row['eps_floor']:.3f} | "
            f"{row['eps_sad']:.1f} | {row['force_mae_mev_per_angstrom']:.1f} | "
            f"{row['force_max_mev_per_angstrom']:.0f} |"
        )
    training = card["training"]
    lines += [
        "",
        f"Trained on {training['set']['records']:,} calculations{_beside(card)} in "
        f"{training_minutes(training):.0f} minutes "
        f"({training_machines(training)}); {card['parameters']:,} parameters.",
    ]
    return "\n".join(lines) + "\n"


def _beside(card: dict[str, Any]) -> str:
    """What else it learned from."""
    summary = second_level_of(card)
    return f" (and {summary['records']:,} at a cheaper level)" if summary else ""


def speed(results: dict[str, Any] | None) -> str:
    """The lines between the markers, from what `bench --save` wrote (None where it was not run)."""
    if not results:
        return "Not measured yet.\n"
    machine = results["machine"]
    lines = ["| what | ours, s | other, s | ratio | error | how |", "|---|---|---|---|---|---|"]
    for item in results["items"]:
        peer, ratio = ("" if item[key] is None else f"{item[key]:.3g}" for key in ("peer_seconds", "ratio"))
        error = "" if item.get("error") is None else f"{item['error']:.2g}"
        note = item["note"].replace("|", "\\|")
        lines.append(f"| {item['title']} | {item['ours_seconds']:.3g} | {peer} | {ratio} | {error} | {note} |")
    lines += ["", f"{machine['processor']}, {machine['threads']} threads, torch {machine['torch']}."]
    return "\n".join(lines) + "\n"


def proteins(results: dict[str, Any] | None) -> str:
    """The lines between the markers, from what `core.bench.protein --save` wrote (None where it was not run)."""
    if not results:
        return "Not measured yet.\n"
    machine = results["machine"]
    lines = [
        "| entry | atoms | model | prepared, s | coefficients and forces, s | grid, s | levels, s | in all, s | GB "
        "| net force taken off, meV/Å for each atom |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for point in results["points"]:
        cells = [point["structure"], f"{point['atoms']:,}", point["model"]]
        cells += [f"{value:.2f}" for value in point["seconds"].values()]
        cells += [f"{point['peak_memory_gb']:.1f}", f"{point['net_force_mev_per_angstrom_per_atom']:.0f}"]
        lines.append(f"| {' | '.join(cells)} |")
    power = results["exponent"]
    grows = "" if power is None else f" Over these sizes all of it takes (number of atoms)^{power:.2f}."
    lines += ["", f"{machine['processor']}, {machine['threads']} threads, torch {machine['torch']}.{grows}"]
    return "\n".join(lines) + "\n"


def fuzzed(results: dict[str, Any] | None) -> str:
    """The lines between the markers, from what `make fuzz` wrote (None where it was not run)."""
    if not results:
        return "Not measured yet.\n"
    lines = ["| what was damaged | inputs | read nonetheless | typed error | anything else |", "|---|---|---|---|---|"]
    for row in results["targets"]:
        read, defects = row["outcomes"].get("read", 0), row["defects"]
        errors = row["inputs"] - read - defects
        lines.append(f"| {row['target']} | {row['inputs']:,} | {read:,} | {errors:,} | {defects:,} |")
    inputs, defects = (sum(row[key] for row in results["targets"]) for key in ("inputs", "defects"))
    lines += ["", f"{inputs:,} inputs in all, {defects:,} with anything else; seed {results['seed']}."]
    return "\n".join(lines) + "\n"


def loaded(runs: list[dict[str, Any]] | None) -> str:
    """The lines between the markers, from what `make load` wrote, a row for each run (None where it was not run)."""
    if not runs:
        return "Not measured yet.\n"
    lines = [
        "| visitors | answers of pages | p50, s | p95, s | slowest, s | new structure, p50, s | load of the machine |",
        "|---|---|---|---|---|---|---|",
    ]
    for run in runs:
        pages, new = run["pages"], run["by_action"].get("new structure")
        load = " to ".join(f"{value:g}" for value in run["load_average"])
        lines.append(
            f"| {run['visitors']} | {pages['answers']} | {pages['p50']:.2f} | {pages['p95']:.2f} | "
            f"{pages['largest']:.1f} | {new['p50'] if new else float('nan'):.1f} | {load} |"
        )
    return "\n".join(lines) + "\n"


def in_class(run: dict[str, Any] | None) -> str:
    """The line between the markers, from what `make class` wrote (None where it was not run)."""
    if not run:
        return "Not measured yet.\n"
    found = run["all"]
    return (
        f"{run['visitors']} visitors moving through the workshop on {run['cores']} cores (`make class`): "
        f"{found['answers']} answers, half of them within {found['p50']:.2f} s, 95 of 100 within {found['p95']:.2f} s, "
        f"the slowest {found['largest']:.1f} s.\n"
    )


def on_screen(results: dict[str, Any] | None) -> str:
    """The line between the markers, from what `make screen` wrote (None where it was not run)."""
    if not results:
        return "Not measured yet.\n"
    points = [f"{row['structure']}, {row['atoms']:,} atoms, {row['seconds']:.1f} s" for row in results["points"]]
    threads = results["machine"]["threads"]
    return f"{'; '.join(points)} ({threads} threads, no graphics card).\n"


def _replaced(text: str, name: str, lines: str) -> str:
    begin, end = _markers(name)
    before, rest = text.split(begin)
    return before + begin + lines + end + rest.split(end)[1]


def filled(
    text: str,
    cards: dict[str, dict[str, Any]],
    results: dict[str, Any] | None,
    of_proteins: dict[str, Any] | None,
) -> str:
    """README text with what stands between the markers made anew."""
    text = _replaced(_replaced(text, "accuracy", accuracy(cards)), "speed", speed(results))
    return _replaced(text, "protein", proteins(of_proteins))


def with_trials(text: str, trials: dict[str, Any]) -> str:
    """README text with what was tried on purpose made anew. trials: as of `saved_trials`."""
    text = _replaced(_replaced(text, "fuzz", fuzzed(trials["fuzz"])), "load", loaded(trials["load"]))
    return _replaced(_replaced(text, "class", in_class(trials["class"])), "screen", on_screen(trials["screen"]))


def shipped_cards() -> dict[str, dict[str, Any]]:
    """By name of the model, water first: the one that is measured best."""
    cards = {path.parent.name: json.loads(path.read_text()) for path in sorted(CARDS.glob("*/card.json"))}
    return dict(sorted(cards.items(), key=lambda item: (item[0] != "water", item[0])))


def _saved(path: Path) -> Any:
    return json.loads(path.read_text()) if path.is_file() else None


def saved_bench() -> dict[str, Any] | None:
    return _saved(BENCH)


def saved_proteins() -> dict[str, Any] | None:
    return _saved(PROTEIN)


def saved_trials() -> dict[str, Any]:
    """By name what the files of docs/ hold, None where there is none."""
    return {name: _saved(path) for name, path in _TRIALS.items()}


if __name__ == "__main__":
    measured = filled(README.read_text(), shipped_cards(), saved_bench(), saved_proteins())
    README.write_text(with_trials(measured, saved_trials()))
