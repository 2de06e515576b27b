"""Readers: the bytes of one format to a Document."""

DOUBT = "\u25af"
"""Sign that readers put into a cell's text where what is printed may not be what was read; no number holds it."""
MOST_PLACES = 50_000
"""A table that covers more places than this is no table of a form (which has some 300); spans alone can make it so."""
MOST_CELL_TEXT = 400
"""A cell with more text than this is a region of the page, not a cell of a form."""
