"""Fuzzing of parse and scan: the targets, their seeds, their mutations, and the corpus that is kept."""
