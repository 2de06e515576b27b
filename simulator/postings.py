"""What stands on a portal: a report or another article, with the address-making facts that every platform needs."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone

from simulator.pdf import pdf
from simulator.portals import Page, Portal
from simulator.render import html_body
from simulator.reports import SimulatedReport

CHINA = timezone(timedelta(hours=8))


@dataclass
class Posting:
    """An article. ``report`` is None for one that holds no report: then ``text`` is its body.

    ``listed_title`` is the title as the list prints it. A posting is republished by giving it another report.
    """

    id: int
    publisher: str
    published_on: date
    report: SimulatedReport | None = None
    title: str = ""
    text: str = ""
    listed_title: str = ""
    modified: datetime = field(init=False)

    def __post_init__(self) -> None:
        if self.report is not None:
            self.title = self.report.title
        self.listed_title = self.listed_title or self.title
        self.modified = self.published_at.astimezone(UTC)

    @property
    def published_at(self) -> datetime:
        """The day at half past nine, China time."""
        return datetime.combine(self.published_on, time(9, 30), CHINA)

    @property
    def has_pdf(self) -> bool:
        """Whether the article only links the report."""
        return self.report is not None and self.report.document == "pdf"

    def body(self, attachment: str = "") -> str:
        """The article's body as HTML; ``attachment`` is the link that stands in for a report in a file."""
        if self.report is None:
            return f'<p style="text-indent: 2em;">{self.text}</p>'
        if self.has_pdf:
            return f"<p>{self.title}见附件。</p>\n<p>附件：{attachment}</p>"
        return html_body(self.report)

    def file(self) -> Page | None:
        """The attached PDF, if there is one."""
        if self.report is None or not self.has_pdf:
            return None
        return Page(pdf(self.report), "application/pdf", self.modified)

    def republish(self, report: SimulatedReport, when: date) -> None:
        """Put another document in the place of the first; the address and the list stay."""
        self.report = report
        self.modified = datetime.combine(when, time(9, 30), CHINA).astimezone(UTC)


def newest(postings: list[Posting]) -> datetime | None:
    """When a list of articles last grew; a republished article doesn't count."""
    return max((posting.published_at.astimezone(UTC) for posting in postings), default=None)


@dataclass
class Host:
    """A portal and what stands on it. ``corrections`` are (article, corrected report, day of republishing)."""

    portal: Portal
    listed: list[Posting] = field(default_factory=list)
    notices: list[Posting] = field(default_factory=list)
    """Articles that are no reports, though their titles look like it."""
    hidden: list[Posting] = field(default_factory=list)
    """Reports that robots.txt closes."""
    corrections: list[tuple[Posting, SimulatedReport, date]] = field(default_factory=list)

    def reports(self) -> list[Posting]:
        """One posting for each report; a report posted twice counts once."""
        return list({id(posting.report): posting for posting in self.listed if posting.report is not None}.values())
