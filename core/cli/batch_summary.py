"""What a batch says when it is done: `summary.csv`, a row for each structure, and which of them not to trust."""

import math
from collections.abc import Sequence
from typing import Any

from core.cli.batch_task import Failure
from core.csv_text import csv_text

COLUMNS = (
    "name",
    "status",
    "atoms",
    "charge",
    "model",
    "net_force_taken_off_mev_per_angstrom",
    "net_force_of_independent_errors_mev_per_angstrom",
    "median_expected_error_mev_per_angstrom",
    "worst_expected_error_mev_per_angstrom",
    "atoms_outside_domain",
    "seconds",
    "problem",
)
MOST_NAMED = 20


def row_of(result: dict[str, Any]) -> dict[str, Any]:
    """The row of a structure by what its `result.json` holds."""
    trust = result["trust"]
    errors = trust["expected_force_error_mev_per_angstrom"] or {"median": None, "worst": None}
    return {
        "name": result["file"],
        "status": "predicted",
        "atoms": result["atoms"],
        "charge": result["charge"],
        "model": result["model"],
        "net_force_taken_off_mev_per_angstrom": math.hypot(*result["net_force_taken_off_mev_per_angstrom"]),
        "net_force_of_independent_errors_mev_per_angstrom": trust["net_force_of_independent_errors_mev_per_angstrom"],
        "median_expected_error_mev_per_angstrom": errors["median"],
        "worst_expected_error_mev_per_angstrom": errors["worst"],
        "atoms_outside_domain": sum(trust["atoms"]["outside_domain"]),
        "seconds": sum(result["seconds"].values()),
    }


def summary_csv(rows: Sequence[dict[str, Any]], failures: Sequence[Failure]) -> str:
    """Structures by name, those that could not be predicted with the reason; names cannot act as formulas."""
    failed = [
        {"name": failure.file, "status": "failed", "problem": f"{failure.message} {failure.remedy}"}
        for failure in failures
    ]
    found = sorted([*rows, *failed], key=lambda row: row["name"])
    return csv_text(COLUMNS, [[row.get(column) for column in COLUMNS] for row in found], decimals=1)


def not_trusted(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of the structures with atoms outside the domain of their model, file, atoms and how many of them, by name."""
    flagged = sorted((row for row in rows if row["atoms_outside_domain"]), key=lambda row: row["name"])
    return [
        {"file": row["name"], "atoms": row["atoms"], "atoms_outside_domain": row["atoms_outside_domain"]}
        for row in flagged
    ]


def not_trusted_lines(flagged: Sequence[dict[str, Any]]) -> list[str]:
    """The same for a person; nothing where there are none."""
    if not flagged:
        return []
    lines = ["Outside the model's domain, and not to be trusted there (result.json of each says why):"]
    lines += [
        f"  {row['file']}: {row['atoms_outside_domain']:,} of {row['atoms']:,} atoms" for row in flagged[:MOST_NAMED]
    ]
    more = len(flagged) - MOST_NAMED
    return [*lines, f"  and {more} more, see summary.csv"] if more > 0 else lines
