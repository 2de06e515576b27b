"""The front door: the command line, and the runs that string the rooms together."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("nianbao")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0+unknown"
