"""Ways through the pages of the workshop for a teacher, with answers to what the long one asks.

Numbers in the answers are those of the pages; tests/view/test_lesson_paths.py computes them anew.
"""

from dataclasses import dataclass, field

from core.view.workshop import PAGES, WorkshopPage


@dataclass(frozen=True)
class Step:
    """minutes: it takes. say: what to ask or show. answer: to what it asks, where it does. settings: of the link to the
    page, whose number page is."""

    page: int
    minutes: int
    say: str
    answer: str = ""
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def target(self) -> WorkshopPage:
        return PAGES[self.page - 1]


FIVE_MINUTES = (
    Step(1, 1, "Turn the dimer, then mirror it. The density follows. Nobody taught it to.", settings={"z": "75"}),
    Step(
        2,
        1,
        "Cross products pass every rotation. Now switch the mirror on.",
        settings={"sabotage": "parity", "molecule": "water-1"},
    ),
    Step(4, 1, "From balls to lobes: raise l, and watch the force error fall.", settings={"degree": "0"}),
    Step(
        8, 1, "Electrons pull, nuclei push. Grow the sphere, then take the force-exact fit.", settings={"radius": "1.0"}
    ),
    Step(9, 1, "It answers anything. Does it know what it does not know?", settings={"case": "stretched"}),
)

NINETY_MINUTES = (
    Step(
        1,
        10,
        "Everyone takes a pose of their own. Which residual is left, and what does float64 do to it?",
        "About 1e-7 in every pose, and about 1e-15 in float64: the last digit of each. A residual that were a property "
        "of the network would stay when digits are added; this one is rounding and nothing else.",
    ),
    Step(
        2,
        12,
        "In pairs: guess for each break whether rotation, mirror or shift shows it, then look.",
        "Absolute positions: all three. ReLU on vectors, one component lost, half precision: rotation and mirror, as a "
        "shift changes no feature. Wrong parity: the mirror only. A whole degree lost: none, though the density is "
        "wrong.",
    ),
    Step(
        3,
        10,
        "Find a feature of l = 1 that points along a bond. What does it do when the molecule is mirrored?",
        "On H2 of the dimer after layer 1, channel 25 points at O1: near a hydrogen there is little else to point at. "
        "In the mirror it points at the mirrored O1 still, as an arrow drawn on the molecule would: natural parity.",
        {"molecule": "water-2", "atom": "2", "layer": "1", "degree": "1", "channel": "25"},
    ),
    Step(
        4,
        8,
        "At which l is the density right to the eye? And the force?",
        "In the dimer 0.99, 0.49, 0.16 and 0.03 electrons are misplaced up to l = 0, 1, 2 and 3: after l = 2 or 3 the "
        "eye sees nothing. The force is off by 9,750, 415, 358 and 38 meV/Å. A hydrogen bond pulls with some hundreds, "
        "so it needs l = 3 at the least.",
        {"molecule": "water-2"},
    ),
    Step(
        5,
        10,
        "After how many layers does the fourth water hear of the first? What does the far field change?",
        "After two: it is 10.5 Å away, and messages come 4.8 Å in the first layer and 7.4 Å more in each later one. "
        "With the far field all nine waters have heard after two layers, though the last by less than a millionth "
        "of its coefficients.",
        {"layer": "2"},
    ),
    Step(
        6,
        10,
        "Write down 1 × 1 by hand: dot, cross, traceless. Find them in the tables.",
        "Nine products $a_i b_j$ are 1 + 3 + 5 numbers: $\\mathbf{a}\\cdot\\mathbf{b}$; "
        "$\\mathbf{a}\\times\\mathbf{b}$; "
        "$(a_i b_j + a_j b_i)/2 - \\delta_{ij}\\,\\mathbf{a}\\cdot\\mathbf{b}/3$. In the tables: for l = 0 three equal "
        "numbers, $1/\\sqrt{3}$; for l = 1 six of $\\pm 1/\\sqrt{6}$ that change sign when the factors are exchanged; "
        "l = 2 stays as it is.",
    ),
    Step(
        7,
        12,
        "Guess the slopes first. Then everyone trains one network; all see all curves.",
        "For the force −0.35 to −0.42 with symmetry and −0.30 without: ten times the data make the error 2.2 to 2.7 "
        "times smaller, or 2.0 times. There is one seed of each, so differences among the first four mean little. The "
        "density error hardly falls: these short trainings limit it, not the data.",
    ),
    Step(
        8,
        10,
        "Why is a larger ordinary basis not the way out? What does the force-exact fit change in the density?",
        "From STO-3G over 6-31G* and pcseg-1 to pcseg-2 the worst error falls from 144 over 48 and 35 to 18 eV/Å: far "
        "too slowly, as none of these functions leans over near a nucleus. The force-exact fit brings it to zero, and "
        "moves 0.06 % of the density of the plain fit (pcseg-1).",
    ),
    Step(
        9,
        8,
        "Bring a structure of your own that should be refused. Open it on Explore.",
        "Refused are an odd number of electrons, two nuclei in one place, elements no model knows. Warned of are "
        "charges, bonds, angles and contacts that training never held. Who finds a bad one without a warning has found "
        "a fault: Compare says by DFT how bad it is.",
    ),
)
