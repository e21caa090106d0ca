"""A reference calculation for a command: taken from the store where the same structure was calculated before."""

from typing import TYPE_CHECKING

from core.cli.output import progress
from core.errors import ConvergenceError

if TYPE_CHECKING:
    from core.chem.molecule import Molecule
    from core.density.density import Density
    from core.reference.calculation import CycleReport
    from core.reference.record import Record


def stored_or_calculated(
    molecule: "Molecule", *, start: "Density | None" = None, count_default: bool = False
) -> "tuple[Record, float]":
    """The record at the default level, and the seconds its calculation took, now or then.

    start, count_default: as for `core.reference.calculation.calculate`; a stored record is taken however it was made.
    Progress goes to stderr. What does not converge leaves its cycles in the store. Raises ChargeError,
    ConvergenceError.
    """
    from core.jobs.status import Failure, key_of
    from core.jobs.store import ResultStore
    from core.reference.calculation import calculate
    from core.reference.level import DEFAULT_LEVEL

    store = ResultStore()
    record = store.get(molecule)
    if record is not None:
        progress("This structure was calculated before; taken from the store.")
        if start is not None and "one_shot" not in record.provenance:
            progress("It did not begin with a prediction then, so what that alone gives is not known.")
        return record, float(record.provenance["seconds"])
    cycles: list[CycleReport] = []

    def on_cycle(cycle: "CycleReport") -> None:
        cycles.append(cycle)
        progress(
            f"SCF cycle {cycle.cycle}: {cycle.energy_hartree:.8f} hartree, change {cycle.energy_change_hartree:.1e}"
        )

    try:
        record = calculate(molecule, origin="command line", on_cycle=on_cycle, start=start, count_default=count_default)
    except ConvergenceError as error:
        failure = Failure(error.message, error.remedy, permanent=start is None, cycles=tuple(cycles))
        store.put_failure(key_of(molecule, DEFAULT_LEVEL), failure)
        raise
    store.put(record)
    return record, float(record.provenance["seconds"])
