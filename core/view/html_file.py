"""A picture as one HTML file that needs nothing beside it.

It is py3Dmol's page, with the vendored 3Dmol inside instead of its address, and on it the same modules that draw in the
app. What a visitor sees only their browser knows: it fetches the page without its content, and puts that in itself
(assets/viewer/pagefile.js). Titles come from files: they go in as JSON that no HTML parser can leave, and meet the page
as text only.
"""

import base64
import gzip
import json
import re
from functools import cache

import py3Dmol
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.view.assets import ASSETS

# Where the content goes: in nothing else that the page holds.
PLACE = "@@payload@@"
# By the last part of its address, the module of assets/viewer whose `showPage` draws the page.
MODULES = {"page": "page.js", "panes": "panespage.js"}
_IMPORT = re.compile(r'(from\s+)"\./([a-z0-9]+\.js)"')


def routes() -> list[Route]:
    """Routes for st.App, to come before those of `core.view.assets`: the pages that a browser fills, of one picture and
    of linked ones."""
    return [Route(f"/assets/{{version}}/{name}", _page) for name in MODULES]


async def _page(request: Request) -> Response:
    module = MODULES[request.url.path.rpartition("/")[2]]
    # No page of this server: it is to be saved, and never opened from here.
    return Response(_compressed_page(module), media_type="text/plain", headers={"Content-Encoding": "gzip"})


@cache
def _compressed_page(module: str) -> bytes:
    return gzip.compress(empty_page(module).encode(), mtime=0)


@cache
def empty_page(module: str) -> str:
    """The page without its content, drawn by `showPage` of `module`."""
    view = py3Dmol.view(width="100%", height="100%", js=_data_url((ASSETS / "vendor/3dmol/3Dmol-min.js").read_text()))
    body = view.write_html()
    style = (ASSETS / "viewer" / "viewer.css").read_text(encoding="utf-8")
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rhoscope</title>
<script type="importmap">{json.dumps({"imports": _modules(module)})}</script>
<style>{style}
body {{ margin: 1rem auto; max-width: 70rem; padding: 0 1rem; font-family: system-ui, sans-serif; }}
.rhoscope .frame {{ height: 75vh; }}</style></head>
<body><h1 id="title" style="font-size: 1.1rem"></h1>
<div class="rhoscope"></div>
<div id="py3dmol">{body}</div>
<script type="application/json" id="payload">{PLACE}</script>
<script type="module">
import {{ showPage }} from "rhoscope/{module}";
showPage(() => globalThis.viewer_{view.uniqueid});
</script></body></html>
"""


def _data_url(source: str) -> str:
    return "data:text/javascript;base64," + base64.b64encode(source.encode()).decode()


def _modules(name: str) -> dict[str, str]:
    """The module of assets/viewer of this name and all that it imports, however far: data URLs by `rhoscope/<name>`, as
    their imports are written here."""
    found: dict[str, str] = {}
    wanted = [name]
    while wanted:
        name = wanted.pop()
        if f"rhoscope/{name}" in found:
            continue
        source = (ASSETS / "viewer" / name).read_text(encoding="utf-8")
        wanted += [imported for _, imported in _IMPORT.findall(source)]
        found[f"rhoscope/{name}"] = _data_url(_IMPORT.sub(r'\1"rhoscope/\2"', source))
    return found
