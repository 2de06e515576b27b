"""Columns of Guangxi: articles ``t{number}.shtml``, whose number of seven or eight digits is no date.

How their lists page has not been seen; they are taken to page as TRS does (``index_1.shtml`` is the second page).
"""

from crawler.dialects import shape
from crawler.spiders.trs import TrsSpider


class GxTidSpider(TrsSpider):
    """Lists the portal's ``column_url`` and the folders below it; a report's date is the row's or not known."""

    name = "gx_tid"
    article_path = shape("gx_tid", "trs")
