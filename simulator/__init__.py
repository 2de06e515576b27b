"""Portals and reports that behave like the real ones, for the demo, the tests and the benchmarks.

Everything here runs on the loopback address. Agencies and figures are made up, but for two reports whose figures are
the published ones (``simulator/data``).
"""
