"""`python -m core.cli.readme`: put the measured accuracy of the shipped model, and the bench, into README.md.

Numbers between the markers come from assets/models/water/card.json and docs/bench.json; none is written by hand.
"""

import json
from pathlib import Path
from typing import Any

from core.train.card import training_minutes

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
CARD = ROOT / "assets" / "models" / "water" / "card.json"
BENCH = ROOT / "docs" / "bench.json"


def _markers(name: str) -> tuple[str, str]:
    return f"<!-- {name}: begin (make readme) -->\n", f"<!-- {name}: end -->"


def accuracy(card: dict[str, Any] | None) -> str:
    """The lines between the markers, from a model card (None where there is no model)."""
    metrics = (card or {}).get("metrics", {})
    if not card or not metrics:
        return "Not measured yet.\n"
    lines = [
        "| set | structures | eps_KS, % | floor, % | free atoms, % | mean force error, meV/Å | largest, meV/Å |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, row in metrics.items():
        lines.append(
            f"| {name.replace('_', ' ')} | {row['structures']} | {row['eps_ks']:.3f} | {row['eps_floor']:.3f} | "
            f"{row['eps_sad']:.1f} | {row['force_mae_mev_per_angstrom']:.1f} | "
            f"{row['force_max_mev_per_angstrom']:.0f} |"
        )
    training = card["training"]
    lines += [
        "",
        f"Trained on {training['set']['records']} calculations in {training_minutes(training):.0f} minutes "
        f"({training['hardware']}); {card['parameters']} parameters.",
    ]
    return "\n".join(lines) + "\n"


def speed(results: dict[str, Any] | None) -> str:
    """The lines between the markers, from what `bench --save` wrote (None where it was not run)."""
    if not results:
        return "Not measured yet.\n"
    machine = results["machine"]
    lines = ["| what | ours, s | other, s | ratio | how |", "|---|---|---|---|---|"]
    for item in results["items"]:
        peer, ratio = ("" if item[key] is None else f"{item[key]:.3g}" for key in ("peer_seconds", "ratio"))
        lines.append(f"| {item['title']} | {item['ours_seconds']:.3g} | {peer} | {ratio} | {item['note']} |")
    lines += ["", f"{machine['processor']}, {machine['threads']} threads, torch {machine['torch']}."]
    return "\n".join(lines) + "\n"


def _replaced(text: str, name: str, lines: str) -> str:
    begin, end = _markers(name)
    before, rest = text.split(begin)
    return before + begin + lines + end + rest.split(end)[1]


def filled(text: str, card: dict[str, Any] | None, results: dict[str, Any] | None) -> str:
    """README text with what stands between the markers made anew."""
    return _replaced(_replaced(text, "accuracy", accuracy(card)), "speed", speed(results))


def shipped_card() -> dict[str, Any] | None:
    return json.loads(CARD.read_text()) if CARD.is_file() else None


def saved_bench() -> dict[str, Any] | None:
    return json.loads(BENCH.read_text()) if BENCH.is_file() else None


if __name__ == "__main__":
    README.write_text(filled(README.read_text(), shipped_card(), saved_bench()))
