"""Compare: the prediction held against a DFT calculation of the same structure."""
