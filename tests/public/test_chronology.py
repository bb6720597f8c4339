"""The chronology: each figure as its source has it, against what was collected first and what offices published."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.deal.definitions import COUNTED
from repatria.files.public import load_chronology
from repatria.problem import Problems
from repatria.public.chronology import (
    ADDED,
    CONFLICTS,
    HEADS,
    NUMBERS,
    SOURCES,
    STATEMENTS,
    TOTALS,
    Chosen,
    Chronology,
    Exchange,
    Range,
    Tables,
    grouped,
    lines,
    parse_chronology,
)
from repatria.public.disagreements import compared, disagreements

COLLECTED = Path(__file__).with_name("collected")  # as it was brought together at first, free texts and names removed
# What of it is in no statement, by the row's number or name: why.
LEFT_OUT = {
    "2": "about one person",
    "45": "nobody came", "70": "nobody came",
}  # fmt: skip
LEFT_OUT_CELLS = {
    ("1", "returned_to_russia"): "one person", ("14", "of_which_civilians_to_ukraine"): "one person",
    ("16", "of_which_civilians_to_russia"): "one person", ("24", "of_which_civilians_to_ukraine"): "one person",
    ("33", "of_which_civilians_to_ukraine"): "one person",
    ("13", "of_which_civilians_to_ukraine"): "from memory; a source read since says five",
    ("UA-2022-03-01", "b_received_per_a"): "one person",
}  # fmt: skip
SIDES = {"Ukraine": "ukraine", "Russia": "russia", "Russia+DPR": "russia", "Government of Yemen": "government",
         "Houthis": "houthis", "Israel": "israel", "Palestinians": "palestinians", "Armenia": "armenia",
         "Azerbaijan": "azerbaijan", "Western states": "western-states", "Russia+Belarus": "russia-belarus",
         "Saudi-led coalition": "government"}  # fmt: skip


@pytest.fixture(scope="module")
def chronology() -> Chronology:
    return load_chronology()


def collected(name: str) -> Iterator[dict[str, str]]:
    with (COLLECTED / name).open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def near(chronology: Chronology, conflict: str, day: str, remains: bool = False) -> list[Exchange]:
    """Exchanges that any source puts on that day or the next one to it."""
    said = date.fromisoformat(day if len(day) > 7 else day + "-15")
    within = timedelta(days=1 if len(day) > 7 else 31)
    return [
        each
        for each in chronology.exchanges
        if each.conflict == conflict
        and (each.kind == "remains") == remains
        and any(abs(_day(one.value) - said) <= within for one in each.all("date"))
    ]


def _day(text: str) -> date:
    return date.fromisoformat(text if len(text) > 7 else text + "-15")


def values(exchanges: list[Exchange], side: str) -> set[str]:
    return {one.value for each in exchanges for one in each.statements if one.of == side and one.cell in NUMBERS}


def test_every_figure_collected_at_first_is_a_statement_or_is_left_out_for_a_reason(chronology: Chronology) -> None:
    missing = []
    for row in collected("exchanges.csv"):
        if row["row"] in LEFT_OUT or row["date"] > "2025-12-31":
            continue
        found = near(chronology, "ua", row["date"], row["kind"] == "remains")
        for column, side in (
            ("returned_to_ukraine", "ukraine"), ("returned_to_russia", "russia"),
            ("of_which_civilians_to_ukraine", "ukraine"), ("of_which_civilians_to_russia", "russia"),
        ):  # fmt: skip
            if row[column] in ("", "0") or (row["row"], column) in LEFT_OUT_CELLS:
                continue
            if row[column] not in values(found, side):
                missing.append((row["row"], column))
        if row["official_no_ua"]:
            numbers = {number for each in found for number in each.ordinals}
            assert int(row["official_no_ua"]) in numbers, row["row"]
    assert missing == []


def test_every_figure_of_the_second_collection_is_a_statement(chronology: Chronology) -> None:
    missing = []
    conflicts = {"UA": "ua", "YE": "ye", "GZ": "gz", "AN": "an", "AZ": "az"}
    for row in collected("chronology.csv"):
        if row["date"] > "2025-12-31":
            continue
        found = near(chronology, conflicts[row["event_id"][:2]], row["date"])
        for end, side in (("a", SIDES[row["side_a"]]), ("b", SIDES[row["side_b"]])):
            for by in "ab":
                column = f"{end}_received_per_{by}"
                if row[column] in ("", "0") or (row["event_id"], column) in LEFT_OUT_CELLS:
                    continue
                if row[column] not in values(found, side):
                    missing.append((row["event_id"], column))
    assert missing == []


def test_nothing_rests_on_memory_alone_and_every_statement_has_a_source(chronology: Chronology) -> None:
    assert {each.evidence for each in chronology.statements} == {"read", "sum", "doubted"}
    assert all(chronology.sources[each.source] for each in chronology.statements)
    summed = [each for each in chronology.statements if each.evidence == "sum"]
    assert {(each.cell, each.of) for each in summed} == {("came-home", "russia")}
    assert len(summed) == 3


def test_no_statement_is_about_one_person_and_none_names_anybody(chronology: Chronology) -> None:
    assert [each for each in chronology.statements if each.cell in NUMBERS and each.value == "1"] == []
    told = {each.value for each in chronology.statements if each.cell in ("place", "agreement", "mediator")}
    # Places, agreements and mediators are all the words there are: the whole list is looked at here.
    assert {word for each in told for word in re.findall(r"[A-Z][a-z]+", each)} == {
        "Abha", "Aden", "Ankara", "Belarus", "Belgorod", "Chernihiv", "City", "Gaza", "Gazakh", "Ijevan", "Kherson",
        "Khan", "Younis", "Marib", "Mocha", "Mykolaiv", "Pokrovske", "Posad", "Riyadh", "Sanaa", "Seiyun", "Sumy",
    }  # fmt: skip


def test_exchanges_of_every_conflict_have_a_day_and_a_kind(chronology: Chronology) -> None:
    assert {each.conflict for each in chronology.exchanges} == set(CONFLICTS)
    for each in chronology.exchanges:
        assert each.name.startswith(each.conflict)
        assert each.date[:7] == each.name[3:10]
        assert each.until >= each.date
    days = [each.date for each in chronology.exchanges if each.conflict == "ua"]
    assert (min(days), max(days) <= "2025-12-31") == ("2022-03-01", True)


# --- totals, each by its counting rule -------------------------------------------------------------------------------

# By hand, from the sources named: office, days, definition, kinds, its number; then what the chronology comes to.
PUBLISHED = [
    # Ministry of Defence of Russia, TASS 16 January 2025 (rossaprimavera.ru/news/1ea1a73e): 1,266 in ten in 2024
    ("2024-01-01", "2024-12-31", "exchanged-home", "russia", {"exchange"}, 1266, Range(1315, 1315), 0),
    # the same: 628 in 2022 and 547 in 2023 (novosvyat.ru/page/134904)
    ("2022-01-01", "2022-12-31", "exchanged-home", "russia", {"exchange"}, 628, Range(922, 923), 10),
    ("2023-01-01", "2023-12-31", "exchanged-home", "russia", {"exchange"}, 547, Range(592, 592), 3),
    # Coordination Headquarters of Ukraine, 30 December 2024 (nib.gov.ua): 1,358 in 2024, 3,956 in all
    ("2024-01-01", "2024-12-30", "came-home", "ukraine", {"exchange", "civilian_release"}, 1358, Range(1307, 1358), 0),
    ("2022-02-24", "2024-12-30", "came-home", "ukraine", {"exchange", "civilian_release"}, 3956, Range(3831, 3882), 0),
    # the same, 19 April 2025 (kyivindependent.com): 596 in exchange this year, 53 besides
    ("2025-01-01", "2025-04-19", "exchanged-home", "ukraine", {"exchange"}, 596, Range(596, 596), 0),
    ("2025-01-01", "2025-04-19", "beside-home", "ukraine", {"exchange"}, 53, Range(53, 53), 2),
    # the same, 2 October 2025 (interfax.com.ua 1112785): 6,235; nine exchanges of that summer have no figure
    ("2022-02-24", "2025-10-02", "came-home", "ukraine", {"exchange", "civilian_release"}, 6235, Range(6120, 6171), 9),
    # Ukrainska Pravda, 24 May 2025: 697 in two days
    ("2025-05-23", "2025-05-24", "came-home", "ukraine", {"exchange"}, 697, Range(697, 697), 0),
    # Ukraine 6,057 (16 June 2025), Russia 6,060 (TASS 1973609): the last of five days is told twice
    ("2025-06-11", "2025-06-16", "remains-returned", "ukraine", {"remains"}, 6057, Range(6057, 6060), 0),
    ("2025-06-11", "2025-06-16", "remains-returned", "russia", {"remains"}, 78, Range(78, 78), 3),
]


@pytest.mark.parametrize(("since", "until", "counted", "of", "kinds", "said", "ours", "unknown"), PUBLISHED)
def test_the_sums_stand_beside_what_offices_published(
    chronology: Chronology, since: str, until: str, counted: str, of: str, kinds: set[str], said: int, ours: Range,
    unknown: int,
) -> None:  # fmt: skip
    found = chronology.sum(counted, of, Chosen("ua", since, until, tuple(kinds)))
    assert (found.range, found.unknown) == (ours, unknown)
    (total,) = [
        each for each in chronology.totals
        if (each.until[:7], each.counted, each.of, each.value, each.since) == (until[:7], counted, of, said, since)
    ]  # fmt: skip
    assert set(total.kinds) == kinds


def test_a_total_by_another_rule_is_another_number(chronology: Chronology) -> None:
    """The years add up by one definition, and mean other things by another."""
    everything = chronology.sum("came-home", "ukraine", Chosen("ua"))
    years = grouped(chronology, "came-home", "ukraine", Chosen("ua"), "year")
    assert sum((each.range for _, each in years), Range(0, 0)) == everything.range
    assert sum(each.unknown for _, each in years) == everything.unknown == 9
    spring = Chosen("ua", "2025-03-01", "2025-04-30")
    assert chronology.sum("came-home", "ukraine", spring).range == Range(474, 474)
    assert chronology.sum("exchanged-home", "ukraine", spring).range == Range(421, 421)
    assert set(ADDED) < set(COUNTED)


# --- what does not fit ----------------------------------------------------------------------------------------------


def test_every_known_disagreement_is_listed(chronology: Chronology) -> None:
    found = {(each.kind, each.where, each.cell, each.of) for each in disagreements(chronology)}
    assert found >= {
        ("sources", "ua-2022-09-21", "came-home", "russia"),  # 55, 56, or 200
        ("sources", "ua-2024-12-30", "came-home", "ukraine"),  # 189, or 150
        ("sources", "ua-2024-01-31", "came-home", "ukraine"),  # 207, 206, or 195
        ("sources", "ua-2022-04-15", "date", ""),
        ("sources", "ua-2025-06-16-remains", "remains-returned", "ukraine"),
        ("sources", "ye-2020-10-15", "handed-over", ""),
        ("sources", "an-2024-08-01", "handed-over", ""),
        ("ordinals", "ua-2022-06-28", "ordinal", "ukraine"),  # 11th, or 13th
        ("ordinals", "ua-2024-12-30", "ordinal", "ukraine"),  # 59th, or 60th
        ("ordinals", "gz-2025-02-01", "ordinal", "israel"),
        ("total", "ru-2024", "exchanged-home", "russia"),
        ("total", "ua-2025-10-02-president", "came-home", "ukraine"),
    }
    totals = {each.total.name: each.verdict for each in (compared(chronology, one) for one in chronology.totals)}
    assert totals["ua-2025-04-19-exchanged"] == totals["ua-2025-05-24"] == "agrees"
    assert totals["ua-2024"] == totals["ru-2025-06-remains"] == "within"
    assert totals["ua-2025-04-19-beside"] == totals["ru-2025-06-remains-home"] == "known"
    assert totals["ua-2025-10-02"] == "short"
    assert totals["ru-2024"] == "differs"


HEAD = HEADS[STATEMENTS]


def small(*statements: tuple[str, ...], totals: tuple[tuple[str, ...], ...] = ()) -> Tables:
    return Tables(
        lines(HEAD, statements), lines(HEADS[TOTALS], totals), lines(HEADS[SOURCES], [("a", "a page"), ("b", "b page")])
    )


def one(*cells: tuple[str, str, str, str], name: str = "ua-2025-05-24", source: str = "a") -> list[tuple[str, ...]]:
    """Statements of one exchange: cell, of, value, evidence."""
    said = [("kind", "", "exchange", "read"), ("date", "", name[3:13], "read"), *cells]
    return [(name, cell, of, value, "", source, evidence) for cell, of, value, evidence in said]


BOTH = ("ua-2025-05-25", "date", "", "2025-05-25", "", "b", "read")
KIND = ("ua-2025-05-25", "kind", "", "exchange", "", "b", "read")


@pytest.mark.parametrize(("statement", "code"), [
    (("ua-2025-05-24", "came-home", "ukraine", "1", "", "a", "read"), "value"),
    (("ua-2025-05-24", "came-home", "ukraine", "07", "", "a", "read"), "value"),
    (("ua-2025-05-24", "came-home", "", "7", "", "a", "read"), "of"),
    (("ua-2025-05-24", "came-home", "israel", "7", "", "a", "read"), "of"),
    (("ua-2025-05-24", "came-home", "ukraine", "7", "", "a", "memory"), "evidence"),
    (("ua-2025-05-24", "came-home", "ukraine", "7", "", "c", "read"), "source"),
    (("ua-2025-05-24", "came-home", "ukraine", "7", "somebody", "a", "read"), "said_by"),
    (("ua-2025-05-24", "came", "ukraine", "7", "", "a", "read"), "cell"),
    (("ua-2025-05-32", "came-home", "ukraine", "7", "", "a", "read"), "exchange"),
    (("ua-2025-05-24", "until", "", "2025-5-25", "", "a", "read"), "value"),
    (("ua-2025-05-24", "mediator", "", "somebody", "", "a", "read"), "value"),
    (("ua-2025-05-24", "kind", "", "exchange", "", "a", "read"), "exchange"),  # a second time
])  # fmt: skip
def test_a_line_out_of_form_is_told_with_its_place_and_the_same_repaired_is_taken(
    statement: tuple[str, ...], code: str
) -> None:
    _, problems = parse_chronology(small(*one(), BOTH, KIND, statement))
    (problem,) = problems
    assert problem.code == f"chronology.{code}"
    assert "line 6" in problem.where
    right = ("ua-2025-05-24", "came-home", "ukraine", "7", "", "a", "read")
    assert parse_chronology(small(*one(), BOTH, KIND, right))[1] == []


def test_an_exchange_without_a_day_or_kind_and_a_source_that_nobody_names_are_told() -> None:
    _, problems = parse_chronology(small(("ua-2025-05-24", "came-home", "ukraine", "7", "", "a", "read")))
    assert sorted(each.code for each in problems) == ["chronology.lacks", "chronology.lacks", "chronology.source"]


@given(st.lists(st.tuples(st.integers(2, 500), st.sampled_from(["read", "sum", "doubted"])), min_size=1, max_size=6))
def test_a_range_runs_from_the_least_to_the_most_and_takes_no_doubted_figure(said: list[tuple[int, str]]) -> None:
    rows = one(*(("came-home", "ukraine", str(number), evidence) for number, evidence in said), source="a")
    tables = small(*dict.fromkeys(rows), BOTH, KIND)
    unique = list({(row[3], row[5]): row for row in rows if row[1] == "came-home"}.values())
    kept = [(int(row[3]), row[6]) for row in unique]
    made, problems = parse_chronology(small(*one()[:2], *unique, BOTH, KIND))
    counted = [number for number, evidence in kept if evidence != "doubted"]
    assert problems == []
    assert tables.statements
    found = made.exchanges[0].range("came-home", "ukraine")
    assert found == (Range(min(counted), max(counted)) if counted else None)


def test_what_no_source_says_is_added_up_from_its_parts_only_where_all_are_known() -> None:
    made, _ = parse_chronology(small(
        *one(("soldiers-home", "ukraine", "270", "read"), ("civilians-home", "ukraine", "120", "read"),
             ("soldiers-home", "russia", "270", "read")), BOTH, KIND,
    ))  # fmt: skip
    assert made.exchanges[0].range("came-home", "ukraine") == Range(390, 390)
    assert made.exchanges[0].range("came-home", "russia") is None
    made, _ = parse_chronology(small(*one(("exchanged-home", "ukraine", "246", "read")), BOTH, KIND))
    assert made.exchanges[0].range("came-home", "ukraine") == Range(246, 246)


def test_parts_that_do_not_come_to_the_whole_are_listed_and_those_that_do_are_not() -> None:
    parts = (("soldiers-home", "ukraine", "270", "read"), ("civilians-home", "ukraine", "120", "read"))
    for whole, kinds in (("390", []), ("391", ["parts"])):
        made, _ = parse_chronology(small(*one(("came-home", "ukraine", whole, "read"), *parts), BOTH, KIND))
        assert [each.kind for each in disagreements(made)] == kinds


def test_numbers_that_skip_an_exchange_go_backwards_or_stand_twice_are_listed() -> None:
    def ordinals(first: str, second: str) -> list[str]:
        other = [KIND, BOTH, ("ua-2025-05-25", "ordinal", "ukraine", second, "", "b", "read")]
        made, problems = parse_chronology(small(*one(("ordinal", "ukraine", first, "read")), *other))
        assert problems == []
        return [each.text.partition(": ")[2] for each in disagreements(made)]

    assert ordinals("64", "65") == []
    assert ordinals("64", "66") == ["their numbers leave 1 exchanges between them, and the chronology has 0"]
    assert ordinals("64", "63") == ["the numbers go backwards"]
    assert ordinals("64", "64") == ["two exchanges have one number"]


def test_files_that_are_no_tables_are_refused_with_every_place(tmp_path: Path) -> None:
    for name, head in HEADS.items():
        (tmp_path / name).write_text(",".join(head) + "\n", encoding="utf-8")
    load_chronology(tmp_path)
    (tmp_path / STATEMENTS).write_text(",".join(HEAD) + "\nua-2025-05-24,kind\n", encoding="utf-8")
    with pytest.raises(Problems, match=r"chronology\.cells"):
        load_chronology(tmp_path)
    (tmp_path / STATEMENTS).write_text("exchange,what\n", encoding="utf-8")
    with pytest.raises(Problems, match=r"chronology\.head"):
        load_chronology(tmp_path)
