"""Targets, loss and loop: against the quantities they stand for, and against an interrupted run."""

import errno
import json
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from core.density.density import Density
from core.errors import DataError
from core.forces.hellmann_feynman import hellmann_feynman_forces
from core.gaussian.basis import AuxiliaryBasis
from core.model.checkpoint import TrainedModel
from core.model.network import DensityNetwork, NetworkConfig
from core.model.plain import PlainNetwork, RandomlyTurned
from core.model.predict import Prediction, predict_density
from core.reference.auxiliary import coulomb_matrix, function_charges, overlap_matrix
from core.reference.fit import fit
from core.reference.record import Record, read_records
from core.train.config import LossWeights, TrainingConfig
from core.train.curve import config_of_kind, slope
from core.train.evaluate import evaluate, read_frames, summarise_errors
from core.train.levels import TwoLevels
from core.train.loop import Trainer, batches, held_out_errors, learning_rate, predict_batch
from core.train.loss import QuadraticForm, batch_loss
from core.train.metrics import compare_with_reference, equivariance_residual
from core.train.shelf import Shelf, pack
from core.train.targets import Target, build_target, fit_coordinates

DATASET = Path(__file__).parents[2] / "assets/datasets/water/headstart-0000.h5"
WEIGHTS = LossWeights()
CUTOFF = 7.0


@pytest.fixture(scope="module")
def basis() -> AuxiliaryBasis:
    return AuxiliaryBasis.load()


@pytest.fixture(scope="module")
def records() -> list[Record]:
    found: list[Record] = []
    for record in read_records(DATASET):
        if len(record.molecule) <= 6:
            found.append(record)
        if len(found) == 4:
            return found
    raise AssertionError("the head start holds fewer than four small clusters")


@pytest.fixture(scope="module")
def fits(records, basis) -> list[np.ndarray]:
    return [fit(record, basis).coefficients for record in records]


@pytest.fixture(scope="module")
def coordinates(records, fits, basis):
    return fit_coordinates([r.molecule for r in records], fits, basis, WEIGHTS)


@pytest.fixture(scope="module")
def targets(records, fits, coordinates) -> list[Target]:
    return [build_target(r, c, coordinates, WEIGHTS, CUTOFF) for r, c in zip(records, fits, strict=True)]


def small_network(basis: AuxiliaryBasis, **changes) -> DensityNetwork:
    torch.manual_seed(5)
    options = {"l_max": 2, "channels": 8, "layers": 2, "far_cutoff_bohr": CUTOFF, "cutoff_bohr": CUTOFF} | changes
    return DensityNetwork(NetworkConfig((1, 8), **options), basis)


def config(tmp_steps: int = 12) -> TrainingConfig:
    return TrainingConfig("t", (), (), steps=tmp_steps, batch=2, evaluate_every=4, warmup_steps=2, learning_rate=2e-3)


def test_loss_is_density_and_force_error_in_atomic_units(records, fits, targets, basis, coordinates):
    record, fitted, target = records[-1], fits[-1], targets[-1]
    molecule = record.molecule
    rng = np.random.default_rng(0)
    dz = rng.normal(size=target.z.numel())
    offsets = basis.atom_offsets(molecule.atomic_numbers)
    dc = np.concatenate(
        [
            coordinates.elements[z].matrix() @ dz[offsets[a] : offsets[a + 1]]
            for a, z in enumerate(molecule.atomic_numbers.tolist())
        ]
    )
    overlap = dc @ overlap_matrix(molecule, basis) @ dc / molecule.electrons
    coulomb = dc @ coulomb_matrix(molecule, basis) @ dc / molecule.electrons
    changed = hellmann_feynman_forces(Density(molecule, basis, fitted + dc), exact=True)
    force = np.mean((changed - record.forces_hartree_per_bohr) ** 2)
    expected = WEIGHTS.overlap * overlap + WEIGHTS.coulomb * coulomb + WEIGHTS.force * force
    found = float(batch_loss([target.z + torch.from_numpy(dz).float()], [target]))
    assert found == pytest.approx(expected, rel=2e-3)


def test_quadratic_form_knows_its_gradient():
    matrix = torch.randn(5, 5, dtype=torch.float64)
    matrix = matrix + matrix.T
    packed = torch.from_numpy(pack(matrix.numpy()))
    x = torch.randn(5, dtype=torch.float64, requires_grad=True)
    torch.testing.assert_close(QuadraticForm.apply(x, packed), x @ matrix @ x)
    assert torch.autograd.gradcheck(lambda v: QuadraticForm.apply(v, packed), (x,))


def opened_in(folder: Path) -> int:
    """How many of this process's open files are in `folder`, or were before they lost their names."""
    found = 0
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            found += os.readlink(f"/proc/self/fd/{name}").startswith(str(folder))
    return found


def test_what_is_on_the_shelf_is_what_was_put_there(tmp_path):
    """More arrays than a process may hold files open, of several types, some larger than a piece of the file."""
    shelf = Shelf(tmp_path, piece_bytes=20_000)
    generator = np.random.default_rng(0)
    types = (np.float32, np.float64)
    arrays = [generator.normal(size=int(generator.integers(1, 3000))).astype(types[i % 2]) for i in range(300)]
    kept = [shelf.keep(array) for array in arrays]
    assert 0 < opened_in(tmp_path) < len(arrays)
    del shelf
    for array, tensor in zip(arrays, kept, strict=True):
        np.testing.assert_array_equal(tensor.numpy(), array)
    assert not list(tmp_path.iterdir())
    (tmp_path / "large").mkdir()
    large = Shelf(tmp_path / "large")
    tensors = [large.keep(array) for array in arrays]
    # The file and one mapping of it.
    assert opened_in(tmp_path / "large") == 2 and len(tensors) == 300


def test_a_full_disk_is_said_before_anything_is_lost(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(DataError, match="no room for the loss matrices"):
        Shelf(tmp_path).keep(np.zeros(3))


def test_batch_is_its_structures_one_by_one(targets, basis):
    network = small_network(basis)
    with torch.no_grad():
        together = predict_batch(network, targets, (1, 8))
        for target, z in zip(targets, together, strict=True):
            torch.testing.assert_close(predict_batch(network, [target], (1, 8))[0], z, rtol=1e-3, atol=1e-4)


def test_training_path_and_prediction_path_agree(records, targets, basis, coordinates):
    network = small_network(basis)
    model = TrainedModel("t", network, coordinates, {})
    record, target = records[-1], targets[-1]
    with torch.no_grad():
        z = predict_batch(network, [target], (1, 8))[0].double().numpy()
    offsets = basis.atom_offsets(record.molecule.atomic_numbers)
    expected = np.concatenate(
        [
            coordinates.elements[element].matrix() @ z[offsets[a] : offsets[a + 1]]
            + coordinates.elements[element].shift()
            for a, element in enumerate(record.molecule.atomic_numbers.tolist())
        ]
    )
    found = predict_density(record.molecule, model).coefficients
    assert np.linalg.norm(found - expected) < 1e-4 * np.linalg.norm(expected)
    assert abs(function_charges(record.molecule, basis) @ found) < 1e-8


@pytest.mark.parametrize(("optimiser", "least"), [("adamw", 0.3), ("soap", 0.05)])
def test_training_lowers_the_loss_and_resumes_exactly(tmp_path, targets, basis, optimiser, least):
    """In twelve steps; SOAP's first one only looks, and its steps are shorter here."""
    chosen = replace(config(), optimiser=optimiser)
    whole = Trainer(small_network(basis), chosen, tmp_path / "whole", (1, 8))
    before = held_out_errors(whole.network, targets, (1, 8)).loss
    whole.run(targets, targets, progress=False)
    assert held_out_errors(whole.network, targets, (1, 8)).loss < (1 - least) * before
    first = Trainer(small_network(basis), chosen, tmp_path / "parts", (1, 8))

    class Stop(Exception):
        pass

    def stop(metrics: dict) -> None:
        first.save()
        raise Stop

    with pytest.raises(Stop):
        first.run(targets, targets, progress=False, on_metrics=stop)
    other = replace(chosen, optimiser="soap" if optimiser == "adamw" else "adamw")
    with pytest.raises(DataError, match=f"a run by {optimiser}"):
        Trainer(small_network(basis), other, tmp_path / "parts", (1, 8)).resume()
    second = Trainer(small_network(basis), chosen, tmp_path / "parts", (1, 8))
    assert second.resume() and second.step == 4
    second.run(targets, targets, progress=False)
    for name, tensor in whole.averaged.items():
        torch.testing.assert_close(second.averaged[name], tensor, rtol=1e-4, atol=1e-6)
    steps = [json.loads(line)["step"] for line in (tmp_path / "parts/metrics.jsonl").read_text().splitlines()]
    assert steps == [4, 8, 12]


def test_batches_hold_every_structure_once_per_pass_and_can_start_anywhere():
    stream = batches([1] * 7, 3, seed=1, start=0)
    first = [next(stream) for _ in range(6)]
    assert sorted(sum(first[:3], [])) == list(range(7)) == sorted(sum(first[3:], []))
    again = batches([1] * 7, 3, seed=1, start=4)
    assert [next(again), next(again)] == first[4:]


def test_a_pass_takes_a_structure_as_often_as_it_says():
    stream = batches([1, 3, 2], 2, seed=0, start=0)
    for _ in range(2):
        assert sorted(sum([next(stream) for _ in range(3)], [])) == [0, 1, 1, 1, 2, 2]


def test_learning_rate_rises_then_falls():
    c = config(1000)
    rates = [learning_rate(step, c) for step in range(1000)]
    assert rates[0] < rates[1] == max(rates) and rates[-1] < 0.02 * max(rates)


def test_plain_network_is_not_equivariant_but_its_poses_turn_back(targets, basis):
    torch.manual_seed(0)
    plain = PlainNetwork(
        NetworkConfig((1, 8), l_max=2, channels=8, layers=2, far_cutoff_bohr=CUTOFF, cutoff_bohr=CUTOFF), basis
    )
    wrapped = RandomlyTurned(plain, basis)
    graph = targets[-1].graph
    with torch.no_grad():
        one, two = wrapped(graph)[1], wrapped(graph)[1]
    assert (one - two).norm() > 1e-3 * one.norm()

    class Harmonics(nn.Module):
        """An equivariant stand-in: each oxygen answers with one fixed combination of its edges' harmonics."""

        config = plain.config

        def forward(self, graph):
            return [value.to(torch.float32) for value in equivariant(graph)]

    equivariant = small_network(basis)
    turned = RandomlyTurned(Harmonics(), basis)  # type: ignore[arg-type]
    with torch.no_grad():
        expected, found = equivariant(graph), turned(graph)
    for a, b in zip(expected, found, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-4)


def test_scalar_network_still_answers_at_every_degree(targets, basis):
    network = small_network(basis, l_max=0)
    with torch.no_grad():
        oxygen = network(targets[-1].graph)[1]
    for columns in basis.element(8).l_slices:
        assert oxygen[:, columns].abs().max() > 1e-6
    assert config_of_kind(TrainingConfig("t", (), ()), "scalar").network.l_max == 0
    with pytest.raises(DataError):
        config_of_kind(TrainingConfig("t", (), ()), "magic")


def test_comparison_of_the_fit_with_its_own_record(records, fits, basis):
    record = records[-1]
    fitted = Density(record.molecule, basis, fits[-1])
    perfect = Prediction(fitted, record.forces_hartree_per_bohr)
    comparison = compare_with_reference(perfect, record, fitted=fitted)
    assert comparison.eps_ks == comparison.eps_floor < 0.15 < 10 < comparison.eps_sad
    assert comparison.force_mae_mev_per_angstrom == 0.0
    assert comparison.dipole_error_md < 5.0
    spoiled = fits[-1].copy()
    spoiled[20] += 0.05
    worse = compare_with_reference(
        Prediction(Density(record.molecule, basis, spoiled), record.forces_hartree_per_bohr + 1e-3),
        record,
        fitted=fitted,
    )
    assert worse.eps_ks > comparison.eps_ks
    assert worse.force_mae_mev_per_angstrom == pytest.approx(51.42, abs=0.01)


def test_evaluation_says_the_same_as_its_parts(records, basis, coordinates):
    model = TrainedModel("t", small_network(basis), coordinates, {})
    errors = list(evaluate(model, records[:2]))
    assert [e.atoms for e in errors] == [len(r.molecule) for r in records[:2]]
    assert all(e.comparison.equivariance_residual < 1e-5 for e in errors)
    assert equivariance_residual(records[0].molecule, model, dtype=torch.float64, reflect=True) < 1e-10
    summary = summarise_errors(errors, 3)
    assert summary["structures"] == 2
    assert summary["eps_ks"] == pytest.approx(np.mean([e.comparison.eps_ks for e in errors]))
    assert sum(row["structures"] for row in summary["by_size"].values()) == 2
    with pytest.raises(DataError):
        summarise_errors([])


def test_frames_of_an_xyz_file_keep_name_and_charge(tmp_path):
    path = tmp_path / "two.xyz"
    path.write_text(
        "3\nname=a charge=0\nO 0 0 0\nH 0.96 0 0\nH -0.24 0.93 0\n2\nname=b charge=-1\nO 0 0 0\nH 0 0 0.97\n"
    )
    first, second = read_frames(path)
    assert (len(first), first.charge, second.charge) == (3, 0, -1)
    assert "a" in first.title
    path.write_text("three\n")
    with pytest.raises(DataError):
        read_frames(path)


def test_configuration_names_what_it_does_not_know(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text("name: x\ntrain: [a.h5]\nheldout: []\nnetwork: {channel: 3}\n")
    with pytest.raises(DataError, match="channel"):
        TrainingConfig.load(path)
    path.write_text("name: x\ntrain: [a.h5]\nnetwork: {channels: 3}\n")
    assert replace(TrainingConfig.load(path), steps=5).network.channels == 3
    path.write_text("name: x\ntrain: [a.h5]\noptimiser: sgd\n")
    with pytest.raises(DataError, match="sgd"):
        TrainingConfig.load(path)


def test_slope_of_a_power_law():
    assert slope([10, 100, 1000], [1.0, 0.1, 0.01]) == pytest.approx(-1.0)


def test_the_second_level_differs_by_nothing_at_first_and_only_where_it_is_asked_for(targets, basis):
    both = TwoLevels(small_network(basis))
    beside = [replace(target, second_level=True) for target in targets]
    with torch.no_grad():
        alone = predict_batch(both.network, targets, (1, 8))
        for z, expected in zip(predict_batch(both, beside, (1, 8)), alone, strict=True):
            torch.testing.assert_close(z, expected)
        for parameter in both._read_out():
            parameter.normal_()
        mixed = [targets[0], beside[1], targets[2]]
        found = predict_batch(both, mixed, (1, 8))
        torch.testing.assert_close(found[0], alone[0])
        torch.testing.assert_close(found[2], alone[2])
        assert (found[1] - alone[1]).norm() > 0.1 * alone[1].norm()
        torch.testing.assert_close(found[1], predict_batch(both, [beside[1]], (1, 8))[0], rtol=1e-3, atol=1e-4)


def test_what_levels_differ_by_is_not_mixed_into_the_reference(tmp_path, targets, basis):
    """The same structures twice, once with other densities: with heads of its own the reference is learned as well as
    without the others; without them it is torn between the two."""
    others = [replace(target, z=-target.z, second_level=True) for target in targets]
    chosen = replace(config(60), evaluate_every=60, learning_rate=1e-2)
    losses = {}
    for name, trained, data in (
        ("apart", TwoLevels(small_network(basis)), [*targets, *others]),
        ("mixed", small_network(basis), [*targets, *[replace(t, second_level=False) for t in others]]),
    ):
        trainer = Trainer(trained, chosen, tmp_path / name, (1, 8))
        trainer.run(data, [], progress=False)
        losses[name] = held_out_errors(trained, targets, (1, 8)).loss
    assert losses["apart"] < 0.8 * losses["mixed"]
