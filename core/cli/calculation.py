"""A reference calculation for a command: taken from the store where the same structure was calculated before."""

from typing import TYPE_CHECKING

from core.cli.output import progress

if TYPE_CHECKING:
    from core.chem.molecule import Molecule
    from core.reference.record import Record


def stored_or_calculated(molecule: "Molecule") -> "tuple[Record, float]":
    """The record at the default level, and the seconds its calculation took, now or then.

    Progress goes to stderr. Raises ChargeError, ConvergenceError.
    """
    from core.jobs.store import ResultStore
    from core.reference.calculation import calculate

    store = ResultStore()
    record = store.get(molecule)
    if record is not None:
        progress("This structure was calculated before; taken from the store.")
    else:
        record = calculate(
            molecule,
            origin="command line",
            on_cycle=lambda cycle: progress(
                f"SCF cycle {cycle.cycle}: {cycle.energy_hartree:.8f} hartree, change {cycle.energy_change_hartree:.1e}"
            ),
        )
        store.put(record)
    return record, float(record.provenance["seconds"])
