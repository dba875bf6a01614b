"""CSV files in which no name is a formula."""

import pandas as pd

from smpsim.results.spreadsheet import as_csv


def test_text_that_begins_like_a_formula_stays_text():
    names = pd.MultiIndex.from_tuples([("=1+1", "a"), ("plain", "@b")], names=["one", "two"])
    table = pd.DataFrame({"-key": [1.5, -2.0], "text": ["+x", "-"], "\tt": [None, "a=b"]}, names)
    assert as_csv(table) == ("one,two,'-key,text,'\tt\n'=1+1,a,1.5,'+x,\nplain,'@b,-2.0,-,a=b\n")
    assert as_csv(table.reset_index(drop=True), index=False).splitlines()[1] == "1.5,'+x,"


def test_tables_without_such_text_are_as_pandas_writes_them():
    table = pd.DataFrame({"name": pd.Categorical(["a", "b"]), "value": [1, -2]})
    assert as_csv(table) == table.to_csv(lineterminator="\n")
    assert list(table["name"]) == ["a", "b"]
