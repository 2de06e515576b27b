"""Files that a person brings once more after they changed."""

from pathlib import Path

from archive import open_archive
from nianbao.importing import import_paths
from simulator.generator import generate


def test_a_page_that_links_another_file_now_is_read_with_that_one(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    (page, html), (name, document) = generate(4, "page_linking_xlsx", ()).files
    for path, body in ((page, html), (name, document)):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(body)
    with open_archive(tmp_path / "data") as archive:
        import_paths(archive, [folder], archive.start_run("import"))
        new_name = Path(name).with_stem("new").as_posix()
        (folder / name).rename(folder / new_name)
        (folder / page).write_bytes(html.replace(Path(name).name.encode(), Path(new_name).name.encode()))
        import_paths(archive, [folder], archive.start_run("import"))
        groups = [[Path(capture.url).name for capture in group] for group in archive.pending_captures(version=1)]
    names = [Path(each).name for each in (page, name, new_name)]
    assert groups == [[names[0], names[1]], [names[0], names[2]]]
