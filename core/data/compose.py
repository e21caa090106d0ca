"""What a fragment is made of: a leading piece from a shuffled deck, partners and waters up to a size drawn at random.

The deck deals every piece of the catalogue before any comes again, so a short stream already covers all of them.
Cost of a calculation grows about as the cube of the atoms; the sizes drawn keep most fragments at 8 to 20.
"""

from dataclasses import dataclass

import numpy as np

from core.data.catalogue import Piece, pieces

LARGEST_CHARGE = 2
MOST_PIECES, MOST_WATERS, WATER_ATOMS = 3, 4, 3
SMALLEST = 8
SIZE_SHAPE, SIZE_SCALE = 2.0, 2.0
# Shares of leading pieces that stay alone; the others get at least so much room, in atoms, for company.
ALONE_SHARE = {"capped residue": 0.85, "nucleobase": 0.3}
ALONE_SHARE_OF_OTHERS = 0.18
LEAST_ROOM = (3, 8)
# Pairs of these kinds are larger than most fragments: shares of leading pieces that get a partner all the same, a base
# another base.
LARGE_SHARE = {"nucleobase": 0.3, "backbone": 0.15, "side chain": 0.06}
LARGE_SIZES = (20, 30)
# Two bases stacked or paired are wanted whatever they cost.
LARGEST = 32
# How often a piece of each kind is in the deck, and the weight of a kind among partners.
IN_DECK = {
    "side chain": 3, "backbone": 6, "nucleobase": 4, "phosphate": 3, "sugar": 2, "terminus": 2, "capped residue": 1,
}  # fmt: skip
AS_PARTNER = {
    "side chain": 6.0, "backbone": 2.0, "nucleobase": 1.5, "phosphate": 1.0, "sugar": 1.0, "terminus": 0.7,
    "capped residue": 0.3,
}  # fmt: skip
# Cations are few in the catalogue and many in proteins.
CATION_IN_DECK = 2
SAME_KIND = 3.0
OPPOSITE_CHARGES, LIKE_CHARGES = 3.0, 0.1
# Charged partners of what is neutral so far; small anions would otherwise fill most gaps.
CHARGED = {-2: 0.1, -1: 0.2, 1: 0.5}
WATER_SHARE, STOP_SHARE = 0.35, 0.20
WATERS_OF_A_DOUBLE_CHARGE = 2
DECK_KEY, LARGE_WATER_SHARE = 60221, 0.1


@dataclass(frozen=True)
class Composition:
    """The pieces of one fragment, the leading one first, and how many waters join them."""

    pieces: tuple[Piece, ...]
    waters: int

    @property
    def charge(self) -> int:
        return sum(piece.charge for piece in self.pieces)

    @property
    def atoms(self) -> int:
        return sum(map(len, self.pieces)) + WATER_ATOMS * self.waters


def leading_piece(seed: int, number: int) -> Piece:
    """Leading piece of item `number` of a stream: decks follow each other, each in an order of its own."""
    deck = [
        piece for piece in pieces() for _ in range(IN_DECK[piece.kind] * (CATION_IN_DECK if piece.charge > 0 else 1))
    ]
    turn, place = divmod(number, len(deck))
    return deck[int(np.random.default_rng([seed, turn, DECK_KEY]).permutation(len(deck))[place])]


def _partner(chosen: list[Piece], room: int, rng: np.random.Generator) -> Piece | None:
    """A piece of at most `room` atoms that the total charge allows, opposite charges and like kinds preferred."""
    charge = sum(piece.charge for piece in chosen)
    fitting = [p for p in pieces() if len(p) <= room and abs(charge + p.charge) <= LARGEST_CHARGE]
    if not fitting:
        return None
    weights = []
    for piece in fitting:
        weight = AS_PARTNER[piece.kind] / sum(other.kind == piece.kind for other in pieces())
        weight *= SAME_KIND if piece.kind == chosen[0].kind else 1.0
        if charge * piece.charge:
            weight *= OPPOSITE_CHARGES if charge * piece.charge < 0 else LIKE_CHARGES
        elif piece.charge:
            weight *= CHARGED[piece.charge]
        weights.append(weight)
    return fitting[int(rng.choice(len(fitting), p=np.array(weights) / sum(weights)))]


def compose(lead: Piece, rng: np.random.Generator) -> Composition:
    """Partners and waters for a leading piece."""
    if rng.random() < ALONE_SHARE.get(lead.kind, ALONE_SHARE_OF_OTHERS):
        return Composition((lead,), WATERS_OF_A_DOUBLE_CHARGE * (abs(lead.charge) == LARGEST_CHARGE))
    large = bool(rng.random() < LARGE_SHARE.get(lead.kind, 0.0))
    size = max(int(SMALLEST + rng.gamma(SIZE_SHAPE, SIZE_SCALE)), len(lead) + int(rng.integers(*LEAST_ROOM)))
    if large:
        size = int(rng.integers(LARGE_SIZES[0], LARGE_SIZES[1] + 1))
    water_share = LARGE_WATER_SHARE if large else WATER_SHARE
    chosen, waters = [lead], 0
    if large and lead.kind == "nucleobase":
        bases = [piece for piece in pieces() if piece.kind == "nucleobase" and len(piece) + len(lead) <= LARGEST]
        chosen.append(bases[int(rng.integers(len(bases)))])
    while (room := size - sum(map(len, chosen)) - WATER_ATOMS * waters) >= WATER_ATOMS:
        wet = bool(rng.random() < water_share)
        partner = None if wet or len(chosen) == MOST_PIECES else _partner(chosen, room, rng)
        if partner is not None:
            chosen.append(partner)
        elif waters < MOST_WATERS:
            waters += 1
        else:
            break
        if rng.random() < STOP_SHARE:
            break
    if abs(sum(piece.charge for piece in chosen)) == LARGEST_CHARGE:
        waters = max(waters, WATERS_OF_A_DOUBLE_CHARGE)
    return Composition(tuple(chosen), waters)
