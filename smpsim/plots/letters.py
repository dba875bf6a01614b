"""Letters of all scripts in pictures: the fonts of this computer that have them.

What no font has is said once in words, with the name of a package, and boxes stand for it.
Letters are joined, and written from right to left, by matplotlib 3.11 or later.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, findSystemFonts, fontManager, get_font
from matplotlib.text import Text

SCRIPTS_FROM = "\u0590"
"""Latin, Greek and Cyrillic letters, which the usual font has, come before."""
MANY_SCRIPTS = ("Noto Sans", "Droid Sans Fallback", "IPA", "WenQuanYi", "MS Gothic", "Hiragino")
"""How fonts are called that are tried first."""
NO_LETTERS = "Last Resort"
"""A font of boxes."""
EAST_ASIAN = re.compile("[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff]")
RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff"
TURNED = re.compile(f"[{RIGHT_TO_LEFT}]")
END_OF_TURNED = re.compile(f"([{RIGHT_TO_LEFT}])(?=[^{RIGHT_TO_LEFT}]*(?:[A-Za-z]|$))")
"""The last letter of a name that runs from right to left, before text that does not."""
MARK = "\u200e"  # what follows runs from left to right
SHAPES_FROM = (3, 11)  # matplotlib that joins letters and turns their order


@contextmanager
def drawn_with_all_letters(figure: Figure) -> Iterator[None]:
    """Let text in scripts that the usual font lacks be drawn in others of this computer."""
    for text in figure.findobj(Text):
        words = text.get_text()
        if not any(letter >= SCRIPTS_FROM for letter in words):
            continue
        families, missing = fonts_for(frozenset(words))
        text.set_fontfamily([*text.get_fontfamily(), *families])
        if missing:
            _say_missing(bool(EAST_ASIAN.search(missing)))
        if TURNED.search(words):
            _say_turned(tuple(int(part) for part in mpl.__version__.split(".")[:2]))
    with warnings.catch_warnings():
        # said above, in words
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from", UserWarning)
        yield


def in_order(text: str) -> str:
    """Return text in which figures behind a name from right to left stay behind it."""
    first = next((letter for letter in text if letter.isalpha()), "")
    if not TURNED.search(text) or TURNED.match(first):
        return text
    return END_OF_TURNED.sub(rf"\1{MARK}", text)


@cache
def fonts_for(letters: frozenset[str]) -> tuple[tuple[str, ...], str]:
    """Return families that have the letters which the usual font lacks, and those none has."""
    usual = get_font(findfont(FontProperties()))
    wanted = {one for one in letters if one.isprintable() and not usual.get_char_index(ord(one))}
    families: list[str] = []
    for again in (False, True):
        if not wanted:
            break
        for family, file in _candidates(again):
            font = get_font(file)
            found = {one for one in wanted if font.get_char_index(ord(one))}
            if found:
                families.append(family)
                wanted -= found
            if not wanted:
                break
    return tuple(families), "".join(sorted(wanted))


def _candidates(again: bool) -> list[tuple[str, str]]:
    """Return families and files of fonts, those of many scripts first.

    Parameters
    ----------
    again : bool
        Look at the disk: matplotlib does not see fonts that came after its list was made.
    """
    if again:
        known = {one.fname for one in fontManager.ttflist}
        for file in sorted(set(findSystemFonts()) - known):
            try:
                fontManager.addfont(file)
            except (OSError, RuntimeError):
                continue  # a damaged font helps nobody
    regular = {
        one.name: one.fname
        for one in fontManager.ttflist
        if one.style == "normal" and one.weight in (400, "normal", "regular", "book")
    }

    def rank(family: str) -> tuple[int, int, str]:
        first = next((n for n, name in enumerate(MANY_SCRIPTS) if family.startswith(name)), 99)
        return first, len(family), family

    return [(one, regular[one]) for one in sorted(regular, key=rank) if NO_LETTERS not in one]


@cache
def _say_missing(east_asian: bool) -> None:
    which = "Chinese, Japanese or Korean letters" if east_asian else "letters"
    package = "fonts-noto-cjk" if east_asian else "fonts-noto-core"
    warnings.warn(
        f"No font on this computer has some {which} of a picture, and boxes stand for them. "
        f"Install one, such as Noto Sans (on Debian and Ubuntu the package {package}), and draw "
        "the picture again.",
        stacklevel=2,
    )


@cache
def _say_turned(version: tuple[int, ...]) -> None:
    if version < SHAPES_FROM:
        warnings.warn(
            "This version of matplotlib neither joins letters nor writes from right to left: names "
            "in Arabic or Hebrew cannot be read in pictures. Version 3.11 or later does.",
            stacklevel=2,
        )
