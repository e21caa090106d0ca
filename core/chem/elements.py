"""Chemical symbols, both ways. The one periodic table of the project (from RDKit)."""

from functools import cache

from rdkit.Chem import GetPeriodicTable


@cache
def symbol(atomic_number: int) -> str:
    return GetPeriodicTable().GetElementSymbol(int(atomic_number))


@cache
def atomic_number(symbol_: str) -> int:
    """Atomic number of a symbol in any case.

    Raises KeyError for what is not an element.
    """
    try:
        number = GetPeriodicTable().GetAtomicNumber(symbol_.strip().capitalize())
    except RuntimeError as error:
        raise KeyError(symbol_) from error
    if number <= 0:
        raise KeyError(symbol_)
    return number
