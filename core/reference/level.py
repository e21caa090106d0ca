"""Level of theory of a reference calculation: what must agree for two records to be comparable."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Level:
    """A restricted Kohn-Sham calculation with density fitting; names as PySCF takes them."""

    functional: str = "PBE0"
    orbital_basis: str = "pcseg-2"
    density_fitting_basis: str = "def2-universal-jkfit"
    xc_grid_level: int = 2
    conv_tol: float = 1e-8

    def to_json(self) -> dict:
        return asdict(self)

    @property
    def label(self) -> str:
        return f"{self.functional}/{self.orbital_basis}"


DEFAULT_LEVEL = Level()
# For a first training on many structures, before the few at the reference level: a generalised gradient functional
# needs no exchange integrals, and the smaller basis a third of the functions.
CHEAP_LEVEL = Level("PBE", "pcseg-1", "def2-universal-jfit", 1)
LEVELS = {"reference": DEFAULT_LEVEL, "cheap": CHEAP_LEVEL}
