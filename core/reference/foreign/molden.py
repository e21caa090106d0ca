"""Molden files (theochem.ru.nl/molden/molden_format.html): sections of atoms, functions and orbitals, by name.

Lengths are in bohr or angstrom as the file says, exponents in bohr^-2. What programs write otherwise than the format
says is dealt with in `core.reference.foreign.molden_ways`.
"""

import re
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from core.chem.elements import atomic_number
from core.errors import ResultError
from core.reference.foreign.molden_ways import OccupiedOrbitals, in_the_right_way
from core.reference.foreign.result import ForeignResult, Shell
from core.reference.foreign.shells import MOST_FUNCTIONS, MOST_PRIMITIVES, checked
from core.reference.foreign.soundness import FRACTIONAL, open_shell, require_sound_nuclei
from core.reference.foreign.text import integers, reals, text_of, words
from core.units import ANGSTROM_IN_BOHR

KIND = "Molden file"
_SECTION = re.compile(r"^[ \t]*\[([^\]\r\n]{1,60})\](.*)$", re.MULTILINE)
# The shells that a line of [GTO] announces, by angular momentum.
_KINDS = {letter: (l,) for l, letter in enumerate("spdfghi")} | {"sp": (0, 1)}
FEWEST_ELECTRONS = 1e-6


def looks_so(content: bytes) -> bool:
    return re.search(rb"^[ \t]*\[molden format\]", content[:4000], re.MULTILINE | re.IGNORECASE) is not None


def _sections(text: str) -> dict[str, tuple[str, str]]:
    """Rest of the heading and body of each section by its name in capitals; of one that comes twice, both bodies."""
    found = list(_SECTION.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    sections: dict[str, tuple[str, str]] = {}
    for match, end in zip(found, ends, strict=True):
        name = " ".join(match[1].upper().split())
        rest, body = sections.get(name, (match[2], ""))
        sections[name] = rest, body + text[match.end() : end]
    return sections


def parse(content: bytes, name: str) -> ForeignResult:
    """Read a file. Raises ResultError, UnsupportedElementError."""
    sections = _sections(text_of(content))
    for needed in ("ATOMS", "GTO", "MO"):
        if needed not in sections:
            raise ResultError(
                f"The file has no section [{needed}].",
                "Write it with orbitals of Gaussian functions; Slater functions are not read." if needed == "GTO"
                else "It is cut off or damaged.",
            )  # fmt: skip
    numbers, positions = _atoms(*sections["ATOMS"])
    require_sound_nuclei(numbers, positions)
    shells = tuple(_shells(sections["GTO"][1], len(numbers), _cartesian(sections)))
    if not shells:
        raise ResultError("The section [GTO] has no functions.", "The file is cut off or damaged.")
    n_functions = sum(shell.n_functions for shell in shells)
    if n_functions > MOST_FUNCTIONS:
        raise ResultError(
            f"The orbital basis has {n_functions:,} functions; at most {MOST_FUNCTIONS:,} are read.",
            "Compare a smaller molecule or basis.",
        )
    orbitals, notes = _occupied(sections["MO"][1], n_functions)
    found = in_the_right_way(numbers, positions, shells, orbitals)
    return ForeignResult(
        name=name,
        kind=KIND,
        says=words(sections.get("TITLE", ("", ""))[1]),
        atomic_numbers=numbers,
        positions_bohr=positions,
        charge=None,
        density=found,
        notes=notes,
    )


def _atoms(heading: str, body: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    unit = ANGSTROM_IN_BOHR if "ANG" in heading.upper() else 1.0
    numbers, places = [], []
    for line in filter(None, map(str.strip, body.splitlines())):
        fields = line.split()
        if len(fields) != 6:
            raise ResultError("A line of [Atoms] does not hold six entries.", "The file is damaged.")
        number = int(integers(fields[2], 1, "[Atoms]")[0])
        if number == 0:
            raise ResultError("A ghost atom stands in [Atoms].", "Calculate the molecule without ghost atoms.")
        # Programs with pseudopotentials write the charge that is left.
        try:
            named = atomic_number(re.sub(r"[^A-Za-z].*", "", fields[0]))
        except KeyError:
            named = number
        numbers.append(named)
        places.append(fields[3:])
    return np.array(numbers, dtype=np.int64), unit * reals(
        " ".join(" ".join(place) for place in places), 3 * len(numbers), "[Atoms]"
    ).reshape(-1, 3)


def _cartesian(sections: dict[str, tuple[str, str]]) -> Callable[[int], bool]:
    """Whether shells of an l are Cartesian: all are, unless the file says otherwise."""
    spherical = {2: "5D" in sections or "5D7F" in sections or "5D10F" in sections,
                 3: "7F" in sections or "5D7F" in sections or ("5D" in sections and "10F" not in sections),
                 4: "9G" in sections}  # fmt: skip
    return lambda l: l > 1 and not (spherical[min(l, 4)] or (l == 5 and "11H" in sections))


def _shells(body: str, n_atoms: int, cartesian: Callable[[int], bool]) -> Iterator[Shell]:
    lines = iter([line for line in map(str.split, body.splitlines()) if line])
    atom = -1
    for fields in lines:
        if fields[0].isdigit() and len(fields) <= 2:
            atom = int(integers(fields[0], 1, "[GTO]")[0]) - 1
            continue
        kinds = _KINDS.get(fields[0].lower())
        if kinds is None or len(fields) < 2 or not fields[1].isdigit():
            line = words(" ".join(fields))
            raise ResultError(f"The section [GTO] has a line that is no shell: {line!r}.", "The file is damaged.")
        count = int(integers(fields[1], 1, "[GTO]")[0])
        if not 1 <= count <= MOST_PRIMITIVES:
            raise ResultError(
                f"A shell of {count:,} primitives is not read; at most {MOST_PRIMITIVES} are.",
                "Use a basis of shorter contractions.",
            )
        rows = [" ".join(next(lines, [])) for _ in range(count)]
        table = reals("\n".join(rows), count * (1 + len(kinds)), "[GTO]").reshape(count, -1)
        for column, l in enumerate(kinds, start=1):
            if l > 4 and cartesian(l):
                raise ResultError("Molden files have no Cartesian h functions.", "Use spherical functions.")
            yield checked(
                Shell(atom, l, cartesian(l), tuple(table[:, 0].tolist()), tuple(table[:, column].tolist())), n_atoms
            )


def _occupied(body: str, n_functions: int) -> tuple[OccupiedOrbitals, tuple[str, ...]]:
    columns, occupations, betas = [], [], []
    rows: list[str] = []
    heading: dict[str, str] = {}

    def close() -> None:
        if not heading and not rows:
            return
        if "OCCUP" not in heading:
            raise ResultError("An orbital of [MO] has no Occup=.", "Write the file with occupations.")
        occupation = float(reals(heading["OCCUP"], 1, "Occup=")[0])
        if abs(occupation) < FEWEST_ELECTRONS:
            return
        table = reals("\n".join(rows), 2 * len(rows), "[MO]").reshape(-1, 2)
        places = table[:, 0].astype(np.int64)
        if (places != table[:, 0]).any() or not ((places >= 1) & (places <= n_functions)).all():
            raise ResultError(
                f"An orbital of [MO] names a function beyond the {n_functions} of [GTO].", "The file is damaged."
            )
        column = np.zeros(n_functions)
        column[places - 1] = table[:, 1]
        columns.append(column)
        occupations.append(occupation)
        betas.append(heading.get("SPIN", "").strip().upper().startswith("B"))
        if len(columns) > 2 * n_functions:
            raise ResultError("The file has more orbitals than functions.", "It is damaged.")

    for line in filter(None, map(str.strip, body.splitlines())):
        key, equals, value = line.partition("=")
        if not equals:
            rows.append(line)
            continue
        if rows:
            close()
            rows, heading = [], {}
        heading[key.strip().upper()] = value
    close()
    if not columns:
        raise ResultError("No orbital of the file has electrons.", "Write the file with occupations.")
    found = OccupiedOrbitals(np.array(columns).T, np.array(occupations), np.array(betas))
    return found, _spin_notes(found)


def _spin_notes(found: OccupiedOrbitals) -> tuple[str, ...]:
    if not found.beta.any():
        whole = abs(found.occupations - np.rint(found.occupations)) < 1e-4
        if whole.all() and (np.rint(found.occupations) == 1).any():
            singles = int((np.rint(found.occupations) == 1).sum())
            raise open_shell(found.occupations.sum() / 2 + singles / 2, found.occupations.sum() / 2 - singles / 2)
        return () if whole.all() else (FRACTIONAL,)
    alpha, beta = found.occupations[~found.beta].sum(), found.occupations[found.beta].sum()
    if abs(alpha - beta) > 1e-3:
        raise open_shell(alpha, beta)
    return ("It is an unrestricted calculation; the total density is compared.",)
