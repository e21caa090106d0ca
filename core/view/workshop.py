"""The pages of the workshop in their order, and the words they use; ways through are in `core.view.lesson_paths`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class WorkshopPage:
    """file: in pages/. icon: as Streamlit names it."""

    number: int
    file: str
    title: str
    icon: str


PAGES = tuple(
    WorkshopPage(number, f"{file}.py", title, f":material/{icon}:")
    for number, (file, title, icon) in enumerate(
        (
            ("turn_it", "Turn it", "3d_rotation"),
            ("break_it", "Break it", "broken_image"),
            ("irreps", "Irreps", "deployed_code"),
            ("l_by_l", "l by l", "layers"),
            ("who_sees_whom", "Who sees whom", "visibility"),
            ("tensor_products", "Tensor products", "join_inner"),
            ("how_much_data", "How much data", "trending_down"),
            ("density_to_force", "From density to force", "arrow_outward"),
            ("trust_it", "Trust it?", "verified_user"),
        ),
        1,
    )
)

# In the order in which the pages need them.
WORDS = (
    ("Density", "How many electrons there are per volume at each point, $\\rho(\\mathbf{r})$, in e/a₀³; a₀ = 0.529 Å."),
    (
        "Equivariant",
        "Turning, mirroring or shifting first and predicting then is the same as predicting first and moving then.",
    ),
    ("Coefficient", "The density is a sum of fixed functions on the atoms; the network predicts how much of each."),
    ("Residual", "How far two results differ, as a share of their size. 0: not at all; 1: by as much as there is."),
    (
        "Degree l",
        "How finely a function of a direction varies: $l=0$ is the same in all directions, $l=1$ is an arrow, more on "
        "one side and less on the other, $l=2$ has four lobes, or two and a ring, and so on.",
    ),
    (
        "Component m",
        "A function of degree $l$ takes $2l+1$ numbers, $m=-l \\dots l$. For $l=1$ they are y, z, x.",
    ),
    (
        "Wigner's D",
        "The matrix by which a rotation mixes the components of one degree, $D^l(R)$. For $l=1$ it is the rotation.",
    ),
    ("Feature", "What the network holds of an atom between its layers: many sets of components of each degree."),
    ("Layer", "One round in which atoms send messages to their neighbours and change by what they hear."),
    ("Parity", "What a mirror does: an arrow is mirrored with everything else; a cross product comes out reversed."),
    ("Scalar, vector", "What has one number and stays in a rotation ($l=0$), and what turns like an arrow ($l=1$)."),
    ("Axial", "What turns like an arrow but comes out of a mirror reversed, as a cross product does."),
    ("ReLU", "What ordinary networks do with every number: a negative one becomes zero."),
    ("Channel", "One of the many sets of components that a feature has of each degree."),
    ("Norm", "The length of a set of numbers: the root of the sum of their squares."),
    ("Message, cutoff", "What an atom hears from another in a layer, and the distance from which on it hears nothing."),
    ("Orbital, basis", "DFT builds the density of orbitals, and these of functions on the atoms: the basis."),
    ("Fit", "The density said once more in other functions, here those of the network, as nearly as they can."),
    ("Irrep", "Irreducible representation: numbers that rotations mix among themselves, as the components of one $l$."),
    ("DFT", "Density functional theory: the calculation from quantum mechanics that the network learned from."),
    ("Surface, level", "Where the density has one value, the level; 95 %: so many of the electrons are inside."),
    ("float32, float64, bfloat16", "Numbers of 7, 16 and 2 to 3 digits; half precision is the last of them."),
    ("Far field", "What atoms feel of each other at any distance, as charges and dipoles do."),
    ("Hellmann-Feynman", "The force on a nucleus is that of electrostatics: of the other nuclei, and of the density."),
    (
        "Analytic force",
        "How the energy of DFT changes when a nucleus moves, differentiated exactly. It holds in any basis.",
    ),
    ("Force", "The push on a nucleus, in meV/Å. A hydrogen bond pulls with some hundreds of them."),
)
