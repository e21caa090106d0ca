"""Building blocks against e3nn's couplings: the edge frame, the message and the product on the sphere."""

import pytest
import torch
from e3nn import o3

from core.model.convolution import FeatureConvolution
from core.model.edges import EdgeGeometry
from core.model.frames import edge_frames, to_e3nn
from core.model.layers import RadialBasis, SphereProduct, rows, spherical_harmonics

L = 3


@pytest.fixture(autouse=True)
def _double():
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(3)
    yield
    torch.set_default_dtype(torch.float32)


def random_vectors(n: int) -> torch.Tensor:
    vectors = torch.randn(n, 3) * 3.0
    vectors[0] = torch.tensor([0.0, 0.0, 2.0])
    vectors[1] = torch.tensor([0.0, 0.0, -2.0])
    vectors[2] = torch.tensor([1.5, 0.0, 0.0])
    return vectors


def test_frames_are_orthogonal_and_turn_the_pole_onto_the_edge():
    vectors = random_vectors(8)
    harmonics = spherical_harmonics(L, vectors)
    for l, frame in enumerate(edge_frames(vectors, L)):
        identity = torch.eye(2 * l + 1).expand(8, -1, -1)
        torch.testing.assert_close(frame @ frame.transpose(1, 2), identity, rtol=0, atol=1e-12)
        # In the frame of the edge its own harmonics have only m = 0.
        local = (frame.transpose(1, 2) @ harmonics[:, rows(l), None]).squeeze(-1)
        expected = torch.zeros(8, 2 * l + 1)
        expected[:, l] = (2 * l + 1) ** 0.5
        torch.testing.assert_close(local, expected, rtol=0, atol=1e-11)


def geometry_of(vectors: torch.Tensor, n_atoms: int) -> EdgeGeometry:
    n = len(vectors)
    bessel, envelope = RadialBasis(6, 9.0)(vectors.norm(dim=1))
    return EdgeGeometry(
        torch.arange(n) % n_atoms,
        (torch.arange(n) + 1) % n_atoms,
        torch.arange(n) % 4,
        spherical_harmonics(L, vectors),
        bessel,
        envelope,
        tuple(edge_frames(vectors, L)),
    )


def test_message_lies_in_the_span_of_allowed_tensor_products():
    """A message is a sum over paths of w * wigner_3j(x_l1, Y_l2(edge)) with l1 + l2 + l3 even, and nothing else."""
    channels = 2
    convolution = FeatureConvolution(L, L, channels, 6, 4, 8)
    vectors = random_vectors(5)
    geometry = geometry_of(vectors, 4)
    x = torch.randn(4, (L + 1) ** 2, channels)
    message = convolution.messages(x, geometry)
    sent, edge = x[geometry.senders], 2
    for channel in range(channels):
        for l3 in range(L + 1):
            paths = []
            for l1 in range(L + 1):
                for l2 in range(abs(l1 - l3), l1 + l3 + 1):
                    if (l1 + l2 + l3) % 2 == 0:
                        harmonics = o3.spherical_harmonics(l2, to_e3nn(vectors), normalize=True)
                        coupling = o3.wigner_3j(l1, l2, l3)
                        paths.append(
                            torch.einsum("a,b,abc->c", sent[edge, rows(l1), channel], harmonics[edge], coupling)
                        )
            span = torch.stack(paths, dim=1)
            target = message[edge, rows(l3), channel]
            weights = torch.linalg.lstsq(span, target[:, None], driver="gelsd").solution
            torch.testing.assert_close((span @ weights).squeeze(1), target, rtol=0, atol=1e-10)


def test_edges_in_parts_are_edges_at_once(monkeypatch):
    convolution = FeatureConvolution(L, L, 3, 6, 4, 8)
    geometry = geometry_of(random_vectors(11), 4)
    x = torch.randn(4, (L + 1) ** 2, 3)
    whole = convolution(x, geometry, 4)
    monkeypatch.setattr("core.model.convolution.EDGES_AT_A_TIME", 3)
    with torch.no_grad():
        torch.testing.assert_close(convolution(x, geometry, 4), whole, rtol=0, atol=1e-12)


def test_sphere_product_is_the_gaunt_coupling():
    a, b = torch.randn(1, (L + 1) ** 2, 1), torch.randn(1, (L + 1) ** 2, 1)
    product = SphereProduct(L)(a, b)[0, :, 0]
    expected = torch.zeros((L + 1) ** 2)
    for l1 in range(L + 1):
        for l2 in range(L + 1):
            for l3 in range(abs(l1 - l2), min(L, l1 + l2) + 1):
                # Gaunt integral = (3j with zero m) times the full 3j, by component-normalised harmonics.
                size = ((2 * l1 + 1) * (2 * l2 + 1) * (2 * l3 + 1)) ** 0.5
                coupling = o3.wigner_3j(l1, l2, l3)
                factor = size * coupling[l1, l2, l3]
                expected[rows(l3)] += factor * torch.einsum(
                    "a,b,abc->c", a[0, rows(l1), 0], b[0, rows(l2), 0], coupling
                )
    # Fields are divided by (l_max + 1) each and the result multiplied by it once.
    torch.testing.assert_close(product, expected / (L + 1), rtol=0, atol=1e-11)


def test_radial_cutoff_ends_smoothly():
    basis = RadialBasis(4, 9.0)
    distance = torch.tensor([8.999, 9.0, 9.5])
    assert basis(distance)[1].abs().max() < 1e-9
    assert basis(torch.tensor([1e-3]))[1].item() == pytest.approx(1.0, abs=1e-6)
