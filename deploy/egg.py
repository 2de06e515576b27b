"""Builds the project egg for Scrapyd: ``python deploy/egg.py [FILE]``, or ``make egg``.

The egg holds no code, only the name of the settings module: Scrapyd imports eggs zipped and installs nothing that they
need, while nianbao reads its data from files and needs lxml, pydantic and others. So a node has nianbao installed, and
the egg tells Scrapyd that it is a project of that node.
"""

import configparser
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]


def build(egg: Path) -> None:
    """Write the egg, in the layout of setuptools' eggs: metadata in ``EGG-INFO``."""
    config = configparser.ConfigParser()
    config.read(ROOT / "scrapy.cfg")
    metadata = f"Metadata-Version: 2.1\nName: nianbao-scrapyd\nVersion: {version('nianbao')}\n"
    entry_points = f"[scrapy]\nsettings = {config['settings']['default']}\n"
    egg.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(egg, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("EGG-INFO/PKG-INFO", metadata)
        archive.writestr("EGG-INFO/entry_points.txt", entry_points)


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "dist/nianbao.egg")
    build(target)
    print(
        f"{target} is built. Deploy it to a node:\n  curl --fail -F project=nianbao -F version={version('nianbao')}"
        f" -F egg=@{target} http://NODE:6800/addversion.json"
    )
