"""Tables on narrow terminals: names are broken between words, and numbers never."""

import io
import re

import pytest
from rich.console import Console

from smpsim.cli.terminal import table

HEADS = ("outcome", ">A", ">B", ">B - A", ">90 % of pairs", "unit", ">from runs")
ROWS = [
    "share of trainees placed|17.9 %|47.7 %|+29.7 points|+1.6 to +61.7 points|of enrolled|all",
    "total cost|5,230,000|5,960,000|+733,000|+219,000 to +1,330,000|EUR|all",
    "time until half of the trainees are placed|-|-|-|-|months from the start of training|"
    "A 7 of 60, B 31 of 60",
]
ROWS = [row.split("|") for row in ROWS]


def printed(width, terminal):
    out = Console(
        file=io.StringIO(), width=width, force_terminal=terminal, color_system=None, highlight=False
    )
    table(out, "", HEADS, ROWS)
    return out.file.getvalue()


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize("width", [80, 90, 120, 200])
def test_no_number_and_no_word_is_broken(width, terminal):
    text = printed(width, terminal)
    assert max(map(len, text.splitlines())) <= width
    found = re.split(r"\s+", text)
    for cell in [*HEADS, *(cell for row in ROWS for cell in row)]:
        for word in cell.removeprefix(">").split():
            assert word in found, word


def test_where_there_is_room_nothing_is_broken():
    assert "+219,000 to +1,330,000" in printed(200, False)
    # the first number of an interval keeps its "to"
    assert "+219,000 to" in printed(80, False)


def test_where_single_words_have_no_room_they_are_folded_and_not_cut():
    letters = re.sub(r"\s", "", printed(40, False))
    assert len(letters) == len(re.sub(r"[\s>]", "", "".join([*HEADS, *map("".join, ROWS)])))
