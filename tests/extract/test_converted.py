"""Old Word files, RTF and OpenDocument: converted by the real LibreOffice, many at one start."""

import io
import struct

import olefile
import pytest

from extract import UnreadableFile, read_bytes
from extract.files import Source, read_sources
from extract.readers import converted
from extract.readers.converted import Converter
from simulator.generator import generate
from simulator.shapes_office import SOFFICE, convert

REPORT = generate(1, "docx", ())


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    """One report as a file of each old format, by ending."""
    if SOFFICE is None:
        pytest.skip("LibreOffice is not installed (make test installs it where it can)")
    word = REPORT.files[0][1]
    return {suffix: convert([word], "docx", suffix)[0] for suffix in ("doc", "rtf")}


def word_header(body: bytes) -> bytes:
    with olefile.OleFileIO(io.BytesIO(body)) as compound, compound.openstream("WordDocument") as stream:
        return bytes(stream.read(12))


def test_many_files_are_converted_at_one_start_and_a_bad_one_harms_none(
    made: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    starts = []
    run = converted._run_within_limits
    monkeypatch.setattr(converted, "_run_within_limits", lambda *given: (starts.append(given), run(*given)))
    bad = made["doc"].replace(word_header(made["doc"]), bytes(12), 1)
    converter = Converter()
    converter.prepare([made["doc"], bad, made["rtf"], made["doc"], b"<p>not for it</p>"])
    assert len(starts) == 2  # once all together, once the bad one by itself
    for suffix, body in made.items():
        [[report]] = read_sources([Source(f"report.{suffix}", body)], converter)
        assert report.figures == REPORT.report.figures
        assert (report.reader, report.status) == (suffix, "complete")
    [refusal] = read_sources([Source("bad.doc", bad)], converter)
    assert isinstance(refusal, UnreadableFile)
    assert (refusal.path, refusal.kind) == ("bad.doc", "damaged")
    assert len(starts) == 2


def test_without_libreoffice_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UnreadableFile, match="libreoffice-writer-nogui") as raised:
        read_bytes(b"{\\rtf1 text}", "old.rtf")
    assert raised.value.kind == "unsupported"


def test_a_file_under_a_password_is_told_without_starting_libreoffice(
    made: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    body = made["doc"]
    header = word_header(body)
    flags = struct.unpack_from("<H", header, 10)[0] | 0x0100
    locked = body.replace(header, header[:10] + struct.pack("<H", flags), 1)
    monkeypatch.setattr(converted, "_convert", lambda files: pytest.fail("LibreOffice was started"))
    with pytest.raises(UnreadableFile, match="password") as raised:
        read_bytes(locked, "locked.doc")
    assert raised.value.kind == "encrypted"


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_a_run_beyond_its_time_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converted, "_SECONDS_TO_START", 0)
    monkeypatch.setattr(converted, "_SECONDS_A_FILE", 0.01)
    with pytest.raises(UnreadableFile, match="LibreOffice cannot open the file") as raised:
        read_bytes(b"{\\rtf1 text}", "slow.rtf")
    assert raised.value.kind == "damaged"
