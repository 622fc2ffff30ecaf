"""Reads a parsed message for signs of an attack and gives a verdict: pure, deterministic, explained."""
