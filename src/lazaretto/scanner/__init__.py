"""Parsing and scanning in child processes with limits on memory and time: hostile bytes never run beside the keys."""
