"""A result of one's own on Compare: given as a person gives it, compared, left again; and files that are wrong."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_compare import number, value_in_row
from tests.reference.foreign.files import WATER, calculation, cube_file, fchk_file, molden_file

pytestmark = pytest.mark.browser

NAME = "water & <b>steam<_b> *1*.fchk"
GIVE, GIVE_ANOTHER = "Compare with a result of your own", "Compare with another result of your own"


def give(page: Page, path: Path) -> None:
    """Open the place for files, if it is not, and put one there."""
    place = page.locator("input[type=file]")
    if place.count() == 0 or not place.locator("xpath=ancestor::details").get_attribute("open") == "":
        page.get_by_text(GIVE).or_(page.get_by_text(GIVE_ANOTHER)).click()
    place.set_input_files(path)


@pytest.fixture
def compare(page: Page, server: str) -> Page:
    # A structure that no calculation came with, and that no other test calculates.
    page.goto(f"{server}/compare?smiles=N")
    expect(page.get_by_role("button", name="Run the DFT calculation")).to_be_visible()
    return page


def test_a_formatted_checkpoint_is_compared_and_left_again(compare: Page, tmp_path: Path) -> None:
    method = calculation(WATER, "6-31g*")
    path = tmp_path / NAME
    path.write_bytes(fchk_file(method, gradient=method.nuc_grad_method().kernel(), digits=8))
    give(compare, path)
    compare.wait_for_selector(".rhoscope[data-drawn][data-atoms='3'] .pane")
    root = compare.locator(".rhoscope")
    # The name is text, whatever it holds, over the picture and in the heading.
    labels = root.locator(".pane-label").all_inner_texts()
    assert labels[0] == "Predicted" and labels[1].startswith("water & <b") and labels[1].endswith("*1*.fchk")
    expect(compare.get_by_text(NAME).first).to_be_visible()
    assert compare.locator("b", has_text="steam").count() == 0
    expect(compare.get_by_text("RHF/6-31g*").first).to_be_visible()
    expect(root.locator(".than").nth(2)).to_have_text("more than your result")
    signs = root.evaluate("root => root.panel.fields.map((field) => field.signed)")
    assert signs == [False, False, True]
    assert root.locator(".legend-title").all_inner_texts()[1] == "Force in the file, meV/Å"
    # Hartree-Fock in a small basis is a percent or more of the electrons away, free atoms ten times that.
    floor, free = number(value_in_row(compare, "Its floor")), number(value_in_row(compare, "Free atoms"))
    assert floor < number(value_in_row(compare, "Density error ε_KS")) < 6.0 < free
    expect(compare.get_by_text("The forces, rung by rung")).to_be_visible()
    expect(compare.get_by_test_id("stPlotlyChart")).to_have_count(2)
    # It is there still after another page, and gone when it is left.
    compare.get_by_role("link", name="About").click()
    expect(compare.get_by_role("heading", name="Method")).to_be_visible()
    compare.get_by_role("link", name="Compare").click()
    expect(compare.get_by_text(NAME).first).to_be_visible()
    compare.get_by_role("button", name="Leave this result").click()
    expect(compare.get_by_role("button", name="Run the DFT calculation")).to_be_visible()
    assert compare.get_by_text(NAME).count() == 0


def test_a_cube_on_a_phone_says_what_it_cannot_know(compare: Page, tmp_path: Path) -> None:
    compare.set_viewport_size({"width": 390, "height": 844})
    path = tmp_path / "water.cube"
    path.write_bytes(cube_file(calculation(WATER, "6-31g*"), 40, 5.0))
    give(compare, path)
    compare.wait_for_selector(".rhoscope[data-drawn][data-atoms='3'] .pane")
    root = compare.locator(".rhoscope")
    expect(compare.get_by_text("It resolves the cores badly")).to_be_visible()
    expect(compare.get_by_text("counted from its electrons")).to_be_visible()
    assert compare.get_by_role("cell", name="Its floor").count() == 0
    assert compare.get_by_role("cell", name="Force error, mean").count() == 0
    assert compare.get_by_text("The forces, rung by rung").count() == 0
    # Only the prediction has arrows, and only its legend is there.
    shown = [not hidden for hidden in root.locator(".pane .legend").evaluate_all("all => all.map((one) => one.hidden)")]
    assert shown == [True, False, False]
    assert root.evaluate("root => root.panel.stages.map((stage) => Boolean(stage.arrows))") == [True, False, False]
    wide = compare.evaluate(
        """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
        .map((element) => element.scrollWidth - element.clientWidth)"""
    )
    assert max(wide) <= 0


def test_a_wrong_file_gets_its_message_and_what_was_there_stays(compare: Page, tmp_path: Path) -> None:
    alert = compare.get_by_test_id("stAlertContentError")
    good = molden_file(calculation(WATER, "sto-3g"))
    files = {
        "cut.molden": (good[: len(good) // 2], "orthonormal"),
        "binary.cube": (bytes(range(256)) * 20, "no cube"),
        "other.fchk": (good, "this is a Molden file"),
        "neon.molden": (molden_file(calculation("Ne 0 0 0", "sto-3g")), "Ne"),
        "triplet.molden": (molden_file(calculation("O 0 0 0; O 0 0 1.2", "sto-3g", spin=2)), "open shell"),
    }
    for name, (content, words) in files.items():
        path = tmp_path / name
        path.write_bytes(content)
        give(compare, path)
        expect(compare.get_by_text(name).first).to_be_visible()
        expect(alert).to_contain_text(words, ignore_case=True)
        expect(compare.get_by_role("button", name="Run the DFT calculation")).to_be_visible()
    # A good one afterwards is compared, and another bad one takes nothing from it.
    path = tmp_path / "good.molden"
    path.write_bytes(good)
    give(compare, path)
    compare.wait_for_selector(".rhoscope[data-drawn][data-atoms='3'] .pane")
    expect(alert).to_have_count(0)
    give(compare, tmp_path / "cut.molden")
    expect(alert).to_contain_text("orthonormal")
    compare.wait_for_selector(".rhoscope[data-drawn][data-atoms='3'] .pane")
    expect(compare.get_by_text("good.molden").first).to_be_visible()
