"""The row of examples, and the one that has residues: chosen, by its link, and on Compare."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.chem.examples import ENTRIES, example
from tests.browser.viewing import choose_example, open_example, wait_for_atoms

pytestmark = pytest.mark.browser

KEY, LABEL = "helix-18", "Helix of 18 residues"
ATOMS = len(example(KEY))


def test_a_peptide_has_a_ribbon_and_residues(explore: Page) -> None:
    page = explore
    choose_example(page, LABEL)
    wait_for_atoms(page, ATOMS)
    root = page.locator(".rhoscope")
    root.locator(".representation").select_option("cartoon")
    helical = root.evaluate("root => root.panel.stage.model.selectedAtoms({ atom: 'CA', ss: 'h' }).length")
    assert helical >= 12
    root.locator(".coloring").select_option("residue")
    expect(root.locator(".colors")).to_contain_text("aliphatic")
    page.locator("p").filter(has_text=re.compile("^Residues$")).click()
    # Ten seconds of a core, which show how far they are and can be stopped.
    stop, go_on = (page.get_by_role("button", name=name, exact=True) for name in ("Cancel", "Go on"))
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Sharing the density among the residues: \d+ %"))).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    stop.click()
    go_on.click()
    expect(stop).to_be_visible()
    expect(stop).not_to_be_visible()
    expect(go_on).not_to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Residues (CSV)").click()
    rows = list(csv.DictReader(Path(waiting.value.path()).read_text().splitlines()))
    assert len(rows) == 18 and all(row["charge_e"] and row["force_uncertainty_mev_per_angstrom"] for row in rows)
    page.locator("p").filter(has_text=re.compile("^Preparation$")).click()
    expect(page.get_by_text("not an experimental structure")).to_be_visible()


def test_its_link_opens_it_and_compare_says_what_dft_would_take(page: Page, server: str) -> None:
    open_example(page, server, KEY, ATOMS)
    chosen = page.get_by_role("radiogroup", name="Example").get_by_role("radio", name=LABEL, exact=True)
    expect(chosen).to_be_checked()
    page.get_by_role("link", name="Compare").first.click()
    expect(page.get_by_text(re.compile(r"takes about \d+\.\d h"))).to_be_visible()
    expect(page.get_by_text(LABEL).first).to_be_visible()


@pytest.mark.parametrize("width", [390, 1400])
def test_every_example_is_in_sight(page: Page, server: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(server)
    row = page.get_by_role("radiogroup", name="Example")
    expect(row.get_by_role("radio")).to_have_count(len(ENTRIES))
    edges = row.evaluate("row => [...row.children].map((one) => one.getBoundingClientRect().right)")
    assert len(edges) >= len(ENTRIES) and max(edges) <= width
