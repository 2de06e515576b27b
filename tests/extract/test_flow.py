"""Tables written one cell a paragraph, with what converters do to them besides."""

import pytest

from bench.accuracy import measure
from extract import read_bytes
from simulator.generator import generate


@pytest.mark.parametrize("oddity", ["broken_labels", "vertical_label", "swapped_columns", "page_break_with_header"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_figure_is_read_from_cells_in_paragraphs(oddity: str, seed: int) -> None:
    assert measure(generate(seed, "html_paragraphs", (oddity,))).faults == ()


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_half_of_table_4_that_is_blank_throughout_is_blank(seed: int) -> None:
    assert measure(generate(seed, "html_paragraphs", ("blank_half",))).faults == ()


def test_a_cell_lost_before_blank_ones_leaves_the_row_unsure() -> None:
    document = generate(3, "html_paragraphs", ("blank_half",))  # of the form of 2021
    page = document.files[0][1].decode()
    figures = page.index("复议后起诉")
    lost = page.index("<p>&nbsp;</p>", figures)

    (report,) = read_bytes((page[:lost] + page[lost + len("<p>&nbsp;</p>") :]).encode(), "lost.html")

    read = [code for code in report.cells if code.partition(".")[0] in {"review", "lawsuit_direct"}]
    assert set(read) <= set(report.unsure)
