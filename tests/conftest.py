"""`core` before everything else: it says how OpenMP threads wait, which torch reads once, when it loads."""

import core  # noqa: F401
