"""Rhoscope: predicted electron densities, and the forces that follow from them."""

import os

from core.processor import has_fused_avx2

# OpenMP threads that wait for each other spin by default. With a DFT job on the same cores that turns a density grid
# of 0.1 s into one of 10 s (measured on two cores), so they sleep instead. Read when torch loads; a value set by hand
# stays.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# PySCF brings an OpenBLAS of 2018, which takes processors younger than itself for the plainest x86: on a Zen 3 core its
# dgemm ran at 15 GFlop/s, and at 30 with the kernels named here (numpy's own: 40). A calculation of 16 atoms fell from
# 91 to 61 s. Read when that library loads; a value set by hand stays.
if has_fused_avx2():
    os.environ.setdefault("OPENBLAS_CORETYPE", "Haswell")
