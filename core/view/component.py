"""The viewer as a Streamlit component (v2): one 3Dmol viewer per key, drawn in the browser, camera and level kept.

The component's own script is one import of assets/viewer/viewer.js; the field travels by address, once.
"""

import json
from collections.abc import Callable

import streamlit as st

from core.view.assets import ASSETS, module_url, version
from core.view.scene import Scene

_SCRIPT = """
export default function (component) {
  const address = new URL(MODULE, document.baseURI).href;
  let undo = null;
  let gone = false;
  import(address).then((viewer) => { if (!gone) undo = viewer.mount(component); }).catch((error) => {
    console.error(error);
    component.parentElement.querySelector(".rhoscope").textContent = "The viewer did not load. Reload the page.";
  });
  return () => { gone = true; undo?.(); };
}
"""

_viewer = st.components.v2.component(
    "rhoscope_viewer",
    html='<div class="rhoscope"></div>',
    css=(ASSETS / "viewer" / "viewer.css").read_text(encoding="utf-8"),
    js=_SCRIPT.replace("MODULE", json.dumps(module_url("viewer.js"))),
)


def show_scene(
    scene: Scene,
    *,
    key: str,
    on_potential: Callable[[], None] = lambda: None,
    colored: bool = False,
    problem: str = "",
) -> float | None:
    """Draw `scene` in the viewer called `key`; returns the level at which its slider was last let go, e/bohr^3.

    on_potential: called when the person turns the potential on or off; the viewer's state `potential` holds
    {structure, shown}. colored: whether a viewer that is new starts with it. problem: why there is none.
    """
    result = _viewer(
        key=key,
        data={**scene.to_json(), "version": version(), "colored": colored, "problem": problem},
        on_level_change=lambda: None,
        on_potential_change=on_potential,
    )
    level = result.get("level")
    return float(level) if level else None
