"""What orbitals in the field of the predicted density say, beside the converged calculation, in words."""

import numpy as np

from core.model.checkpoint import weights_hash
from core.model.choose import name_for
from core.reference.orbital_density import OrbitalDensity
from core.reference.record import Record
from core.units import E_BOHR_IN_DEBYE, HARTREE_IN_EV
from core.view.words import seconds, significant


def one_shot_table(record: Record) -> str:
    """A Markdown table; empty where the calculation did not begin with a prediction."""
    shot = record.provenance.get("one_shot")
    if not shot:
        return ""
    rows = [
        (
            "Energy, hartree",
            f"{shot['energy_hartree']:.6f}",
            f"{record.energy_hartree:.6f}",
            f"{_signed(1000.0 * (shot['energy_hartree'] - record.energy_hartree))} mhartree",
        )
    ]
    for name, key in (("HOMO, eV", "homo_hartree"), ("LUMO, eV", "lumo_hartree")):
        here, there = (HARTREE_IN_EV * float(values[key]) for values in (shot, record.provenance))
        rows.append((name, f"{here:.3f}", f"{there:.3f}", f"{_signed(here - there)} eV"))
    # Of an ion the dipole depends on the origin.
    if record.molecule.charge == 0:
        dipoles = (shot["dipole_e_bohr"], OrbitalDensity.of(record).dipole_e_bohr())
        here, there = (E_BOHR_IN_DEBYE * float(np.linalg.norm(dipole)) for dipole in dipoles)
        rows.append(("Dipole, debye", f"{here:.3f}", f"{there:.3f}", f"{_signed(here - there)} D"))
    lines = ["| | from the prediction | converged | difference |", "|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def cycles_sentence(record: Record) -> str:
    """How many SCF cycles the start spared; empty where the calculation began with PySCF's own guess."""
    notes = record.provenance
    if "one_shot" not in notes:
        return ""
    made = notes["one_shot"].get("seconds")
    cost = f" (making them took {seconds(made)})" if made else ""
    taken = f"Begun with these orbitals{cost}, the SCF took {notes['scf_cycles']} cycles"
    if "default_coarse_cycles" not in notes:
        return f"{taken}."
    saved = notes["default_coarse_cycles"] - notes["coarse_cycles"]
    end = "no fewer" if saved < 1 else f"{saved} fewer" if saved > 1 else "one fewer"
    return (
        f"{taken}. To the end of the coarse grid it took {notes['coarse_cycles']}; PySCF's own guess, counted in the "
        f"same run, took {notes['default_coarse_cycles']}: {end}."
    )


def missing_words(*, shipped: bool) -> str:
    """Why there is no such table, and what brings it; shipped: the calculation came with the program."""
    whose = "The calculation that came with the program" if shipped else "This calculation"
    remedy = (
        " **Calculate it here**, above, begins with it: then energy, HOMO, LUMO and dipole of the predicted density "
        "stand here, and, if you have them counted, the SCF cycles that it saves."
        if shipped
        else ""
    )
    return f"{whose} did not begin with the predicted density, so there is nothing here.{remedy}"


def of_other_weights(record: Record) -> bool:
    """Whether the prediction it began with was of other weights than those that predict this structure today."""
    made_by = record.provenance.get("start_weights")
    return bool(made_by) and made_by != weights_hash(name_for(record.molecule))


def _signed(value: float) -> str:
    return f"{'−' if value < 0 else '+'}{significant(abs(value))}"
