"""What a fragment is made of: a leading piece from a shuffled deck, a partner or two, and waters.

The deck deals every piece of the catalogue before any comes again, so a short stream already covers all of them.
Partners are drawn by what they are, small ones preferred, within a limit on the whole: the cost of a calculation grows
about as the cube of the atoms.
"""

from dataclasses import dataclass

import numpy as np

from core.data.catalogue import CUT_END, Piece, cut_ends, pieces
from core.data.mixtures import DEFAULT, Mixture

LARGEST_CHARGE = 2
MOST_PIECES, MOST_WATERS, WATER_ATOMS = 3, 4, 3
# Shares of leading pieces that stay alone.
ALONE_SHARE = {"capped residue": 0.85, "nucleoside": 0.85, "nucleobase": 0.3}
ALONE_SHARE_OF_OTHERS = 0.18
# Most atoms of a fragment of several molecules, drawn evenly; and where it may grow larger, as shares of the leading
# pieces: two bases stacked or paired, backbone with backbone, ring with ring.
USUAL, LARGE = (12, 20), 30
LARGE_SHARE = {"nucleobase": 0.18, "backbone": 0.06, "side chain": 0.06}
# A partner's weight falls by e over so many atoms.
PARTNER_ATOMS = 14.0
# How often a piece of each kind is in the deck, and the weight of a kind among partners.
IN_DECK = {
    "side chain": 3, "backbone": 6, "nucleobase": 5, "phosphate": 3, "sugar": 2, "terminus": 2, "capped residue": 2,
    "nucleoside": 3, CUT_END: 1,
}  # fmt: skip
AS_PARTNER = {
    "side chain": 6.0, "backbone": 2.5, "nucleobase": 1.5, "phosphate": 1.0, "sugar": 1.0, "terminus": 0.7,
    "capped residue": 0.3, "nucleoside": 0.2,
}  # fmt: skip
# Cations are few in the catalogue and many in proteins; what is small leads more pairs for the same cost.
CATION_IN_DECK = 2
SMALL_ATOMS, SMALL_IN_DECK = 12, 5
SAME_KIND, RING_WITH_RING = 2.0, 3.0
# Two cations side by side are common in proteins (Arg with Arg); two anions come of themselves, as there are more.
OPPOSITE_CHARGES, LIKE_ANIONS, LIKE_CATIONS = 3.0, 0.8, 12.0
# Charged partners of what is neutral so far; small anions would otherwise come too often.
CHARGED = {-2: 0.1, -1: 0.15, 1: 0.8}
# Shares: waters in place of a partner; waters beside one; a third piece where there is room.
WATERS_ONLY, WATERS_TOO, THIRD = 0.25, 0.25, 0.15
WATERS_OF_A_DOUBLE_CHARGE = 2
DECK_KEY = 60221


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


def times_in_deck(piece: Piece) -> int:
    """How often a piece leads in one turn of the deck."""
    times = IN_DECK[piece.kind] * (CATION_IN_DECK if piece.charge > 0 else 1)
    return times * (SMALL_IN_DECK if len(piece) <= SMALL_ATOMS else 1)


def leading_piece(seed: int, number: int, mixture: Mixture = DEFAULT) -> Piece:
    """Leading piece of item `number` of a stream: decks follow each other, each in an order of its own."""
    deck = [piece for piece in (*pieces(), *cut_ends()) if mixture.leads(piece) for _ in range(times_in_deck(piece))]
    turn, place = divmod(number, len(deck))
    shuffled = np.random.default_rng([seed, turn, DECK_KEY, *mixture.key]).permutation(len(deck))
    return deck[int(shuffled[place])]


def _weight(piece: Piece, lead: Piece, charge: int) -> float:
    """How readily `piece` joins a fragment of the total charge `charge` that `lead` leads."""
    weight = AS_PARTNER[piece.kind] / sum(other.kind == piece.kind for other in pieces())
    weight *= np.exp(-len(piece) / PARTNER_ATOMS)
    weight *= SAME_KIND if piece.kind == lead.kind else 1.0
    weight *= RING_WITH_RING if piece.aromatic and lead.aromatic else 1.0
    if charge * piece.charge:
        if charge * piece.charge < 0:
            return weight * OPPOSITE_CHARGES
        return weight * (LIKE_CATIONS if charge > 0 else LIKE_ANIONS)
    return weight * CHARGED[piece.charge] if piece.charge else weight


def _partner(chosen: list[Piece], room: int, rng: np.random.Generator) -> Piece | None:
    """A piece of at most `room` atoms that the total charge allows; None where there is none."""
    charge = sum(piece.charge for piece in chosen)
    fitting = [p for p in pieces() if len(p) <= room and abs(charge + p.charge) <= LARGEST_CHARGE]
    if not fitting:
        return None
    weights = np.array([_weight(piece, chosen[0], charge) for piece in fitting])
    return fitting[int(rng.choice(len(fitting), p=weights / weights.sum()))]


def compose(lead: Piece, rng: np.random.Generator, mixture: Mixture = DEFAULT) -> Composition:
    """Partners and waters for a leading piece."""
    if rng.random() < (ALONE_SHARE | mixture.alone).get(lead.kind, ALONE_SHARE_OF_OTHERS):
        return Composition((lead,), WATERS_OF_A_DOUBLE_CHARGE * (abs(lead.charge) == LARGEST_CHARGE))
    large = rng.random() < (LARGE_SHARE | mixture.large).get(lead.kind, 0.0)
    limit = LARGE if large else int(rng.integers(USUAL[0], USUAL[1] + 1))
    chosen, waters = [lead], 0
    if limit == LARGE and lead.kind == "nucleobase":
        bases = [piece for piece in pieces() if piece.kind == "nucleobase" and len(piece) + len(lead) <= LARGE + 2]
        chosen.append(bases[int(rng.integers(len(bases)))])
    elif rng.random() >= WATERS_ONLY:
        for share in (1.0, THIRD)[: MOST_PIECES - 1]:
            room = limit - sum(map(len, chosen))
            partner = _partner(chosen, room, rng) if rng.random() < share else None
            if partner is not None:
                chosen.append(partner)
    room = limit - sum(map(len, chosen))
    if len(chosen) == 1 or rng.random() < WATERS_TOO:
        waters = min(MOST_WATERS, int(rng.geometric(0.5)), max(room // WATER_ATOMS, int(len(chosen) == 1)))
    if abs(sum(piece.charge for piece in chosen)) == LARGEST_CHARGE:
        waters = max(waters, WATERS_OF_A_DOUBLE_CHARGE)
    return Composition(tuple(chosen), waters)
