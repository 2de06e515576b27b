"""One crawl of one portal: the portal, what was asked for, the archive it writes to and the ledger it keeps."""

from dataclasses import dataclass
from pathlib import Path

from archive import Archive
from crawler.ledger import PortalRun
from crawler.registry import Portal, load_portals

SHIPPED = Path(__file__).parents[1] / "data" / "portals"


def portal_folders(data_dir: Path) -> tuple[Path, ...]:
    """Where portals are registered: the shipped folder, then the user's own ``data_dir/portals``."""
    own = data_dir / "portals"
    return (SHIPPED,) if own.resolve() == SHIPPED.resolve() else (SHIPPED, own)


def find_portal(key: str, data_dir: Path) -> Portal:
    """The portal of this key. Raises KeyError with the known keys where there is none."""
    portals = load_portals(*portal_folders(data_dir))
    if key not in portals:
        raise KeyError(f"no portal has the key {key!r}; known: {', '.join(portals)}")
    return portals[key]


@dataclass(slots=True)
class Session:
    """What a spider works with. ``years`` None: all years; ``limit`` None: all reports; ``pace`` None: the portal's
    own; ``refusals``: how many in a row the portal has given."""

    portal: Portal
    archive: Archive
    run: PortalRun
    years: range | None = None
    limit: int | None = None
    pace: float | None = None
    refusals: int = 0

    def begin(self) -> None:
        """Open the row in ``runs``."""
        portal = self.portal
        self.archive.save_portals(
            [portal.model_dump(include={"key", "name", "base_url", "platform", "division_code", "enabled"})]
        )
        self.run.run_id = self.archive.start_run("crawl", portal.key)

    def finish(self) -> None:
        """Judge the run and close its row."""
        assert self.run.run_id is not None
        self.run.outcome = self.run.judge()
        self.archive.finish_run(self.run.run_id, self.run.outcome, self.run.stats())

    @property
    def full(self) -> bool:
        """Whether as many reports as were asked for have been found."""
        return self.limit is not None and self.run.found >= self.limit


def read_years(text: str) -> range:
    """``2019-2025`` or ``2023`` as a range of years. Raises ValueError."""
    first, _, last = text.partition("-")
    years = range(int(first), int(last or first) + 1)
    if not years:
        raise ValueError(f"{text}: the first year is after the last")
    return years
