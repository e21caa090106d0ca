"""Atoms in the colour of their expected force error, and what lies outside the domain in one that stands out.

The ramp is even in the logarithm and darkens on the way, so that it can be read without colour vision.
"""

import math
from dataclasses import replace

from core.model.trust import Trust
from core.view.scene import Scene

# Colours at even steps from SMALLEST to LARGEST, meV/angstrom; beyond either end the colour is that of the end.
_RAMP = ((0xF7, 0xE2, 0x6B), (0x7C, 0xC8, 0x70), (0x27, 0x93, 0x8A), (0x31, 0x5E, 0x8D), (0x40, 0x1F, 0x5F))
SMALLEST, LARGEST = 3.0, 300.0
OUTSIDE = "#e0218a"
UNKNOWN = "#9aa3ab"


def error_color(error_mev_per_angstrom: float) -> str:
    """#rrggbb of an expected error; UNKNOWN for NaN."""
    if math.isnan(error_mev_per_angstrom):
        return UNKNOWN
    share = math.log(max(error_mev_per_angstrom, SMALLEST) / SMALLEST) / math.log(LARGEST / SMALLEST)
    place = min(share, 1.0) * (len(_RAMP) - 1)
    step = min(int(place), len(_RAMP) - 2)
    mixed = (round(a + (place - step) * (b - a)) for a, b in zip(_RAMP[step], _RAMP[step + 1], strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def atom_colors(trust: Trust) -> tuple[str, ...]:
    """#rrggbb of every atom: OUTSIDE where it is flagged, and else that of its expected error."""
    errors = trust.expected_mev_per_angstrom.tolist()
    return tuple(
        OUTSIDE if flagged else error_color(error)
        for error, flagged in zip(errors, trust.flagged.tolist(), strict=True)
    )


def with_errors(scene: Scene, trust: Trust) -> Scene:
    """The same scene with the colours of the expected errors to choose; the camera and the field stay as they are. Free
    ions, which stand after the atoms, are in the colour of what is not known."""
    colors = atom_colors(trust)
    colors += (UNKNOWN,) * (len(scene.elements) - len(colors))
    return replace(scene, error_colors=colors, error_legend=legend())


def legend() -> tuple[tuple[str, str], ...]:
    """(colour, what it stands for), from small errors to large, then what is outside the domain."""
    steps = [SMALLEST * (LARGEST / SMALLEST) ** (k / (len(_RAMP) - 1)) for k in range(len(_RAMP))]
    return (*((error_color(step), f"{step:.0f} meV/Å") for step in steps), (OUTSIDE, "outside the domain"))
