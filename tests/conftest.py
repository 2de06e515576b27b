"""What the tests of every room share."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def samples() -> Path:
    """Folder of real reports with known figures: beside the checkout, or where NIANBAO_SAMPLES points."""
    folder = Path(os.environ.get("NIANBAO_SAMPLES") or REPOSITORY.parent / "shared" / "samples")
    if not folder.is_dir():
        pytest.skip(f"real samples are not here: {folder} is no folder; set NIANBAO_SAMPLES to where they are")
    return folder
