"""Surfaces coloured by a second field: expected errors on Explore, the difference of both densities on Compare."""

from pathlib import Path

import numpy as np
import pytest
import trimesh
from playwright.sync_api import Browser, Locator, Page, expect

from core.chem.examples import example
from core.chem.molecule import Molecule
from core.gaussian.evaluate import density_at_points
from core.model.predict import load_model, predict
from core.reference.calculation import build_mol
from core.reference.results import find_result
from core.units import ANGSTROM_IN_BOHR, HARTREE_IN_KCAL_PER_MOL
from core.view.trust_colors import error_color
from tests.browser.test_upload import give
from tests.browser.viewing import elsewhere, wait_for_atoms
from tests.pyscf_functions import pyscf_potential
from tests.reference.foreign.files import WATER, calculation, density_at, molden_file

pytestmark = pytest.mark.browser

SHADED = """stage => stage.surface.meshes.map(({ vertices, values, colors }) =>
    ({ vertices: [...vertices], values: [...values ?? []], colors: [...colors] }))"""


def shaded(root: Locator, stage: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vertices (n, 3), angstrom, the values there (n or 0) and their colours (n, 3), of what is on the screen."""
    meshes = root.evaluate(f"root => ({SHADED})(root.panel.{stage})")
    vertices, values, colors = (
        np.concatenate([mesh[name] for mesh in meshes]) for name in ("vertices", "values", "colors")
    )
    return vertices.reshape(-1, 3), values, colors.reshape(-1, 3)


def test_a_surface_has_the_expected_errors_of_the_atoms_beneath(explore: Page) -> None:
    root = explore.locator(".rhoscope")
    asked: list[str] = []
    explore.on("request", lambda request: asked.append(request.url) if "/fields/" in request.url else None)
    level, opacity = root.get_attribute("data-level"), root.locator(".opacity").input_value()
    expect(root.locator(".doubt-legend")).to_be_hidden()
    root.locator(".show-doubt").check()
    expect(root.locator(".doubt-legend")).to_contain_text("outside the domain")
    assert float(root.get_attribute("data-level") or 0) == 0.002
    vertices, _, colors = shaded(root, "stage")
    positions = np.array(root.evaluate("root => root.panel.scene.positions_angstrom")).reshape(-1, 3)
    of_atoms = root.evaluate("root => root.panel.scene.error_colors")
    of_atoms = np.array([[int(color[k : k + 2], 16) for k in (1, 3, 5)] for color in of_atoms]) / 255
    distances = np.linalg.norm(vertices[:, None] - positions, axis=-1)
    farther = distances - distances.min(1, keepdims=True)
    shares = np.where(farther <= 1.0, np.exp(-farther / 0.25), 0.0)
    mixed = shares @ of_atoms / shares.sum(1, keepdims=True)
    assert colors == pytest.approx(mixed, abs=1e-4)
    # One atom has the most of it nearly everywhere, and all of the ramp that the atoms span is there.
    assert (shares.max(1) / shares.sum(1) > 0.5).mean() > 0.6
    assert np.ptp(colors, axis=0) == pytest.approx(np.ptp(of_atoms, axis=0), rel=0.5)
    # They are read off the same ramp as the legend's.
    assert root.evaluate("root => root.panel.scene.error_legend")[1][0] == error_color(9.49)
    # One colouring at a time, and all of it as before in the end.
    root.locator(".show-potential").check()
    explore.wait_for_selector(".rhoscope[data-colored='true']")
    expect(root.locator(".show-doubt")).not_to_be_checked()
    expect(root.locator(".doubt-legend")).to_be_hidden()
    root.locator(".show-doubt").check()
    expect(root.locator(".show-potential")).not_to_be_checked()
    expect(root.locator(".range-legend")).to_be_hidden()
    root.locator(".show-doubt").uncheck()
    assert (root.get_attribute("data-level"), root.locator(".opacity").input_value()) == (level, opacity)
    # Only the potential was fetched.
    assert len(asked) == 1


def test_expected_errors_on_the_surface_are_in_the_link(page: Page, server: str, chromium: Browser) -> None:
    page.goto(f"{server}/?example=water-2&doubt=on&level=0.004")
    wait_for_atoms(page, 6)
    page.wait_for_selector(".rhoscope[data-doubtful='true']")
    page.wait_for_url("**doubt=on**")
    other = elsewhere(chromium, page.url)
    try:
        other.wait_for_selector(".rhoscope[data-doubtful='true'][data-level='0.004']")
        expect(other.locator(".rhoscope .doubt-legend")).to_be_visible()
    finally:
        other.close()


def test_both_densities_have_the_colours_of_their_difference(page: Page, server: str, tmp_path: Path) -> None:
    page.goto(f"{server}/compare?smiles=N")
    expect(page.get_by_role("button", name="Run the DFT calculation")).to_be_visible()
    method = calculation(WATER, "6-31g*")
    path = tmp_path / "mine.molden"
    path.write_bytes(molden_file(method))
    give(page, path)
    page.wait_for_selector(".rhoscope[data-drawn][data-atoms='3'] .pane")
    root = page.locator(".rhoscope")
    expect(root.locator(".range-legend")).to_be_hidden()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/fields/" in request.url else None)
    root.locator(".shading").select_option("density")
    expect(root.locator(".range-title")).to_have_text("Predicted minus your result, e/a₀³")
    assert root.locator(".opacity").input_value() == "0.9"
    molecule = Molecule(np.array([8, 1, 1]), method.mol.atom_coords(unit="Ang"))
    density = predict(molecule, load_model("water")).density
    limit = float(root.locator(".range-value").input_value())
    for pane in (0, 1):
        vertices, values, colors = shaded(root, f"stages[{pane}]")
        points = vertices * ANGSTROM_IN_BOHR
        exact = density_at_points(density, points) - density_at(method, points)
        assert np.abs(values - exact).mean() < 0.02 * np.abs(exact).max()
        # Blue where the prediction has more, red where it has less, as the lobes beside it.
        assert (colors[values > 0.5 * limit, 2] > colors[values > 0.5 * limit, 0] + 0.2).all()
        assert (colors[values < -0.5 * limit, 0] > colors[values < -0.5 * limit, 2] + 0.2).all()
        assert 0.85 < (np.abs(values) <= limit).mean()
    # The meshes to keep hold the same values.
    root.locator(".save-as").click()
    with page.expect_download() as waiting:
        root.locator(".save-ply").click()
    waiting.value.save_as(tmp_path / "predicted.ply")
    kept = trimesh.load(tmp_path / "predicted.ply", process=False)
    np.testing.assert_allclose(
        kept.metadata["_ply_raw"]["vertex"]["data"]["difference"], shaded(root, "stages[0]")[1], rtol=1e-6
    )
    assert (
        b"comment values: density, predicted minus your result, e/bohr^3" in (tmp_path / "predicted.ply").read_bytes()
    )
    # For this nothing more is made, and nothing is sent.
    assert not asked
    # A range of the person's own holds for both and for another level; Fit takes it back.
    root.locator(".range-value").fill("0.5")
    root.locator(".range-value").press("Enter")
    root.locator(".of-densities .number").fill("0.05")
    root.locator(".of-densities .number").press("Enter")
    pale = [shaded(root, f"stages[{pane}]")[2] for pane in (0, 1)]
    assert all((abs(colors - 0.97) < 0.1).all() for colors in pale)
    expect(root.locator(".range-high")).to_have_text("+0.5")
    root.get_by_role("button", name="Fit").click()
    assert float(root.locator(".range-value").input_value()) < 0.1
    root.locator(".shading").select_option("none")
    expect(root.locator(".range-legend")).to_be_hidden()
    plain = shaded(root, "stages[0]")[2]
    assert (plain == plain[0]).all() and root.locator(".opacity").input_value() == "0.6"


def test_both_densities_have_their_potentials_and_the_difference_of_them(
    page: Page, server: str, chromium: Browser
) -> None:
    # Its calculation came with the program.
    page.goto(f"{server}/compare?example=water-2&level=0.01")
    page.wait_for_selector(".rhoscope[data-drawn] .pane")
    root = page.locator(".rhoscope")
    root.locator(".shading").select_option("potential")
    page.wait_for_selector(".rhoscope[data-colored='true']")
    expect(page.get_by_role("button", name="Difference (cube)")).to_be_visible()
    expect(root.locator(".note:visible")).to_have_count(0)
    assert root.get_attribute("data-level") == "0.002"
    molecule = example("water-2")
    record = find_result(molecule)
    assert record is not None
    predicted = predict(molecule, load_model("water")).density
    mol, orbitals = build_mol(molecule), record.occupied_orbitals.astype(float)

    def exact(of_prediction: bool, points: np.ndarray) -> np.ndarray:
        nuclei = (molecule.atomic_numbers / np.linalg.norm(points[:, None] - molecule.positions_bohr, axis=-1)).sum(1)
        integrals = mol.intor("int1e_grids", grids=points)
        theirs = 2.0 * np.einsum("gij,ia,ja->g", integrals, orbitals, orbitals, optimize=True)
        return HARTREE_IN_KCAL_PER_MOL * (nuclei - (pyscf_potential(predicted, points) if of_prediction else theirs))

    for pane in (0, 1):
        vertices, values, colors = shaded(root, f"stages[{pane}]")
        points = vertices[::20] * ANGSTROM_IN_BOHR
        assert abs(values[::20] - exact(pane == 0, points)).mean() < 0.3 < 10 < abs(values).mean()
        # Red at oxygen, which is negative, blue at hydrogen.
        assert (colors[values < -15, 0] > colors[values < -15, 2]).all()
        assert (colors[values > 15, 2] > colors[values > 15, 0]).all()
    assert root.locator(".range-title").inner_text() == "Potential, kcal/(mol·e)"

    root.locator(".shading").select_option("potentials")
    expect(root.locator(".range-title")).to_have_text("Potential, predicted minus DFT, kcal/(mol·e)")
    for pane in (0, 1):
        vertices, values, _ = shaded(root, f"stages[{pane}]")
        points = vertices[::20] * ANGSTROM_IN_BOHR
        wanted = exact(True, points) - exact(False, points)
        assert abs(values[::20] - wanted).mean() < 0.03 < 2 * abs(wanted).mean()
    # The link says it, and an opacity that is not the usual one of a coloured surface; where one leaves it the level is
    # as it was.
    assert "opacity=" not in page.url
    root.locator(".opacity").fill("0.6")
    page.wait_for_url("**colored=potentials**opacity=0.6**")
    other = elsewhere(chromium, page.url)
    try:
        other.wait_for_selector(".rhoscope[data-colored='true']")
        expect(other.locator(".rhoscope .range-title")).to_contain_text("Potential, predicted minus DFT")
        expect(other.locator(".rhoscope .opacity")).to_have_value("0.6")
    finally:
        other.close()
    root.locator(".shading").select_option("none")
    assert float(root.get_attribute("data-level") or 0) == pytest.approx(0.01, rel=1e-2)


def test_potentials_are_those_of_the_next_structure_too(page: Page, server: str, tmp_path: Path) -> None:
    """A result of one's own, opened while the potentials of another structure are on its surfaces."""
    page.goto(f"{server}/compare?example=water-2&colored=potential")
    page.wait_for_selector(".rhoscope[data-colored='true'][data-atoms='6']")
    expect(page.get_by_role("button", name="Difference (cube)")).to_be_visible()
    path = tmp_path / "mine.molden"
    path.write_bytes(molden_file(calculation(WATER, "6-31g*")))
    give(page, path)
    page.wait_for_selector(".rhoscope[data-drawn][data-atoms='3'] .pane")
    page.wait_for_selector(".rhoscope[data-colored='true'][data-atoms='3']")
    root = page.locator(".rhoscope")
    expect(root.locator(".range-title")).to_have_text("Potential, kcal/(mol·e)")
    _, values, _ = shaded(root, "stages[1]")
    assert np.isfinite(values).all() and values.min() < -15 < 15 < values.max()


def test_links_of_before_colour_by_the_difference(page: Page, server: str) -> None:
    page.goto(f"{server}/compare?example=water-2&colored=on")
    page.wait_for_selector(".rhoscope[data-colored='true']")
    expect(page.locator(".rhoscope .shading")).to_have_value("density")
    page.wait_for_url("**colored=density**")
