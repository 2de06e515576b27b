"""What every command shares: where messages and data go, the data directory, and how trouble is told."""

import errno
import sqlite3
import sys
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console

from archive import ArchiveError

PEOPLE = Console(stderr=True, highlight=False)
"""Messages for people go to stderr; data goes to stdout."""


_WRITABLE = "; make it writable for your user, or name another directory with --data"
# Trouble with the disk, as against a fault of the program.
_NOT_OURS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.ENOSPC})


def data_console() -> Console:
    """The console for data; piped into a file, a table has room for its messages."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 140)


def data_option(default: str = "data", note: str = "nianbao.db and archive/ live in it.") -> Callable[..., Any]:
    """The option ``--data`` of a command."""
    return click.option(
        "--data",
        "data_dir",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path(default),
        show_default=True,
        metavar="DIR",
        help=f"The data directory: {note}",
    )


def fail(message: str) -> NoReturn:
    """Say what went wrong and end with exit status 1."""
    PEOPLE.print("[red]nianbao:[/] ", end="")
    PEOPLE.print(message, markup=False, soft_wrap=True)
    sys.exit(1)


def name_failures(failures: Iterable[tuple[str, str]]) -> None:
    """A line for each file or address that could not be read, with the reason."""
    for name, message in failures:
        PEOPLE.print("[yellow]not read:[/] ", end="")
        PEOPLE.print(f"{name}: {message}", markup=False, soft_wrap=True)


def tells_trouble(function: Callable[..., None]) -> Callable[..., None]:
    """Make what the archive and the disk complain of a message and exit status 1, not a traceback."""

    @wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            function(*args, **kwargs)
        except ArchiveError as error:
            fail(str(error))
        except sqlite3.OperationalError as error:
            fail(f"{kwargs['data_dir'] / 'nianbao.db'}: the database cannot be used: {error}{_WRITABLE}")
        except OSError as error:
            if error.errno not in _NOT_OURS or error.filename is None:
                raise
            fail(f"{error.filename}: {error.strerror}{_WRITABLE}")

    return wrapped
