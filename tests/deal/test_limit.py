"""Limits and windows: read from an officer's text, told in words, and refused where the Conventions forbid them."""

from __future__ import annotations

import tomllib

import pytest

from repatria.deal.classes import ACCOUNTS
from repatria.deal.commands.terms import check_terms
from repatria.deal.limit import TEXTS, Limit, Whom, Window, in_english, sentence
from repatria.deal.terms import EXAMPLE, Terms, decode_terms, encode_terms, limits_in_words, parse_terms
from repatria.files.law import figures
from repatria.law.check import STOP
from repatria.law.terms import examine_terms
from repatria.problem import Problem

TWO_DAYS = EXAMPLE.replace(
    "\n[[category]]",
    """
[[stages]]
stage = "s2"
date = 2025-12-12
safe_place = "school"
  [[stages.places]]
  place = "bridge"
  bound = 3
  capacity = { north = 40, south = 40 }
  marked = { s = 4 }
  accounts = { remains = 9 }
  [[stages.places]]
  place = "station"
  bound = 3
  capacity = { north = 40, south = 40 }

[[category]]""",
    1,
)
CLAUSES = """
tolerance = 2
firm = ["totals"]
""" + TWO_DAYS.replace(
    "\n[[category]]",
    """
[[limit]]
id = "youngest-first"
at_least = 3
whom = [{ side = "north", mark = "y", stages = ["s1"] }]

[[limit]]
id = "desk"
at_most = 60
each = ["stage", "place"]
whom = [{ }]
firm = true

[[limit]]
id = "half-young"
at_least = 0
whom = [{ side = "north", mark = "y", account = "exchange", times = 2 },
        { side = "north", account = "exchange", times = -1 }]

[[window]]
id = "stretchers"
mark = "s"
places = ["bridge"]

[[category]]""",
    1,
)  # fmt: skip
# Everyone has both marks, so that no limit counts a letter that nobody bears.
CLAUSES = CLAUSES.replace("counts = true", 'counts = true\nmarks = ["s", "y"]')


def read(text: str) -> tuple[Terms | None, list[Problem]]:
    return parse_terms(text, bytes(32))


def test_every_clause_stands_in_the_ledger_form_and_says_nothing_of_the_annex() -> None:
    terms, problems = read(CLAUSES)
    assert problems == []
    assert terms is not None
    assert [limit.id for limit in terms.limits] == ["youngest-first", "desk", "half-young"]
    assert terms.limits[2].whom[0] == Whom(side="north", mark="y", account="exchange", times=2)
    assert terms.windows == (Window("stretchers", Whom(mark="s", places=("bridge",))),)
    assert (terms.tolerance, terms.firm) == (2, ("totals",))
    assert (terms.stages[1].places[0].marked, terms.stages[1].places[0].accounts) == ({"s": 4}, {"remains": 9})
    data = encode_terms(terms)
    assert decode_terms(data) == terms
    assert b"everyone" not in data  # the category's name


def test_an_officer_reads_every_clause_and_what_its_letters_mean() -> None:
    checked = check_terms(CLAUSES, "terms.toml", figures())
    assert checked.problems == []
    assert checked.terms is not None
    assert [in_english(told, TEXTS) for told in limits_in_words(checked.terms)] == [
        "at the end no side is further ahead of its part of the totals than 2",
        "at least 3 people handed over by north, with mark y and in stage s1",
        "at most 60 people of all; by itself for each place and each stage",
        "at least 0, if one adds up 2 times people handed over by north, with mark y and in the account exchange and"
        " takes off people handed over by north and in the account exchange",
        "people with mark s go only at bridge",
        "bridge in stage s2 takes 4 people with mark s on that day",
        "bridge in stage s2 takes 9 people in the account of the dead on that day",
        "where these terms cannot be met, this never gives way: the totals and desk",
    ]


def test_a_letter_that_no_category_gives_counts_nobody_and_is_told() -> None:
    checked = check_terms(CLAUSES.replace('marks = ["s", "y"]', 'marks = ["y"]'), "terms.toml", figures())
    assert [(problem.code, problem.where) for problem in checked.problems] == [("terms.mark", "terms.toml, mark s")]


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ('stages = ["s1"]', 'stages = ["s9"]', "terms.limit.unknown"),
        ('places = ["bridge"]', 'places = ["harbour"]', "terms.limit.unknown"),
        ('side = "north", mark = "y", stages', 'side = "west", mark = "y", stages', "terms.limit.unknown"),
        ('side = "north", mark = "y", stages', 'party = "west", mark = "y", stages', "terms.limit.unknown"),
        ('mark = "s"\nplaces = ["bridge"]', 'mark = "s"', "terms.field"),
        ("at_least = 3\n", "", "terms.field"),
        ("at_least = 3\n", "at_least = 3\nat_most = 2\n", "terms.field"),
        ('id = "desk"', 'id = "youngest-first"', "terms.field"),
        ('each = ["stage", "place"]', 'each = ["day"]', "terms.field"),
        ("whom = [{ }]", "whom = []", "terms.field"),
        ('mark = "y", stages', 'mark = "young", stages', "terms.field"),
        ("times = 2 }", "times = 0 }", "terms.field"),
        ("tolerance = 2", "tolerance = -1", "terms.field"),
        ("tolerance = 2", "closed_rounds = 3", "terms.field"),  # two parties, and totals that differ
        ("tolerance = 2", "party_tolerance = 3", "terms.field"),
        ('firm = ["totals"]', 'firm = ["bound"]', "terms.field"),  # never gives way in any case
        ("marked = { s = 4 }", "marked = { stretchers = 4 }", "terms.field"),
    ],
)
def test_a_clause_that_says_nothing_clear_is_refused(before: str, after: str, code: str) -> None:
    assert CLAUSES.count(before) >= 1
    terms, problems = read(CLAUSES.replace(before, after, 1))
    assert terms is None
    assert code in {problem.code for problem in problems}


# --- what the Conventions forbid --------------------------------------------------------------------------------------

LIMIT = "\n[[limit]]\nid = 'x'\n"
FORBIDDEN = {
    "so many wounded in the whole round": (
        "at_most = 12\nwhom = [{ account = 'repatriation' }]", "terms.limit.outside",
    ),
    "so many of everybody": ("at_most = 12\nwhom = [{ }]", "terms.limit.outside"),
    "so many of a mark that wounded may have": ("at_most = 12\nwhom = [{ mark = 'a' }]", "terms.limit.outside"),
    "so many dead": ("at_most = 12\nwhom = [{ account = 'remains' }]", "terms.limit.outside"),
    "none of them on any day": (
        "at_most = 0\neach = ['stage']\nwhom = [{ account = 'repatriation' }]", "terms.limit.outside",
    ),
    "every stage named, one by one": (
        "at_most = 12\nwhom = [{ account = 'civilians', stages = ['s1', 's2'] }]", "terms.limit.outside",
    ),
    "civilians only against soldiers": (
        "at_most = 0\nwhom = [{ account = 'civilians' }, { account = 'exchange', times = -1 }]", "terms.limit.outside",
    ),
    "three privates for an officer": (
        "at_most = 0\nwhom = [{ side = 'north', account = 'exchange', mark = 'a' },"
        " { side = 'south', account = 'exchange', mark = 'a', times = -3 }]", "terms.price",
    ),
    "points": ("at_most = 9\nwhom = [{ account = 'exchange', of = 'points' }]", "terms.price"),
}  # fmt: skip
ALLOWED = {
    "what a day can take": "at_most = 12\neach = ['stage']\nwhom = [{ account = 'repatriation' }]",
    "what a place can take": "at_most = 12\nwhom = [{ account = 'repatriation', stages = ['s1'] }]",
    "at least so many of the wounded": "at_least = 12\nwhom = [{ account = 'repatriation' }]",
    "a host's places": "at_most = 12\nwhom = [{ account = 'repatriation', to = 'harbour' }]",
    "one for one of a kind": (
        "at_most = 1\nwhom = [{ side = 'north', account = 'exchange', mark = 'a' },"
        " { side = 'south', account = 'exchange', mark = 'a', times = -1 }]"
    ),
    "two to one among a side's own": (
        "at_most = 0\nwhom = [{ side = 'north', account = 'exchange', mark = 'a' },"
        " { side = 'north', account = 'exchange', mark = 'b', times = -2 }]"
    ),
}  # fmt: skip


def with_limit(clause: str) -> str:
    return TWO_DAYS.replace("counts = true", "counts = true\nmarks = ['a', 'b', 's']") + LIMIT + clause + "\n"


def stops(text: str) -> set[str]:
    found = examine_terms(tomllib.loads(text), (), figures())
    return {str(each.check.parser) for each in found if each.answer == STOP}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_what_parties_may_not_agree_on_is_refused_and_law_says_so_too(name: str) -> None:
    clause, code = FORBIDDEN[name]
    terms, problems = read(with_limit(clause))
    assert terms is None
    assert code in {problem.code for problem in problems}
    assert all(problem.article for problem in problems)
    assert code in stops(with_limit(clause))
    checked = check_terms(with_limit(clause), "terms.toml", figures())
    assert [problem.code for problem in checked.problems].count(code) == 1  # said once, in the parser's words


@pytest.mark.parametrize("name", ALLOWED)
def test_what_parties_may_agree_on_is_taken_and_law_does_not_stop_it(name: str) -> None:
    terms, problems = read(with_limit(ALLOWED[name]))
    assert problems == []
    assert terms is not None
    assert stops(with_limit(ALLOWED[name])) == set()


def test_points_join_people_in_an_exchange_of_the_past_only() -> None:
    clause = with_limit(FORBIDDEN["points"][0])
    assert read(clause)[0] is None
    assert read("historical = true\n" + clause)[1] == []


def test_places_that_together_take_none_of_the_wounded_are_refused() -> None:
    everywhere = TWO_DAYS.replace("capacity = {", "marked = { s = 0 }\n  capacity = {")
    everywhere = everywhere.replace("  marked = { s = 4 }\n", "")
    assert {problem.code for problem in read(everywhere)[1]} == {"terms.limit.outside"}
    assert "terms.limit.outside" in stops(everywhere)
    assert read(everywhere.replace("marked = { s = 0 }", "marked = { s = 1 }", 1))[1] == []


def test_a_vehicle_is_told_with_its_seats_and_stretchers() -> None:
    bus = 'vehicles = [{ vehicle = "bus-1", side = "north", seats = 30, stretchers = 2 }]\n  marked = {'
    terms, problems = read(TWO_DAYS.replace("marked = {", bus))
    assert problems == []
    assert terms is not None
    assert next(in_english(told, TEXTS) for told in limits_in_words(terms)) == (
        "bridge in stage s2: bus-1 of north leaves whole, with so many who sit and lie in it at most: 30, 2"
    )


@pytest.mark.parametrize("account", ACCOUNTS)
def test_every_account_has_its_words(account: str) -> None:
    told = in_english(sentence(Limit("x", (Whom(account=account),), at_most=1)), TEXTS)
    assert told.startswith("at most 1 person in the account")
