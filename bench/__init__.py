"""Benchmarks: one file a figure. `make bench` runs all of them and prints what docs/benchmarks.md records."""
