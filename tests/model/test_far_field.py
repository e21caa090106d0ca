"""The far field: against derivatives of the Coulomb potential, blind to other structures, equivariant."""

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from core.chem.examples import example
from core.chem.molecule import Molecule
from core.gaussian.basis import AuxiliaryBasis
from core.model.far_field import DAMPING_BOHR, PAIRS, UNIT_BOHR, FarField, field_tensors, with_total_charge
from core.model.graph import Graph, build_graph, join_graphs
from core.model.network import DensityNetwork, NetworkConfig

ONE = torch.zeros(2, dtype=torch.int64)


def lone_atoms(positions: torch.Tensor, charge: float = 0.0) -> Graph:
    none, n = torch.zeros(0, dtype=torch.int64), len(positions)
    structures, charges = torch.zeros(n, dtype=torch.int64), torch.tensor([charge], dtype=torch.float64)
    return Graph(
        torch.ones(n, dtype=torch.int64), none, none, torch.zeros(0, 3), positions.double(), structures, charges
    )


def test_far_away_they_are_the_derivatives_of_one_over_r():
    positions = torch.tensor([[0.0, 0.0, 0.0], [9.0, -14.0, 20.0]], dtype=torch.float64)
    of_dipoles, of_charges = field_tensors(positions, ONE, slice(0, 1), torch.float64)
    order = [1, 2, 0]
    separation = positions[0] - positions[1]
    hessian = torch.func.hessian(lambda r: 1.0 / r.norm())(separation)[order][:, order]
    gradient = torch.func.grad(lambda r: 1.0 / r.norm())(separation)[order]
    torch.testing.assert_close(of_dipoles[:, 3:], hessian * UNIT_BOHR**3, rtol=1e-12, atol=0)
    torch.testing.assert_close(of_charges[:, 1], -gradient * UNIT_BOHR**2, rtol=1e-12, atol=0)
    assert not of_dipoles[:, :3].any() and not of_charges[:, 0].any(), "an atom does not feel itself"


@pytest.mark.parametrize("distance", [1e-4, 0.1, 1.0, 3.0])
def test_close_by_it_is_damped_away(distance: float):
    positions = torch.tensor([[0.0, 0.0, 0.0], [distance, 0.0, 0.0]], dtype=torch.float64)
    of_dipoles, of_charges = field_tensors(positions, ONE, slice(0, 1), torch.float64)
    # Along the line 2 (1 - exp(-(r/a)^6)) / r^3, which tends to 2 r^3 / a^6; of a charge r/2 of that.
    most = 2.0 * distance**3 * UNIT_BOHR**3 / DAMPING_BOHR**6 * (1 + 1e-9)
    assert 0 < of_dipoles[2, 5] <= most
    assert 0 < -of_charges[2, 1] <= most * distance / (2.0 * UNIT_BOHR)


def test_blocks_of_atoms_give_what_all_at_once_give():
    torch.manual_seed(0)
    many = lone_atoms(torch.randn(400, 3) * 30, charge=-1.0)
    assert many.n_atoms**2 > PAIRS, "so the module works in blocks"
    module = FarField(8, 3, 2).double()
    x = torch.randn(400, 4, 8, dtype=torch.float64)
    of_dipoles, of_charges = field_tensors(many.positions_bohr, many.structures, slice(0, 400), torch.float64)
    charges = with_total_charge(x[:, 0] @ module.to_charges, many)
    expected = (of_dipoles @ (x[:, 1:4] @ module.to_dipoles).flatten(0, 1)) @ module.from_dipoles
    expected = expected + of_charges @ charges @ module.from_charges
    found = module(x, many)
    torch.testing.assert_close(found[:, 1:], expected.reshape(400, 3, 8), rtol=1e-10, atol=1e-10)
    assert not found[:, 0].any()


def test_charges_add_up_in_every_structure():
    torch.manual_seed(3)
    ammonium = Molecule(np.array([7, 1, 1, 1, 1]), np.random.default_rng(0).normal(size=(5, 3)), 1)
    joined = join_graphs([build_graph(example("water-2"), 9.0), build_graph(ammonium, 9.0)])
    shifted = with_total_charge(torch.randn(11, 4, dtype=torch.float64), joined)
    torch.testing.assert_close(shifted[:6].sum(0), torch.zeros(4, dtype=torch.float64), rtol=0, atol=1e-12)
    torch.testing.assert_close(shifted[6:].sum(0), torch.ones(4, dtype=torch.float64), rtol=0, atol=1e-12)


def test_joined_structures_do_not_feel_each_other():
    torch.manual_seed(1)
    graphs = [build_graph(example(name), 9.0) for name in ("water-2", "water-3")]
    joined = join_graphs(graphs)
    module = FarField(8, 3, 2)
    x = torch.randn(joined.n_atoms, 4, 8)
    apart = torch.cat([module(x[: graphs[0].n_atoms], graphs[0]), module(x[graphs[0].n_atoms :], graphs[1])])
    torch.testing.assert_close(module(x, joined), apart, rtol=1e-5, atol=1e-6)


def test_the_field_reaches_any_distance_and_falls_off_as_a_dipole():
    torch.manual_seed(2)
    module = FarField(4, 2, 0).double()
    x = torch.randn(2, 4, 4, dtype=torch.float64)
    fields = [
        module(x, lone_atoms(torch.tensor([[0.0, 0.0, 0.0], [0.0, r, 0.0]])))[0].norm().item()
        for r in (50.0, 100.0, 200.0)
    ]
    assert fields[0] / fields[1] == pytest.approx(8.0) and fields[1] / fields[2] == pytest.approx(8.0)


@pytest.mark.parametrize("reflect", [False, True])
def test_a_network_with_a_far_field_is_equivariant_and_sees_beyond_its_cutoff(reflect: bool):
    torch.manual_seed(4)
    config = NetworkConfig((1, 8), l_max=2, channels=8, layers=2, far_channels=0, field_dipoles=3, field_charges=2)
    network = DensityNetwork(config, AuxiliaryBasis.load()).double()
    molecule = example("water-3")
    matrix = Rotation.random(random_state=0).as_matrix() * (-1.0 if reflect else 1.0)

    def scalars(positions: np.ndarray) -> torch.Tensor:
        with torch.inference_mode():
            hydrogen, oxygen = network(build_graph(Molecule(molecule.atomic_numbers, positions), 9.0))
        shells = network.shells
        return torch.cat([hydrogen[:, : shells[1][0]].flatten(), oxygen[:, : shells[8][0]].flatten()])

    here = scalars(molecule.positions_angstrom)
    torch.testing.assert_close(scalars(molecule.positions_angstrom @ matrix.T), here, rtol=0, atol=1e-11)
    apart = molecule.positions_angstrom.copy()
    apart[6:] += [40.0, 0.0, 0.0]
    farther = apart.copy()
    farther[6:] += [1.0, 0.0, 0.0]
    change = (scalars(farther) - scalars(apart)).abs().max()
    assert 1e-12 < change < 1e-3
