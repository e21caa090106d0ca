"""Bad input: a sentence that says what is wrong and what to do, and the picture that was there is there still."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.viewing import upload, view, wait_for_atoms, wait_for_view
from tests.molecules import atoms_of, capped, ligand, shifted

pytestmark = pytest.mark.browser

WATER = "O 0 0 0.1173\nH 0 0.7572 -0.4692\nH 0 -0.7572 -0.4692\n"
FILES = {
    "empty.xyz": (b"", "empty"),
    "binary.pdb": (bytes(range(256)) * 20, "text"),
    "odd.xyz": (b"2\nradical\nO 0 0 0\nH 0 0 0.97\n", "electrons"),
    "gold.xyz": (b"2\n\nAu 0 0 0\nAu 0 0 2.5\n", "Au"),
    "nan.xyz": (b"3\n\nO nan 0 0\nH 0 0.75 0.5\nH 0 -0.75 0.5\n", "not a number"),
    "overlap.xyz": (b"4\n\nO 0 0 0\nO 0 0 0.01\nH 0 0.75 0.5\nH 0 -0.75 0.5\n", "apart"),
    "cut.pdb": (b"ATOM      1  O   HOH A   1       0.0", "cut off"),
}


@pytest.fixture
def upload_page(explore: Page) -> Page:
    return explore


def test_each_bad_file_gets_its_message_and_nothing_is_lost(upload_page: Page, tmp_path: Path) -> None:
    page = upload_page
    before = view(page)
    page.get_by_text("File", exact=True).click()
    alert = page.get_by_test_id("stAlertContentError")
    seen = set()
    for name, (content, word) in FILES.items():
        path = tmp_path / name
        path.write_bytes(content)
        page.locator("input[type=file]").set_input_files(path)
        expect(page.get_by_text(name).first).to_be_visible()
        expect(alert).to_contain_text(word, ignore_case=True)
        message = alert.inner_text()
        assert "Traceback" not in message
        # What is wrong, and on the next line what to do about it.
        assert len([line for line in message.splitlines() if line.strip()]) >= 2
        seen.add(message)
        expect(page.locator(".rhoscope")).to_have_attribute("data-atoms", "24")
        wait_for_view(page, before)
    assert len(seen) == len(FILES)


def test_a_file_that_is_refused_can_be_prepared_otherwise(explore: Page, tmp_path: Path) -> None:
    page, path = explore, tmp_path / "chlorine.pdb"
    path.write_text("".join(atoms_of(capped("S"))) + ligand("CCCl", "QQQ") + "END\n")
    upload(page, path)
    expect(page.get_by_test_id("stAlertContentError")).to_contain_text("Cl in QQQ L 1")
    wait_for_atoms(page, 24)
    # What would mend it is a click away; all else folds up beneath.
    expect(page.get_by_label("Leave out residues named")).to_be_hidden()
    expect(page.get_by_role("button", name="Leave out those atoms alone")).to_be_visible()
    page.get_by_role("button", name="Leave out QQQ").click()
    wait_for_atoms(page, 23)
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
    page.get_by_text("Preparation", exact=True).click()
    expect(page.get_by_text("1 residue QQQ left out on request")).to_be_visible()
    page.get_by_role("button", name="Undo all choices").click()
    expect(page.get_by_test_id("stAlertContentError")).to_contain_text("Cl in QQQ L 1")
    expect(page.get_by_text("Prepare chlorine.pdb otherwise")).to_be_visible()


def choose(page: Page, label: str, option: str) -> None:
    """Of a list of several."""
    field = page.get_by_role("combobox", name=label)
    field.click()
    page.get_by_role("option", name=option, exact=True).click()
    field.press("Escape")


def test_a_ligand_that_is_not_known_gets_its_smiles_where_it_is_asked_for(explore: Page, tmp_path: Path) -> None:
    page, path = explore, tmp_path / "unknown.pdb"
    path.write_text("".join(atoms_of(capped("S"))) + ligand("CCO", "QQQ") + "END\n")
    upload(page, path)
    alert = page.get_by_test_id("stAlertContentError")
    expect(alert).to_contain_text("Give its SMILES, leave it out")
    page.get_by_label("SMILES of QQQ").fill("CCO")
    page.get_by_role("button", name="Prepare again").click()
    wait_for_atoms(page, 32)
    expect(alert).to_have_count(0)


def test_every_chain_is_offered_after_a_refusal_that_choosing_one_mended(explore: Page, tmp_path: Path) -> None:
    page, path = explore, tmp_path / "twice.pdb"
    path.write_text("".join(atoms_of(capped("S"))) + "TER\n" + shifted(capped("S"), 0.1, "B") + "END\n")
    upload(page, path)
    expect(page.get_by_test_id("stAlertContentError")).to_contain_text("overlap")
    wait_for_atoms(page, 24)
    choose(page, "Chains", "B")
    page.get_by_role("button", name="Prepare again").click()
    wait_for_atoms(page, 23)
    page.get_by_text("Preparation", exact=True).click()
    expect(page.get_by_role("button", name="Remove B")).to_be_visible()
    chains = page.get_by_role("combobox", name="Chains")
    chains.click()
    chains.press("ArrowDown")
    expect(page.get_by_role("option", name="A", exact=True)).to_be_visible()


def test_a_good_file_after_a_bad_one_clears_the_message(explore: Page, tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.xyz", tmp_path / "good.xyz"
    bad.write_text("1\n\nO nan 0 0\n")
    good.write_text(f"3\ngood\n{WATER}")
    upload(explore, bad)
    alert = explore.get_by_test_id("stAlertContentError")
    expect(alert).to_be_visible()
    explore.locator("input[type=file]").set_input_files(good)
    wait_for_atoms(explore, 3)
    expect(alert).to_have_count(0)


def test_a_wrong_charge_is_refused_and_the_right_one_works(explore: Page, tmp_path: Path) -> None:
    path = tmp_path / "hydroxide.xyz"
    path.write_text("2\nhydroxide\nO 0 0 0\nH 0 0 0.97\n")
    upload(explore, path)
    alert = explore.get_by_test_id("stAlertContentError")
    expect(alert).to_contain_text("electrons")
    charge = explore.get_by_role("spinbutton", name="Total charge, e")
    charge.fill("-1")
    charge.press("Enter")
    wait_for_atoms(explore, 2)
    expect(explore.get_by_text("HO, charge -1, 2 atoms")).to_be_visible()
    expect(alert).to_have_count(0)


def test_nonsense_smiles_says_so(explore: Page) -> None:
    explore.get_by_text("SMILES", exact=True).click()
    field = explore.get_by_role("textbox", name="SMILES")
    field.fill("C1CC((")
    field.press("Enter")
    expect(explore.get_by_test_id("stAlertContentError")).to_contain_text("SMILES")
    expect(explore.locator(".rhoscope")).to_have_attribute("data-atoms", "24")
