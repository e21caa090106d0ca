"""The viewer as a Streamlit component (v2): one 3Dmol viewer per key, drawn in the browser, camera and level kept.

The component's own script is one import of assets/viewer/viewer.js; the field travels by address, once.
"""

import json
from collections.abc import Callable, Mapping, Sequence
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
    const place = component.parentElement.querySelector(".rhoscope, .turner");
    place.textContent = "This part did not load. Reload the page.";
  });
  return () => { gone = true; undo?.(); };
}
"""

_STYLE = (ASSETS / "viewer" / "viewer.css").read_text(encoding="utf-8")
_LINK_BAR = """
<div class="rhoscope"><button class="copy-link" type="button" title="An address that opens this page elsewhere" hidden>
Copy link</button> <span class="link-note" role="status"></span></div>"""
_BALL = """
<div class="turner"><span>Drag to turn the molecule</span><svg class="ball" viewBox="-100 -100 200 200" role="img"
aria-label="The molecule as it is turned. Drag it, or use the sliders."></svg></div>"""


def _component(name: str, html: str, module: str) -> ComponentRenderer:
    return st.components.v2.component(
        name, html=html, css=_STYLE, js=_SCRIPT.replace("MODULE", json.dumps(module_url(module)))
    )


_viewer = _component("rhoscope_viewer", '<div class="rhoscope"></div>', "viewer.js")
_link_bar = _component("rhoscope_link", _LINK_BAR, "linkbar.js")
_ball = _component("rhoscope_ball", _BALL, "ball.js")


def show_scene(
    scene: Scene,
    *,
    key: str,
    link: dict[str, Any],
    on_asked: Mapping[str, Callable[[], None]] | None = None,
    shown: Sequence[str] = (),
    problems: Mapping[str, str] | None = None,
) -> float | None:
    """Draw `scene` in the viewer called `key`; returns the level at which its slider was last let go, e/bohr^3.

    link: what of this stands in the address bar, as `core.view.link.link_data` says it. on_asked: by name what is
    called when the person asks for something that is made on demand; the viewer's state of that name holds {structure,
    shown}, and `part`, of the forces, {structure, part, within_angstrom}. shown: the names with which a viewer that is
    new starts. problems: why there is none, by name.
    """
    told = {"version": version(), "shown": list(shown), "problems": dict(problems or {}), "link": link}
    callbacks: dict[str, Any] = {f"on_{name}_change": asked for name, asked in (on_asked or {}).items()}
    result = _viewer(key=key, data={**scene.to_json(), **told}, on_level_change=lambda: None, **callbacks)
    level = result.get("level")
    return float(level) if level else None


def show_link(link: dict[str, Any], *, key: str) -> None:
    """The button that copies the address of what is shown, where there is no picture to have it; link as above."""
    _link_bar(key=key, data={"link": link, "version": version()})


def show_ball(data: dict[str, Any], *, key: str, on_turned: Callable[[], None]) -> None:
    """A molecule in a ball to turn by dragging. data: angles, points, elements, bonds, step, as assets/viewer/ball.js
    has them. on_turned: called when it was let go; the state `key` holds {angles: {angles, drags}} then."""
    _ball(key=key, data={**data, "version": version()}, on_angles_change=on_turned)
