"""Reports that stand where a list was asked for: as the page itself, told by its headings or by its title and a file.

Pure functions on responses.
"""

import re

from scrapy.http import TextResponse

from crawler.listing import Row, attachments, page_of, read_date
from crawler.pictures import report_pictures
from extract.identity import read_title

# What the law has every report say, in order.
_HEADINGS = ("总体情况", "主动公开政府信息", "政府信息公开申请", "行政复议", "存在的主要问题", "其他需要报告的事项")
_PRINTED_DATE = re.compile(r"(?:发布|发表|时间|日期)\D{0,10}(20\d{2}.{4,20})", re.DOTALL)
_PUBLISHED = re.compile(r"发布\D{0,10}(20\d\d.{4,20})", re.DOTALL)


def report_of(response: TextResponse) -> Row | None:
    """The report that a page is, by its six headings, as the row that a list would have for it; None for any other."""
    page = page_of(response)
    text = "".join(page.xpath("//body//text()[not(parent::script)]").getall())
    squeezed = "".join(text.split())
    if not all(heading in squeezed for heading in _HEADINGS):
        return None
    metas = {str(meta.attrib.get("name", "")).lower(): meta.attrib.get("content", "") for meta in page.css("meta")}
    titles = (metas.get("articletitle"), page.xpath("string(//h1)").get(), page.xpath("string(//title)").get())
    printed = _PRINTED_DATE.search(text)
    day = read_date(metas.get("pubdate") or "") or (read_date(printed[1]) if printed else None)
    title = next((" ".join(title.split()) for title in titles if title and title.strip()), "")
    return Row(response.url, title, day, metas.get("contentsource") or None)


def visible_text(response: TextResponse) -> str:
    """What a reader sees of a page, without its scripts."""
    return "".join(page_of(response).xpath("//text()[not(parent::script)]").getall())


def shown_report(response: TextResponse) -> Row | None:
    """The report that a page shows by its six headings, or by the title of a year's report and a file."""
    row, page = report_of(response), page_of(response)
    texts = page.css("meta[name=ArticleTitle]::attr(content)").getall()
    texts += [str(heading.xpath("string()").get()) for heading in page.css("h1, h2, h3, [class*=title], title")]
    titles = [" ".join(text.split()) for text in texts]
    title = next((title for title in titles if (reading := read_title(title)) and reading.year), "")
    if row is not None:
        return Row(row.url, title or row.title, row.published_on, row.publisher)
    if not title or not (attachments(response) or report_pictures(response)):
        return None
    printed = _PUBLISHED.search(visible_text(response))
    return Row(response.url, title, read_date(printed[1]) if printed else None)
