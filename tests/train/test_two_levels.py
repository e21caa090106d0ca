"""A run on two levels of theory: what it reads, keeps, says in its card, and goes on from."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from core.errors import DataError
from core.model.checkpoint import read_model
from core.model.network import DensityNetwork
from core.reference.calculation import calculate
from core.reference.level import CHEAP_LEVEL
from core.reference.record import read_records, write_records
from core.train.card import render
from core.train.config import NetworkOptions, TrainingConfig
from core.train.levels import SECOND_LEVEL
from core.train.loop import read_checkpoint
from core.train.run import prepare, train
from core.train.trust import learned_beside

DATASET = Path(__file__).parents[2] / "assets/datasets/water/headstart-0000.h5"


def test_a_run_on_two_levels(tmp_path):
    """Read, told apart, trained, and the read-out of the second level left out of the model."""
    water = next(r.molecule for r in read_records(DATASET) if len(r.molecule) == 3)
    write_records(tmp_path / "cheap.h5", [calculate(water, level=CHEAP_LEVEL, name="cheap", provenance={"seed": 11})])
    fragments = DATASET.parents[1] / "fragments/cheap-0000.h5"
    chosen = replace(
        TrainingConfig("two", (str(DATASET),), (), steps=2, batch=2, evaluate_every=4, warmup_steps=2), limit=3,
        second_level=(str(tmp_path / "cheap.h5"),),
        second_level_weight=0.25, network=NetworkOptions(l_max=1, channels=4, layers=1, far_channels=0),
    )  # fmt: skip
    model = train(chosen, tmp_path, tmp_path / "out", progress=False)
    assert "1 structures, 3 atoms, at PBE/pcseg-1" in render(model.card)
    later = {
        **model.card,
        "training": {**model.card["training"], "second_level": None, "before": model.card["training"]},
    }
    assert "1 structures, 3 atoms, at PBE/pcseg-1" in render(later)
    # A stage that took a part of the second level does not hide one before it that took more.
    more = later["training"]["before"]["second_level"] | {"records": 1234}
    later["training"]["before"] = {**model.card["training"], "before": {**model.card["training"], "second_level": more}}
    assert "1,234 structures, 3 atoms, at PBE/pcseg-1" in render(later)
    # Counted over all stages each structure is there once.
    chain = replace(model, card={**model.card, "training": later["training"]})
    counted = learned_beside(chain, tmp_path)
    assert counted is not None and (counted["records"], counted["atoms"]) == (1, 3)
    assert "Beside them 1 structures" in render({**later, "second_level_of_all_stages": counted})
    assert isinstance(read_model(tmp_path / "out").network, DensityNetwork)
    prepared = prepare(chosen, tmp_path, progress=False)
    assert [t.weight for t in prepared.train if t.second_level] == [0.25] and len(prepared.train) == 4
    often = replace(chosen, repeat={str(DATASET): 5, str(tmp_path / "cheap.h5"): 7}, start=str(tmp_path / "out"))
    prepared = prepare(often, tmp_path, progress=False)
    assert [t.times for t in prepared.train] == [5, 5, 5, 7]
    with pytest.raises(DataError, match="structures to be repeated are not trained on"):
        prepare(replace(chosen, repeat={str(fragments): 2}), tmp_path, progress=False)
    kept = read_checkpoint(tmp_path / "out/checkpoint.pt")["averaged"]
    own = dict(prepared.trained.named_parameters())
    assert all(torch.equal(own[name], kept[name]) for name in kept) and any(kept[n].any() for n in kept if "heads" in n)
    # The reference alone after it: what is known of the second level stays beside the model, for a run after that.
    alone = replace(chosen, second_level=(), start=str(tmp_path / "out"), steps=1)
    train(alone, tmp_path, tmp_path / "alone", progress=False)
    last = prepare(replace(chosen, start=str(tmp_path / "alone")), tmp_path, progress=False)
    again = dict(last.trained.named_parameters())
    assert all(torch.equal(again[name], kept[name]) for name in kept if not name.startswith("network."))
    (tmp_path / "alone" / SECOND_LEVEL).write_bytes(b"no tensors")
    with pytest.raises(DataError, match="does not fit the network"):
        prepare(replace(chosen, start=str(tmp_path / "alone")), tmp_path, progress=False)
    with pytest.raises(DataError, match="Only the second level has C, N"):
        prepare(replace(chosen, second_level=(str(fragments),)), tmp_path, progress=False)
    with pytest.raises(DataError, match="both sides"):
        other = str(DATASET.with_name("train-0000.h5"))
        again = replace(chosen, train=(other,), second_level=(str(DATASET),), heldout=(str(DATASET),))
        prepare(again, tmp_path, progress=False)
