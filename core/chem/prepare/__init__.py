"""From a structure as people have it to a Molecule that can be computed on, with a report of everything done."""

from core.chem.prepare.options import Options
from core.chem.prepare.pipeline import Prepared, prepare
from core.chem.prepare.report import Entry, Report

__all__ = ["Entry", "Options", "Prepared", "Report", "prepare"]
