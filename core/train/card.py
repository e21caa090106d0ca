"""The model card: JSON beside the weights, and a page of Markdown made from it."""

import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from core.errors import ModelError
from core.gaussian.basis import ASSETS
from core.model.checkpoint import CARD
from core.train.crowding import NEAR_ANGSTROM, labels

PAGE = "CARD.md"
# Formulas that a page names.
COMMON = 6


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


def add_trust(name_or_path: str, report: dict) -> None:
    """How well the expected errors do (`core.train.trust`), with the day it was measured."""
    update_card(name_or_path, "trust", {**report, "measured": datetime.now(UTC).date().isoformat()})


def _metrics_table(metrics: dict) -> list[str]:
    lines = [
        "| set | structures | eps_KS % | floor % | free atoms % | force MAE meV/Å | largest meV/Å | dipole mD |",
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
        unit = row.get("size_unit", "molecules")
        lines += [
            "",
            f"### {name}, by number of {unit}",
            "",
            f"| {unit} | structures | eps_KS % | floor % | force MAE meV/Å | largest meV/Å |",
            "|---|---|---|---|---|---|",
        ]
        for size, part in row["by_size"].items():
            lines.append(
                f"| {size} | {part['structures']} | {part['eps_ks']:.3f} | {part['eps_floor']:.3f} | "
                f"{part['force_mae_mev_per_angstrom']:.1f} | {part['force_max_mev_per_angstrom']:.0f} |"
            )
        lines += [
            f"\n{kind.capitalize()}: {part['structures']} structures, eps_KS {part['eps_ks']:.3f} %, force MAE "
            f"{part['force_mae_mev_per_angstrom']:.1f} meV/Å, largest {part['force_max_mev_per_angstrom']:.0f}."
            for kind, part in row.get("by_charge", {}).items()
        ]
    return lines


def _crowding_table(metrics: dict) -> list[str]:
    """The sets side by side, where they say it."""
    sets = {name: row["by_crowding"] for name, row in metrics.items() if "by_crowding" in row}
    if not sets:
        return []
    lines = [
        "",
        "### Force error against crowding",
        "",
        f"Mean error of the force on atoms that are not hydrogen, meV/Å, by how many atoms lie within {NEAR_ANGSTROM} "
        "Å of them; in brackets how many such atoms there are. Where columns agree along a row, atoms of a large "
        "system are predicted as well as atoms of a small one that have as many neighbours.",
        "",
        "| neighbours | " + " | ".join(sets) + " |",
        "|---" * (len(sets) + 1) + "|",
    ]
    for label in labels():
        cells = [rows[label]["others"] for rows in sets.values()]
        words = [
            f"{cell['force_mae_mev_per_angstrom']:.0f} ({cell['atoms']})" if cell["atoms"] else "-" for cell in cells
        ]
        lines.append(f"| {label} | " + " | ".join(words) + " |")
    return lines


def _curve_table(curve: dict) -> list[str]:
    lines = [
        "",
        "## Error against data",
        "",
        curve["note"],
        "",
        "| network | parameters | training structures | eps_KS % | force MAE, meV/Å | loss | seconds |",
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


def _correlation(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _trust_section(trust: dict) -> list[str]:
    elements = list(trust["training_atoms"])
    level = {name: trust["levels"].index(name) for name in (0.5, 0.9)}
    lines = [
        "",
        "## Trust",
        "",
        f"Every atom gets an expected force error, the median for atoms like it, by {trust['method']}. Fitted on "
        f"{' and '.join(trust['fitted_on'])}; those are reported by halves, each from a fit to the other half. Errors "
        "are lengths of force differences. The method was chosen with the sets of the water model in view. Coverage is "
        "the share of atoms whose true error is below the expected quantile.",
        "",
        "| set | structures | atoms | rank correlation | of the element alone | "
        + " | ".join(f"within {element}" for element in elements)
        + " | below the 50 % quantile | below the 90 % quantile |",
        "|---" * (len(elements) + 7) + "|",
    ]
    for name, row in (trust["sets"] | {"all": trust["all"]}).items():
        correlation = row["rank_correlation"]
        lines.append(
            f"| {name} | {row['structures']} | {row['atoms']} | {_correlation(correlation['all'])} | "
            f"{_correlation(correlation['element_alone'])} | "
            + " | ".join(_correlation(correlation["within"].get(element)) for element in elements)
            + f" | {100 * row['coverage'][level[0.5]]:.0f} % | {100 * row['coverage'][level[0.9]]:.0f} % |"
        )
    lines += [
        "",
        "| atoms, by expected error | expected, meV/Å | true median, meV/Å | above the 90 % quantile |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {row['atoms']} | {row['expected_mev_per_angstrom']:.1f} | {row['median_error_mev_per_angstrom']:.1f} | "
        f"{100 * row['above_upper']:.0f} % |"
        for row in trust["by_expected"]
    ]
    beyond = trust["beyond"]
    if beyond["atoms"]:
        lines += [
            "",
            f"{beyond['atoms']} of these atoms are unlike those of training and are flagged; their mean error is "
            f"{beyond['mean_error_mev_per_angstrom']:.0f} meV/Å, that of all "
            f"{trust['all']['mean_error_mev_per_angstrom']:.0f}.",
        ]
    return lines


def training_minutes(training: dict) -> float:
    """Of this stage and those before it."""
    before = training.get("before")
    return training["seconds"] / 60 + (training_minutes(before) if before else 0.0)


def training_machines(training: dict) -> str:
    """Processors and threads of this stage and those before it, each once: what `core.train.run.hardware` says."""
    stages = [training["hardware"].rsplit(", ", 1)]
    while before := training.get("before"):
        training = before
        stages.append(training["hardware"].rsplit(", ", 1))
    return f"{' and '.join(dict.fromkeys(name for name, _ in stages))}, {_threads(stages)}"


def _threads(stages: list[list[str]]) -> str:
    counts = [int(words.split()[0]) for _, words in stages]
    fewest, most = min(counts), max(counts)
    if fewest < most:
        return f"{fewest} to {most} threads"
    return f"{most} thread{'s' if most > 1 else ''}"


def second_level_of(card: dict) -> dict | None:
    """What was learned beside at another level of theory: of all stages, where `trust` has counted it, else in that of
    the stages which had most of it."""
    return card.get("second_level_of_all_stages") or _most_beside(card["training"])


def _most_beside(training: dict) -> dict | None:
    before = training.get("before")
    found = [training.get("second_level"), _most_beside(before) if before else None]
    return max(filter(None, found), key=lambda summary: summary["records"], default=None)


def _counts(formula: str) -> dict[str, int]:
    """Of the atoms of each element in a formula of `core.data.dataset.summarise`, which writes every number."""
    return {symbol: int(count) for symbol, count in re.findall(r"([A-Z][a-z]?)(\d+)", formula)}


def _short(formula: str) -> str:
    return "".join(f"{symbol}{count if count > 1 else ''}" for symbol, count in _counts(formula).items())


def composition(formulas: dict[str, int]) -> str:
    """What a set consists of, in words. formulas: how many structures have each, most frequent first."""
    waters: dict[int, int] = {}
    others: dict[str, int] = {}
    having = Counter[str]()
    for formula, count in formulas.items():
        atoms = _counts(formula)
        if atoms.keys() == {"H", "O"} and atoms["H"] == 2 * atoms["O"]:
            waters[atoms["O"]] = count
            continue
        others[formula] = count
        having.update({symbol: count for symbol in atoms if symbol != "H"})
    parts = []
    if waters:
        sizes = " to ".join(str(size) for size in sorted({min(waters), max(waters)}))
        parts.append(f"{sum(waters.values()):,} clusters of {sizes} waters")
    if others:
        elements = ", ".join(f"{symbol} in {having[symbol]:,}" for symbol in sorted(having))
        common = ", ".join(f"{_short(formula)} ({count})" for formula, count in list(others.items())[:COMMON])
        parts.append(
            f"{sum(others.values()):,} others, of {len(others):,} formulas, the commonest {common}; {elements}"
        )
    return " and ".join(parts)


def _cost(summary: dict) -> str:
    """What the calculations of a set took, where they say so; cards made before that was counted do not."""
    if not summary.get("timed"):
        return ""
    known = "" if summary["timed"] == summary["records"] else f" ({summary['timed']} of them say what they took)"
    return f"; their DFT took {summary['core_hours']:.1f} core-hours{known}"


def _second_level(summary: dict | None) -> list[str]:
    """What was learned beside at another level of theory, as a line of the list."""
    if not summary:
        return []
    levels = " and ".join(level.split(",")[0] for level in summary["levels"])
    return [
        f"- Beside them {summary['records']:,} structures, {summary['atoms']:,} atoms, at {levels}"
        f"{_cost(summary)}. What that level differs by was learned by heads of its own, which are left out."
    ]


def render(card: dict) -> str:
    """The card as Markdown; every number comes from the JSON."""
    training, domain = card["training"], card["domain"]
    lines = [
        f"# Model card: {card['name']}",
        "",
        f"Predicts the electron density of molecules of {', '.join(domain['elements'])} at {', '.join(card['level'])}, "
        f"in the auxiliary basis {card['basis']}; forces follow by the Hellmann-Feynman theorem.",
        "",
        f"- {card['parameters']:,} parameters; trained for {training_minutes(training):.0f} minutes on "
        f"{training_machines(training)}.",
        f"- {training['set']['records']:,} training structures, {training['set']['atoms']:,} atoms: "
        f"{composition(training['set']['formulas'])}{_cost(training['set'])}.",
        *_second_level(second_level_of(card)),
        f"- Domain: {domain['atoms'][0]} to {domain['atoms'][1]} atoms, charges "
        f"{', '.join(f'{charge:+d}' if charge else '0' for charge in domain['charges'])}, "
        f"{len(domain['environments'])} environments (an atom and what it is bound to), which `{CARD}` names.",
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
    lines += _crowding_table(metrics)
    if "trust" in card:
        lines += _trust_section(card["trust"])
    if "learning_curve" in card:
        lines += _curve_table(card["learning_curve"])
    return "\n".join(lines) + "\n"
