"""The density where a person looks, evaluated in the browser from the coefficients, against the server's evaluation."""

import base64
import gzip
import json
import re
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from core.chem.examples import examples
from core.density.bond_formation import bond_formation
from core.density.density import Density
from core.density.grid import UniformGrid, density_on_grid
from core.gaussian.evaluate import density_at_points
from core.units import ANGSTROM_IN_BOHR
from core.view.assets import module_url
from core.view.coefficients import pack_coefficients
from core.view.field import DENSITY, DIFFERENCE, pack_field
from core.view.prediction import predict_density
from tests.browser.viewing import open_example, view
from tests.running_app import PATIENCE_SECONDS

pytestmark = pytest.mark.browser

SCALE = {"knee": 1e-5, "low": 0.0, "high": float(np.arcsinh(300.0 / 1e-5))}
# Of bond formation, as core/view/field.py has it: codes on both sides of nought.
SIGNED_SCALE = {"knee": 1e-6, "low": -float(np.arcsinh(3.0 / 1e-6)), "high": float(np.arcsinh(3.0 / 1e-6))}
LEVELS = (0.001, 0.02, 0.3)

EVALUATE = """
async ([modules, by, coefficients, points, scale]) => {
  const { Evaluator } = await import(modules + 'evaluator.js');
  const bytes = Uint8Array.from(atob(coefficients), (c) => c.charCodeAt(0)).buffer;
  const evaluator = await Evaluator.start(by);
  const { codes, problem } = await evaluator.evaluate(bytes, points, scale);
  evaluator.dispose();
  return { by: evaluator.by, problem, codes: codes && [...codes] };
}"""

JOIN = """
async ([modules, packed, box, codes, value]) => {
  const [{ decodeField }, { withRefined, surface }, { isosurface }] = await Promise.all(
    ['field.js', 'refined.js', 'surface.js'].map((name) => import(modules + name)));
  const whole = decodeField(Uint8Array.from(atob(packed), (c) => c.charCodeAt(0)).buffer);
  const field = withRefined(whole, box, Uint16Array.from(codes));
  const points = (meshes) => meshes.flatMap((mesh) => [...mesh.vertices]);
  const coarse = points(isosurface(field, value));
  const both = points(surface(field, value));
  return [coarse, both.slice(coarse.length), field.refined.step_angstrom];
}"""


@cache
def predicted(key: str) -> Density:
    return predict_density({name: molecule for name, _, molecule in examples()}[key]).density


@pytest.fixture(scope="module")
def blank(chromium: Browser, server: str) -> Iterator[Page]:
    """A page of the server that holds nothing, from which its modules can be imported."""
    page = chromium.new_page()
    page.set_default_timeout(1000 * PATIENCE_SECONDS)
    page.goto(f"{server}/{module_url('field.js')}")
    yield page
    page.close()


def box_around(density: Density, atom: int, shape: tuple[int, int, int], step_angstrom: float) -> UniformGrid:
    step = step_angstrom * ANGSTROM_IN_BOHR
    # No point on a nucleus, nor in a plane with one.
    centre = density.molecule.positions_bohr[atom] + [0.013, -0.021, 0.017]
    return UniformGrid(centre - step * (np.array(shape) - 1) / 2, step, shape)


def in_browser(
    page: Page, server: str, by: str, density: Density, grid: UniformGrid, scale: dict[str, float] = SCALE
) -> np.ndarray:
    """(nx, ny, nz) e/bohr^3, as the viewer gets it."""
    coefficients = base64.b64encode(gzip.decompress(pack_coefficients(density).compressed)).decode()
    points = {"shape": grid.shape, "origin_bohr": grid.origin_bohr.tolist(), "step_bohr": grid.step_bohr}
    answer = page.evaluate(EVALUATE, [f"{server}/{module_url('')}", by, coefficients, points, scale])
    assert answer.get("problem") is None
    assert answer["by"] == by
    shares = np.array(answer["codes"]).reshape(grid.shape) / 65535
    return scale["knee"] * np.sinh(scale["low"] + shares * (scale["high"] - scale["low"]))


@pytest.mark.parametrize("by", ["card", "processor"])
@pytest.mark.parametrize(
    ("key", "atom", "shape", "step_angstrom"),
    [
        ("water-1", 0, (27, 24, 25), 0.2),
        ("alanine-dipeptide", 8, (20, 22, 21), 0.25),
        # Many atoms reach in from all sides; more planes than a target has room for.
        ("water-30", 40, (41, 101, 5), 0.1),
    ],
)
def test_it_is_the_density_of_the_server(
    blank: Page, server: str, by: str, key: str, atom: int, shape: tuple[int, int, int], step_angstrom: float
) -> None:
    density = predicted(key)
    grid = box_around(density, atom, shape, step_angstrom)
    found = in_browser(blank, server, by, density, grid)
    exact = density_at_points(density, grid.points()).reshape(shape)
    met = 0
    for level in LEVELS:
        near = (exact > level / 2) & (exact < 1.5 * level)
        met += near.any()
        assert np.abs(found - exact)[near].max(initial=0.0) < 1e-3 * level, level
    assert met >= 2
    # And at a nucleus it is right to what two bytes hold.
    assert found.max() == pytest.approx(exact.max(), rel=3e-4)


@pytest.mark.parametrize("by", ["card", "processor"])
def test_bond_formation_is_that_of_the_server(blank: Page, server: str, by: str) -> None:
    formation = bond_formation(predicted("alanine-dipeptide"))
    grid = box_around(formation, 8, (22, 20, 23), 0.25)
    found = in_browser(blank, server, by, formation, grid, SIGNED_SCALE)
    exact = density_at_points(formation, grid.points()).reshape(grid.shape)
    for level in (-0.03, -0.01, 0.01, 0.1):
        near = np.abs(exact - level) < 0.5 * abs(level)
        assert near.sum() > 20, level
        assert np.abs(found - exact)[near].max() < 1e-3 * abs(level), level


@pytest.mark.parametrize("level", [0.02, "+0.01", "-0.01"])
def test_a_piece_joins_the_grid_without_a_gap(blank: Page, server: str, level: float | str) -> None:
    """level: with a sign, of the bond formation."""
    signed, level = isinstance(level, str), float(level)
    density = bond_formation(predicted("water-6")) if signed else predicted("water-6")
    grid = UniformGrid.around(density.molecule, step_angstrom=0.4)
    packed = pack_field(density_on_grid(density, grid), grid, DIFFERENCE if signed else DENSITY)
    middle = np.array(grid.shape) // 2
    box = {"from": (middle - [3, 4, 5]).tolist(), "to": (middle + [4, 4, 3]).tolist(), "times": 3}
    shape = tuple(int(n) for n in (np.array(box["to"]) - box["from"]) * 3 + 1)
    fine = UniformGrid(grid.origin_bohr + grid.step_bohr * np.array(box["from"]), grid.step_bohr / 3, shape)
    values = density_on_grid(density, fine)
    blob = gzip.decompress(packed.compressed)
    header = json.loads(blob[4 : 4 + int.from_bytes(blob[:4], "little")])
    scaled = (np.arcsinh(values / header["knee"]) - header["low"]) / (header["high"] - header["low"])
    codes = np.rint(65535 * np.clip(scaled, 0, 1)).astype(int).ravel().tolist()
    modules = f"{server}/{module_url('')}"
    coarse, refined, step = blank.evaluate(JOIN, [modules, base64.b64encode(blob).decode(), box, codes, level])
    coarse, refined = np.array(coarse).reshape(-1, 3), np.array(refined).reshape(-1, 3)
    assert step == pytest.approx(0.4 / 3)
    lower = (fine.origin_bohr) / ANGSTROM_IN_BOHR
    upper = lower + step * (np.array(shape) - 1)
    # One surface, not two.
    assert not ((coarse > lower + 1e-3) & (coarse < upper - 1e-3)).all(axis=1).any()
    assert ((refined > lower - 1e-3) & (refined < upper + 1e-3)).all()
    # Where the coarse one ends, the fine one begins: in the very points.
    on_face = ((coarse > lower - 1e-3) & (coarse < upper + 1e-3)).all(axis=1)
    assert on_face.sum() > (20 if signed else 40)
    distances = np.linalg.norm(coarse[on_face][:, None] - refined[None], axis=2).min(axis=1)
    assert distances.max() < 2e-3
    # Away from the faces it is where the density has the level, ten times nearer than the coarse one is.
    within = ((refined > lower + 0.45) & (refined < upper - 0.45)).all(axis=1)
    assert within.sum() > 200
    off, off_coarse = (
        np.abs(np.log(np.maximum(density_at_points(density, points * ANGSTROM_IN_BOHR) / level, 0.01)))
        for points in (refined[within], coarse)
    )
    assert np.sqrt((off**2).mean()) < 0.2 * np.sqrt((off_coarse**2).mean())


def zoom_in(page: Page, times: int) -> None:
    page.locator(".canvas").focus()
    for _ in range(times):
        page.keyboard.press("+")


def open_large(page: Page, server: str) -> None:
    """Thirty waters: their grid is coarse enough to be refined."""
    open_example(page, server, "water-30", 90)


def fineness(page: Page):  # noqa: ANN201
    return page.locator(".fineness")


def test_zooming_in_refines_and_zooming_out_ends_it(page: Page, server: str) -> None:
    open_large(page, server)
    expect(fineness(page)).to_have_text(re.compile(r"Grid of the whole molecule, 0\.\d\d Å"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/fields/" in request.url else None)
    zoom_in(page, 10)
    expect(fineness(page)).to_have_text(re.compile(r"Refined here: 0\.[01]\d Å from coefficients"))
    root = page.locator(".rhoscope")
    assert root.get_attribute("data-refined") in ("card", "processor")
    coarse, fine = root.evaluate("({ panel: { field } }) => [field.step_angstrom, field.refined.step_angstrom]")
    assert fine == pytest.approx(coarse / 2)
    # The level moves, and the piece stays.
    page.locator(".presets button", has_text="0.002").click()
    expect(root).to_have_attribute("data-level", "0.002")
    assert root.evaluate("root => !!root.panel.field.refined")
    page.locator(".home").click()
    expect(fineness(page)).to_have_text(re.compile("Grid of the whole molecule"))
    assert root.evaluate("root => !root.panel.field.refined && root.panel.field === root.panel.refinement.field")
    # The coefficients came once, and nothing else.
    assert len(asked) == 1


def test_atoms_that_were_picked_are_gone_to_and_refined(page: Page, server: str) -> None:
    open_large(page, server)
    root = page.locator(".rhoscope")
    button = root.get_by_role("button", name="Zoom to selection")
    expect(button).to_be_hidden()
    root.locator(".canvas").focus()
    for key in ("n", "Enter", "n", "Enter"):
        page.keyboard.press(key)
    turned = view(page)[4:]
    button.click()
    expect(root).to_have_attribute("data-refined", re.compile("card|processor"))
    x, y, z = np.mean(root.evaluate("root => [0, 1].map((k) => root.panel.stage.positions.slice(3 * k, 3 * k + 3))"), 0)
    assert view(page)[:3] == pytest.approx([-x, -y, -z], abs=1e-3) and view(page)[4:] == turned
    root.get_by_role("button", name="Clear selection").click()
    expect(button).to_be_hidden()


def test_bond_formation_is_refined_too(page: Page, server: str) -> None:
    open_large(page, server)
    root = page.locator(".rhoscope")
    zoom_in(page, 10)
    refined = re.compile(r"Refined here: 0\.[01]\d Å from coefficients")
    expect(fineness(page)).to_have_text(refined)
    root.get_by_role("radio", name="Bond formation").check()
    page.wait_for_selector(".rhoscope[data-shown='formation']")
    expect(fineness(page)).to_have_text(refined)
    drawn = "root => { const { drawn: { field } } = root.panel; return [field.signed, Boolean(field.refined)]; }"
    expect(root).to_have_attribute("data-refined", re.compile("card|processor"))
    assert root.evaluate(drawn) == [True, True]
    # Both lobes go on in the finer piece.
    lobes = root.evaluate(
        """root => [1, -1].map((sign) => { const { field: { refined }, level } = root.panel.drawn;
        return [...refined.codes].some((_, k) => sign * root.panel.drawn.field.refined.values[k] > level); })"""
    )
    assert lobes == [True, True]
    # And the density comes back as it is where one looks.
    root.get_by_role("radio", name="Density").check()
    expect(fineness(page)).to_have_text(refined)
    assert root.evaluate(drawn) == [False, True]


def test_without_float_targets_the_processor_does_it(page: Page, server: str) -> None:
    def no_blending(route: Route) -> None:
        answer = route.fetch()
        text = answer.text()
        assert "EXT_float_blend" in text
        route.fulfill(response=answer, body=text.replace("EXT_float_blend", "EXT_no_such_thing"))

    page.route("**/splat.js", no_blending)
    open_large(page, server)
    zoom_in(page, 10)
    page.wait_for_selector(".rhoscope[data-refined='processor']")
    expect(fineness(page)).to_have_attribute("title", re.compile("By your processor"))


def test_coefficients_that_are_gone_leave_the_picture(page: Page, server: str) -> None:
    open_large(page, server)
    page.route("**/fields/*", lambda route: route.fulfill(status=404, body="Not found"))
    zoom_in(page, 10)
    expect(fineness(page)).to_have_text(re.compile(r"Not refined here; grid of the whole molecule, 0\.\d\d Å"))
    assert page.locator(".rhoscope").evaluate("root => root.panel.stage.surface !== null")
