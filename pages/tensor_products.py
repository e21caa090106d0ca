"""Workshop, page 6: how two features make a third."""

import streamlit as st

from core.lessons.couplings import allowed_degrees, natural, off_symmetry, product_of_vectors
from core.view.couplings import pair_at, table_figure, vector_pictures
from core.view.lesson import Lesson, Setting, show_verdict
from core.view.plots import CONFIG
from core.view.pose_input import choice_input

HIGHEST = 3
LARGEST_DIFFERENCE = 1e-6
LESSON = Lesson(
    6,
    "products",
    "Tensor products",
    "A layer multiplies features of degrees $l_1$ and $l_2$ and reads features of $l_3$ out of the products. "
    "**Which $l_3$ are there, and which table makes them?**",
    {
        "first": Setting(1, tuple(range(HIGHEST + 1))),
        "second": Setting(1, tuple(range(HIGHEST + 1))),
        "third": Setting(2, tuple(range(2 * HIGHEST + 1))),
        "angle": Setting(60, bounds=(0, 180)),
        "length": Setting(1.0, bounds=(0.2, 1.4)),
    },
    (
        (
            "What does the table do?",
            "It weighs products: $c_{m_3} = \\sum_{m_1 m_2} C_{m_1 m_2 m_3}\\, a_{m_1} b_{m_2}$. Were the weights "
            "others, the result would depend on the axes that somebody chose.",
        ),
        (
            "Why is there one table only?",
            "Look for every table that no rotation changes, by solving for it: there is exactly one for each $l_3$ "
            "from $|l_1-l_2|$ to $l_1+l_2$, up to its size, and none for others. That is the check on this page.",
        ),
        (
            "Why does the network leave some l out?",
            "Where $l_1+l_2+l_3$ is odd the result is axial: it turns like a feature of $l_3$, but a mirror changes "
            "its sign once too often, as with the cross product. A density has none of these, so the network keeps the "
            "others only.",
        ),
    ),
)

LESSON.begin()
inputs, picture = st.columns([1, 3], gap="large")
with inputs:
    l1, l2 = choice_input(LESSON, "l₁", "first"), choice_input(LESSON, "l₂", "second")
    allowed = allowed_degrees(l1, l2)
    if st.session_state[LESSON.name("third")] not in allowed:
        st.session_state[LESSON.name("third")] = allowed[-1]
    l3 = int(
        st.selectbox(
            "l₃",
            allowed,
            format_func=lambda l: f"{l}" if natural(l1, l2, l) else f"{l}, axial",
            key=LESSON.name("third"),
            help="All that are allowed. The network uses those that are not axial.",
        )
    )
    angle = st.slider("Angle between a and b, degrees", 0, 180, step=5, key=LESSON.name("angle"))
    length = st.slider("Length of b", 0.2, 1.4, step=0.1, key=LESSON.name("length"))
with picture:
    st.markdown(f"**The table of {l1} × {l2} → {l3}**, {'of natural parity' if natural(l1, l2, l3) else 'axial'}")
    st.plotly_chart(table_figure(l1, l2, l3), key="products-table", config=CONFIG)
    st.caption(
        "A degree $l$ has $2l+1$ components, $m=-l \\dots l$. Each column is a product of one component of either "
        "factor, each row says with which weights they make one of the result; faint grey is zero."
    )
    off = off_symmetry(l1, l2, l3)
    show_verdict(
        off <= LARGEST_DIFFERENCE,
        f"**`o3.wigner_3j({l1}, {l2}, {l3})` is the only table that no rotation changes**: it differs from the one "
        f"solved for here by {off:.0e}, at most {LARGEST_DIFFERENCE:.0e}.",
    )
    st.markdown("**1 × 1: all that two vectors a and b make**")
    a, b = pair_at(angle, length)
    shown = vector_pictures(a, b, product_of_vectors(a, b))
    for pane, (words, figure) in zip(st.columns(3), (shown.dot, shown.cross, shown.traceless), strict=True):
        pane.markdown(words)
        pane.plotly_chart(figure, key=f"products-{words[4:9]}", config=CONFIG)
    LESSON.show_link()
LESSON.end(
    f"""import numpy as np
from core.lessons.couplings import coupling, off_symmetry, product_of_vectors

print(coupling({l1}, {l2}, {l3}).round(4), off_symmetry({l1}, {l2}, {l3}))
a, b = np.array([1.0, 0.0, 0.0]), np.array([{b[0]:.3f}, {b[1]:.3f}, 0.0])
print(product_of_vectors(a, b))
"""
)
