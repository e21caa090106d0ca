"""About: what this is, in which units, by which method, where it ends, and how good the model is."""

import streamlit as st

from core.gaussian.basis import AuxiliaryBasis
from core.reference.level import DEFAULT_LEVEL
from core.settings import settings
from core.view.card_figures import figures_of
from core.view.cards import model_cards
from core.view.plots import CONFIG

st.title("Rhoscope")
st.markdown(
    """
Rhoscope predicts the **electron density** of a structure with an equivariant neural network and shows the force that
follows from it on every atom. The network predicts the density and nothing else; the forces come from the density by
the **Hellmann-Feynman theorem**. On the Compare page both are held against a DFT calculation that runs on this machine.
"""
)

left, right = st.columns(2, gap="large")
with left:
    st.subheader("Method")
    st.markdown(
        f"""
* The density is that of free atoms plus Gaussian functions on every atom (set {AuxiliaryBasis.load().name}), whose
  coefficients the network predicts from the positions of the atoms around. The electron count is exact, and net
  force and net torque are zero: what the network leaves of both is taken off, close to the nuclei.
* It learned from {DEFAULT_LEVEL.label} densities, fitted so that the Hellmann-Feynman force on every nucleus is the
  analytic force of the same calculation. In a complete basis the two are one quantity.
* The force on a nucleus is the electric field there times its charge. Nothing in it is learned, but in training the
  error of a density counts together with the error of the forces that follow from it.
* The percentage of electrons inside an isosurface is integrated on an atom-centred grid, not on the one that is drawn.
"""
    )
    st.subheader("Limits")
    st.markdown(
        f"""
* A prediction is worth as much as its structure is like those the model was trained on. Explore says where it is not,
  and how large an error of the force on each atom is to be expected.
* The forces that the network's density has do not add up to zero, as those of an exact density do: in whole proteins
  ten to eighty meV/Å are taken off for each atom, an error that all atoms share. The force on a residue, a ligand or a
  chain carries the errors of all its atoms; Explore says how far off it is likely to be.
* A force is an unforgiving reading of a density: an error of 0.1 % of the electrons is tens of meV/Å.
* Closed shells only, up to {settings().max_atoms:,} atoms and {settings().max_upload_mb:g} MB. Explore adds
  missing hydrogens.
* Nuclei do not move here: no dynamics, no relaxation, no energies.
"""
    )
with right:
    st.subheader("Units and conventions")
    st.markdown(
        """
| Quantity | Unit here | In atomic units |
|:--|:--|:--|
| Position, distance | Å | 1 bohr = 0.529177 Å |
| Density | e/a₀³ | atomic already |
| Force | meV/Å | 1 hartree/bohr = 51,422 meV/Å |
| Dipole | D | 1 e·bohr = 2.5417 D |

Densities of electrons are positive. A force points where the atom is pushed. The dipole points from minus to plus and
is taken about the centre of nuclear charge.
"""
    )
    st.subheader("Reading more")
    st.markdown(
        """
* R. P. Feynman, *Forces in molecules*, Phys. Rev. 56, 340 (1939).
* J. A. Rackers, L. Tecot, M. Geiger, T. E. Smidt, *A recipe for cracking the quantum scaling limit with machine
  learned electron densities*, Mach. Learn.: Sci. Technol. 4, 015027 (2023).
* N. Rego, D. Koes, *3Dmol.js: molecular visualization with WebGL*, Bioinformatics 31, 1322 (2015).
"""
    )

st.header("Model cards")
cards = model_cards()
if not cards:
    st.warning("There is no model in assets/models. Train one with `make train`.", icon=":material/warning:")
for card in cards:
    st.subheader(card.name)
    plots = figures_of(card.name)
    for place, (heading, figure) in zip(st.columns(max(1, len(plots)), gap="large"), plots.items(), strict=False):
        place.markdown(f"##### {heading}")
        place.plotly_chart(figure, key=f"{card.name} {heading}", config=CONFIG)
    with st.expander(f"The whole card of {card.name}: every set, training data, domain, expected errors"):
        st.markdown(card.text)
        if card.by_size and st.toggle("Every set by number of atoms or molecules", key=f"{card.name} by size"):
            st.markdown(card.by_size)
