"""Ribbons: an uploaded helix as a person looks at it, in another shape, other colours, with names, and by file."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.viewing import count_frames_sent, picture, place_of, upload, view, wait_for_atoms
from tests.molecules import helix, shifted

pytestmark = pytest.mark.browser

# Chain A: eight alanines in a helix; chain B: three.
TWO_CHAINS = helix(8).replace("END\n", "") + shifted(helix(3), 14.0, "B") + "END\n"


def blue_and_orange(page: Page) -> tuple[int, int]:
    """So many pixels of the picture are bluish, and so many orange."""
    r, g, b = np.moveaxis(picture(page)[..., :3], -1, 0)
    return int(((b > r + 40) & (b > g + 25)).sum()), int(((r > b + 50) & (g > b + 20)).sum())


@pytest.fixture
def chains(explore: Page, tmp_path: Path) -> Page:
    path = tmp_path / "helix.pdb"
    path.write_text(TWO_CHAINS)
    upload(explore, path)
    wait_for_atoms(explore, 116)
    explore.locator(".show-surface").uncheck()
    explore.locator(".show-arrows").uncheck()
    explore.wait_for_timeout(1500)
    return explore


def test_shapes_colours_and_names_change_in_the_browser_alone(chains: Page) -> None:
    root = chains.locator(".rhoscope")
    representation, coloring, legend = (root.locator(name) for name in (".representation", ".coloring", ".colors"))
    expect(representation).to_have_value("sticks")
    expect(legend).to_have_text("HCNO")
    count_frames_sent(chains)
    camera = view(chains)

    assert blue_and_orange(chains)[1] == 0
    representation.select_option("cartoon")
    coloring.select_option("chain")
    expect(legend).to_have_text("chain Achain B")
    blue, orange = blue_and_orange(chains)
    assert blue > 2 * orange > 200, (blue, orange)
    # No atom here is drawn beside its ribbon, and with the sticks there is more.
    representation.select_option("both")
    more = blue_and_orange(chains)
    assert more[0] > blue and more[1] > orange
    helical = root.evaluate(
        "root => root.panel.stage.model.selectedAtoms({ atom: 'CA', ss: 'h' }).map((atom) => [atom.chain, atom.resi])"
    )
    assert helical == [["A", place] for place in range(1, 7)]

    coloring.select_option("residue")
    expect(legend).to_have_text("aliphatic")
    coloring.select_option("place")
    expect(legend).to_contain_text("first residue")
    coloring.select_option("error")
    expect(legend).to_contain_text("30 meV/Å")
    root.locator(".labels").select_option("residues")
    texts = "root => root.panel.look.labels[0].drawn.map((label) => label.text)"
    assert root.evaluate(texts) == [*(f"ALA A {k}" for k in range(1, 9)), *(f"ALA B {k}" for k in range(1, 4))]
    root.locator(".labels").select_option("atoms")
    assert len(root.evaluate(texts)) == 116
    root.locator(".labels").select_option("none")
    assert root.evaluate("root => root.panel.stage.viewer.labels.length") == 0
    assert view(chains) == camera
    assert chains.evaluate("window.frames_sent") == 0


def test_a_ribbon_under_the_pointer_names_its_residue(chains: Page) -> None:
    root = chains.locator(".rhoscope")
    root.locator(".representation").select_option("cartoon")
    index = root.evaluate("root => root.panel.stage.model.selectedAtoms({ atom: 'CA', chain: 'B' })[1].index")
    x, y = place_of(chains, index)
    chains.mouse.move(x - 3, y)
    chains.mouse.move(x, y)
    expect(root.locator(".note")).to_contain_text("ALA B")
    expect(root.locator(".note")).to_contain_text("CA: force")


def test_the_choice_outlives_the_page_and_goes_into_the_file(chains: Page, tmp_path: Path) -> None:
    root = chains.locator(".rhoscope")
    root.locator(".representation").select_option("cartoon")
    root.locator(".coloring").select_option("chain")
    chains.get_by_role("link", name="About").click()
    expect(chains.get_by_role("heading", name="Method")).to_be_visible()
    chains.get_by_role("link", name="Explore").click()
    wait_for_atoms(chains, 116)
    expect(root.locator(".representation")).to_have_value("cartoon")
    expect(root.locator(".colors")).to_have_text("chain Achain B")

    with chains.expect_download() as waiting:
        chains.locator(".rhoscope .save-html").click()
    path = tmp_path / "view.html"
    waiting.value.save_as(path)
    chains.goto(path.as_uri())
    chains.wait_for_selector(".rhoscope[data-drawn]")
    root.locator(".show-surface").uncheck()
    root.locator(".show-arrows").uncheck()
    blue, orange = blue_and_orange(chains)
    assert blue > 2 * orange > 200


def test_what_has_no_residues_offers_no_ribbon(explore: Page) -> None:
    root = explore.locator(".rhoscope")
    expect(root.locator(".representation-choice")).to_be_hidden()
    assert root.locator(".coloring option").all_inner_texts() == ["element", "expected error"]
    assert root.locator(".labels option").all_inner_texts() == ["None", "Atoms"]
