"""The field of dipoles: against derivatives of the Coulomb potential, and blind to other structures."""

import pytest
import torch

from core.chem.examples import example
from core.model.dipoles import DAMPING_BOHR, PAIRS, UNIT_BOHR, DipoleField, dipole_tensor
from core.model.frames import to_e3nn
from core.model.graph import Graph, build_graph, join_graphs


def lone_atoms(positions: torch.Tensor, structures: torch.Tensor | None = None) -> Graph:
    none = torch.zeros(0, dtype=torch.int64)
    n = len(positions)
    structures = torch.zeros(n, dtype=torch.int64) if structures is None else structures
    return Graph(torch.ones(n, dtype=torch.int64), none, none, torch.zeros(0, 3), positions.double(), structures)


def test_far_away_it_is_the_second_derivative_of_one_over_r():
    positions = torch.tensor([[0.0, 0.0, 0.0], [9.0, -14.0, 20.0]], dtype=torch.float64)
    tensor = dipole_tensor(positions, torch.zeros(2, dtype=torch.int64), slice(0, 1), torch.float64)
    hessian = torch.func.hessian(lambda r: 1.0 / to_e3nn(r).norm())(positions[0] - positions[1])
    order = [1, 2, 0]
    torch.testing.assert_close(tensor[:, 3:], hessian[order][:, order] * UNIT_BOHR**3, rtol=1e-12, atol=0)
    assert not tensor[:, :3].any(), "an atom does not feel itself"


def test_close_by_it_is_damped_and_stays_finite():
    for distance in (1e-4, 0.1, 1.0, 3.0):
        positions = torch.tensor([[0.0, 0.0, 0.0], [distance, 0.0, 0.0]], dtype=torch.float64)
        tensor = dipole_tensor(positions, torch.zeros(2, dtype=torch.int64), slice(0, 1), torch.float64)
        # Along the line 2 (1 - exp(-(r/a)^6)) / r^3, which tends to 2 r^3 / a^6.
        assert 0 < tensor[2, 5] <= 2.0 * distance**3 * UNIT_BOHR**3 / DAMPING_BOHR**6 * (1 + 1e-9)


def test_blocks_of_atoms_give_what_all_at_once_give():
    torch.manual_seed(0)
    graph = build_graph(example("water-30"), 9.0)
    assert graph.n_atoms**2 < PAIRS
    many = lone_atoms(torch.randn(400, 3) * 30)
    assert many.n_atoms**2 > PAIRS, "so the module works in blocks"
    module = DipoleField(8, 3).double()
    x = torch.randn(400, 4, 8, dtype=torch.float64)
    whole = dipole_tensor(many.positions_bohr, many.structures, slice(0, 400), torch.float64)
    expected = (whole @ (x[:, 1:4] @ module.narrow).flatten(0, 1)).reshape(400, 3, 3) @ module.widen
    found = module(x, many)
    torch.testing.assert_close(found[:, 1:], expected, rtol=1e-10, atol=1e-10)
    assert not found[:, 0].any()


def test_joined_structures_do_not_feel_each_other():
    torch.manual_seed(1)
    graphs = [build_graph(example(name), 9.0) for name in ("water-2", "water-3")]
    joined = join_graphs(graphs)
    module = DipoleField(8, 3)
    x = torch.randn(joined.n_atoms, 4, 8)
    apart = torch.cat([module(x[: graphs[0].n_atoms], graphs[0]), module(x[graphs[0].n_atoms :], graphs[1])])
    torch.testing.assert_close(module(x, joined), apart, rtol=1e-5, atol=1e-6)


def test_the_field_reaches_any_distance_and_falls_off_as_a_dipole():
    torch.manual_seed(2)
    module = DipoleField(4, 2).double()
    x = torch.randn(2, 4, 4, dtype=torch.float64)
    fields = [
        module(x, lone_atoms(torch.tensor([[0.0, 0.0, 0.0], [0.0, r, 0.0]])))[0].norm().item()
        for r in (50.0, 100.0, 200.0)
    ]
    assert fields[0] / fields[1] == pytest.approx(8.0) and fields[1] / fields[2] == pytest.approx(8.0)
