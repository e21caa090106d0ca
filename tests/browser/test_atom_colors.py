"""The colours of the atoms reach 3Dmol, atom by atom, whatever they stand for."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from core.view.assets import module_url
from tests.running_app import PATIENCE_SECONDS

pytestmark = pytest.mark.browser

# A glycine with water beside it, of three schemes: of each the colours that 3Dmol draws, and the legend.
DRAWN = """
async ([modules, scheme]) => {
  const { Stage } = await import(modules + 'stage.js');
  const { coloringOf, schemesOf } = await import(modules + 'coloring.js');
  const { stylesOf } = await import(modules + 'representation.js');
  const residues = { chains: ['A', 'A', 'A', ''], names: ['GLY', 'LYS', 'XYZ', 'HOH'], numbers: ['1', '2', '2A', '1'],
    kinds: ['protein', 'protein', 'protein', 'water'], secondary: 'cccc', stretches: [0, 0, 0, -1],
    atom_names: ['CA', 'CA', 'CA', 'O'], residue_of_atom: [0, 1, 2, 3] };
  const scene = { elements: ['C', 'C', 'C', 'O', 'Na'], positions_angstrom: Array(15).fill(0), residues,
    error_colors: ['#000001', '#000002', '#000003', '#000004', '#000005'], error_legend: [['#000001', '3 meV/Å']] };
  const styles = [];
  const atoms = scene.elements.map((elem, index) => ({ elem, index }));
  const model = { setStyle: (_, given) => styles.push(given), setHoverable() {}, setClickable() {},
    selectedAtoms: () => atoms };
  const viewer = { setHoverDuration() {}, resize() {}, removeAllModels() {}, addModel: () => model };
  const stage = new Stage(document.createElement('div'), viewer);
  stage.setMolecule(scene, () => {});
  const coloring = coloringOf(scene, scheme);
  styles.length = 0;
  stage.setStyles(stylesOf('cartoon', coloring, atoms.length));
  const [whole, { cartoon }] = styles;
  return { offered: schemesOf(scene).map(([key]) => key), legend: coloring.legend.map((entry) => entry.slice(0, 2)),
    atoms: atoms.map(whole.sphere.colorfunc), ribbon: atoms.slice(0, 3).map(cartoon.colorfunc), ramp: coloring.ramp };
}"""


@pytest.fixture(scope="module")
def blank(chromium: Browser, server: str) -> Iterator[Page]:
    page = chromium.new_page()
    page.set_default_timeout(1000 * PATIENCE_SECONDS)
    page.goto(f"{server}/{module_url('stage.js')}")
    yield page
    page.close()


def drawn(blank: Page, server: str, scheme: str) -> dict:
    return blank.evaluate(DRAWN, [f"{server}/{module_url('')}", scheme])


def test_elements(blank: Page, server: str) -> None:
    found = drawn(blank, server, "element")
    assert found["offered"] == ["element", "residue", "place", "chain", "error"]
    carbon, oxygen, sodium = found["atoms"][0], *found["atoms"][3:]
    assert len({carbon, oxygen, sodium}) == 3 and len(set(found["atoms"][:3])) == 1
    assert found["legend"] == [[carbon, "C"], [oxygen, "O"], [sodium, "Na"]]
    assert len(set(found["ribbon"])) == 1 and found["ribbon"][0] != carbon


def test_residues_by_what_they_are(blank: Page, server: str) -> None:
    found = drawn(blank, server, "residue")
    glycine, lysine, unknown, water, ion = found["atoms"]
    assert len({glycine, lysine, unknown}) == 3 and unknown == water == ion
    assert found["legend"] == [[lysine, "positive"], [glycine, "glycine, proline"], [unknown, "other"]]
    assert found["ribbon"] == [glycine, lysine, unknown]


def test_residues_by_their_place(blank: Page, server: str) -> None:
    found = drawn(blank, server, "place")
    ramp = found["ramp"]
    assert (ramp["low"], ramp["high"]) == ("GLY A 1", "XYZ A 2A")
    assert found["ribbon"] == [ramp["stops"][0], ramp["stops"][2], ramp["stops"][-1]]
    assert len({*found["ribbon"], found["atoms"][3]}) == 4


def test_chains(blank: Page, server: str) -> None:
    found = drawn(blank, server, "chain")
    chain, nameless, ion = found["atoms"][0], *found["atoms"][3:]
    assert found["atoms"][:3] == [chain] * 3 and len({chain, nameless, ion}) == 3
    assert found["legend"] == [[chain, "chain A"], [nameless, "chain without a name"]]


def test_expected_errors_are_those_of_the_scene(blank: Page, server: str) -> None:
    found = drawn(blank, server, "error")
    assert found["atoms"] == [f"#00000{k}" for k in range(1, 6)] and found["ribbon"] == found["atoms"][:3]
    assert found["legend"] == [["#000001", "3 meV/Å"]]


def test_a_scheme_that_is_not_there_gives_way_to_the_elements(blank: Page, server: str) -> None:
    assert drawn(blank, server, "something") == drawn(blank, server, "element")
