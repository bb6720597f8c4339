"""What a check is: it cites an article, reads what it declares, has no numbers of its own, and knows what it does not.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import repatria.law
from repatria.deal.classes import ACCOUNTS, FORBIDDEN_GROUNDS, NEVER_COUNTED, Category, In, parse_categories
from repatria.deal.terms import CHANCE_DAYS_MAX, EXAMPLE, parse_terms
from repatria.files.law import figures
from repatria.law.article import ARTICLES
from repatria.law.book import LAW
from repatria.law.check import STOP, WARN, Answer, Reading, Registry, at_least
from repatria.law.facts import FACTS, SUBJECTS, Facts, Value, read_facts
from repatria.law.figures import parse_figures
from repatria.law.limits import Limit
from repatria.law.terms import examine_terms

FOLDER = Path(repatria.law.__file__).parent
WITH_CHECKS = ("geneva3.py", "geneva4.py", "annex1.py", "refoulement.py", "remains.py", "persondata.py")


def always(of: Reading) -> Answer:
    return True


def made(*cites: str, **changed: Any) -> Registry:
    registry = Registry()
    form: dict[str, Any] = {
        "effect": WARN, "about": "departure", "reads": ("baggage_limit_kg",), "asks": "a", "wrong": "w", "do": "d"
    }  # fmt: skip
    registry.check(*cites, **{**form, **changed})(always)
    return registry


# --- no check without an article -----------------------------------------------------------------------------------


def test_a_check_without_an_article_cannot_be_written() -> None:
    with pytest.raises(TypeError, match="cites"):
        made()


def test_a_check_that_cites_no_article_of_the_table_is_refused() -> None:
    with pytest.raises(ValueError, match="GC III 999 is not among the articles"):
        made("GC III 999")
    with pytest.raises(ValueError, match="not among the articles"):
        made("GC III 48", "custom")


def test_a_check_with_an_article_is_kept_under_its_code() -> None:
    assert list(made("GC III 48").checks) == ["law.always"]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"about": "weather"}, "no subject"),
        ({"reads": ("shoe_size",)}, "no fact about departure"),
        ({"reads": ("neutral_word",)}, "no fact about departure"),
        ({"wrong": "{notice_given}"}, "tells what it does not read"),
    ],
)
def test_a_check_that_names_what_no_table_has_is_refused(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        made("GC III 48", **changed)


def test_two_checks_cannot_share_a_code() -> None:
    registry = made("GC III 48")
    with pytest.raises(ValueError, match="taken"):
        registry.check("GC III 48", effect=WARN, about="departure", reads=(), asks="", wrong="", do="")(always)


def test_a_limit_cites_an_article_too() -> None:
    with pytest.raises(ValueError, match="not among the articles"):
        Limit("GC III 999", "what", "why")


# --- only what it declares -----------------------------------------------------------------------------------------


def test_a_check_cannot_read_a_fact_or_a_figure_that_it_does_not_declare() -> None:
    registry = Registry()

    @registry.check("GC III 48", effect=WARN, about="departure", reads=("notice_given",), asks="", wrong="", do="")
    def reads_more(of: Reading) -> Answer:
        return of.yes("notice_in_time")

    @registry.check("GC III 48", effect=WARN, about="departure", reads=("baggage_limit_kg",), asks="", wrong="", do="")
    def counts_more(of: Reading) -> Answer:
        return at_least(of.number("baggage_limit_kg"), of.figure("baggage_kg"))

    for code in registry.checks:
        with pytest.raises(LookupError, match="does not declare"):
            registry.run(code, Facts("departure", {}), figures())


@pytest.mark.parametrize("name", WITH_CHECKS)
def test_no_check_has_a_number_of_its_own(name: str) -> None:
    tree = ast.parse((FOLDER / name).read_text(encoding="utf-8"))
    numbers = [
        f"{name}:{node.lineno} {node.value}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value != 0
    ]
    assert numbers == []


def test_the_scan_for_numbers_sees_one() -> None:
    tree = ast.parse("def light(of):\n    return of.number('baggage_limit_kg') >= 25\n")
    assert [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and type(node.value) is int] == [25]


def test_every_article_fact_and_figure_is_used_by_some_check() -> None:
    checks = LAW.checks.values()
    assert set(ARTICLES) == {article.id for check in checks for article in check.articles}
    assert {(about, name) for name, fact in FACTS.items() for about in fact.about} == {
        (check.about, name) for check in checks for name in check.reads
    }
    assert set(figures()) == {name for check in checks for name in check.figures}
    assert {check.about for check in checks} == set(SUBJECTS)


def test_figures_give_value_unit_article_and_source() -> None:
    text = (FOLDER / "figures.toml").read_text(encoding="utf-8")
    found, problems = parse_figures(text)
    assert problems == []
    assert all(figure.unit and figure.source and figure.article in ARTICLES for figure in found.values())
    _, problems = parse_figures(text.replace('unit = "kg"', "unit = 25", 1).replace("Annex II 11", "Annex IX", 1))
    assert sorted(problem.code for problem in problems) == ["law.figure.article", "law.figure.form"]
    assert [problem.code for problem in parse_figures("[x]\nvalue = 1")[1]] == ["law.figure.form"]
    assert [problem.code for problem in parse_figures("[x")[1]] == ["law.figure.toml"]


# --- the rows of the law table -------------------------------------------------------------------------------------

ROWS = {
    "GC III 6": "S", "GC III 7": "S", "GC III 12": "S", "GC III 46": "W", "GC III 47": "S", "GC III 48": "W",
    "GC III 13": "S", "GC III 16": "S", "GC III 17": "SW", "GC III 18": "W", "GC III 19": "S", "GC III 20": "SW",
    "GC III 23": "S", "GC III 33": "S", "GC I 30": "S", "GC I 31": "S", "GC III 109(1)": "SW", "GC III 110(1)": "S",
    "GC III 109(3)": "S", "GC III 110(2)": "S", "GC III 111": "S", "GC III 112": "W", "GC III Annex II 1": "W",
    "GC III Annex II 11": "W", "GC III Annex II 12": "W", "GC III 115": "S", "GC III 119(5)": "S", "GC III 116": "W",
    "GC III 117": "W", "GC III 118": "W", "GC III 119(2)": "W", "GC III 119(3)": "W", "GC III 120": "S",
    "GC III 121": "S", "GC III 122": "W", "GC III 123": "W", "GC III Annex I": "S", "Non-refoulement": "S",
    "GC IV 34": "S", "GC IV 45": "S", "GC IV 49": "S", "GC IV 132": "W", "GC IV 133": "W", "GC IV 134": "W",
    "GC IV 135": "W", "GC IV 136": "W", "GC IV 137": "S", "GC I 15": "S", "GC I 16": "SW", "GC I 17": "SW",
    "AP I 32": "W", "AP I 33": "W", "AP I 34": "SW", "Data protection": "SW",
}  # fmt: skip


@pytest.mark.parametrize(("article", "effects"), ROWS.items())
def test_every_row_of_the_table_has_its_stops_and_warnings(article: str, effects: str) -> None:
    found = {check.effect for check in LAW.citing(article)}
    assert found == {{"S": STOP, "W": WARN}[letter] for letter in effects}
    assert set(ROWS) == set(ARTICLES)


# --- unknown is a value --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", LAW.checks)
def test_a_check_that_knows_nothing_says_what_must_be_found_out(code: str) -> None:
    check = LAW.checks[code]
    finding = LAW.run(code, Facts(check.about, {}), figures())
    assert finding.answer == "unknown"
    assert finding.stops == (check.effect == STOP)
    assert finding.problem is not None
    assert finding.problem.article == check.cites
    asked = [name for name in check.reads if name not in check.if_known]
    assert finding.problem.do == f"find out {' and '.join(asked)}, and ask again"


DAY = date(2025, 12, 1)


def values(name: str) -> st.SearchStrategy[Value]:
    fact = FACTS[name]
    match fact.kind:
        case "yes/no":
            return st.booleans()
        case "number":
            return st.integers(0, 40)
        case "day":
            return st.integers(-120, 120).map(lambda days: DAY + timedelta(days))
        case "word":
            return st.sampled_from(fact.choices or ("loss_of_limb", "captivity_neurosis", "other"))
        case _:
            some = fact.choices or (
                "gc3-117", "religion", "wish_to_return", "sex", "person_category=deceased", "seriously_sick"
            )  # fmt: skip
            return st.lists(st.sampled_from(some), unique=True).map(tuple)


@pytest.mark.parametrize("code", LAW.checks)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_finding_out_more_never_overturns_an_answer(code: str, data: st.DataObject) -> None:
    check = LAW.checks[code]
    whole = {name: data.draw(values(name), label=name) for name in check.reads}
    left_out = data.draw(st.sets(st.sampled_from([name for name in check.reads if name not in check.if_known])))
    some = {name: value for name, value in whole.items() if name not in left_out}
    after = LAW.run(code, Facts(check.about, whole), figures()).answer
    before = LAW.run(code, Facts(check.about, some), figures()).answer
    assert before in (after, "unknown")


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.dates(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*FACTS, "about", "facts"]), inner),
    ),
    st.sampled_from([*SUBJECTS, "weather"]),
)
def test_facts_from_outside_are_read_or_refused_and_never_raise(raw: Any, about: str) -> None:
    for given_facts in (raw, {"about": about, "facts": raw}):
        facts, problems = read_facts(given_facts)
        if not problems:
            assert all(finding.check.about == about for finding in LAW.examine(facts, figures()))


def test_what_a_check_tells_holds_no_value_of_a_person_but_days_words_and_counts() -> None:
    assert not {"family_name", "given_names", "date_of_birth", "service_number"} & set(FACTS)


# --- one rule, one place: the parser's refusals are the law's -------------------------------------------------------


def stops(raw: dict[str, Any], categories: tuple[Category, ...] = ()) -> list[tuple[str | None, str]]:
    found = examine_terms(raw, categories, figures())
    return [(f.check.parser, f.check.articles[0].id) for f in found if f.answer == STOP and f.check.parser]


@pytest.mark.parametrize(("pair", "article"), NEVER_COUNTED.items())
def test_whoever_the_parser_keeps_out_of_a_ratio_the_law_keeps_out_under_the_same_article(
    pair: tuple[str, str], article: str
) -> None:
    for counts in (True, False):
        table = {"id": "x", "tier": 1, "counts": counts, "when": {pair[0]: [pair[1]]}}
        categories, problems = parse_categories([table])
        law = [each for each in stops({}, categories) if each[0] == "deal.category.counted"]
        expected = [("deal.category.counted", article)] if counts else []
        assert [(p.code, p.article) for p in problems] == law == expected


@pytest.mark.parametrize("account", ACCOUNTS)
@pytest.mark.parametrize("counts", [True, False])
def test_parser_and_law_agree_on_which_account_counts(account: str, counts: bool) -> None:
    categories, problems = parse_categories([{"id": "x", "tier": 1, "counts": counts, "account": account}])
    law = {each for each in stops({}, categories) if each[0] == "deal.category.account"}
    assert {p.code for p in problems} == {code for code, _ in law}
    assert bool(law) == (counts != (account == "exchange"))


@pytest.mark.parametrize(("field", "article"), FORBIDDEN_GROUNDS.items())
def test_whatever_ground_the_parser_forbids_the_law_forbids_under_the_same_article(field: str, article: str) -> None:
    categories, problems = parse_categories([{"id": "x", "tier": 1, "counts": False, "when": {field: ["a"]}}])
    law = [each for each in stops({}, categories) if each[0] == "deal.category.adverse"]
    assert [(p.code, p.article) for p in problems] == law == [("deal.category.adverse", article)]


@pytest.mark.parametrize("days", range(1, 12))
def test_parser_and_law_agree_on_how_old_a_chance_may_be(days: int) -> None:
    _, problems = parse_terms(EXAMPLE.replace("chance_days = 7", f"chance_days = {days}"), bytes(32))
    law = [each for each in stops({"chance_days": days}) if each[0] == "terms.chance"]
    assert [(p.code, p.article) for p in problems] == law
    assert bool(law) == (days > 7)
    assert figures()["chance_days"].value == CHANCE_DAYS_MAX


@pytest.mark.parametrize("historical", [True, False])
@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("points", [1, 2, 60])
def test_parser_and_law_agree_on_points_for_a_rank(points: int, counts: bool, historical: bool) -> None:
    table = {"id": "x", "tier": 1, "counts": counts, "points": points}
    categories, problems = parse_categories([table], historical=historical)
    law = [each for each in stops({"historical": historical}, categories) if each[0] == "deal.category.price"]
    assert [(p.code, p.article) for p in problems] == law
    assert bool(law) == (points != 1 and not (historical and counts))


@pytest.mark.parametrize("field", ["points", "equivalence"])
def test_parser_and_law_refuse_a_price_under_the_same_article(field: str) -> None:
    _, problems = parse_terms(f"{field} = 60\n{EXAMPLE}", bytes(32))
    law = [each for each in stops({field: 60}) if each[0] == "terms.price"]
    assert [(p.code, p.article) for p in problems] == law == [("terms.price", "GC IV 34")]


def test_a_category_is_never_read_with_a_wish() -> None:
    category = Category("x", 1, False, when=(In("wish_to_return", ("unwilling",)),))
    assert ("deal.category.adverse", "GC III 109(3)") in stops({}, (category,))


def test_checks_stand_in_the_order_of_the_book_whichever_module_was_imported_first() -> None:
    others_first = "from repatria.law import remains, geneva4; from repatria.law.book import LAW; print(*LAW.checks)"
    said = subprocess.run([sys.executable, "-c", others_first], capture_output=True, text=True, check=True)
    assert said.stdout.split() == list(LAW.checks)
