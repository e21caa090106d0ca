"""The model card: JSON beside the weights, and a page of Markdown made from it."""

import json
from datetime import UTC, datetime
from pathlib import Path

from core.errors import ModelError
from core.gaussian.basis import ASSETS
from core.model.checkpoint import CARD

PAGE = "CARD.md"


def card_folder(name_or_path: str) -> Path:
    """Folder of a shipped model by name, or the path itself. Raises ModelError where it holds no card."""
    for folder in (ASSETS / "models" / name_or_path, Path(name_or_path)):
        if (folder / CARD).is_file():
            return folder
    raise ModelError(f"There is no model card for {name_or_path!r}.", "Train the model first.")


def update_card(name_or_path: str, section: str, payload: dict) -> dict:
    """Put `payload` under `section` ("metrics/heldout": one level down), write card and page; returns the card."""
    folder = card_folder(name_or_path)
    card = json.loads((folder / CARD).read_text())
    target, *rest = section.split("/", 1)
    if rest:
        card.setdefault(target, {})[rest[0]] = payload
    else:
        card[target] = payload
    partial = folder / (CARD + ".partial")
    partial.write_text(json.dumps(card, indent=1) + "\n")
    partial.replace(folder / CARD)
    (folder / PAGE).write_text(render(card))
    return card


def add_metrics(name_or_path: str, set_name: str, summary: dict) -> dict:
    """Errors on one set, with the day they were measured."""
    return update_card(
        name_or_path, f"metrics/{set_name}", {**summary, "measured": datetime.now(UTC).date().isoformat()}
    )


def _metrics_table(metrics: dict) -> list[str]:
    lines = [
        "| set | structures | eps_KS % | floor % | free atoms % | force MAE meV/A | largest meV/A | dipole mD |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, row in metrics.items():
        lines.append(
            f"| {name} | {row['structures']} | {row['eps_ks']:.3f} | {row['eps_floor']:.3f} | {row['eps_sad']:.1f} | "
            f"{row['force_mae_mev_per_angstrom']:.1f} | {row['force_max_mev_per_angstrom']:.0f} | "
            f"{row['dipole_error_md']:.0f} |"
        )
    return lines


def _size_tables(metrics: dict) -> list[str]:
    lines = []
    for name, row in metrics.items():
        lines += [
            "",
            f"### {name}, by number of molecules",
            "",
            "| molecules | structures | eps_KS % | floor % | force MAE meV/A | largest meV/A |",
            "|---|---|---|---|---|---|",
        ]
        for size, part in row["by_size"].items():
            lines.append(
                f"| {size} | {part['structures']} | {part['eps_ks']:.3f} | {part['eps_floor']:.3f} | "
                f"{part['force_mae_mev_per_angstrom']:.1f} | {part['force_max_mev_per_angstrom']:.0f} |"
            )
    return lines


def _curve_table(curve: dict) -> list[str]:
    lines = [
        "",
        "## Error against data",
        "",
        curve["note"],
        "",
        "| network | parameters | training structures | eps_KS % | force MAE, meV/A | loss | seconds |",
        "|---|---|---|---|---|---|---|",
    ]
    for run in curve["runs"]:
        lines.append(
            f"| {run['kind']} | {run['parameters']} | {run['structures']} | {run['eps_ks']:.3f} | "
            f"{run['heldout_force_mae_mev_per_angstrom']:.1f} | {run['heldout_loss']:.3g} | {run['seconds']:.0f} |"
        )
    lines += ["", "Fitted slopes, d log(error) / d log(structures):", ""]
    lines += [
        f"- {kind}: eps_KS {s['eps_ks']:.2f}, force {s['force']:.2f}, loss {s['loss']:.2f}"
        for kind, s in curve["slopes"].items()
    ]
    return lines


def training_minutes(training: dict) -> float:
    """Of this stage and those before it."""
    before = training.get("before")
    return training["seconds"] / 60 + (training_minutes(before) if before else 0.0)


def render(card: dict) -> str:
    """The card as Markdown; every number comes from the JSON."""
    training, domain = card["training"], card["domain"]
    lines = [
        f"# Model card: {card['name']}",
        "",
        f"Predicts the electron density of molecules of {', '.join(domain['elements'])} at {', '.join(card['level'])}, "
        f"in the auxiliary basis {card['basis']}; forces follow by the Hellmann-Feynman theorem.",
        "",
        f"- {card['parameters']} parameters; trained for {training_minutes(training):.0f} minutes on "
        f"{training['hardware']}.",
        f"- {training['set']['records']} training structures, {training['set']['atoms']} atoms: "
        + ", ".join(f"{count} x {formula}" for formula, count in training["set"]["formulas"].items())
        + ".",
        f"- Domain: {domain['atoms'][0]} to {domain['atoms'][1]} atoms, charges {domain['charges']}, environments "
        + "; ".join(domain["environments"])
        + ".",
        "",
        "## Errors",
        "",
        "Against the DFT calculation of each structure; none of them was trained on. eps_KS is the integral "
        "of the absolute density error over the number of electrons; the floor is what the basis can represent; force "
        "errors are end to end, against analytic DFT forces.",
        "",
    ]
    metrics = card.get("metrics", {})
    lines += _metrics_table(metrics) if metrics else ["Not measured yet."]
    lines += _size_tables(metrics)
    if "learning_curve" in card:
        lines += _curve_table(card["learning_curve"])
    return "\n".join(lines) + "\n"
