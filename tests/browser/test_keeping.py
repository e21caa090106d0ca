"""Pictures at the size of a page, with a bar of scale that is right, and meshes that other programs read."""

import json
import struct
import zlib
from base64 import b64encode
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from playwright.sync_api import Locator, Page, expect

from core.chem.examples import example
from core.density.density import Density
from core.density.grid import UniformGrid, density_on_grid
from core.gaussian.evaluate import density_at_points
from core.model.predict import load_model, predict
from core.units import ANGSTROM_IN_BOHR, BOHR_IN_ANGSTROM
from tests.browser.viewing import open_example, pixels, upload, view, wait_for_atoms

pytestmark = pytest.mark.browser

INK = np.array([0x17, 0x21, 0x2B])
OXYGEN_PAIR = "2\npair\nO 0 0 0\nO 5 0 0\n"


def open_form(page: Page) -> Locator:
    root = page.locator(".rhoscope")
    root.get_by_role("button", name="Save as…").click()
    expect(root.locator(".keeping")).to_be_visible()
    return root


def saved(page: Page, root: Locator, button: str, path: Path) -> bytes:
    with page.expect_download() as waiting:
        root.locator(f".{button}").click()
    waiting.value.save_as(path)
    return path.read_bytes()


def set_size(root: Locator, width: str, unit: str, dpi: int = 300) -> None:
    root.locator(".print-unit").select_option(unit)
    for name, text in (("print-width", width), ("print-dpi", str(dpi))):
        root.locator(f".{name}").fill(text)
        root.locator(f".{name}").press("Enter")


def chunks(png: bytes) -> dict[bytes, bytes]:
    """The chunks of a PNG file by their kind, the checksum of each made sure of."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    found, at = {}, 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        content = png[at + 8 : at + 8 + length]
        assert zlib.crc32(kind + content) == struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0]
        found.setdefault(kind, content)
        at += 12 + length
    return found


def data_url(png: bytes) -> str:
    return "data:image/png;base64," + b64encode(png).decode()


def test_a_picture_has_the_size_in_print_that_was_asked_for(page: Page, server: str, tmp_path: Path) -> None:
    open_example(page, server, "water-1", 3)
    root = open_form(page)
    canvas = "root => { const c = root.panel.stage.viewer.getCanvas(); return [c.width, c.height]; }"
    before = view(page), root.evaluate(canvas), root.evaluate("root => root.panel.stage.picture()")
    for width, unit, dpi, wanted in (("85", "mm", 150, 502), ("2", "inch", 300, 600)):
        set_size(root, width, unit, dpi)
        expect(root.locator(".print-size")).to_contain_text(f"{wanted} pixels wide")
        found = chunks(saved(page, root, "print", tmp_path / "print.png"))
        assert struct.unpack(">I", found[b"IHDR"][:4])[0] == wanted
        across, down, unit_of_length = struct.unpack(">IIB", found[b"pHYs"])
        assert across == down == round(dpi / 0.0254) and unit_of_length == 1
    # What is on the screen is as it was.
    assert (view(page), root.evaluate(canvas), root.evaluate("root => root.panel.stage.picture()")) == before
    # The same width in another unit.
    root.locator(".print-unit").select_option("pixels")
    assert root.locator(".print-width").input_value() == "600"
    for width, dpi, words in (
        ("100000", 300, "more than can be drawn"),
        ("many", 300, "Give a width"),
        ("600", 0, "Give"),
    ):
        set_size(root, width, "pixels", dpi)
        expect(root.locator(".print-size")).to_contain_text(words)
        expect(root.locator(".print")).to_be_disabled()


def longest_run(row: np.ndarray) -> int:
    """Length of the longest run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], row.astype(int), [0]])))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def test_the_bar_of_scale_is_as_long_as_it_says(explore: Page, tmp_path: Path) -> None:
    """Two nuclei 5 angstrom apart, beside the centre and at its depth, measured in the picture."""
    path = tmp_path / "pair.xyz"
    path.write_text(OXYGEN_PAIR)
    upload(explore, path)
    wait_for_atoms(explore, 2)
    root = open_form(explore)
    for layer in ("surface", "arrows"):
        root.locator(f".show-{layer}").uncheck()
    set_size(root, "900", "pixels")
    seen = set()
    for zoom in (1.0, 0.6):
        root.evaluate("(root, zoom) => root.panel.stage.zoom(zoom)", zoom)
        picture = pixels(explore, data_url(saved(explore, root, "print", tmp_path / "bar.png")))[..., :3]
        said = root.evaluate("root => root.panel.keeping.page(root.panel.keeping.measure()).bar.angstrom")
        red = (
            (picture[..., 0] > 90)
            & (picture[..., 1] < 0.6 * picture[..., 0])
            & (picture[..., 2] < 0.6 * picture[..., 0])
        )
        # Beneath the picture the legend of the elements is as red.
        red[len(red) * 2 // 3 :] = False
        columns = np.flatnonzero(red.any(0))
        split = columns[np.diff(columns).argmax()] + 1
        centres = [np.argwhere(red & half).mean(0)[1] for half in (np.arange(900) <= split, np.arange(900) > split)]
        ink = np.abs(picture - INK).sum(-1) < 30
        bar = max(longest_run(row) for row in ink[:, :450])
        assert said * (centres[1] - centres[0]) / bar == pytest.approx(5.0, rel=0.015)
        seen.add((said, bar))
    assert len(seen) == 2


def test_on_a_transparent_ground_it_looks_the_same_on_white(page: Page, server: str, tmp_path: Path) -> None:
    open_example(page, server, "water-1", 3)
    root = open_form(page)
    set_size(root, "500", "pixels")
    white = pixels(page, data_url(saved(page, root, "print", tmp_path / "white.png")))
    root.locator(".print-ground").select_option("transparent")
    clear = pixels(page, data_url(saved(page, root, "print", tmp_path / "clear.png")))
    assert clear.shape == white.shape and (white[..., 3] == 255).all()
    alpha = clear[..., 3:] / 255
    assert alpha[0, 0, 0] == 0 and (alpha == 0).mean() > 0.3 and (alpha == 1).mean() > 0.003
    # The surface is glass, and nothing of white is in it.
    assert ((alpha > 0.3) & (alpha < 0.9)).mean() > 0.02
    error = np.abs(clear[..., :3] * alpha + 255 * (1 - alpha) - white[..., :3])
    assert error.mean() < 0.6 and (error > 12).mean() < 0.01


def test_a_phone_has_the_form_too(page: Page, server: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server}/?example=water-1")
    wait_for_atoms(page, 3)
    open_form(page)
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


@pytest.fixture(scope="module")
def density() -> Density:
    return predict(example("water-3"), load_model("water")).density


def glb_json(content: bytes) -> dict[str, Any]:
    assert content[:4] == b"glTF" and struct.unpack("<II", content[4:12]) == (2, len(content))
    return json.loads(content[20 : 20 + struct.unpack("<I", content[12:16])[0]])


def check_surface(mesh: Any, density: Density, level: float) -> None:
    """A closed surface, turned outwards, of the right volume, where the density has the level."""
    assert mesh.is_watertight and mesh.is_winding_consistent
    grid = UniformGrid.around(density.molecule)
    inside = (density_on_grid(density, grid) > level).sum() * (grid.step_bohr * BOHR_IN_ANGSTROM) ** 3
    assert mesh.volume == pytest.approx(inside, rel=0.005)
    chosen = np.random.default_rng(0).permutation(len(mesh.vertices))[:500]
    found = density_at_points(density, mesh.vertices[chosen] * ANGSTROM_IN_BOHR)
    np.testing.assert_allclose(found, level, rtol=0.05)
    assert np.abs(found / level - 1).mean() < 0.01


def test_meshes_are_the_surface_on_the_screen(page: Page, server: str, tmp_path: Path, density: Density) -> None:
    open_example(page, server, "water-3", 9)
    root = open_form(page)
    root.locator(".number").fill("0.03")
    root.locator(".number").press("Enter")
    saved(page, root, "save-ply", tmp_path / "surface.ply")
    header = (tmp_path / "surface.ply").read_bytes().split(b"end_header")[0].decode("ascii")
    assert "comment unit: angstrom" in header and "comment level_e_per_bohr3: 0.03" in header
    surface = trimesh.load(tmp_path / "surface.ply", process=False)
    check_surface(surface, density, 0.03)
    assert len(np.unique(surface.visual.vertex_colors, axis=0)) == 1

    about = glb_json(saved(page, root, "save-glb", tmp_path / "all.glb"))
    assert about["asset"]["extras"] == {
        "title": "Water trimer, a ring", "source": "Electron density (model water)", "unit": "angstrom",
        "level_e_per_bohr3": 0.03,
    }  # fmt: skip
    assert about["materials"][0]["pbrMetallicRoughness"]["baseColorFactor"][3] == pytest.approx(0.6)
    parts = trimesh.load(tmp_path / "all.glb", process=False).geometry
    assert set(parts) == {"surface", "atoms and bonds", "forces"}
    assert parts["surface"].volume == pytest.approx(surface.volume, rel=1e-6)
    balls = parts["atoms and bonds"].vertices
    nuclei = density.molecule.positions_angstrom
    assert np.linalg.norm(balls[:, None] - nuclei, axis=-1).min(1).max() < 0.6
    np.testing.assert_allclose(balls.min(0), nuclei.min(0), atol=0.35)

    # Without atoms; coloured by the potential, with its values; without the surface there is nothing.
    root.locator(".mesh-all").uncheck()
    root.locator(".show-potential").check()
    page.wait_for_selector(".rhoscope[data-colored='true']")
    shown = root.evaluate("root => root.panel.stage.meshes.flatMap(({ values }) => [...values])")
    saved(page, root, "save-ply", tmp_path / "colored.ply")
    colored = trimesh.load(tmp_path / "colored.ply", process=False)
    values = colored.metadata["_ply_raw"]["vertex"]["data"]["potential"]
    np.testing.assert_allclose(values, shown, atol=1e-4)
    check_surface(colored, density, 0.002)
    assert len(np.unique(colored.visual.vertex_colors, axis=0)) > 50
    saved(page, root, "save-glb", tmp_path / "colored.glb")
    [alone] = trimesh.load(tmp_path / "colored.glb", process=False).geometry.values()
    np.testing.assert_allclose(np.ravel(alone.vertex_attributes["_POTENTIAL"]), values)
    root.locator(".show-surface").uncheck()
    root.locator(".save-glb").click()
    expect(root.locator(".mesh-note")).to_contain_text("nothing to save")


def test_a_slice_is_in_the_mesh_with_the_colours_of_its_scale(page: Page, server: str, tmp_path: Path) -> None:
    page.goto(f"{server}/?example=water-3")
    wait_for_atoms(page, 9)
    root = open_form(page)
    root.locator(".show-slice").check()
    page.wait_for_selector(".rhoscope[data-slice]")
    sheet = root.evaluate(
        """root => { const [mesh] = root.panel.stage.slice.meshes;
        return { normal: [...root.panel.slice.plane.normal], colors: [...mesh.colors] }; }"""
    )
    about = glb_json(saved(page, root, "save-glb", tmp_path / "slice.glb"))
    assert about["extensionsUsed"] == ["KHR_materials_unlit"]
    unlit = {material["name"] for material in about["materials"] if "extensions" in material}
    assert unlit == {"slice", "lines of the slice"}
    parts = trimesh.load(tmp_path / "slice.glb", process=False).geometry
    assert set(parts) == {"surface", "atoms and bonds", "forces", *unlit}
    # Flat, as it stands on the screen, and lit by nothing: colours are linear in glTF.
    for name in unlit:
        along = parts[name].vertices @ np.array(sheet["normal"])
        assert np.ptp(along) < 0.02
    srgb = np.array(sheet["colors"]).reshape(-1, 3)
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    found = np.asarray(parts["slice"].visual.vertex_attributes["color"], float)[:, :3]
    np.testing.assert_allclose(found / (255 if found.max() > 1 else 1), linear, atol=0.005)


def test_a_surface_in_pieces_is_closed_again(explore: Page, tmp_path: Path, server: str) -> None:
    """A field so fine that 3Dmol needs the surface in several meshes; and a title that tries to end the header."""
    from core.view.assets import module_url
    from core.view.field import pack_field

    steps = 150
    grid = UniformGrid(np.full(3, -3.0), 6.0 / (steps - 1), (steps, steps, steps))
    radius = np.linalg.norm(grid.points(), axis=1).reshape(grid.shape)
    packed = pack_field(np.exp(-2.0 * radius), grid)
    content = explore.evaluate(
        """async ([modules, bytes, level, comment]) => {
        const [{ decodeField }, { isosurface }, { ply, welded }] = await Promise.all(
          ['field.js', 'surface.js', 'mesh.js'].map((name) => import(modules + name)));
        const stream = new Blob([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))]).stream();
        const raw = await new Response(stream.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
        const pieces = isosurface(decodeField(raw), level);
        for (const piece of pieces) piece.colors = piece.vertices.map(() => 0.5);
        const file = ply(welded(pieces), [comment]);
        const reader = new FileReader();
        await new Promise((done) => { reader.onload = done; reader.readAsDataURL(new Blob([file])); });
        return [pieces.length, reader.result.split(',')[1]];
        }""",
        [f"{server}/{module_url('')}", b64encode(packed.compressed).decode(), float(np.exp(-5.4)), "a\nend_header\né"],
    )
    import base64

    assert content[0] > 1
    (tmp_path / "ball.ply").write_bytes(base64.b64decode(content[1]))
    ball = trimesh.load(tmp_path / "ball.ply", process=False)
    assert ball.is_watertight
    assert ball.volume == pytest.approx(4 / 3 * np.pi * (2.7 * BOHR_IN_ANGSTROM) ** 3, rel=1e-3)
