"""A report: its numbers are those of the tables, it fetches nothing, and names are harmless."""

import io
import math
import re
from html.parser import HTMLParser

import openpyxl
import pandas as pd
import pytest
from worlds import BARE

import smpsim
from smpsim.results.estimates import means
from smpsim.results.funnel import KEPT_AS
from smpsim.studies.report.figures import COST_PER_KEPT, ROWS, Row, better_in
from smpsim.studies.report.wording import money, people, percent

SEATS = "programmes.pilot.intakes.seats"
HOSTILE = '<script>alert(1)</script> "=1+1" \u202e看護師 ممرضة'
LEAVING = {"employers.firms.quit": 0.05, "behaviour.training.dropout": 0.03}


def named(name, **more):
    return {**BARE, "name": name, "question": f"What of {name}?", **more}


@pytest.fixture(scope="module")
def found():
    few = smpsim.load(named("Few"), {SEATS: 40, **LEAVING})
    many = smpsim.load(named(HOSTILE), {SEATS: 90, **LEAVING})
    return smpsim.report([few, many], replications=8, seed=3, guesses=False, sliders=False)


class Page(HTMLParser):
    """The cells of a page that state a number, and all that a browser would fetch."""

    def __init__(self, text):
        super().__init__()
        self.cells, self.tags, self.fetched, self.text = {}, [], [], ""
        self._in = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        self.fetched += [given[key] for key in ("src", "srcset", "href", "data") if key in given]
        if tag == "td" and given.get("data-option"):
            what = given.get("data-figure") or given["data-line"]
            self._in = (given["data-option"], what)
            self.cells.setdefault(self._in, []).append([float(given["data-value"]), ""])

    def handle_endtag(self, tag):
        if tag == "td":
            self._in = None

    def handle_data(self, data):
        self.text += data
        if self._in:
            self.cells[self._in][-1][1] += data


@pytest.fixture(scope="module")
def page(found):
    return Page(found.html())


def test_numbers_of_the_page_are_those_of_the_tables_and_of_the_runs(found, page):
    table = found.figures()
    for letter, result in found.results.items():
        for figure in ("enrolled", "placed", "cost_total", "cost_per_placement"):
            mean = result.summary().loc[("pilot", figure), "mean"]
            assert table.loc[(letter, figure), "mean"] == pytest.approx(mean)
            value, text = page.cells[letter, figure][0]
            assert value == table.loc[(letter, figure), "mean"]
            assert text.startswith(
                people(mean) if figure in ("enrolled", "placed") else money(mean)
            )
        value, text = page.cells[letter, "left_12"][0]
        assert value == found.funnel().loc[(letter, "left_12"), "people"] > 0
    placed = found.results["B"].summary().loc[("pilot", "placed")]
    assert f"likely {people(placed['run_low'])} to {people(placed['run_high'])}" in page.text


def test_people_kept_a_year_are_those_of_the_model(found):
    table = found.figures()
    for letter, result in found.results.items():
        kept = result.summary().loc[("pilot", "retained_placements"), "mean"]
        assert table.loc[(letter, KEPT_AS[12]), "mean"] == pytest.approx(kept)
        cost = table.loc[(letter, "cost_total"), "mean"] / table.loc[(letter, KEPT_AS[36]), "mean"]
        assert table.loc[(letter, COST_PER_KEPT), "mean"] == pytest.approx(cost)


def test_differences_are_those_of_a_comparison(found):
    table, other = found.figures(), found.against_first()["B"].differences()
    for figure in ("placed", "cost_per_placement"):
        mine, theirs = table.loc[("B", figure)], other.loc[("pilot", figure)]
        for column in ("difference", "ci_low", "ci_high"):
            assert mine[column] == pytest.approx(theirs[column], nan_ok=True)
    assert math.isnan(table.loc[("A", "placed"), "difference"])
    assert table.loc[("B", "placed"), ["better", "equal", "pairs"]].tolist() == [8, 0, 8]


def test_pairs_in_which_nobody_is_placed_are_the_worst_and_unknown_ones_do_not_count():
    row = Row("cost_per_placement", "", "low")
    one = pd.DataFrame({"cost_per_placement": [100.0, None, None, 90.0], "placed": [5, 0, 0, 4]})
    two = pd.DataFrame({"cost_per_placement": [90.0, 80.0, None, 90.0], "placed": [5, 3, 0, 4]})
    found = better_in(row, one, two)
    assert (found["better"], found["equal"], found["pairs"]) == (2, 2, 4)
    assert 0 < found["better_ci_low"] < 0.5 < found["better_ci_high"] < 1
    kept = Row(KEPT_AS[12], "", "high")
    one, two = (pd.DataFrame({KEPT_AS[12]: values}) for values in ([1.0, None], [2.0, 5.0]))
    assert better_in(kept, one, two)["pairs"] == 1


def test_the_funnel_adds_up(found):
    for letter in found.names:
        lines = found.funnel().loc[letter]
        lost = lines.loc[lines["kind"] == "lost", "people"]
        on_the_way = lost[[not name.startswith("left_") for name in lost.index]].sum()
        assert lines.loc["planned_seats", "people"] - on_the_way == pytest.approx(
            lines.loc["placed", "people"]
        )
        left = lost[[name.startswith("left_") for name in lost.index]].sum()
        assert lines.loc["placed", "people"] - left == pytest.approx(
            lines.loc[KEPT_AS[36], "people"]
        )


def test_money_adds_up_and_states_its_window(found, page):
    payers, gains = found.payers(), found.gains()
    for letter in found.names:
        total = found.figures().loc[(letter, "cost_total"), "mean"]
        assert payers.loc[letter, "cost"].sum() == pytest.approx(total)
    assert set(gains["window"]) == {60}
    assert "until 60 months after" in page.text
    mean = means(found.results["A"].outcome_table[["npv_employer_60m"]], [pd.Series([0] * 8)])[0]
    assert gains.loc[("A", "employer"), "value"] == pytest.approx(mean.iloc[0, 0])


def test_nothing_is_fetched_and_nothing_runs(found, page):
    assert page.fetched
    assert all(one.startswith("data:image/svg+xml;base64,") for one in page.fetched)
    assert not {"script", "link", "iframe", "object", "embed", "form"} & set(page.tags)
    text = found.html()
    assert "default-src 'none'" in text
    assert not re.search(r"@import|url\(", text)


def test_names_are_shown_letter_by_letter_and_do_not_turn_text_around(found, page):
    assert "<script>" not in found.html()
    assert "<script>alert(1)</script>" in page.text
    assert "看護師 ممرضة" in page.text
    assert "\u202e" not in found.html()


def test_the_page_says_what_it_is(found, page):
    for text in (
        "Exploratory result of a model",
        "What of Few?",
        "include chance only",
        f"seed {found.seed}",
        found.provenance["fingerprints"]["A"],
        found.provenance["model"],
        "these intervals are rough",
        *found.sentences,
    ):
        assert text.replace("\u202e", "\\u202e") in page.text, text
    assert "<table" in found._repr_html_()


def test_values_that_differ_stand_side_by_side(found):
    assert found.differences().loc[SEATS, ["A", "B"]].tolist() == ["40", "90"]
    assert len(found.differences()) == 1
    terms = found.terms()
    assert terms.loc["Seats", "differs"]
    assert not terms.loc["Contract", "differs"]


def test_a_workbook_holds_the_numbers_and_no_formulas(found):
    content = found.workbook()
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["about", "glossary", *found.tables]
    sheet = book["options"]
    heads = [cell.value.partition(" [")[0] for cell in sheet[1]]
    table = found.figures().reset_index()
    assert heads == list(table.columns)
    for row, values in zip(
        sheet.iter_rows(min_row=2, values_only=True), table.itertuples(index=False), strict=True
    ):
        for mine, value in zip(row, values, strict=True):
            known = not isinstance(value, float) or math.isfinite(value)
            assert mine == (
                pytest.approx(value) if known and mine != value else value if known else None
            )
    cells = [cell for one in book.worksheets for line in one.iter_rows() for cell in line]
    assert {cell.data_type for cell in cells} <= {"n", "s", "b"}
    assert content == found.workbook()


def test_a_name_that_is_a_formula_is_text():
    name = "=cmd|'/C calc'!A0"
    found = smpsim.report(named("=HYPERLINK(1)"), replications=2, names=[name], guesses=False)
    book = openpyxl.load_workbook(io.BytesIO(found.workbook()))
    cells = [cell for cell in book["about"]["B"] if str(cell.value).startswith("=")]
    # and stays text when somebody edits the cell
    assert {(cell.data_type, cell.quotePrefix) for cell in cells} == {("s", True)}


def test_it_prints_on_a_few_pages(found):
    pytest.importorskip("weasyprint", exc_type=OSError)
    from smpsim.studies.report.page import printed

    content = printed(found.html())
    assert content.startswith(b"%PDF")
    pages = len(re.findall(rb"/Type /Page\b", content))
    assert pages == 0 or pages <= 6


def test_actions_are_options_and_guesses_are_tried(tmp_path):
    (tmp_path / "pilot.yaml").write_text(
        "extends: bare_pipeline\n"
        "sources: {months: a contract}\n"
        "programmes:\n"
        "  - name: pilot\n"
        "    intakes:\n"
        "      seats: 30   # assumption: a room\n"
        "    departure_months: 2\n"
        "    costs: {travel: {low: 400, centre: 500, high: 800}}   # assumption: a flight\n"
        "    # assumption: none says more\n"
        "    wages: {destination: 1500}\n",
        encoding="utf-8",
    )
    path = tmp_path / "pilot.yaml"
    found = smpsim.report(path, tmp_path / "page.html", 4, actions=["campaigns"], xlsx=True)
    assert sorted(one.name for one in tmp_path.iterdir() if one.name.startswith("page")) == [
        "page.html",
        "page.xlsx",
    ]
    assert list(found.names.values())[1].endswith("+ campaigns")
    origins = found.origins().query("option == 'A'").set_index("key")
    assert origins.loc["programmes.pilot.intakes.seats", "origin"] == "assumption"
    assert origins.loc["programmes.pilot.wages.destination", "text"].startswith("assumption: none")
    guesses = found.guesses().set_index("key")
    one = guesses.loc["programmes.pilot.intakes.seats"]
    assert (one["low"], one["high"]) == (15, 45)
    assert one["at_low"] < 0 < one["at_high"]
    stated = guesses.loc["programmes.pilot.costs.travel"]
    assert (stated["value"], stated["low"], stated["high"]) == (500, 400, 800)
    assert "departure_months" not in " ".join(guesses.index)
    # the same bytes for the same report
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == found.html()


def test_a_value_that_is_set_is_none_of_the_files_guesses():
    seats = "programmes.pilot.intakes.seats"
    found = [
        smpsim.report("thamm_germany", None, 2, overrides=sets, guesses=False, sliders=False)
        for sets in ((), {seats: 90})
    ]
    before, after = (one.origins().set_index("key").loc[seats] for one in found)
    assert (before["origin"], before["value"]) == ("assumption", "120")
    assert (after["origin"], after["text"], after["value"]) == ("unsaid", "", "90")


def test_what_stands_in_the_way_stays(tmp_path):
    (tmp_path / "page.html").write_text("mine")
    with pytest.raises(smpsim.StoreError, match=r"page\.html"):
        smpsim.report(named("Few"), tmp_path / "page.html", 1, guesses=False, sliders=False)
    assert (tmp_path / "page.html").read_text() == "mine"


def test_options_have_limits():
    with pytest.raises(smpsim.RequestError, match=r"got 7 options; allowed: 1 to 6"):
        smpsim.report(["bare_pipeline"] * 7)
    with pytest.raises(smpsim.RequestError, match=r"names: got \['one'\]"):
        smpsim.report(["bare_pipeline"] * 2, names=["one"])
    with pytest.raises(smpsim.RequestError, match="out: got none"):
        smpsim.report("bare_pipeline", pdf=True)
    # two scenarios, as `compare` takes them
    with pytest.raises(smpsim.RequestError, match="out: got 'thamm_germany'; allowed: a file that"):
        smpsim.report("bare_pipeline", "thamm_germany")


def test_a_programme_that_places_nobody_costs_no_millions_a_head():
    nobody = smpsim.load(named("Nobody"), {"programmes.pilot.channel": "none"})
    found = smpsim.report(nobody, replications=2, guesses=False, sliders=False)
    assert "hardly anybody is placed" in found.sentences[0]
    text = Page(found.html()).text
    assert not re.search(r"\bnan\b", text)
    assert "cost per placement kept" not in text


def test_what_never_varies_has_no_range():
    scenarios = [smpsim.load(named(name), {SEATS: seats}) for name, seats in (("A", 20), ("B", 30))]
    first, other = smpsim.report(scenarios, replications=3, guesses=False, sliders=False).sentences[
        :2
    ]
    assert "likely range" not in first
    assert "10 more people than A (the same in every pair); it is better in 3 of 3" in other


def test_numbers_have_no_more_digits_than_known():
    assert [money(one) for one in (11_407.3, 5_379_943, -4262.2, 0.2, 158_654_490)] == [
        "11,400",
        "5.38 million",
        "\N{MINUS SIGN}4,260",
        "0",
        "159 million",
    ]
    assert people(26.2) == "26"
    assert [percent(one) for one in (0.001, 0.999, 0.5)] == ["under 1 %", "over 99 %", "50 %"]
    assert {row.better for row in ROWS} == {"", "high", "low"}


def test_a_folder_of_tables_is_verified(tmp_path):
    smpsim.report(
        [named("Few"), named("Other")], replications=2, guesses=False, folder=tmp_path / "tables"
    )
    assert smpsim.verify(tmp_path / "tables").same
