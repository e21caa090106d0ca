"""The viewer as a Streamlit component (v2): one 3Dmol viewer per key, drawn in the browser, camera and level kept.

The component's own script is one import of assets/viewer/viewer.js; the field travels by address, once.
"""

import json
from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from core.view.assets import ASSETS, module_url, version
from core.view.scene import Scene

_SCRIPT = """
export default function (component) {
  const address = new URL(MODULE, document.baseURI).href;
  let undo = null;
  let gone = false;
  import(address).then((module) => { if (!gone) undo = module.mount(component); }).catch((error) => {
    console.error(error);
    component.parentElement.querySelector(".rhoscope").textContent = "This part did not load. Reload the page.";
  });
  return () => { gone = true; undo?.(); };
}
"""

_STYLE = (ASSETS / "viewer" / "viewer.css").read_text(encoding="utf-8")
_LINK_BAR = """
<div class="rhoscope"><button class="copy-link" type="button" title="An address that opens this page elsewhere" hidden>
Copy link</button> <span class="link-note" role="status"></span></div>"""


def _component(name: str, html: str, module: str) -> ComponentRenderer:
    return st.components.v2.component(
        name, html=html, css=_STYLE, js=_SCRIPT.replace("MODULE", json.dumps(module_url(module)))
    )


_viewer = _component("rhoscope_viewer", '<div class="rhoscope"></div>', "viewer.js")
_link_bar = _component("rhoscope_link", _LINK_BAR, "linkbar.js")


def show_scene(
    scene: Scene,
    *,
    key: str,
    link: dict[str, Any],
    on_potential: Callable[[], None] = lambda: None,
    colored: bool = False,
    problem: str = "",
) -> float | None:
    """Draw `scene` in the viewer called `key`; returns the level at which its slider was last let go, e/bohr^3.

    link: what of this stands in the address bar, as `core.view.link.link_data` says it. on_potential: called when the
    person turns the potential on or off; the viewer's state `potential` holds {structure, shown}. colored: whether a
    viewer that is new starts with it. problem: why there is none.
    """
    result = _viewer(
        key=key,
        data={**scene.to_json(), "version": version(), "colored": colored, "problem": problem, "link": link},
        on_level_change=lambda: None,
        on_potential_change=on_potential,
    )
    level = result.get("level")
    return float(level) if level else None


def show_link(link: dict[str, Any], *, key: str) -> None:
    """The button that copies the address of what is shown, where there is no picture to have it; link as above."""
    _link_bar(key=key, data={"link": link, "version": version()})
