"""Chemical symbols, both ways, and the elements Rhoscope knows. The one periodic table of the project (from RDKit)."""

from functools import cache

from rdkit.Chem import GetPeriodicTable

# H, C, N, O, P, S: what the auxiliary bases are made for. A model may know fewer.
SUPPORTED_ELEMENTS = (1, 6, 7, 8, 15, 16)
HEAVIEST = 118


@cache
def symbol(atomic_number: int) -> str:
    return GetPeriodicTable().GetElementSymbol(int(atomic_number))


@cache
def _numbers() -> dict[str, int]:
    return {symbol(number): number for number in range(1, HEAVIEST + 1)} | {"D": 1, "T": 1}


def atomic_number(symbol_: str) -> int:
    """Atomic number of a symbol in any case; D and T are hydrogen.

    Raises KeyError for what is not an element.
    """
    return _numbers()[symbol_.strip().capitalize()]
