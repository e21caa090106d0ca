"""Symmetries of the network and of the shipped model, electrons, locality."""

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from core.chem.molecule import Molecule
from core.density.moments import electrons
from core.density.rotation import rotate_coefficients
from core.errors import UnsupportedElementError
from core.gaussian.basis import AuxiliaryBasis
from core.model.checkpoint import TrainedModel, load_model
from core.model.coordinates import ElementCoordinates, OutputCoordinates
from core.model.graph import build_graph, join_graphs
from core.model.network import DensityNetwork, NetworkConfig
from core.model.predict import predict, predict_density
from tests.pyscf_functions import waters


@pytest.fixture(scope="module")
def random_model() -> TrainedModel:
    """A network with random weights: symmetries must not need training."""
    basis = AuxiliaryBasis.load()
    torch.manual_seed(0)
    network = DensityNetwork(
        NetworkConfig((1, 8), l_max=3, channels=8, layers=2, far_cutoff_bohr=7.0, cutoff_bohr=7.0), basis
    )
    elements = {
        z: ElementCoordinates(
            tuple(np.eye(len(shell)) for shell in basis.element(z).exponents),
            np.zeros(len(basis.element(z).exponents[0])),
        )
        for z in (1, 8)
    }
    return TrainedModel("random", network, OutputCoordinates(basis, elements), {})


@pytest.fixture(params=["random", "shipped"])
def model(request, random_model) -> TrainedModel:
    return random_model if request.param == "random" else load_model("water")


LIMITS = {torch.float32: 1e-5, torch.float64: 1e-10}


@pytest.mark.parametrize("dtype", LIMITS)
@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["rotation", "reflection"])
def test_prediction_turns_with_the_molecule(model, dtype, sign):
    molecule = waters(4, seed=1)
    matrix = sign * Rotation.random(random_state=2).as_matrix()
    turned = Molecule(molecule.atomic_numbers, molecule.positions_angstrom @ matrix.T)
    expected = rotate_coefficients(predict_density(molecule, model, dtype=dtype), matrix).coefficients
    found = predict_density(turned, model, dtype=dtype).coefficients
    assert np.linalg.norm(found - expected) <= LIMITS[dtype] * np.linalg.norm(expected)


@pytest.mark.parametrize("dtype", LIMITS)
def test_prediction_does_not_depend_on_place_or_order(model, dtype):
    molecule = waters(4, seed=3)
    here = predict_density(molecule, model, dtype=dtype)
    moved = Molecule(molecule.atomic_numbers, molecule.positions_angstrom + [40.0, -3.0, 7.5])
    there = predict_density(moved, model, dtype=dtype).coefficients
    scale = np.linalg.norm(here.coefficients)
    assert np.linalg.norm(there - here.coefficients) <= LIMITS[dtype] * scale
    order = np.random.default_rng(0).permutation(len(molecule))
    mixed = predict_density(
        Molecule(molecule.atomic_numbers[order], molecule.positions_angstrom[order]), model, dtype=dtype
    )
    offsets = here.basis.atom_offsets(molecule.atomic_numbers)
    expected = np.concatenate([here.coefficients[offsets[a] : offsets[a + 1]] for a in order])
    assert np.linalg.norm(mixed.coefficients - expected) <= LIMITS[dtype] * scale


def test_electrons_are_exact(model):
    molecule = waters(5, seed=4)
    assert electrons(predict_density(molecule, model)) == pytest.approx(50.0, abs=1e-5)
    charged = Molecule(molecule.atomic_numbers, molecule.positions_angstrom, charge=2)
    assert electrons(predict_density(charged, model)) == pytest.approx(48.0, abs=1e-5)


def test_forces_of_a_prediction_turn_with_it():
    model = load_model("water")
    molecule = waters(3, seed=5)
    matrix = Rotation.random(random_state=4).as_matrix()
    turned = Molecule(molecule.atomic_numbers, molecule.positions_angstrom @ matrix.T)
    expected = predict(molecule, model).forces_hartree_per_bohr @ matrix.T
    np.testing.assert_allclose(predict(turned, model).forces_hartree_per_bohr, expected, rtol=0, atol=2e-5)


def test_what_is_out_of_reach_changes_nothing(random_model):
    """Two layers of 7 bohr reach 14 bohr; an atom beyond changes exactly nothing, one inside does."""
    network = random_model.network
    numbers = np.array([8, 1, 8, 1])
    line = np.array([[0.0, 0, 0], [0.9, 0, 0], [2.2, 0, 0], [4.4, 0, 0]])
    near, far, farther = line.copy(), line.copy(), line.copy()
    near[3, 1], far[3, 0], farther[3, 0] = 0.4, 60.0, 80.0
    with torch.no_grad():
        base, moved, gone, still_gone = (
            network(build_graph(Molecule(numbers, positions), 7.0))[1][0] for positions in (line, near, far, farther)
        )
        alone = network(build_graph(Molecule(numbers[:3], line[:3]), 7.0))[1][0]
    assert (moved - base).abs().max() > 1e-6
    assert torch.equal(gone, still_gone)
    torch.testing.assert_close(gone, alone, rtol=1e-5, atol=1e-6)


def test_several_molecules_at_once_are_each_alone(random_model):
    graphs = [build_graph(waters(n, seed=n), 7.0) for n in (1, 3)]
    with torch.no_grad():
        joined = random_model.network(join_graphs(graphs))
        single = [random_model.network(graph) for graph in graphs]
    for element in range(2):
        expected = torch.cat([outputs[element] for outputs in single])
        torch.testing.assert_close(joined[element], expected, rtol=1e-4, atol=1e-5)


def test_one_atom_has_no_neighbours_and_still_a_density(random_model):
    density = predict_density(Molecule(np.array([8]), np.zeros((1, 3)), charge=-2), random_model)
    assert electrons(density) == pytest.approx(10.0, abs=1e-8)


def test_unknown_element_is_named():
    methane = Molecule(np.array([6, 1, 1, 1, 1]), np.random.default_rng(0).normal(size=(5, 3)))
    with pytest.raises(UnsupportedElementError, match="does not know C"):
        predict_density(methane, load_model("water"))
