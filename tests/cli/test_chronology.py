"""`repatria chronology`: shown, added up by a counting definition, and looked through for what does not fit."""

from __future__ import annotations

import pytest

from repatria.cli.main import main
from tests.cli.test_main import answered, problems


def test_exchanges_are_shown_by_filter_and_one_of_them_with_each_statement_and_its_source() -> None:
    rows = answered("chronology", "show", "--conflict", "ua", "--since", "2025-05-23", "--until", "2025-05-25")
    assert [row["home to ukraine"] for row in rows["exchanges"]] == ["390", "307", "303"]
    assert all(row["by"] == "turkiye" for row in rows["exchanges"])
    told = answered("chronology", "show", "--exchange", "ua-2022-09-21")["statements"]
    assert {row["value"] for row in told if (row["cell"], row["of"]) == ("came-home", "russia")} == {"55", "56", "200"}
    assert {row["evidence"] for row in told if row["value"] == "200"} == {"doubted"}
    assert all(row["where"] for row in told)


def test_totals_say_from_how_many_to_how_many_and_what_has_no_figure() -> None:
    by_year = answered("chronology", "totals", "--conflict", "ua", "--of", "ukraine", "--by", "year")["totals"]
    assert [(row["year"], row["least"], row["most"], row["without_a_figure"]) for row in by_year] == [
        ("2022", 1548, 1548, 0), ("2023", 986, 986, 0), ("2024", 1307, 1358, 0), ("2025", 2320, 2320, 9),
    ]  # fmt: skip
    in_may = ("--since", "2025-05-01", "--until", "2025-05-31")
    (may,) = answered("chronology", "totals", "--mediator", "turkiye", "--of", "russia", *in_may)["totals"]
    assert (may["least"], may["exchanges"]) == (1000, 3)


def test_check_lists_what_does_not_fit_and_ends_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chronology", "check"]) == 0
    printed = capsys.readouterr().out
    assert "ua-2024-12-30, came-home of ukraine: 189" in printed
    assert "ru-2024: russia said 1,266 on 2025-01-16 (exchanged-home of russia, exchange, 2024-01-01" in printed
    told = answered("chronology", "check")
    assert {row["kind"] for row in told["disagreements"]} == {"sources", "ordinals", "total"}
    assert {row["verdict"] for row in told["published_totals"]} == {"agrees", "within", "known", "short", "differs"}


def test_every_filter_that_is_none_is_told_at_once() -> None:
    wrong = ("--conflict", "xx", "--kind", "war", "--mediator", "nobody", "--since", "May", "--counted", "rumoured")
    assert problems("chronology", "totals", *wrong, "--by", "day") == ["chronology.filter"] * 7
    assert problems("chronology", "show", "--exchange", "ua-2020-01-01") == ["chronology.exchange"]
    assert problems("chronology", "totals", "--counted", "handed-over", "--of", "ukraine") == ["chronology.filter"]
