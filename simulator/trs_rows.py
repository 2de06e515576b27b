"""The markups in which TRS columns write their rows: the element around them and one row each."""

from collections.abc import Callable
from html import escape
from typing import Literal

Markup = Literal["list", "date_first", "table", "cards", "flags", "sliced", "written", "loaded"]

_UNPUBLISHED = (
    '<li><i class="flag"></i><a href="./202001/t20200101_1.html" title="沃泽市旧区2023年政府信息公开工作年度报告">'
    "沃泽市旧区…</a><span>2020-01-01</span></li>"
)


def rows(markup: Markup, listed: list[tuple[str, str, str]]) -> str:
    """Articles as (address, title, day) in the markup. ``flags`` adds a row that is not published, ``loaded`` shows
    none and has a script ask for them."""
    around, write = _MARKUPS[markup]
    return around.format("\n".join(write(*each) for each in listed))


def _list(href: str, title: str, day: str) -> str:
    return f'<li><a href="{href}" title="{escape(title)}" target="_blank">{_cut(title)}</a><span>{day}</span></li>'


def _date_first(href: str, title: str, day: str) -> str:
    return f'<li><a href="{href}"><span>{day}</span>{title}</a></li>'


def _table(href: str, title: str, day: str) -> str:
    return (
        f'<tr><td><a href="{href}" target="_blank">{title}</a></td><td class="huise">{day.replace("-", ".")}</td></tr>'
    )


def _card(href: str, title: str, day: str) -> str:
    return f'<div class="card"><div><a href="{href}"><p class="c-bt-t">{title}</p></a></div><p>[{day}]</p></div>'


def _flag(href: str, title: str, day: str) -> str:
    return (
        f'<li><i class="flag">是</i><a href="{href}" title="{escape(title)}">{_cut(title)}</a><span>{day}</span></li>'
    )


def _written(href: str, title: str, day: str) -> str:
    return f"""<script>
var url = "{href}"; title = "{title}"; FILENUM="";
document.writeln("<li><a href='" + url + "'>" + title + "</a><span>"); document.writeln("{day} 17:32");
</script>"""


def _cut(title: str) -> str:
    return title if len(title) <= 24 else f"{title[:24]}…"


_MARKUPS: dict[Markup, tuple[str, Callable[[str, str, str], str]]] = {
    "list": ('<ul class="list">\n{}\n</ul>', _list),
    "date_first": ('<div class="overview_right"><ul>{}</ul></div>', _date_first),
    "table": ("<table><tbody>{}</tbody></table>", _table),
    "cards": ("<div class='cards'>{}</div>", _card),
    "flags": (f"<ul>{_UNPUBLISHED}{{}}</ul>", _flag),
    "sliced": (
        '<ul class="default_news">{}</ul><script>$list = $(".default_news li"); $list.slice(15).hide();</script>',
        _list,
    ),
    "written": ("<ul>{}</ul>", _written),
    "loaded": (
        '<ul id="list"></ul><script>$.getJSON("/igs/front/list.jhtml?siteId=12", fill);</script>',
        lambda href, title, day: "",
    ),
}
