"""A visitor's own result on Compare: the file that was given, what is read from it, and what went wrong in between.

A file that cannot be read changes nothing of what is shown. Lives in st.session_state under keys that are no widget's,
so it survives a change of page.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
import streamlit as st
from scipy.spatial.transform import Rotation

from core.chem.molecule import Molecule
from core.chem.topology import Topology
from core.chem.validate import signed
from core.errors import RhoscopeError
from core.gaussian.basis import AuxiliaryBasis
from core.jobs.reading_result import read_result
from core.reference.foreign import SUFFIXES, ForeignResult, GaussianOrbitals
from core.reference.foreign.density import orbital_density
from core.reference.orbital_density import OrbitalDensity
from core.settings import settings
from core.train.findings import Tell, require_room_for_fit
from core.train.on_cube import CubeDensity, cube_density
from core.view.comparison import HeldAgainst, held_against_foreign
from core.view.picture import picture_of
from core.view.side_by_side import Other
from core.view.under_way import told_while
from core.view.words import escaped, log_problem, show_problem
from core.view.working import STEPS, expected

_WANTED, _SHOWN, _PROBLEM, _ROUND = "own_wanted", "own_shown", "own_problem", "own_round"
_LABEL_LENGTH = 22
# The same structure where no atom is farther from its place than this, once one is laid on the other: angstrom.
SAME_STRUCTURE_ANGSTROM = 0.01

WHAT_CAN_BE_GIVEN = """
* **.fchk**: formatted checkpoint of Gaussian (`formchk`), Psi4 or Q-Chem, with the forces where it has them;
* **.molden**, **.molden.input**: of PySCF, ORCA, Psi4, Molpro, Turbomole and others;
* **.chk**: checkpoint of PySCF;
* **.cube**: electron density on a grid, best with steps of 0.2 bohr or less and 6 bohr around the nuclei.

All electrons, a closed shell, no pseudopotentials. The prediction is made for the geometry and the charge in the file.
With PySCF three lines make one, `water.chk`:
"""
EXAMPLE = """from pyscf import dft, gto
mol = gto.M(atom="water.xyz", basis="pcseg-2")
dft.RKS(mol, xc="PBE0").set(chkfile="water.chk").run()"""


@dataclass(frozen=True, eq=False)
class OwnResult:
    """digest: of name and content."""

    digest: str
    result: ForeignResult
    density: OrbitalDensity | CubeDensity

    @property
    def molecule(self) -> Molecule:
        return self.density.molecule

    @property
    def other(self) -> Other:
        gradient = self.result.gradient_hartree_per_bohr
        return Other(
            _shortened(self.result.name),
            "your result",
            self.result.says,
            self.molecule,
            None if gradient is None else -gradient,
            self.result.energy_hartree,
        )


def _shortened(name: str) -> str:
    """With its beginning and its end, as both may tell files apart."""
    if len(name) <= _LABEL_LENGTH:
        return name
    half = _LABEL_LENGTH // 2
    return f"{name[: half - 1]}…{name[-half:]}"


def own_result(content: bytes, filename: str, progress: Tell = lambda text: None) -> OwnResult:
    """Have a file read in a process of its own, and find its molecule. Raises RhoscopeError."""
    progress("Reading the file")
    digest = hashlib.sha256(filename.encode(errors="replace") + b"\0" + content).hexdigest()
    result = read_result(content, filename)
    if isinstance(result.density, GaussianOrbitals):
        orbitals = orbital_density(result, result.density)
        require_room_for_fit(orbitals.molecule, AuxiliaryBasis.load())
        return OwnResult(digest, result, orbitals)
    progress("Counting the electrons of the cube")
    return OwnResult(digest, result, cube_density(result, result.density, AuxiliaryBasis.load()))


def ask() -> None:
    """The uploader, and what can be given to it."""
    which = "another result" if shown() else "a result"
    with st.expander(f"Compare with {which} of your own", expanded=bool(st.session_state.get(_PROBLEM))):
        key = f"own_upload_{st.session_state.get(_ROUND, 0)}"
        st.file_uploader(
            "Cube, fchk, Molden or PySCF checkpoint",
            list(SUFFIXES),
            key=key,
            max_upload_size=max(1, round(settings().max_upload_mb)),
            on_change=lambda: _take(key),
            help="A calculation that you made elsewhere. It is compared as one made here is.",
        )
        st.markdown(WHAT_CAN_BE_GIVEN)
        st.code(EXAMPLE, language="python", wrap_lines=True)


def _take(key: str) -> None:
    """Have the file read that is in the uploader, which is emptied, so that the same one can be given again, mended."""
    file = st.session_state.get(key)
    if file is not None:
        st.session_state[_WANTED] = file.getvalue(), file.name
        _empty_the_uploader()


def shown() -> tuple[OwnResult, HeldAgainst] | None:
    """The result on the screen."""
    return st.session_state.get(_SHOWN)


def leave() -> None:
    """Back to the structure of Explore."""
    st.session_state[_SHOWN] = st.session_state[_PROBLEM] = None


def _empty_the_uploader() -> None:
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def compare_wanted() -> None:
    """Read the file that was given, if there is one, and compare with it, its progress on the page."""
    wanted = st.session_state.pop(_WANTED, None)
    if wanted is None:
        return
    try:
        with told_while("Reading the file") as tell:
            content, name = wanted
            st.session_state[_SHOWN] = _compared(content, name, tell)
        st.session_state[_PROBLEM] = None
    except RhoscopeError as error:
        log_problem(error)
        st.session_state[_PROBLEM] = error


def _compared(content: bytes, filename: str, progress: Tell) -> tuple[OwnResult, HeldAgainst]:
    own = own_result(content, filename, progress)
    expected(own.molecule)
    picture = picture_of(own.molecule, lambda step, share: progress(STEPS[step]))
    return own, held_against_foreign(picture, own.density, own.other, own.digest, progress)


def show_last_problem() -> None:
    """What went wrong with the last file, if it did."""
    problem = st.session_state.get(_PROBLEM)
    if problem is not None:
        show_problem(problem)
        st.caption("What you see below is still what was there before.")


def found_words(own: OwnResult) -> list[str]:
    """Sentences on what the file holds and how it was taken."""
    sentences = list(map(escaped, own.result.notes))
    if isinstance(own.density, CubeDensity):
        cube, theirs = own.density.cube, own.density
        nx, ny, nz = cube.shape
        sentences.append(
            f"A cube of {nx} × {ny} × {nz} points. It resolves the cores badly: summed over its points it holds "
            f"{theirs.electrons_found:.3f} electrons, free atoms on the same points {theirs.free_electrons_found:.3f}, "
            f"and there should be {own.molecule.electrons}. So differences are summed, in which the cores nearly "
            "cancel; what lies outside the cube is not compared, and there is neither floor nor force."
        )
        charge = signed(own.molecule.charge)
        sentences.append(f"A cube does not say its charge: counted from its electrons it is {charge}.")
    elif own.result.gradient_hartree_per_bohr is None:
        sentences.append("The file has no forces, so the densities are compared alone.")
    return sentences


def topology_for(molecule: Molecule, other: Molecule, topology: Topology | None) -> Topology | None:
    """`topology`, which is of `other`, where both are the same structure, turned or moved as it may be."""
    if topology is None or not np.array_equal(molecule.atomic_numbers, other.atomic_numbers):
        return None
    here, there = (m.positions_angstrom - m.positions_angstrom.mean(0) for m in (molecule, other))
    rotation, _ = Rotation.align_vectors(here, there)
    return topology if abs(rotation.apply(there) - here).max() < SAME_STRUCTURE_ANGSTROM else None
