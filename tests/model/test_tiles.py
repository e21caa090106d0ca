"""Prediction in tiles and with a far field by cells: the numbers of the whole at once, and of all pairs."""

import numpy as np
import pytest
import torch

from core.bench.scaling import liquid_water
from core.gaussian.basis import AuxiliaryBasis
from core.model import far_cells, tiles
from core.model.checkpoint import load_model
from core.model.far_field import DAMPING_BOHR, UNIT_BOHR, FarField, field_tensors
from core.model.graph import Graph, build_graph, join_graphs
from core.model.network import DensityNetwork, NetworkConfig
from core.model.predict import predict, predict_density
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
from tests.pyscf_functions import waters


@pytest.fixture(scope="module")
def network() -> DensityNetwork:
    torch.manual_seed(0)
    config = NetworkConfig(
        (1, 6, 8), l_max=2, channels=8, layers=3, cutoff_bohr=6.0, far_cutoff_bohr=9.0, far_channels=4, field_dipoles=3,
        field_charges=2,
    )  # fmt: skip
    return DensityNetwork(config, AuxiliaryBasis.load())


@pytest.mark.parametrize("kept", [0, 10**9], ids=["made anew", "kept"])
@pytest.mark.parametrize("size", [1, 7, 15])
def test_tiles_give_what_all_atoms_at_once_give(network, monkeypatch, kept: int, size: int) -> None:
    """15 atoms, none of them carbon; the path with gradients takes all atoms at once."""
    graph = build_graph(waters(5, seed=3), 9.0)
    whole = [output.detach() for output in network(graph)]
    monkeypatch.setattr(tiles, "ATOMS_AT_A_TIME", size)
    monkeypatch.setattr(tiles, "KEPT_BYTES", kept)
    shares: list[float] = []
    with torch.inference_mode():
        in_tiles = network(graph, progress=shares.append)
    for found, expected in zip(in_tiles, whole, strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)
    assert len(shares) == 3 * -(-15 // size)
    assert shares == sorted(shares) and shares[0] > 0 and shares[-1] == pytest.approx(1.0)


def test_geometry_is_kept_only_where_it_fits(network, monkeypatch) -> None:
    graph = build_graph(waters(5, seed=3), 9.0)
    made = []
    original = tiles.edge_geometry
    monkeypatch.setattr(tiles, "edge_geometry", lambda *a, **k: made.append(1) or original(*a, **k))
    monkeypatch.setattr(tiles, "ATOMS_AT_A_TIME", 5)
    for bytes_kept, rounds in ((10**9, 1), (0, 3)):
        monkeypatch.setattr(tiles, "KEPT_BYTES", bytes_kept)
        made.clear()
        with torch.no_grad():
            network(graph)
        assert len(made) == rounds * 3 * 2, "near and far edges of three tiles, in each round or once"


def all_pairs(graph: Graph, dipoles: torch.Tensor, charges: torch.Tensor) -> torch.Tensor:
    parts = []
    for start in range(0, graph.n_atoms, 50):
        part = slice(start, start + 50)
        of_dipoles, of_charges = field_tensors(graph.positions_bohr, graph.structures, part, torch.float64)
        parts.append(torch.cat([of_dipoles @ dipoles.flatten(0, 1), of_charges @ charges], dim=1))
    return torch.cat(parts).reshape(graph.n_atoms, 3, -1)


@torch.no_grad()
def test_the_field_by_cells_is_that_of_all_pairs() -> None:
    """The dipoles that the shipped model learned, in 300 waters, which span three cells; and charges that sum to 0."""
    model = load_model("water")
    graph = build_graph(liquid_water(300), model.network.config.graph_cutoff_bohr)
    seen: list[tuple[FarField, torch.Tensor]] = []
    hooks = [
        module.register_forward_hook(lambda module, arguments, _: seen.append((module, arguments[0])))
        for module in model.network.modules()
        if isinstance(module, FarField)
    ]
    model.network(graph)
    for hook in hooks:
        hook.remove()
    cells = far_cells.FarCells.of(graph)
    assert cells is not None and any(len(to) for level in cells.multipoles.pairs for to, _ in level)
    assert len(seen) == model.network.config.layers - 1
    for module, x in seen:
        dipoles = (x[:, 1:4] @ module.to_dipoles).double()
        charges = dipoles[:, 0, :2] - dipoles[:, 0, :2].mean(0)
        expected = all_pairs(graph, dipoles, charges)
        for dtype in (torch.float64, torch.float32):
            found = cells.field(dipoles.to(dtype), charges.to(dtype), UNIT_BOHR, DAMPING_BOHR)
            for channels in (slice(0, -2), slice(-2, None)):
                error = (found - expected)[..., channels].norm() / expected[..., channels].norm()
                assert error <= 1e-4


def test_cells_are_for_large_single_structures() -> None:
    graphs = [build_graph(waters(150, seed=seed), 3.0) for seed in (1, 2)]
    assert graphs[0].n_atoms < far_cells.FROM_ATOMS <= 900
    assert far_cells.FarCells.of(graphs[0]) is None and far_cells.FarCells.of(join_graphs(graphs)) is None


@pytest.mark.slow
@pytest.mark.parametrize("count", [300, 895])
def test_cells_change_no_force(monkeypatch, count: int) -> None:
    """Mean and largest change of a force component against all pairs in the network's far field."""
    molecule, model = liquid_water(count), load_model("water")
    by_cells = predict(molecule, model)
    monkeypatch.setattr(far_cells, "FROM_ATOMS", 10**9)
    whole = predict(molecule, model)
    change = np.abs(by_cells.forces_hartree_per_bohr - whole.forces_hartree_per_bohr)
    assert 0.0 < change.mean() * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM < 0.1
    assert change.max() * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM < 3.0


def test_progress_names_the_steps() -> None:
    model, told = load_model("water"), []
    predict(waters(3), model, progress=lambda step, share: told.append((step, share)))
    steps = [step for step, _ in told]
    assert list(dict.fromkeys(steps)) == ["coefficients", "forces"] and steps == sorted(steps)
    for step in ("coefficients", "forces"):
        shares = [share for name, share in told if name == step]
        assert shares == sorted(shares) and shares[-1] == pytest.approx(1.0)
    told.clear()
    predict_density(waters(2), model, progress=lambda step, share: told.append((step, share)))
    assert {step for step, _ in told} == {"coefficients"}
