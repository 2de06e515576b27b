"""Portals to captures: a Scrapy project with one spider per publishing platform."""
