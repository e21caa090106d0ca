"""Damage to a file, by a seeded random generator: what a cut transfer, an editor, or a person with ill will does."""

import random
from collections.abc import Callable, Sequence

# What numbers, names and counts become.
TOKENS = (
    b"", b"0", b"-0", b"-1", b"1", b"2", b"999", b"9999", b"99999", b"999999999999", b"2147483648", b"-2147483649",
    b"18446744073709551616", b"1e308", b"1e309", b"-1e309", b"1e-400", b"nan", b"inf", b"-inf", b"0x10", b"1_0",
    b"1D5", b"********", b".", b"?", b"-", b"+", b"'", b'"', b";", b"\t", b" ", b"\r", b"\n", b"\r\n", b"\n\n",
    b"\x00", b"\x1b[31m", b"\xff", b"\xc3\x28", b"\xed\xa0\x80", "é".encode(), "水".encode(), "\u202e".encode(),
    "\u2028".encode(), "٣".encode(), "²".encode(), b"%s%n", b"%00", b"../../etc/passwd", b"<script>alert(1)</script>",
    b"<img src=x onerror=alert(1)>", b"${x}", b"{{x}}", b"A" * 300, b"9" * 400, b"(" * 200, b"[" * 100, b"H", b"C",
    b"Fe", b"Xx", b"D", b"U", b"X", b"*", b"#", b"$$$$", b"V3000", b"V2000", b"M  END", b"END", b"ENDMDL", b"loop_",
    b"data_", b"save_", b"_atom_site.", b"charge=", b"Properties=", b"Lattice=",
)  # fmt: skip


def _place(rng: random.Random, data: bytes) -> tuple[int, int]:
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + rng.choice((0, 1, 1, 2, 4, 8, 30, 80, 400)))


def _flip(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    if not data:
        return data
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _token(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    start, end = _place(rng, data)
    return data[:start] + rng.choice(TOKENS) + data[end:]


def _word(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """One word between blanks becomes something else of about the same kind of place."""
    words = data.split(b" ")
    words[rng.randrange(len(words))] = rng.choice(TOKENS)
    return b" ".join(words)


def _digit(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    places = [index for index, byte in enumerate(data) if 48 <= byte <= 57]
    if not places:
        return _flip(rng, data, others)
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 3))):
        changed[rng.choice(places)] = rng.choice(b"0123456789-+. e")
    return bytes(changed)


def _cut(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    return data[: rng.randrange(len(data) + 1)] if rng.random() < 0.7 else data[rng.randrange(len(data) + 1) :]


def _lines(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Lines taken out, written twice, or put elsewhere."""
    lines = data.split(b"\n")
    start = rng.randrange(len(lines))
    some = lines[start : start + rng.choice((1, 1, 2, 5, 20))]
    what = rng.randrange(3)
    if what == 0:
        del lines[start : start + len(some)]
    elif what == 1:
        lines[start:start] = some * rng.choice((1, 1, 2, 50))
    else:
        del lines[start : start + len(some)]
        there = rng.randrange(len(lines) + 1)
        lines[there:there] = some
    return b"\n".join(lines)


def _splice(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """The beginning of this and the end of another."""
    other = rng.choice(others)
    return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other) + 1) :]


def _shift(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """A line moved by a column, as editors do it."""
    lines = data.split(b"\n")
    index = rng.randrange(len(lines))
    at = rng.randrange(len(lines[index]) + 1)
    lines[index] = lines[index][:at] + (b" " if rng.random() < 0.5 else b"") + lines[index][at + rng.randrange(2) :]
    return b"\n".join(lines)


def _noise(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    return rng.randbytes(rng.choice((0, 1, 3, 40, 400)))


def _repeat(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    start, end = _place(rng, data)
    return data[:end] + data[start:end] * rng.choice((2, 10, 200)) + data[end:]


_WAYS: tuple[Callable[[random.Random, bytes, Sequence[bytes]], bytes], ...] = (
    _flip, _token, _token, _word, _word, _digit, _digit, _cut, _lines, _lines, _splice, _shift, _repeat,
)  # fmt: skip
LONGEST = 60_000


def mutated(rng: random.Random, corpus: Sequence[bytes]) -> bytes:
    """One of the corpus with one to five kinds of damage; now and then noise alone."""
    if rng.random() < 0.01:
        return _noise(rng, b"", corpus)
    data = rng.choice(corpus)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 5))):
        data = rng.choice(_WAYS)(rng, data, corpus)[:LONGEST]
    return data
