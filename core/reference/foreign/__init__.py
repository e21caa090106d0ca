"""Results of other programs: a file's bytes in, its nuclei and its density out. `read` is the one entry."""

from core.reference.foreign.read import SUFFIXES, read
from core.reference.foreign.result import CubeGrid, ForeignResult, GaussianOrbitals

__all__ = ["SUFFIXES", "CubeGrid", "ForeignResult", "GaussianOrbitals", "read"]
