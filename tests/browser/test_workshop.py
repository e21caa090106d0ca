"""The pages of the workshop as a person uses them: the verdict, the address as its state, and a fresh start."""

import re
import time

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from scipy.spatial.transform import Rotation

from core.chem.examples import example
from core.view.assets import module_url
from tests.browser.viewing import wait_until
from tests.running_app import PATIENCE_SECONDS

pytestmark = pytest.mark.browser


# A screen and a half of a laptop, 1400 x 900.
TALLEST_PIXELS = 1350


def assert_fits(page: Page) -> None:
    """A page at 1400 x 900 as it opens, all of it there, needs no more than a screen and a half."""
    expect(page.get_by_text("The same in Python")).to_be_visible()
    assert page.viewport_size == {"width": 1400, "height": 900}
    tall = page.get_by_test_id("stMain").evaluate("element => element.scrollHeight")
    assert 500 < tall <= TALLEST_PIXELS


def residual(page: Page) -> float:
    text = page.get_by_test_id("stAlert").inner_text()
    found = re.search(r"Residual ([\d.e+-]+\d)", text)
    assert found, text
    return float(found.group(1))


def test_turn_it(page: Page, server: str) -> None:
    """Mirrored and in float64 by a link; then float32, where more is left; then as it was at first."""
    page.goto(f"{server}/turn_it?molecule=water-1&mirror=True&x=-75&precision=float64&y=999")
    page.wait_for_selector(".rhoscope[data-drawn][data-atoms='3']")
    assert_fits(page)
    assert residual(page) < 1e-9
    fine = residual(page)
    page.get_by_text("float32", exact=True).click()
    expect(page.get_by_text("for float32")).to_be_visible()
    assert fine < residual(page) < 1e-4
    wait_until(page, "!/precision/.test(location.search) && /mirror=True/.test(location.search)")
    labels = page.locator(".rhoscope").evaluate("root => root.panel.scene.panes.map((pane) => pane.label)")
    assert labels == ["In the new pose", "Before, then turned", "Difference"]
    page.get_by_role("button", name="Start again").click()
    page.wait_for_selector(".rhoscope[data-drawn][data-atoms='6']")
    wait_until(page, "!/mirror|molecule|precision/.test(location.search)")


def test_break_it(page: Page, server: str) -> None:
    """Cross products pass the rotation and fail the mirror."""
    page.goto(f"{server}/break_it?molecule=water-1&sabotage=parity")
    page.wait_for_selector(".rhoscope[data-drawn]")
    assert_fits(page)
    assert residual(page) < 1e-4
    page.get_by_text("Mirror", exact=True).click()
    wait_until(page, "/Residual .*e-0[123];/.test(document.querySelector('[data-testid=stAlert]').innerText)")


# Page, its address, and what its verdict says.
OTHERS = (
    ("irreps?molecule=water-1&degree=1&atom=2", "No norm changes"),
    ("l_by_l?molecule=water-1&degree=1", "All degrees add up to the density"),
    ("who_sees_whom?layer=2&atom=4", "Beyond the spheres nothing changes"),
    ("tensor_products?second=2&third=1", "is the only table that no rotation changes"),
    ("how_much_data?kind=plain", "Built in, symmetry is exact"),
    ("density_to_force?way=exact&basis=STO-3G", "All electrons together miss the analytic force by 0 meV"),
    ("trust_it?case=silane", "bad cases are refused or warned of"),
)


@pytest.mark.parametrize(("address", "verdict"), OTHERS)
def test_each_page_holds(page: Page, server: str, address: str, verdict: str) -> None:
    """Opened by a link: its verdict is a success; it fits a laptop, and on a phone nothing runs out of the screen."""
    page.goto(f"{server}/{address}")
    expect(page.get_by_test_id("stAlertContentSuccess").filter(has_text=verdict)).to_be_visible()
    expect(page.get_by_role("button", name="Copy link")).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert_fits(page)
    page.set_viewport_size({"width": 390, "height": 844})
    main = "document.querySelector('[data-testid=stMain]')"
    # Plots take a moment to be as narrow.
    wait_until(page, f"{main}.clientWidth <= 390 && {main}.scrollWidth <= {main}.clientWidth")
    # What the link set is what the page writes into the address; the rest is as at first.
    wait_until(page, f"location.search.includes({address.split('?')[1].split('&')[0]!r})")


def test_grey_sticks_stand_where_the_molecule_was(page: Page, server: str) -> None:
    page.goto(f"{server}/turn_it?molecule=water-1&z=90")
    root = page.locator(".rhoscope[data-drawn]")
    stages = root.evaluate("root => root.panel.stages.map(({ before }) => [...before.meshes[0].vertices])")
    assert len(stages) == 3
    old = example("water-1").positions_angstrom
    for vertices in stages:
        points = np.reshape(vertices, (-1, 3))
        # Round ends of the sticks reach beyond the nuclei.
        np.testing.assert_allclose(points.min(0), old.min(0) - 0.09, atol=2e-3)
        np.testing.assert_allclose(points.max(0), old.max(0) + 0.09, atol=2e-3)


def test_why_a_break_shows_is_told_who_asks(page: Page, server: str) -> None:
    page.goto(f"{server}/break_it?molecule=water-1&sabotage=parity")
    page.wait_for_selector(".rhoscope[data-drawn]")
    reason = page.get_by_text("in a mirror it points the other way")
    expect(reason).to_have_count(0)
    page.get_by_role("button", name="Why").click()
    expect(reason).to_be_visible()


def test_a_click_moves_the_atom(page: Page, server: str) -> None:
    page.goto(f"{server}/who_sees_whom")
    row = page.locator(".st-key-reach-row .scatterlayer .point")
    expect(row).to_have_count(3 * 27)
    # Layer by layer, points that change after those that do not: in the third, six waters hear of the first atom.
    row.last.click(force=True)
    wait_until(page, "/atom=18(&|$)/.test(location.search)")


def test_at_the_last_degree_there_is_no_difference(page: Page, server: str) -> None:
    page.goto(f"{server}/l_by_l?molecule=water-1&degree=4")
    expect(page.locator(".rhoscope .of-difference .share")).to_have_text("no difference")
    expect(page.get_by_test_id("stMetric").filter(has_text="The force itself")).to_contain_text("meV/Å")


def test_the_numbers_of_a_feature_change_and_their_length_does_not(page: Page, server: str) -> None:
    page.goto(f"{server}/irreps?molecule=water-1&degree=1&channel=3&x=75")
    lines = page.get_by_text(re.compile(r"^(Before|Now): .*; length"))
    expect(lines).to_have_count(2)
    before, now = (re.findall(r"[−0-9.]+", text.replace("−0.0000", "0.0000")) for text in lines.all_inner_texts())
    assert len(before) == len(now) == 4 and before[:3] != now[:3] and before[3] == now[3]


def test_an_arrow_key_that_is_held_breaks_nothing(page: Page, server: str) -> None:
    page.goto(f"{server}/turn_it?molecule=water-1&x=0")
    page.wait_for_selector(".rhoscope[data-drawn] .pane")
    slider = page.get_by_role("slider", name="Turn about x, degrees")
    slider.focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(140)
    wait_until(page, "/x=100(&|$)/.test(location.search)")
    expect(page.get_by_test_id("stAlertContentSuccess")).to_contain_text("Residual")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_click_in_the_gallery_opens_its_case(page: Page, server: str) -> None:
    page.goto(f"{server}/trust_it")
    gallery = page.locator(".st-key-doubt-gallery")
    expect(gallery.locator("img")).to_have_count(12)
    wait_until(page, "[...document.querySelectorAll('.st-key-doubt-gallery img')].every((image) => image.naturalWidth)")
    gallery.get_by_role("button", name="A clash").click()
    expect(page.get_by_test_id("stAlertContentWarning")).to_contain_text("no such pair was in training")
    wait_until(page, "location.search.includes('case=clash')")


def test_a_training_is_started_and_stopped(page: Page, server: str) -> None:
    page.goto(f"{server}/how_much_data?kind=plain&size=24")
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()


def test_explore_leads_to_it(explore: Page) -> None:
    explore.get_by_role("link", name="Why this works").click()
    expect(explore.get_by_text("The first of nine pages")).to_be_visible()


def test_a_shifted_molecule_stays_in_its_picture(page: Page, server: str) -> None:
    """The camera is that of the pose that was opened, unshifted; on a phone the picture is narrowest."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server}/turn_it?molecule=formamide&z=0")
    root = page.locator(".rhoscope[data-drawn]")
    camera = root.evaluate("root => root.panel.stages[0].viewer.getView().slice(0, 4)")
    page.get_by_role("slider", name="Shift along x, y and z, Å").press("End")
    moved = float(example("formamide").positions_angstrom[0, 0]) + 1.0
    deadline = time.monotonic() + PATIENCE_SECONDS
    while abs(root.evaluate("root => root.panel.scene.positions_angstrom[0]") - moved) > 1e-3:
        assert time.monotonic() < deadline
        page.wait_for_timeout(100)
    assert root.evaluate("root => root.panel.stages[0].viewer.getView().slice(0, 4)") == camera
    # Corners of the surface outside of the canvas, of all.
    outside, corners = root.evaluate(
        """root => { const { host, viewer, surface } = root.panel.stages[0], box = host.getBoundingClientRect();
        const places = surface.meshes.flatMap(({ vertices }) => Array.from({ length: vertices.length / 3 }, (_, k) => {
          const [x, y, z] = vertices.slice(3 * k, 3 * k + 3), at = viewer.modelToScreen({ x, y, z });
          return [at.x - scrollX - box.left, at.y - scrollY - box.top]; }));
        const out = places.filter(([x, y]) => x < 0 || y < 0 || x > box.width || y > box.height);
        return [out.length, places.length]; }"""
    )
    assert corners > 1000 and outside == 0


def test_the_way_through(page: Page, server: str) -> None:
    """From the teacher's page into a page with its settings, and on to the next."""
    page.goto(f"{server}/teaching")
    page.get_by_role("tab", name="Ninety minutes").click()
    page.get_by_text("Which residual is left").click()
    expect(page.get_by_text("this one is rounding and nothing else")).to_be_visible()
    page.get_by_role("tab", name="Five minutes").click()
    page.get_by_role("link", name="2 Break it").first.click()
    page.wait_for_selector(".rhoscope[data-drawn]")
    wait_until(page, "/sabotage=parity/.test(location.search)")
    page.get_by_role("link", name="Next: 3 Irreps").click()
    expect(page.get_by_test_id("stAlertContentSuccess")).to_contain_text("No norm changes")


def test_questions_unfold(page: Page, server: str) -> None:
    page.goto(f"{server}/turn_it?molecule=water-1")
    page.wait_for_selector(".rhoscope[data-drawn]")
    page.get_by_text("Questions", exact=True).click()
    page.get_by_role("button", name="How is a density turned without the network?").click()
    expect(page.get_by_text("The density is a sum of functions on the atoms")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_text("The same in Python").click()
    expect(page.get_by_text("predict_density").first).to_be_visible()


def test_the_ball_is_dragged_and_the_pose_follows(page: Page, server: str) -> None:
    page.goto(f"{server}/turn_it?x=40&y=20&z=-30")
    page.wait_for_selector(".rhoscope[data-drawn] .pane")
    ball = page.locator(".ball")
    before = Rotation.from_euler("xyz", (40, 20, -30), degrees=True)
    expect(ball.locator("circle:not(.rim)")).to_have_count(6)
    box = ball.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y - 25, steps=5)
    page.mouse.up()
    wait_until(page, "!/y=20(&|$)/.test(location.search)")
    across = 0.46 * box["width"]
    drag = Rotation.from_euler("xyz", (-25 / across, 40 / across, 0.0))
    wanted = drag * before

    def angles() -> list[float]:
        read = "({ x = 0, y = 0, z = 40 }) => [x, y, z].map(Number)"
        return page.evaluate(f"({read})(Object.fromEntries(new URLSearchParams(location.search)))")

    now = Rotation.from_euler("xyz", angles(), degrees=True)
    # The angles are rounded to five degrees.
    assert np.degrees((now * wanted.inv()).magnitude()) < 6.0
    assert all(angle % 5 == 0 for angle in angles())
    expect(page.get_by_test_id("stAlert")).to_contain_text("Residual")
    assert residual(page) < 1e-4
    # A slider turns the ball too.
    tip = ball.locator("text").first
    place = tip.get_attribute("x")
    assert place is not None
    page.get_by_role("slider", name="Turn about z, degrees").press("ArrowRight")
    expect(tip).not_to_have_attribute("x", place)


@pytest.mark.parametrize("given", [(40, 20, -30), (175, -85, 5), (0, 90, 0), (-120, -90, 60), (0, 0, 180)])
def test_angles_and_matrices_are_those_of_scipy(page: Page, server: str, given: tuple[int, int, int]) -> None:
    page.goto(f"{server}/about")
    found = page.evaluate(
        """async ([url, given]) => { const { matrixOf, anglesOf } = await import(url);
        return [matrixOf(given), anglesOf(matrixOf(given))]; }""",
        [f"{server}/{module_url('turns.js')}", list(given)],
    )
    exact = Rotation.from_euler("xyz", given, degrees=True)
    np.testing.assert_allclose(found[0], exact.as_matrix(), atol=1e-12)
    np.testing.assert_allclose(Rotation.from_euler("xyz", found[1], degrees=True).as_matrix(), found[0], atol=1e-6)
