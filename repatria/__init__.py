"""Repatria: prisoner exchanges as nouns on one signed log."""

__version__ = "0.1.0"
