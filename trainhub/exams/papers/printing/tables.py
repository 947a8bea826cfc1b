"""Tables of a question for print: columns as wide as they need, rows whole, the heading on every page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from trainhub.exams.bank.rich import Element
from trainhub.exams.papers.printing.laying import Block, Setting, blocks
from trainhub.kernel.pdf import INK, Document

PAD, NARROWEST, UNBROKEN = 1.4, 9.0, 10_000.0
HIGHEST_HEADING = 80.0
"""A heading that is higher is not repeated: it would leave hardly any room for its rows."""


@dataclass(frozen=True)
class Cell:
    """A cell where it stands (单元格): first row and column, how many it covers, and what it holds."""

    row: int
    column: int
    rows: int
    columns: int
    element: Element


def table_blocks(table: Element, setting: Setting) -> Iterator[Block]:
    """Yield the rows of a table; rows that a cell joins are one block, and so are those of its heading."""
    rows = [each for each in table.children if isinstance(each, Element) and each.tag == "tr"]
    cells = _placed(rows)
    if not cells:
        return
    widths = _widths(cells, setting)
    start, headed = 0, _end_of_heading(rows, cells)
    found = []
    while start < len(rows):
        end = _end_of_group(cells, start) if start or not headed else headed
        group = [each for each in cells if start <= each.row < end]
        found.append(_rows(group, start, end, widths, setting))
        start = end
    found[-1] = replace(found[-1], height=found[-1].height + PAD)
    yield from _under_heading(found) if headed else found


def _under_heading(found: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks of a table whose first is its heading: never parted from the second, and repeated."""
    heading, *below = found
    yield replace(heading, following=below[0].height)
    repeated = heading if heading.height <= HIGHEST_HEADING else None
    yield from (replace(each, heading=repeated) for each in below)


def _end_of_heading(rows: Sequence[Element], cells: Sequence[Cell]) -> int:
    """Return how many rows at the top hold nothing but heads of columns and can stand without those below.

    None of a table that holds nothing else.
    """
    count = 0
    while count < len(rows) and _is_heading([each for each in cells if each.row == count]):
        count += 1
    end = 0
    while count < len(rows) and (group := _end_of_group(cells, end)) <= count:
        end = group
    return end


def _is_heading(cells: Sequence[Cell]) -> bool:
    return bool(cells) and all(each.element.tag == "th" for each in cells)


def _placed(rows: Sequence[Element]) -> list[Cell]:
    """Return the cells of rows, each in the first free place as a browser puts it."""
    taken: set[tuple[int, int]] = set()
    found = []
    for row, each in enumerate(rows):
        column = 0
        for element in (child for child in each.children if isinstance(child, Element)):
            while (row, column) in taken:
                column += 1
            across, down = element.spans
            down = min(down, len(rows) - row)
            taken |= {(row + y, column + x) for y in range(down) for x in range(across)}
            found.append(Cell(row, column, down, across, element))
            column += across
    return found


def _end_of_group(cells: Sequence[Cell], start: int) -> int:
    end = start + 1
    while reach := max((each.row + each.rows for each in cells if start <= each.row < end), default=end):
        if reach <= end:
            return end
        end = reach
    return end


def _widths(cells: Sequence[Cell], setting: Setting) -> list[float]:
    """Return the widths of columns: what their widest cell needs, less in proportion if it is too much."""
    count = max(each.column + each.columns for each in cells)
    wanted = [NARROWEST] * count
    for each in cells:
        if each.columns == 1:
            inner = _inside(each, setting, UNBROKEN)
            needed = max((block.width for block in inner), default=0.0) + 2 * PAD + 0.2
            wanted[each.column] = max(wanted[each.column], min(needed, setting.width))
    all_wanted = sum(wanted)
    if all_wanted <= setting.width:
        return wanted
    spare = setting.width - NARROWEST * count
    beyond = all_wanted - NARROWEST * count
    return [NARROWEST + (each - NARROWEST) * spare / beyond for each in wanted]


def _inside(cell: Cell, setting: Setting, width: float) -> list[Block]:
    style = replace(setting.style, strong=True) if cell.element.tag == "th" else setting.style
    within = Setting(style, width, setting.files)
    return blocks(cell.element.children, within)


def _rows(group: Sequence[Cell], start: int, end: int, widths: Sequence[float], setting: Setting) -> Block:
    laid = []
    heights = [setting.style.size * 0.552 + 2 * PAD] * (end - start)
    for each in sorted(group, key=lambda cell: cell.rows):
        wide = sum(widths[each.column : each.column + each.columns])
        inner = _inside(each, setting, max(wide - 2 * PAD, 4.0))
        needed = sum(block.height for block in inner) + 2 * PAD
        own = slice(each.row - start, each.row - start + each.rows)
        missing = needed - sum(heights[own])
        if missing > 0:
            heights[own.stop - 1] += missing
        laid.append((each, wide, inner))

    def draw(document: Document, left: float, top: float) -> None:
        for cell, wide, inner in laid:
            x = left + sum(widths[: cell.column])
            y = top + sum(heights[: cell.row - start])
            high = sum(heights[cell.row - start : cell.row - start + cell.rows])
            document.box(x, y, wide, high, edge=INK)
            y += PAD
            for block in inner:
                block.draw(document, x + PAD, y)
                y += block.height

    return Block(sum(heights), sum(widths), draw)
