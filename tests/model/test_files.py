"""Model folders: round trip, damage, formats; output coordinates; domain."""

import json

import numpy as np
import pytest
import torch

from core.chem.molecule import Molecule
from core.errors import ModelError
from core.gaussian.basis import AuxiliaryBasis
from core.model.checkpoint import WEIGHTS, TrainedModel, load_model, read_model, save_model
from core.model.coordinates import OutputCoordinates, fit_element
from core.model.domain import describe_domain, domain_warnings
from core.model.network import DensityNetwork, NetworkConfig
from core.model.predict import predict_density
from tests.pyscf_functions import waters


@pytest.fixture(scope="module")
def model() -> TrainedModel:
    basis = AuxiliaryBasis.load()
    torch.manual_seed(1)
    network = DensityNetwork(NetworkConfig((1, 8), l_max=1, channels=4, layers=2), basis)
    rng = np.random.default_rng(0)
    elements = {}
    for z in (1, 8):
        element = basis.element(z)
        elements[z] = fit_element(element, rng.normal(size=(300, element.n_functions)), np.eye(element.n_functions))
    return TrainedModel("tiny", network, OutputCoordinates(basis, elements), {"domain": {}})


def test_saved_model_predicts_the_same(tmp_path, model):
    save_model(tmp_path / "tiny", model)
    again = read_model(tmp_path / "tiny")
    molecule = waters(2)
    np.testing.assert_array_equal(
        predict_density(molecule, again).coefficients, predict_density(molecule, model).coefficients
    )
    assert (again.name, again.elements) == ("tiny", (1, 8))


def test_damaged_missing_and_foreign_models_are_refused(tmp_path, model):
    save_model(tmp_path / "tiny", model)
    weights = tmp_path / "tiny" / WEIGHTS
    content = weights.read_bytes()
    weights.write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelError, match="damaged"):
        read_model(tmp_path / "tiny")
    weights.write_bytes(content.replace(b"rhoscope-model-1", b"rhoscope-model-9"))
    with pytest.raises(ModelError, match="rhoscope-model-9"):
        read_model(tmp_path / "tiny")
    with pytest.raises(ModelError, match="no model"):
        load_model("../../etc")


def test_coordinates_are_whitened_and_invertible():
    element = AuxiliaryBasis.load().element(1)
    rng = np.random.default_rng(2)
    samples = rng.normal(size=(4000, element.n_functions)) + 0.3
    # A rotation-invariant metric: the same block for every m.
    metric = np.eye(element.n_functions)
    for l, columns in enumerate(element.l_slices):
        n = len(element.exponents[l])
        root = rng.normal(size=(n, n))
        metric[columns, columns] = np.kron(root @ root.T + n * np.eye(n), np.eye(2 * l + 1))
    coordinates = fit_element(element, samples, metric)
    z = np.linalg.solve(coordinates.matrix(), (samples - coordinates.shift()).T).T
    np.testing.assert_allclose(z @ coordinates.matrix().T + coordinates.shift(), samples, atol=1e-9)
    # Pooled over m (with its mean for l > 0), every component has unit second moment and none is correlated.
    for l, columns in enumerate(element.l_slices):
        pooled = z[:, columns].reshape(len(z), -1, 2 * l + 1).transpose(0, 2, 1).reshape(-1, len(element.exponents[l]))
        np.testing.assert_allclose(pooled.T @ pooled / len(pooled), np.eye(pooled.shape[1]), atol=1e-8)


def test_domain_names_what_was_not_trained():
    domain = json.loads(json.dumps(describe_domain([waters(n, seed=n) for n in (1, 2, 4)])))
    assert domain_warnings(waters(4, seed=4), domain) == []
    one = waters(1, seed=1)
    hydronium = Molecule(
        np.append(one.atomic_numbers, 1),
        np.vstack([one.positions_angstrom, one.positions_angstrom[0] + [0, 0, 0.98]]),
        1,
    )
    text = " ".join(domain_warnings(hydronium, domain))
    assert "charge +1" in text and "bonded to 3 H and no more" in text
    stretched = one.positions_angstrom.copy()
    stretched[1] = stretched[0] + (stretched[1] - stretched[0]) * 1.2
    assert any("H-O" in w for w in domain_warnings(Molecule(one.atomic_numbers, stretched), domain))
    assert "do not trust" in domain_warnings(one, {})[0]
