"""Readers: the bytes of one format to a Document."""

DOUBT = "\u25af"
"""Sign that readers put into a cell's text where what is printed may not be what was read; no number holds it."""
