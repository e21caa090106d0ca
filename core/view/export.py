"""Files to take away: forces as CSV, the density as cube, CCP4 and safetensors, charges as PQR, the view as HTML.

The page of the view needs nothing beside it: it is py3Dmol's, with the vendored 3Dmol inside instead of its address,
and on it the same modules that draw in the app, so the level slider and the arrows work there too. Titles come from
files: they go in as JSON that no HTML parser can leave, and meet the page as text only.
"""

import base64
import io
import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import py3Dmol
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.chem.topology import Topology
from core.density.ccp4 import write_ccp4
from core.density.cube import write_cube
from core.density.density import Density
from core.density.files import save_density
from core.density.grid import UniformGrid, density_on_grid
from core.view.assets import ASSETS
from core.view.bond_formation import formation_of, with_formation
from core.view.facts import force_table
from core.view.potential import potential_of, with_potential
from core.view.scene_residues import residues_of
from core.view.trust import trust_of
from core.view.trust_colors import with_errors

if TYPE_CHECKING:
    from core.view.picture import Picture

_IMPORT = re.compile(r'(from\s+)"\./([a-z0-9]+\.js)"')


def forces_csv(molecule: Molecule, forces_hartree_per_bohr: NDArray[np.float64]) -> str:
    """One line an atom, units in the names of the columns."""
    columns = force_table(molecule, forces_hartree_per_bohr)
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(f"{entry:.6f}" if isinstance(entry, float) else str(entry) for entry in row) for row in rows]
    return "\n".join([",".join(columns), *lines]) + "\n"


def cube_text(density: Density, *, points_longest: int = 96) -> str:
    """Gaussian cube file of `density`, e/bohr^3."""
    grid = UniformGrid.around(density.molecule, points_longest=points_longest)
    text = io.StringIO()
    write_cube(text, density, grid, " ".join(density.molecule.title.split()) or "electron density")
    return text.getvalue()


def ccp4_bytes(density: Density, *, points_longest: int = 96) -> bytes:
    """CCP4 map of `density`, e/A^3, as Coot, ChimeraX and PyMOL read it."""
    grid = UniformGrid.around(density.molecule, points_longest=points_longest)
    values = density_on_grid(density, grid)
    return _file_content("density.ccp4", lambda path: write_ccp4(path, values, grid))


def safetensors_bytes(density: Density) -> bytes:
    """The density itself, all its coefficients, as `core.density.files` writes it."""
    return _file_content("density.safetensors", lambda path: save_density(density, path))


def _file_content(name: str, write: Callable[[Path], None]) -> bytes:
    """What `write` writes to a path: its libraries write to files only."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        return path.read_bytes()


def html_page(
    picture: "Picture",
    level: float | None = None,
    *,
    colored: bool = False,
    formation: bool = False,
    topology: Topology | None = None,
) -> str:
    """The picture as one HTML page, its surface at `level` (e/bohr^3) or where the scene has it.

    colored: with the potential, and the surface coloured by it. formation: with the bond formation, drawn in place of
    the density. topology: who the atoms are, where that is known.
    """
    scene, fields = replace(picture.scene, residues=residues_of(picture.molecule, topology)), {"field": picture.packed}
    if trust := trust_of(picture):
        scene = with_errors(scene, trust)
    if colored:
        potential = potential_of(picture)
        scene, fields["potential"] = with_potential(scene, potential), potential.packed
    if formation:
        formed = formation_of(picture)
        scene, fields["formation"] = with_formation(scene, formed), formed.packed
    if level:
        scene = replace(scene, level=level)
    payload = {"scene": scene.to_json()} | {k: base64.b64encode(v.compressed).decode() for k, v in fields.items()}
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
import {{ showPage }} from "{_module("page.js")}";
showPage(() => globalThis.viewer_{view.uniqueid});
</script></body></html>
"""


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
