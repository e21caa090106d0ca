"""How the molecule is drawn and coloured on Compare: chosen once for all pictures, in the browser alone, and kept."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from core.chem.prepare import Options
from core.chem.subject import Source, Subject
from core.density.density import Density
from core.density.grid import density_on_grid
from core.forces.hellmann_feynman import hellmann_feynman_forces
from core.jobs.reading import read_source
from core.view.html_file import MODULES, PLACE, empty_page
from core.view.looks import with_looks
from core.view.picture import picture_of
from core.view.side_by_side import Other, box_around, side_by_side
from tests.browser.viewing import (
    count_frames_sent,
    opened_alone,
    pixels,
    wait_for_query,
)
from tests.molecules import helix

pytestmark = pytest.mark.browser

VIEWS = "root => root.panel.stages.map((stage) => stage.viewer.getView())"
# Of each picture the colour in which 3Dmol draws each atom.
COLORS = """root => root.panel.stages.map(({ styles, model }) =>
    model.selectedAtoms({}).map(styles.usual[0][1].stick.colorfunc))"""


def dimer(page: Page, server: str, settings: str = "") -> Locator:
    """The water dimer, whose calculation came with the program."""
    page.goto(f"{server}/compare?example=water-2{settings}")
    page.wait_for_selector(".rhoscope[data-drawn][data-atoms='6'] .pane")
    expect(page.get_by_role("heading", name="Take it away")).to_be_visible()
    return page.locator(".rhoscope")


def test_colours_are_one_choice_for_all_pictures_and_stay(page: Page, server: str) -> None:
    root = dimer(page, server)
    expect(root.locator(".colors")).to_have_text("HO")
    expect(root.locator(".representation-choice")).to_be_hidden()
    page.wait_for_timeout(1000)
    views, before = root.evaluate(VIEWS), root.evaluate(COLORS)
    assert before[0] == before[1] == before[2] and len(set(before[0])) == 2
    count_frames_sent(page)
    root.locator(".coloring").select_option("error")
    expect(root.locator(".colors")).to_contain_text("Expected error of the force:")
    expected = root.evaluate("root => root.panel.scene.error_colors")
    assert root.evaluate(COLORS) == [expected] * 3 and expected != before[0]
    assert root.evaluate(VIEWS) == views and page.evaluate("window.frames_sent") == 0
    wait_for_query(page, atoms="error")

    page.get_by_role("link", name="Explore").click()
    page.wait_for_selector(".rhoscope[data-drawn] .fineness", state="attached")
    expect(root.locator(".coloring")).to_have_value("error")
    # What was chosen last holds, wherever it was.
    root.locator(".coloring").select_option("element")
    page.get_by_role("link", name="Compare").click()
    page.wait_for_selector(".rhoscope[data-drawn] .pane")
    expect(root.locator(".coloring")).to_have_value("element")
    assert root.evaluate(COLORS) == before


def test_a_link_has_the_colours(page: Page, server: str) -> None:
    root = dimer(page, server, "&atoms=error&labels=atoms")
    expect(root.locator(".coloring")).to_have_value("error")
    written = root.evaluate("root => root.panel.stages.map(({ viewer }) => viewer.labels.length)")
    assert written == [6] * 3


@pytest.fixture(scope="module")
def protein(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pictures of a helix of eight alanines against something near it, as a file."""
    subject: Subject = read_source(Source(helix(8).encode(), "helix.pdb"), Options())
    picture = picture_of(subject.molecule)
    free = Density.free_atoms(subject.molecule, picture.predicted.density.basis)
    other = Other("DFT", "DFT", "", subject.molecule, hellmann_feynman_forces(free))
    box = box_around(picture)
    ours, theirs = density_on_grid(picture.predicted.density, box), density_on_grid(free, box)
    sides = side_by_side(picture, other, box, (ours, theirs, ours - theirs))
    path = tmp_path_factory.mktemp("protein") / "views.html"
    fields = [{"field": base64.b64encode(field.compressed).decode()} for field in sides.fields]
    scene = with_looks(sides.scene, picture, subject.topology).to_json()
    payload = json.dumps({"scene": scene, "fieldsOfPanes": fields, "state": {}})
    path.write_text(empty_page(MODULES["panes"]).replace(PLACE, payload), encoding="utf-8")
    return path


def test_a_protein_has_its_ribbon_in_all_pictures(page: Page, protein: Path) -> None:
    with opened_alone(page, protein) as file:
        file.wait_for_selector(".rhoscope[data-drawn] .pane")
        root = file.locator(".rhoscope")
        for name in (".show-surface", ".show-arrows"):
            root.locator(name).uncheck()
        root.locator(".coloring").select_option("chain")
        expect(root.locator(".colors")).to_have_text("chain A")
        # Blue, as the first chain is: more of it where its ribbon is.
        found = [blue(file)]
        for kind in ("cartoon", "both"):
            root.locator(".representation").select_option(kind)
            found.append(blue(file))
        sticks, cartoon, both = np.array(found)
        assert (cartoon != sticks).all() and (both > 1.1 * np.maximum(sticks, cartoon)).all() and (sticks > 100).all()
        root.locator(".labels").select_option("residues")
        assert root.evaluate("root => root.panel.stages.map(({ viewer }) => viewer.labels.length)") == [8] * 3


def blue(page: Page) -> list[int]:
    """So many pixels of each picture are bluish."""
    urls = page.locator(".rhoscope").evaluate("root => root.panel.stages.map((stage) => stage.picture())")
    parts = [np.moveaxis(pixels(page, url)[..., :3], -1, 0) for url in urls]
    return [int(((b > r + 40) & (b > g + 25)).sum()) for r, g, b in parts]
