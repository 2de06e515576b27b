"""Columns whose header is blank or cut short, told by the labels beside them and the order of the form."""

from collections.abc import Sequence

from extract.document import Cell
from extract.forms import table_blocks
from extract.labels import label_key

_MOST_LOST = 2


def lost_columns(
    order: Sequence[str], known: dict[tuple[int, int], str], cells: Sequence[Cell], table_id: str
) -> dict[str, Cell]:
    """Column key to header cell for the columns of a block that ``known`` lacks; none where that is not plain.

    ``order`` are the block's columns as printed; ``known`` the key of each known column by its place (start, end);
    ``cells`` the lowest header cells of the grid, labels' column included. As many cells as the block has columns must
    stand rightmost, every known column in its place of the order, and the others blank or the beginning of the label
    that belongs there (two columns may both be cut to 本年新).
    """
    slots = cells[-len(order) :]
    if len(cells) <= len(order) or not 0 < len(order) - len(known) <= _MOST_LOST:
        return {}
    found: dict[str, Cell] = {}
    for key, slot in zip(order, slots, strict=True):
        stands = known.get((slot.column, slot.end_column))
        if stands is None and _may_be(label_key(slot.text), key, table_id):
            found[key] = slot
        elif stands != key:
            return {}
    return found if len(found) + len(known) == len(order) else {}


def _may_be(text: str, key: str, table_id: str) -> bool:
    lines = (line for _, block in table_blocks(table_id) for line in block.columns if line.key == key)
    return not text or any(label_key(line.label).startswith(text) for line in lines)
