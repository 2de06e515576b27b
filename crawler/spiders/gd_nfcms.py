"""Ordinary columns of Guangdong's content manager: ``index.html``, then ``index_2.html``, until one is not there."""

import re

from crawler.spiders.base import ColumnSpider


class GdNfcmsSpider(ColumnSpider):
    """Lists the portal's ``column_url`` and the sub-columns (years, issuers) below it."""

    name = "gd_nfcms"
    article_path = re.compile(r"/content/m?post_\d+\.html$")
    second_page = 2
