"""Compositions: sizes and charges within bounds, every piece in its turn, the stream of production unchanged."""

from collections import Counter

import numpy as np
import pytest
from rdkit import Chem

from core.data.catalogue import CUT_END, Piece, cut_ends, pieces
from core.data.compose import (
    IN_DECK,
    LARGEST_CHARGE,
    MOST_PIECES,
    MOST_WATERS,
    Composition,
    compose,
    leading_piece,
    times_in_deck,
)
from core.data.fragments import BLOCK_ITEMS, ITEM_KEY
from core.data.mixtures import MIXTURES

# Seldom or never partners of another.
LARGE_PIECES = {"capped residue", "nucleoside"}
# How often each piece leads in one turn.
DECK = Counter({piece.name: times_in_deck(piece) for piece in pieces()})


def composition(seed: int, number: int) -> Composition:
    """Of item `number` of the stream of fragments."""
    block, item = divmod(number, BLOCK_ITEMS)
    return compose(leading_piece(seed, number), np.random.default_rng([seed, block, item, ITEM_KEY]))


@pytest.fixture(scope="module")
def stream() -> list[Composition]:
    return [composition(1, number) for number in range(1500)]


def named(name: str) -> Piece:
    return next(piece for piece in pieces() if piece.name == name)


def test_a_turn_deals_every_piece_as_often_as_its_kind_says_before_the_next_begins() -> None:
    turn = DECK.total()
    for seed, start in ((1, 0), (1, turn), (2, 0)):
        assert Counter(leading_piece(seed, start + place).name for place in range(turn)) == DECK
    orders = {tuple(leading_piece(seed, start + place).name for place in range(20))
              for seed, start in ((1, 0), (1, turn), (2, 0))}  # fmt: skip
    assert len(orders) == 3


def test_sizes_and_charges_stay_within_bounds(stream: list[Composition]) -> None:
    for found in stream:
        assert abs(found.charge) <= LARGEST_CHARGE == 2
        assert 1 <= len(found.pieces) <= MOST_PIECES and 0 <= found.waters <= MOST_WATERS
        assert found.atoms == sum(piece.graph.GetNumAtoms() for piece in found.pieces) + 3 * found.waters
        if abs(found.charge) == LARGEST_CHARGE:
            assert found.waters >= 2
    sizes = np.array([found.atoms for found in stream])
    assert sizes.min() >= 4 and sizes.max() <= 42
    assert 14 <= np.median(sizes) <= 20 and (sizes > 30).mean() < 0.05


def test_the_stream_covers_charges_company_and_water(stream: list[Composition]) -> None:
    share = {key: count / len(stream) for key, count in Counter(found.charge for found in stream).items()}
    assert set(share) == {-2, -1, 0, 1, 2}
    assert share[-1] > 0.1 and share[1] > 0.1 and 0.5 < share[0] < 0.8
    assert {len(found.pieces) for found in stream} == {1, 2, 3}
    assert {found.waters for found in stream} >= {0, 1, 2}
    assert {piece.kind for found in stream for piece in found.pieces[1:]} >= set(IN_DECK) - LARGE_PIECES - {CUT_END}
    assert {found.pieces[0].name for found in stream} == {piece.name for piece in pieces()}


def test_pairs_that_matter_occur(stream: list[Composition]) -> None:
    kinds = Counter(tuple(sorted(piece.kind for piece in found.pieces[:2])) for found in stream)
    assert kinds["nucleobase", "nucleobase"] >= 10
    assert kinds["backbone", "backbone"] >= 20 and kinds["side chain", "side chain"] >= 100
    rings = [found for found in stream if sum(piece.aromatic for piece in found.pieces) > 1]
    assert len(rings) >= 15
    partners = Counter(piece.name for found in stream for piece in found.pieces[1:])
    assert len(partners) >= 50 and partners.most_common(1)[0][1] < 0.2 * partners.total()
    bridges = [found for found in stream if {1, -1} <= {piece.charge for piece in found.pieces}]
    assert len(bridges) >= 20


def test_like_charges_seldom_meet(stream: list[Composition]) -> None:
    products = Counter(
        np.sign(a.charge * b.charge) for found in stream for a, b in [found.pieces[:2]] * (len(found.pieces) > 1)
    )
    assert products[1] < 0.6 * products[-1]
    cations = [found for found in stream if sum(piece.charge > 0 for piece in found.pieces) > 1]
    assert len(cations) >= 10


def test_a_dianion_alone_is_hydrated() -> None:
    lead = named("methyl-phosphate-dianion")
    for seed in range(40):
        found = compose(lead, np.random.default_rng(seed))
        assert found.waters >= 2 or found.charge != -2


def test_the_stream_of_seed_1_is_the_one_in_production() -> None:
    """A change here is a new sampler (core.data.fragments.SAMPLER), whose identities do not meet the old ones."""
    first = [composition(1, number) for number in range(BLOCK_ITEMS)]
    assert [("+".join(piece.name for piece in found.pieces), found.waters) for found in first] == [
        ("glycinamide-cation+methanethiolate", 0),
        ("adenine", 1),
        ("propionic-acid+formamide", 0),
        ("benzene", 1),
        ("For-Trp-NH2", 0),
        ("acetic-acid+formate", 0),
        ("methylammonium+propylguanidinium", 2),
        ("ethanethiol", 1),
    ]


def of_mixture(name: str, seed: int, count: int) -> list[Composition]:
    mixture = MIXTURES[name]
    return [
        compose(leading_piece(seed, number, mixture), np.random.default_rng([number, seed, *mixture.key]), mixture)
        for number in range(count)
    ]


def test_the_mixture_of_bases_has_all_of_them_most_in_pairs() -> None:
    found = of_mixture("bases", 1, 200)
    assert {piece.kind for composition in found for piece in composition.pieces[:2]} == {"nucleobase"}
    assert {composition.pieces[0].name for composition in found} == {p.name for p in pieces() if p.kind == "nucleobase"}
    assert 0.6 < np.mean([len(composition.pieces) == 2 for composition in found]) < 0.9
    assert max(sum(len(piece) for piece in composition.pieces) for composition in found) <= 32


def test_the_heavy_mixture_is_led_by_all_that_has_phosphorus_or_sulfur_but_capped_residues() -> None:
    found = of_mixture("heavy", 1, 200)
    leads = {composition.pieces[0].name for composition in found}
    assert leads == {p.name for p in pieces() if {"P", "S"} & set(p.smiles) and p.kind != "capped residue"}
    assert {"methyl-phosphate-dianion", "dimethyl-phosphate"} < leads and len(leads) >= 8


def test_the_mixture_of_residues_is_led_by_every_capped_residue_some_of_them_with_water() -> None:
    found = of_mixture("residues", 1, 200)
    capped = {piece.name for piece in pieces() if piece.kind == "capped residue"}
    assert {one.pieces[0].name for one in found} == capped and len(capped) > 20
    assert 0.1 < np.mean([one.waters > 0 for one in found]) < 0.3
    assert max(one.atoms for one in found) <= 33
    # A stream that starts as the usual one would, with what costs less left out, would be no other stream.
    usual = [lead.name for number in range(3000) if (lead := leading_piece(1, number)).kind == "capped residue"]
    assert [one.pieces[0].name for one in found[:20]] != usual[:20]


def test_the_mixture_of_acids_is_led_by_anions_of_a_chain_most_of_them_with_partners() -> None:
    found = of_mixture("acids", 1, 200)
    kinds = ("capped residue", "terminus")
    assert {one.pieces[0].name for one in found} == {p.name for p in pieces() if p.kind in kinds and p.charge < 0}
    assert np.mean([len(one.pieces) > 1 or one.waters > 0 for one in found]) > 0.7
    assert max(one.atoms for one in found) <= 33


def test_cut_ends_lead_their_own_mixture_and_are_in_no_other() -> None:
    aldehyde = Chem.MolFromSmarts("[CX3H1](=O)[#6]")
    found = of_mixture("ends", 1, 60)
    assert {one.pieces[0].name for one in found} == {piece.name for piece in cut_ends()}
    assert all(one.pieces[0].graph.HasSubstructMatch(aldehyde) for one in found)
    assert {one.atoms for one in found if len(one.pieces) > 1} and max(one.atoms for one in found) <= 21
    others = [
        one
        for name in ("default", "charged", "heavy", "bases", "residues", "acids")
        for one in of_mixture(name, 1, 150)
    ]
    assert not {piece.name for one in others for piece in one.pieces} & {piece.name for piece in cut_ends()}


def test_the_charged_mixture_is_led_by_every_charge_and_draws_otherwise_than_the_usual_one() -> None:
    found = of_mixture("charged", 1, 400)
    assert {composition.pieces[0].name for composition in found} == {
        p.name for p in pieces() if p.charge and p.kind != "capped residue"
    }
    assert {composition.charge for composition in found} == {-2, -1, 0, 1, 2}
    leads = [piece.name for piece in (composition.pieces[0] for composition in found)]
    usual = [lead.name for number in range(1500) if (lead := leading_piece(1, number)).charge]
    assert leads[:20] != usual[:20]
