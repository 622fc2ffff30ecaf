"""Lazaretto: self-hosted email security with an investigation desk."""

__version__ = "0.1.0"
