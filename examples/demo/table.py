"""Tables for a terminal: columns as wide as they need to be, colour only where a person looks on."""

import os
import shutil
import sys

COLOURS = {"good": "32", "bad": "31;1", "dim": "2", "head": "1"}


def paint(text: str, colour: str) -> str:
    """Text in a colour, when the output is a terminal and NO_COLOR is not set."""
    if colour not in COLOURS or not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return text
    return f"\033[{COLOURS[colour]}m{text}\033[0m"


def heading(text: str) -> None:
    print(f"\n{paint(text, 'head')}\n")


def shorten(text: str, width: int) -> str:
    """Text with its middle left out; both ends of an id tell ids apart."""
    if len(text) <= width:
        return text
    half = max(1, (width - 1) // 2)
    return f"{text[:half]}…{text[len(text) - (width - 1 - half):]}"


def show(titles: list, rows: list, flexible: int) -> None:
    """Prints rows of (cells, colour); the column `flexible` gives way when the terminal is narrow."""
    widths = [max([len(title), *(len(cells[column]) for cells, _ in rows)]) for column, title in enumerate(titles)]
    room = shutil.get_terminal_size((120, 24)).columns - sum(widths) - 2 * (len(widths) - 1) + widths[flexible]
    widths[flexible] = min(widths[flexible], max(16, room))

    def line(cells: list) -> str:
        return "  ".join(shorten(cell, width).ljust(width) if column == flexible else cell.ljust(width)
                         for column, (cell, width) in enumerate(zip(cells, widths))).rstrip()

    print(paint(line(titles), "dim"))
    for cells, colour in rows:
        print(paint(line(cells), colour))
