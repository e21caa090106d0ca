"""The table of figures of merit: each with its value and one sentence that says what it means."""

import numpy as np

from core.view.comparison import HeldAgainst
from core.view.words import significant, unbroken


def merit_rows(held: HeldAgainst) -> str:
    """A Markdown table. It holds no text of anybody else's."""
    figures, whose, potential = held.figures, held.other.whose, held.findings.potential
    total = held.picture.molecule.electrons
    rows = [
        (
            r"Density error ε\_KS",
            f"{significant(figures.eps_ks)} %",
            rf"100 ∫\|ρ − ρ of {whose}\| over the number of electrons; all electrons count.",
        )
    ]
    if figures.eps_floor is not None:
        rows.append(
            (
                "Its floor",
                f"{significant(figures.eps_floor)} %",
                f"The same for {whose} fitted in these functions: about as near as a prediction in them can come.",
            )
        )
    rows += [
        (
            "Free atoms",
            f"{significant(figures.eps_sad)} %",
            "The same for free atoms put side by side: where every prediction starts.",
        ),
        (
            "Misplaced electrons",
            f"{significant(held.findings.electrons_misplaced)} of {total}",
            f"How many electrons would have to move to turn the prediction into {whose}.",
        ),
    ]
    if figures.force_mae_mev_per_angstrom is not None and figures.force_max_mev_per_angstrom is not None:
        rows += [
            (
                "Force error, mean",
                f"{significant(figures.force_mae_mev_per_angstrom)} meV/Å",
                "Mean size of the error of a component: Hellmann-Feynman of the prediction against the gradient of "
                f"{whose}.{_taken_off(held)}",
            ),
            (
                "Force error, largest",
                f"{significant(figures.force_max_mev_per_angstrom)} meV/Å",
                "The worst component of all atoms.",
            ),
        ]
    dipoles = held.findings.dipoles
    rows += [
        (
            "Dipole error",
            f"{significant(figures.dipole_error_md)} mD",
            "Length of the difference of the two dipoles, in millidebye. "
            f"{_beside(dipoles.fitted_error_md, dipoles.free_atoms_error_md, 'mD')} {_both_dipoles(held)}",
        ),
        (
            "Potential error, mean",
            f"{significant(potential.predicted)} kcal/(mol e)",
            "Of the potential 1.4 to 2 van der Waals radii away, which another molecule would feel. "
            f"{_beside(potential.fitted, potential.free_atoms, 'kcal/(mol e)')} Its mean size there is "
            f"{unbroken(f'{significant(potential.strength)} kcal/(mol e)')}.",
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
    lines = [f"| {name} | **{unbroken(value)}** | {meaning} |" for name, value, meaning in rows]
    return "\n".join(["| Measure | Value | What it means |", "|:--|--:|:--|", *lines])


def _taken_off(held: HeldAgainst) -> str:
    prediction = held.picture.predicted.prediction
    if prediction is None or prediction.taken_off_hartree_per_bohr is None:
        return ""
    net = float(np.linalg.norm(prediction.net_force_taken_off_mev_per_angstrom))
    return f" The predicted forces added up to {significant(net)} meV/Å, which was taken off them before."


def _beside(floor: float | None, free_atoms: float, unit: str) -> str:
    """The same figure of the fit, where there is one, and of free atoms, as a sentence."""
    free = f"free atoms are off by **{unbroken(f'{significant(free_atoms)} {unit}')}**"
    if floor is None:
        return f"{free[0].upper()}{free[1:]}."
    return f"Its floor is **{unbroken(f'{significant(floor)} {unit}')}**; {free}."


def _both_dipoles(held: HeldAgainst) -> str:
    both, predicted = held.findings.dipoles, held.picture.predicted.prediction is not None
    ours = "Predicted" if predicted else "Free atoms"
    where = ", about the centre of the nuclear charges" if held.picture.molecule.charge else ""
    words = f"{ours} {both.predicted_debye:.3f} D, {held.other.whose} {both.reference_debye:.3f} D{where}"
    return f"{words}; free atoms have none." if predicted else f"{words}."


def _power_of_ten(value: float) -> str:
    """7e-08 as people write it."""
    mantissa, exponent = f"{value:.0e}".split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"
