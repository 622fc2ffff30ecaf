"""Parsing and scanning in child processes with limits: hostile bytes never run beside the keys."""
