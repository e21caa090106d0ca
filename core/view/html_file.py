"""A picture as one HTML file that needs nothing beside it.

It is py3Dmol's page, with the vendored 3Dmol inside instead of its address, and on it the same modules that draw in the
app. Titles come from files: they go in as JSON that no HTML parser can leave, and meet the page as text only.
"""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache

import py3Dmol

from core.view.assets import ASSETS
from core.view.field import PackedField
from core.view.scene import Scene

_IMPORT = re.compile(r'(from\s+)"\./([a-z0-9]+\.js)"')


def html_file(scene: Scene, fields: Mapping[str, PackedField | Iterable[PackedField]], module: str) -> str:
    """The page, drawn by `showPage` of the module of this name in assets/viewer, which finds the scene and the fields,
    each or a list of them, by their names in the payload."""
    payload = {"scene": scene.to_json()} | {
        name: _text(given) if isinstance(given, PackedField) else [_text(field) for field in given]
        for name, given in fields.items()
    }
    view = py3Dmol.view(width="100%", height="100%", js=_data_url((ASSETS / "vendor/3dmol/3Dmol-min.js").read_text()))
    body = view.write_html()
    style = (ASSETS / "viewer" / "viewer.css").read_text(encoding="utf-8")
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rhoscope</title>
<style>{style}
body {{ margin: 1rem auto; max-width: 70rem; padding: 0 1rem; font-family: system-ui, sans-serif; }}
.rhoscope .frame {{ height: 75vh; }}</style></head>
<body><h1 id="title" style="font-size: 1.1rem"></h1>
<div class="rhoscope"></div>
<div id="py3dmol">{body}</div>
<script type="application/json" id="payload">{_inert_json(payload)}</script>
<script type="module">
import {{ showPage }} from "{_module(module)}";
showPage(() => globalThis.viewer_{view.uniqueid});
</script></body></html>
"""


def _text(field: PackedField) -> str:
    return base64.b64encode(field.compressed).decode()


def _inert_json(payload: dict) -> str:
    """JSON that can stand in a script element: it holds no `<`, `>` or `&`."""
    text = json.dumps(payload)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _data_url(source: str) -> str:
    return "data:text/javascript;base64," + base64.b64encode(source.encode()).decode()


@cache
def _module(name: str) -> str:
    """A module of assets/viewer as a data URL, its imports likewise."""
    source = (ASSETS / "viewer" / name).read_text(encoding="utf-8")
    return _data_url(_IMPORT.sub(lambda found: f'{found[1]}"{_module(found[2])}"', source))
