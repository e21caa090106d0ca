"""By id: fetched, prepared, shown with what was done; residues and who pushes them; another choice, and back."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.viewing import view, wait_for_atoms
from tests.chem.test_subject import WATERS

pytestmark = pytest.mark.browser


def ask(page: Page, identifier: str) -> None:
    page.get_by_text("Id", exact=True).click()
    field = page.get_by_label("Id of PDB, AlphaFold DB or PubChem")
    field.fill(identifier)
    field.press("Enter")


def tick_first_row(page: Page) -> None:
    """The table is drawn on a canvas, and learns where it is from a pointer that moves over it."""
    table, box = page.locator("[data-testid=stDataFrame] .dvn-scroller").first, {"x": 16, "y": 52}
    table.hover(position={"x": 60, "y": 90})
    page.wait_for_timeout(300)
    table.hover(position=box)
    table.click(position=box)


def test_from_an_id_to_its_residues_and_back(explore: Page, archive: tuple[str, Path]) -> None:
    page = explore
    (archive[1] / "9wat.pdb").write_text(WATERS)
    ask(page, "9WAT")
    wait_for_atoms(page, 6)
    page.locator("p").filter(has_text=re.compile("^Residues$")).click()
    expect(page.get_by_text("the force is the sum over the nuclei")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Residues (CSV)").click()
    lines = Path(waiting.value.path()).read_text().splitlines()
    assert lines[0].startswith("chain,residue,number,force_mev_per_angstrom") and len(lines) == 3
    assert "expected_error_per_atom_mev_per_angstrom,atoms_outside_domain" in lines[0]

    everything = view(page)
    tick_first_row(page)
    expect(page.get_by_text(re.compile(r"force \d+\s±\s\d+\smeV"))).to_be_visible()
    expect(page.get_by_text("only the sum of all rows is a force")).to_be_visible()
    page.wait_for_selector(".rhoscope[data-focused='3']")
    looking = view(page)
    assert looking != everything
    page.locator(".canvas").focus()
    page.keyboard.press("ArrowLeft")
    turned = view(page)
    assert turned != looking
    page.locator(".coloring").select_option("error")
    expect(page.locator(".colors")).to_contain_text("outside the domain")
    page.wait_for_selector(".rhoscope[data-focused='3']")
    assert view(page) == turned, "other colours move nothing"
    tick_first_row(page)
    page.wait_for_selector(".rhoscope[data-focused='0']")

    page.get_by_text("Preparation", exact=True).click()
    expect(page.get_by_text("Made from 9wat.pdb")).to_be_visible()
    expect(page.get_by_text("All 2 waters are kept")).to_be_visible()
    page.get_by_text("More choices").click()
    page.get_by_label("Total charge, e").last.fill("2")
    page.get_by_role("button", name="Prepare again").click()
    expect(page.get_by_text("Total charge +2 as given").first).to_be_visible()
    page.get_by_role("button", name="Undo all choices").click()
    expect(page.get_by_text("Total charge 0, 6 atoms").first).to_be_visible()


def test_an_id_that_is_not_there_says_so_and_nothing_is_lost(explore: Page) -> None:
    ask(explore, "8nix")
    alert = explore.get_by_test_id("stAlertContentError")
    expect(alert).to_contain_text("There is no PDB 8nix")
    ask(explore, "../etc/passwd")
    expect(alert).to_contain_text("is not an id")
    wait_for_atoms(explore, 24)
