"""The colours of the atoms reach 3Dmol, atom by atom, and give way to those of the elements."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from core.view.assets import module_url

pytestmark = pytest.mark.browser

STYLED = """
async ([modules, colors]) => {
  const { Stage } = await import(modules + 'stage.js');
  let style;
  const model = { setStyle: (_, given) => { style = given; }, setHoverable() {}, setClickable() {} };
  const viewer = { setHoverDuration() {}, resize() {}, removeAllModels() {}, addModel: () => model };
  new Stage(document.createElement('div'), viewer).setMolecule(['O', 'H'], [0, 0, 0, 1, 0, 0], () => {}, colors);
  const { colorfunc, colorscheme } = style.sphere;
  return { own: colorfunc ? [0, 1].map((index) => colorfunc({ index })) : null, map: colorscheme?.map ?? null };
}"""


@pytest.fixture(scope="module")
def blank(chromium: Browser, server: str) -> Iterator[Page]:
    page = chromium.new_page()
    page.goto(f"{server}/{module_url('stage.js')}")
    yield page
    page.close()


def test_atoms_take_the_colours_of_the_scene(blank: Page, server: str) -> None:
    modules = f"{server}/{module_url('')}"
    colored = blank.evaluate(STYLED, [modules, ["#112233", "#445566"]])
    assert colored == {"own": ["#112233", "#445566"], "map": None}
    plain = blank.evaluate(STYLED, [modules, None])
    assert plain["own"] is None and set(plain["map"]) == {"O", "H"}
