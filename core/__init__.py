"""Rhoscope: predicted electron densities, and the forces that follow from them."""

import os

# OpenMP threads that wait for each other spin by default. With a DFT job on the same cores that turns a density grid
# of 0.1 s into one of 10 s (measured on two cores), so they sleep instead. Read when torch loads; a value set by hand
# stays.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
