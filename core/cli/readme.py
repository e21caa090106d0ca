"""`python -m core.cli.readme`: put the measured accuracy of the shipped model into README.md.

Every number between the two markers comes from assets/models/water/card.json; none is written by hand.
"""

import json
from pathlib import Path
from typing import Any

from core.train.card import training_minutes

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
CARD = ROOT / "assets" / "models" / "water" / "card.json"
BEGIN, END = "<!-- accuracy: begin (make readme) -->\n", "<!-- accuracy: end -->"


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


def filled(text: str, card: dict[str, Any] | None) -> str:
    """README text with what stands between the markers made anew."""
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    return before + BEGIN + accuracy(card) + END + after


def shipped_card() -> dict[str, Any] | None:
    return json.loads(CARD.read_text()) if CARD.is_file() else None


if __name__ == "__main__":
    README.write_text(filled(README.read_text(), shipped_card()))
