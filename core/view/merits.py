"""The table of figures of merit: each with its value and one sentence that says what it means."""

from core.view.comparison import HeldAgainstDFT
from core.view.words import significant


def merit_rows(held: HeldAgainstDFT) -> str:
    """A Markdown table. It holds no text of anybody else's."""
    figures = held.figures
    rows = [
        (
            r"Density error ε\_KS",
            f"{significant(figures.eps_ks)} %",
            r"100 ∫\|ρ − ρ\_DFT\| over the number of electrons; all electrons count.",
        ),
        (
            "Its floor",
            f"{significant(figures.eps_floor)} %",
            "The same for DFT fitted in these functions: no prediction in them can do better.",
        ),
        (
            "Free atoms",
            f"{significant(figures.eps_sad)} %",
            "The same for free atoms put side by side: where every prediction starts.",
        ),
        (
            "Misplaced electrons",
            f"{significant(held.electrons_misplaced)} of {held.record.molecule.electrons}",
            "How many electrons would have to move to turn the prediction into DFT.",
        ),
        (
            "Force error, mean",
            f"{significant(figures.force_mae_mev_per_angstrom)} meV/Å",
            "Mean size of the error of a component: Hellmann-Feynman of the prediction against the DFT gradient.",
        ),
        (
            "Force error, largest",
            f"{significant(figures.force_max_mev_per_angstrom)} meV/Å",
            "The worst component of all atoms.",
        ),
        (
            "Dipole error",
            f"{significant(figures.dipole_error_md)} mD",
            "Length of the difference of the two dipoles, in millidebye.",
        ),
        (
            "Potential error, mean",
            f"{significant(held.potential.predicted)} kcal/(mol e)",
            "Of the potential 1.4 to 2 van der Waals radii away, which another molecule would feel; its mean size is "
            f"{significant(held.potential.strength)}, the floor {significant(held.potential.fitted)}, free atoms "
            f"{significant(held.potential.free_atoms)}.",
        ),
    ]
    if figures.equivariance_residual is not None:
        rows.append(
            (
                "Equivariance residual",
                _power_of_ten(figures.equivariance_residual),
                "Turn, predict, turn back: the relative change, which in exact arithmetic is nothing.",
            )
        )
    lines = [f"| {name} | **{_unbroken(value)}** | {meaning} |" for name, value, meaning in rows]
    return "\n".join(["| Measure | Value | What it means |", "|:--|--:|:--|", *lines])


def _unbroken(value: str) -> str:
    """A number stays on one line with its unit: no-break spaces, and a word joiner after the slash."""
    return value.replace(" ", "\u00a0").replace("/", "/\u2060")


def _power_of_ten(value: float) -> str:
    """7e-08 as people write it."""
    mantissa, exponent = f"{value:.0e}".split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"
