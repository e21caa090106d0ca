"""Small drawings of molecules, as SVG: atoms and bonds in the plane in which the molecule is widest. Angstrom."""

import numpy as np

from core.chem.bonding import bonded_pairs
from core.chem.molecule import Molecule
from core.view.element_colors import element_color

WIDTH, HEIGHT = 98, 68
MOST_PER_ANGSTROM = 26.0
# Of an atom's ball, angstrom; and what is left free at the rim, in units of the drawing.
RADIUS, RADIUS_OF_HYDROGEN = 0.42, 0.29
RIM = 4.0


def drawing(molecule: Molecule) -> str:
    """An SVG element WIDTH by HEIGHT, named by what the molecule consists of."""
    at = molecule.positions_angstrom - molecule.positions_angstrom.mean(0)
    axes = np.linalg.svd(at, full_matrices=True)[2]
    # Seen from the side from which it is no mirror image.
    axes[2] = np.cross(axes[0], axes[1])
    across, up, depth = (at @ axes.T).T
    radii = np.where(molecule.atomic_numbers == 1, RADIUS_OF_HYDROGEN, RADIUS)
    middle = [0.5 * ((line - radii).min() + (line + radii).max()) for line in (across, up)]
    extent = [(line + radii).max() - (line - radii).min() for line in (across, up)]
    scale = min(MOST_PER_ANGSTROM, (WIDTH - 2 * RIM) / extent[0], (HEIGHT - 2 * RIM) / extent[1])
    x = 0.5 * WIDTH + scale * (across - middle[0])
    y = 0.5 * HEIGHT - scale * (up - middle[1])
    sticks = [
        f'<line x1="{x[a]:.1f}" y1="{y[a]:.1f}" x2="{x[b]:.1f}" y2="{y[b]:.1f}"/>' for a, b in bonded_pairs(molecule)
    ]
    # What is farther away is drawn first.
    balls = [
        f'<circle cx="{x[k]:.1f}" cy="{y[k]:.1f}" r="{scale * radii[k]:.1f}" '
        f'fill="{element_color(molecule.symbols[k])}"/>'
        for k in np.argsort(depth, kind="stable")
    ]
    symbols = sorted(set(molecule.symbols))
    name = ", ".join(f"{molecule.symbols.count(symbol)} {symbol}" for symbol in symbols)
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="Atoms: {name}" '
        f'xmlns="http://www.w3.org/2000/svg"><g stroke="#8a97a3" stroke-width="4" stroke-linecap="round">'
        f'{"".join(sticks)}</g><g stroke="#5b646d" stroke-width="0.8">{"".join(balls)}</g></svg>'
    )
