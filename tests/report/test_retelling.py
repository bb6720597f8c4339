"""Problems in the reader's language: every sentence of the source has its words, and values stay what they are."""

from __future__ import annotations

import ast
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from string import Formatter

import pytest
from openpyxl import load_workbook

from repatria.cli.main import main
from repatria.deal.classes import PersonClass
from repatria.deal.limit import TEXTS as LIMIT_TEXTS
from repatria.deal.limit import Limit, Whom
from repatria.deal.limit import sentence as limit_sentence
from repatria.exchange.advice import advice
from repatria.files.lists import format_annotated
from repatria.files.locales import load_retelling
from repatria.message import in_english
from repatria.people.register import read_register
from repatria.people.table import Row, Table
from repatria.plan.case import make_case
from repatria.plan.change import impossible
from repatria.plan.model import Place as PlanPlace
from repatria.plan.model import PlanTerms, Stage, Unit
from repatria.problem import Problem
from repatria.report.language import CODES, FSI, PDI
from repatria.report.problem_texts import IN_GENERAL
from repatria.report.retelling import ENGLISH, in_general
from tests.report.problem_sources import Site, package, sentences

TRANSLATED = [code for code in CODES if code != "en"]

# Where a problem or its words come from elsewhere, and are read there: whoever adds one says from where.
PASSED_ON = {
    "audit/commands.py:_classes": "problems of deal/classes.py, under a code of the audit",
    "exchange/door.py:problem": "a refusal of the fold",
    "exchange/fold.py:apply": "a refusal of the fold, as the state keeps it",
    "files/guarded.py:_table": "problems that the child process has found",
    "files/guarded.py:_table_from": "problems that the child process has found",
    "law/check.py:run": "the texts of the law's checks",
    "ledger/witness.py:advance": "a proof that does not hold",
    "linkage/across.py:doubts_across": "who is known elsewhere, which is read where it is made",
    "office.py:_problem": "a refusal of the fold",
    "office.py:complete": "a refusal of the fold",
    "office.py:prepare": "a refusal of the fold, or a body that could not be read",
    "people/register.py:_weighed": "a problem of a cell, with what became of it",
    "plan/check.py:rows": "problems of the plan's rows",
    "web/jobs.py:problems_of": "problems that a job has left in the vault",
    "web/templatetags/words.py:retold": "problems that a job has left in the vault",
}


# --- nothing is without words ------------------------------------------------------------------------------------


def test_every_problem_of_the_source_is_read() -> None:
    """What the reading finds is what stands there: sites, codes made by f-strings, sentences of two modules."""
    assert len(package().sites) > 700
    codes = {code for site in package().sites for code in site.codes}
    assert {"import.date.invalid", "authority.quorum", "file.workbook.hidden_rows", "terms.unmet.step"} <= codes
    assert "{have} of the {needed} signatories needed have signed" in sentences()
    assert "not a calendar date (the day exceeds its month)" in sentences()


def test_a_code_without_a_sentence_of_its_own_has_one_in_general() -> None:
    """Whatever a site says, its code has words: its own sentences, or one in general where some come from elsewhere."""
    def lacking(site: Site) -> bool:
        is_open = "what" in site.open or not any(" " in text for text in site.what)
        return is_open and not all(in_general(code) for code in site.codes)

    assert [site for site in package().sites if lacking(site) and site.at not in PASSED_ON] == []
    of_a_witness = "ledger/witness.py:"  # a status, and its code where it is met: `witness.refused`
    assert [site for site in package().sites if not site.codes and site.at not in PASSED_ON
            and not site.at.startswith(of_a_witness)] == []  # fmt: skip


def test_what_to_do_is_always_a_text_of_ours() -> None:
    left = {site.at for site in package().sites if "do" in site.open} - set(PASSED_ON)
    assert left <= {"deal/reader.py:bad"}  # the words of a shape: `words` of deal/shape.py


def test_no_general_text_is_kept_for_a_code_that_nobody_uses() -> None:
    codes = {code for site in package().sites for code in site.codes}
    assert [code for code in IN_GENERAL if not any(f"{used}.".startswith(f"{code}.") for used in codes)] == []


def places_of_the_pages() -> set[str]:
    """The places of problems that are written out where pages find them: fields of their forms."""
    sources = (Path(__file__).parents[2] / "repatria" / "web").rglob("*.py")
    calls = (each for file in sources for each in ast.walk(ast.parse(file.read_text("utf-8"))))
    return {
        each.args[1].value for each in calls
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == "Problem"
        and len(each.args) > 1 and isinstance(each.args[1], ast.Constant) and isinstance(each.args[1].value, str)
        and each.args[1].value and not each.args[1].value.startswith("--")
    }  # fmt: skip


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_place_of_a_problem_on_a_page_is_told_in_the_language_of_the_page(code: str) -> None:
    places, telling = places_of_the_pages(), load_retelling(code)
    assert len(places) > 20
    assert [each for each in sorted(places) if telling.sentence(each) is None] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_sentence_of_the_source_is_retold_with_its_values(code: str) -> None:
    """Each sentence with values in its places is known again, with no English left beside it."""
    telling = load_retelling(code)
    wrong = []
    for text in sentences():
        names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
        said = text.format(**{name: f"V{at}v" for at, name in enumerate(names)})
        told = telling.sentence(said)
        if told is None or any(f"V{at}v" not in told for at in range(len(names))):
            wrong.append(text)
    assert wrong == []


def test_advice_about_any_rule_is_retold() -> None:
    rules = ("withdraw.right_out", "delegate.something-new", "nothing.known")
    assert all(advice(rule) in sentences() for rule in rules)


# --- what is told -------------------------------------------------------------------------------------------------


BAD_DATE = Problem(
    "import.date.invalid", "list.xlsx, row 12, date_of_birth", "not a calendar date (the day exceeds its month)",
    "correct the cell, or clear it to record the date as unknown, then import again",
)  # fmt: skip
DISK = Problem(
    "log.disk", "journal", "the disk failed (No space left on device); nothing was acknowledged",
    "check the disk and its free space, then open the log anew",
)  # fmt: skip


def test_a_problem_is_told_in_ukrainian_with_its_place() -> None:
    told = load_retelling("uk").problem(BAD_DATE)
    assert (told.where, told.code, told.english) == ("list.xlsx, рядок 12, date_of_birth", "import.date.invalid", None)
    assert told.what == "це не календарна дата (день більший, ніж є в місяці)"


def test_numbers_days_words_and_sentences_within_a_sentence_are_told_as_the_language_tells_them() -> None:
    uk = load_retelling("uk")
    assert uk.sentence("1,200 rows, and a sheet holds 900") == "рядків 1\u00a0200, а аркуш вміщує 900"
    assert uk.sentence("a day after 2025-12-01") == "день пізніший за 1 грудня 2025 року"
    assert uk.sentence("the person is withdrawn") == "стан особи: відкликано"
    assert uk.sentence("a whole name in one column, and it has more than one comma") == (
        "повне ім’я в одному стовпці, і у ньому більше ніж одна кома"
    )


def _no_plan() -> Problem:
    """Two seats for the three people of south: which terms are in conflict, and what would be enough."""
    lists = [Unit(f"{i:032x}", "north" if i < 3 else "south", "c") for i in range(6)]
    classes = {"c": PersonClass("c", 1, 0, True, False)}
    stage = Stage("s1", "2025-12-10", (PlanPlace("bridge", {"north": 9, "south": 2}, 1),))
    case = make_case(lists, classes, PlanTerms({"north": 3, "south": 3}, 1, (stage,)), None, None)
    (found,) = impossible(case, classes)
    return found


@pytest.mark.parametrize("code", ["uk", "ru", "tr", "ar"])
def test_every_term_in_conflict_and_every_change_is_told_in_the_language(code: str) -> None:
    """A plan that cannot be is told with the terms' own words, which stand in reports by id: none of it is English."""
    limit = Limit("l", (Whom(mark="s", places=("bridge",)),), at_most=12, each=("stage",))
    row = in_english(limit_sentence(limit, stage="s1"), LIMIT_TEXTS)
    told_of = replace(_no_plan(), what=f"no plan meets this together: {row}; south hands over 3")
    for problem in (_no_plan(), told_of):
        told = load_retelling(code).problem(problem)
        assert told.english is None, told.english
        assert not re.search(r"\b(at|more|than|people|over|hands|gives|stage|mark|place)\b", told.what + told.do)
    assert load_retelling("uk").problem(told_of).what == (
        "жоден план не відповідає разом цьому: не більше 12 осіб: позначка s, місце: bridge і етап s1;"
        " сторона «south» передає 3"
    )


def test_in_arabic_what_is_not_arabic_is_isolated() -> None:
    told = load_retelling("ar").problem(BAD_DATE)
    assert f"{FSI}list.xlsx{PDI}" in told.where
    for text in (told.where, told.what, told.do):
        bare = re.sub(f"{FSI}[^{PDI}]*{PDI}", "", text)
        assert re.search("[A-Za-z]", bare) is None
        assert text.count(FSI) == text.count(PDI)


def test_english_stands_beneath_where_it_says_more() -> None:
    told = load_retelling("tr").problem(DISK)
    assert told.what.startswith("disk hata verdi")
    assert told.english == DISK.what


def test_what_nobody_has_translated_is_told_in_general_with_the_english_beneath() -> None:
    told = load_retelling("uk").problem(Problem("attachment.form", "x", "loads is odd", "call somebody"))
    assert told.what == "додаток не у формі свого виду"
    assert told.english == "Loads is odd. Call somebody"


def test_in_english_every_word_is_as_it_was_found() -> None:
    told = ENGLISH.problem(BAD_DATE)
    assert (told.where, told.what, told.do, told.english) == (BAD_DATE.where, BAD_DATE.what, BAD_DATE.do, None)
    assert ENGLISH.said(BAD_DATE) == str(BAD_DATE)


def test_no_name_and_no_day_of_birth_of_a_row_comes_into_a_problem_in_any_language() -> None:
    """A list full of faults: what is told of it has rows, fields and counts, and nothing that stands in a cell."""
    heading = ("record_id", "family_name", "given_names", "date_of_birth", "place_held")
    secret = ("Шeвчук-Zw1", "Tеstenko", "31.02.1991", "Кaмp 4")
    rows = [Row(at, (f"r-{at}", *secret)) for at in (2, 3)]
    table = Table("list.xlsx", "A", heading, tuple(rows))
    reading = read_register(table, "held", "north")
    told = reading.problems
    assert len({problem.code for problem in told}) >= 3
    for code in CODES:
        telling = load_retelling(code)
        said = "\n".join(f"{telling.said(problem)} {telling.problem(problem).english}" for problem in told)
        assert [cell for cell in (*secret, "1991") if cell in said] == []


def test_a_cell_is_marked_in_the_language_of_whoever_looks() -> None:
    table = Table("list.xlsx", "A", ("date_of_birth",), ())
    book = load_workbook(io.BytesIO(format_annotated(table, [BAD_DATE], load_retelling("ru"))))
    assert [cell.value for cell in book["Problems"][2]][1] == "это не календарная дата (день больше, чем есть в месяце)"


def test_the_command_line_tells_problems_in_its_language_and_a_program_as_they_were_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "terms.toml"
    file.write_text("nothing = 1\n", encoding="utf-8")
    assert main(["terms", "check", str(file), "--language", "uk"]) == 1
    told = capsys.readouterr().err
    assert "такої умови ця версія не знає. Приберіть або виправте. [terms.field]" in told
    assert "not a term that this version knows" not in told
    assert main(["terms", "check", str(file), "--language", "uk", "--json"]) == 1
    found = {problem["what"] for problem in json.loads(capsys.readouterr().out)["problems"]}
    assert "not a term that this version knows" in found
