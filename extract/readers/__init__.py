"""Bytes to reports: readers, matching to the official forms, identity."""
