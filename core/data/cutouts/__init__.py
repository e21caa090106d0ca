"""Fragments cut out of solvated peptides and DNA: build a system, move it, cut it, let bonds relax in GFN2-xTB."""
