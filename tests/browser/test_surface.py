"""Marching cubes in the browser against surfaces that are known exactly: spheres of exponentials."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from core.density.grid import UniformGrid
from core.units import BOHR_IN_ANGSTROM
from core.view.assets import module_url
from core.view.field import DENSITY, DIFFERENCE, pack_field
from tests.running_app import PATIENCE_SECONDS

pytestmark = pytest.mark.browser

EXTRACT = """
async ([modules, bytes, value, moving]) => {
  const [{ decodeField, coarser }, { isosurface }] = await Promise.all(
    ['field.js', 'surface.js'].map((name) => import(modules + name)));
  const stream = new Blob([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))]).stream();
  const raw = await new Response(stream.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
  const field = decodeField(raw);
  return isosurface(moving ? coarser(field) : field, value).map((mesh) =>
    ({ vertices: [...mesh.vertices], normals: [...mesh.normals], faces: [...mesh.faces] }));
}"""


@pytest.fixture(scope="module")
def blank(chromium: Browser, server: str) -> Iterator[Page]:
    """A page of the server that holds nothing, from which its modules can be imported."""
    page = chromium.new_page()
    page.set_default_timeout(1000 * PATIENCE_SECONDS)
    page.goto(f"{server}/{module_url('field.js')}")
    yield page
    page.close()


def mesh_of(  # noqa: ANN201
    page: Page,
    server: str,
    values: np.ndarray,
    grid: UniformGrid,
    value: float,
    *,
    signed: bool = False,
    moving: bool = False,
):
    import base64

    packed = pack_field(values, grid, DIFFERENCE if signed else DENSITY)
    modules = f"{server}/{module_url('')}"
    return page.evaluate(EXTRACT, [modules, base64.b64encode(packed.compressed).decode(), value, moving])


def exponential(points: int, width: float = 10.0) -> tuple[np.ndarray, np.ndarray, UniformGrid]:
    """exp(-2 r) about a point off the grid, and r at the points, in bohr."""
    step = width / (points - 1)
    grid = UniformGrid(np.array([-5.1, -4.9, -5.03]), step, (points, points, points))
    radius = np.linalg.norm(grid.points(), axis=1).reshape(grid.shape)
    return np.exp(-2 * radius), radius, grid


def edges_used(faces: np.ndarray) -> np.ndarray:
    """How often each undirected edge of the triangles occurs."""
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    return np.unique(edges, axis=0, return_counts=True)[1]


@pytest.mark.parametrize("radius_bohr", [1.5, 3.2])
def test_a_sphere_is_where_it_should_be(blank: Page, server: str, radius_bohr: float) -> None:
    values, _, grid = exponential(81)
    [mesh] = mesh_of(blank, server, values, grid, float(np.exp(-2 * radius_bohr)))
    vertices = np.array(mesh["vertices"]).reshape(-1, 3) / BOHR_IN_ANGSTROM
    normals = np.array(mesh["normals"]).reshape(-1, 3)
    faces = np.array(mesh["faces"]).reshape(-1, 3)
    radii = np.linalg.norm(vertices, axis=1)
    # Interpolated along edges of 0.125 bohr; snapping to voxels would give 0.04.
    assert np.sqrt(((radii - radius_bohr) ** 2).mean()) < 0.002
    assert (edges_used(faces) == 2).all()
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    volume = np.einsum("ni,ni->n", a, np.cross(b, c)).sum() / 6
    # Positive: the triangles turn outwards.
    assert volume == pytest.approx(4 / 3 * np.pi * radius_bohr**3, rel=5e-3)
    outward = np.einsum("ni,ni->n", normals, vertices / radii[:, None])
    assert outward.min() > 0.99


def test_two_lobes_of_a_difference(blank: Page, server: str) -> None:
    values, _, grid = exponential(49)
    shifted = np.roll(values, 12, axis=0)
    difference = values - shifted
    [more] = mesh_of(blank, server, difference, grid, 0.05, signed=True)
    [less] = mesh_of(blank, server, difference, grid, -0.05, signed=True)
    x_more, x_less = (np.array(mesh["vertices"]).reshape(-1, 3)[:, 0].mean() for mesh in (more, less))
    assert x_less - x_more == pytest.approx(12 * grid.step_bohr * BOHR_IN_ANGSTROM, rel=0.2)
    for mesh in (more, less):
        vertices = np.array(mesh["vertices"]).reshape(-1, 3)
        normals = np.array(mesh["normals"]).reshape(-1, 3)
        assert np.einsum("ni,ni->n", normals, vertices - vertices.mean(0)).min() > 0


def test_where_a_field_changes_sign_it_is_cut_by_its_values(blank: Page, server: str) -> None:
    """A linear field: its surfaces are planes, at any level between two points of the grid."""
    grid = UniformGrid(np.array([-2.3, -1.0, -1.0]), 0.5, (10, 5, 5))
    slope = 0.04
    values = np.broadcast_to(slope * grid.axes()[0][:, None, None], grid.shape)
    for level in (0.002, 0.009, -0.002):
        [mesh] = mesh_of(blank, server, values, grid, level, signed=True)
        x = np.array(mesh["vertices"]).reshape(-1, 3)[:, 0] / BOHR_IN_ANGSTROM
        assert x == pytest.approx(level / slope, abs=2e-3)
        assert np.array(mesh["normals"]).reshape(-1, 3)[:, 0] == pytest.approx(-np.sign(level), abs=1e-3)


@pytest.mark.parametrize("points", [80, 81])
def test_of_every_other_point_it_is_the_same_sphere_with_fewer_triangles(blank: Page, server: str, points: int) -> None:
    values, _, grid = exponential(points)
    level = float(np.exp(-2 * 2.5))
    [fine], [coarse] = (mesh_of(blank, server, values, grid, level, moving=moving) for moving in (False, True))
    assert 3.0 < len(fine["faces"]) / len(coarse["faces"]) < 5.0
    vertices = np.array(coarse["vertices"]).reshape(-1, 3)
    assert np.linalg.norm(vertices, axis=1) / BOHR_IN_ANGSTROM == pytest.approx(2.5, abs=0.02)
    # A field that is coarse already is cut as it is.
    values, _, grid = exponential(49)
    assert mesh_of(blank, server, values, grid, level, moving=True) == mesh_of(blank, server, values, grid, level)


def test_many_random_cases_leave_no_hole(blank: Page, server: str) -> None:
    """Noise meets every case of the cube, the ambiguous ones among them."""
    rng = np.random.default_rng(0)
    values = rng.uniform(0.1, 1.0, (24, 24, 24))
    for axis in range(3):
        for side in (0, -1):
            np.moveaxis(values, axis, 0)[side] = 0.0
    grid = UniformGrid(np.zeros(3), 0.3, (24, 24, 24))
    meshes = mesh_of(blank, server, values, grid, 0.5)
    assert len(meshes) == 1
    faces = np.array(meshes[0]["faces"]).reshape(-1, 3)
    assert set(edges_used(faces)) <= {2, 4}


def test_large_surfaces_are_cut_for_16_bit_indices(blank: Page, server: str) -> None:
    rng = np.random.default_rng(1)
    values = rng.uniform(0.1, 1.0, (48, 48, 48))
    meshes = mesh_of(blank, server, values, UniformGrid(np.zeros(3), 0.3, (48, 48, 48)), 0.5)
    assert len(meshes) > 1
    for mesh in meshes:
        assert len(mesh["vertices"]) // 3 <= 65_535
        assert max(mesh["faces"]) < len(mesh["vertices"]) // 3


def test_a_level_outside_the_values_gives_nothing(blank: Page, server: str) -> None:
    values, _, grid = exponential(24)
    assert mesh_of(blank, server, values, grid, 2.0) == []
