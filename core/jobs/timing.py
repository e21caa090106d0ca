"""How long a calculation will take, before it starts: a power law in the number of orbital basis functions.

seconds = FACTOR * n^EXPONENT on one thread, fitted to the fastest measured calculation of each size from 1 to 8 waters
(58 to 464 functions): other work on the same machine only ever makes a calculation slower. Theil-Sen estimator, the
median of the slopes between all pairs of sizes. Glycine and dimethyl sulfide (220 and 178 functions) took 1.2 and 1.3
times as long, in processor time; PBE and BLYP, which need no exact exchange, 0.8 to 1.0 times as long as PBE0 on one to
three waters. Beyond the fitted sizes it is an extrapolation. What this machine needed for its own
recent calculations then scales the law.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np

from core.chem.elements import symbol
from core.chem.molecule import Molecule
from core.errors import UnsupportedElementError
from core.reference.level import DEFAULT_LEVEL, Level
from core.reference.record import Record

FACTOR_SECONDS = 1.45e-5
EXPONENT = 2.55
# Share of ideal speed-up that PySCF is assumed to keep as threads are added; the scale of the machine corrects it.
THREAD_EXPONENT = 0.7
SHORTEST_SECONDS = 1.0


@cache
def functions_of_element(orbital_basis: str, atomic_number: int) -> int:
    """Number of spherical orbital functions. Raises UnsupportedElementError where the basis has none."""
    from pyscf.gto.basis import load

    try:
        shells = load(orbital_basis, symbol(atomic_number))
    except (KeyError, RuntimeError) as error:
        raise UnsupportedElementError(
            f"The orbital basis {orbital_basis} has no functions for {symbol(atomic_number)}.",
            "Remove that atom, or choose another level of theory.",
        ) from error
    return sum((2 * int(shell[0]) + 1) * (len(shell[-1]) - 1) for shell in shells)


def basis_functions(molecule: Molecule, level: Level = DEFAULT_LEVEL) -> int:
    """Number of orbital basis functions of a structure."""
    numbers, counts = np.unique(molecule.atomic_numbers, return_counts=True)
    return sum(
        count * functions_of_element(level.orbital_basis, number)
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True)
    )


def fit_power_law(functions: Sequence[int], seconds: Sequence[float]) -> tuple[float, float]:
    """(factor, exponent) by Theil-Sen on the logarithms, through the fastest of each size. Needs two sizes."""
    fastest: dict[int, float] = {}
    for count, time in zip(functions, seconds, strict=True):
        fastest[count] = min(time, fastest.get(count, np.inf))
    x, y = np.log(np.array(list(fastest), dtype=float)), np.log(np.array(list(fastest.values())))
    first, second = np.triu_indices(len(x), 1)
    exponent = float(np.median((y[second] - y[first]) / (x[second] - x[first])))
    return float(np.exp(np.median(y - exponent * x))), exponent


def law_seconds(functions: int, threads: int = 1) -> float:
    """The law, before it is scaled to a machine."""
    return float(FACTOR_SECONDS * functions**EXPONENT / max(1, threads) ** THREAD_EXPONENT)


def machine_scale(records: Sequence[Record]) -> float:
    """Median of measured over expected time of calculations whose number of threads is known; 1 without any."""
    ratios = [
        record.provenance["seconds"] / law_seconds(record.occupied_orbitals.shape[0], int(record.provenance["threads"]))
        for record in records
        if record.provenance.get("seconds", 0) > 0 and record.provenance.get("threads", 0) > 0
    ]
    return float(np.median(ratios)) if ratios else 1.0
