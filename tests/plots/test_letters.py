"""Letters of all scripts in pictures: found in the fonts that are there, or missed in words."""

import warnings

import pytest
from matplotlib.font_manager import fontManager

from smpsim.plots import letters
from smpsim.plots.style import head, panels, plain, png

JAPANESE = "看護師"


@pytest.fixture(autouse=True)
def forget():
    for one in (letters.fonts_for, letters._say_missing, letters._say_turned):
        one.cache_clear()
    yield
    for one in (letters.fonts_for, letters._say_missing, letters._say_turned):
        one.cache_clear()


def picture(text):
    figure, _ = panels(1, 1, 4, 3)
    head(figure, "What is shown", text)
    return figure


def no_fonts(monkeypatch):
    usual = [one for one in fontManager.ttflist if "DejaVu" in one.name]
    monkeypatch.setattr(fontManager, "ttflist", usual)
    monkeypatch.setattr(letters, "findSystemFonts", list)


def test_letters_that_no_font_has_are_missed_once_in_words(monkeypatch):
    no_fonts(monkeypatch)
    with pytest.warns(UserWarning, match=r"Japanese or Korean letters.*fonts-noto-cjk") as seen:
        drawn = [png(picture(name)) for name in (JAPANESE, "日本")]
    assert all(one.startswith(b"\x89PNG") for one in drawn)
    assert len(seen) == 1


def test_a_font_that_has_the_letters_is_taken(monkeypatch):
    no_fonts(monkeypatch)
    entry = next(one for one in fontManager.ttflist if one.name == "DejaVu Sans Mono")
    usual, other = entry.fname, "a file"
    monkeypatch.setattr(letters, "_candidates", lambda again: [("Other", other)] if again else [])
    real = letters.get_font

    class Font:
        def get_char_index(self, code):
            return code == ord("看")

    monkeypatch.setattr(letters, "get_font", lambda file: Font() if file == other else real(usual))
    assert letters.fonts_for(frozenset("a看護")) == (("Other",), "護")


def test_latin_letters_look_at_no_font(monkeypatch):
    monkeypatch.setattr(letters, "fonts_for", None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        png(picture("Añ, Ωmega, Ж"))


def test_figures_behind_a_name_from_right_to_left_stay_behind_it():
    name = "برنامج"
    assert plain(f"A: {name}: 25 placed") == f"A: {name}\u200e: 25 placed"
    # in a text of its own direction all is in order
    assert plain(f"{name} 25") == f"{name} 25"
    assert plain("A: 25") == "A: 25"


def test_an_old_matplotlib_is_said_to_turn_no_letters():
    with pytest.warns(UserWarning, match="Arabic or Hebrew cannot be read"):
        letters._say_turned((3, 10))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        letters._say_turned((3, 11))
