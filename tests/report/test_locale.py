"""Translations: every message of the status has one in every language, with its plural forms and the same places.

REPATRIA_REWRITE_GOLDEN=1 writes each .po file anew with the messages that have come, gone or changed; a translation
of a text that has changed is marked fuzzy, and this fails until somebody has read it again.
"""

from __future__ import annotations

import gettext
import os
import re
import string
import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

import pytest

import repatria
from repatria.files.locales import load_language
from repatria.message import Day, Message, Name, Tenths, Text, Texts
from repatria.report.language import CODES, FORMS, FSI, PDI, RIGHT_TO_LEFT, RLM, Language
from repatria.report.po import PLURALS, Catalogue, Entry, format_po, parse_po
from repatria.report.texts import ALL as REPORTS
from repatria.web.texts import DOMAINS
from tests.report.problem_sources import sentences

LOCALE = Path(repatria.__file__).parent / "locale"
TRANSLATED = [code for code in CODES if code != "en"]
NAMES = ("repatria", *DOMAINS, "problems")
EVERY_FILE = [(domain, code) for domain in NAMES for code in TRANSLATED]


def tables() -> Mapping[str, Texts]:
    """What there is to say in each of these files, in English."""
    return dict(zip(NAMES, (REPORTS, *DOMAINS.values(), sentences()), strict=True))


def po_file(code: str, domain: str = "repatria") -> Path:
    return LOCALE / code / "LC_MESSAGES" / f"{domain}.po"


def catalogue(code: str, domain: str = "repatria") -> Catalogue:
    return parse_po(po_file(code, domain).read_text(encoding="utf-8"))


def test_no_text_has_the_id_of_another() -> None:
    named = [name for texts in tables().values() for name in texts]
    assert len(set(named)) == len(named)


def merged(code: str, known: Mapping[str, Entry], texts: Mapping[str, Text]) -> Catalogue:
    """The catalogue with exactly the messages of the code, in their order; what changed keeps its words, as fuzzy.

    A sentence that is its own id keeps those of the one that has gone and is nearest to it.
    """
    entries = {}
    gone = [name for name in known if name not in texts]
    for name, text in texts.items():
        english = (text,) if isinstance(text, str) else text
        near = get_close_matches(name, gone, 1, 0.8) if name == text and name not in known else []
        before = known.get(near[0] if near else name, Entry(name, english))
        changed = before.english != english
        kept = before.translated if len(before.english) == len(english) else ()
        entries[name] = Entry(name, english, kept, bool(kept) and (before.fuzzy or changed))
    return Catalogue(code, entries)


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def exact(code: str, form: int) -> bool:
    """Whether a plural form stands for one number only, so that its words can say the number."""
    return sum(FORMS[code][1](n) == form for n in range(1000)) == 1


@pytest.mark.parametrize(("domain", "code"), EVERY_FILE)
def test_the_file_holds_exactly_the_messages_of_the_code(domain: str, code: str) -> None:
    file = po_file(code, domain)
    known = catalogue(code, domain).entries if file.exists() else {}
    expected = format_po(merged(code, known, tables()[domain]))
    if os.environ.get("REPATRIA_REWRITE_GOLDEN"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(expected, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == expected


@pytest.mark.parametrize(("domain", "code"), EVERY_FILE)
def test_every_message_is_translated_in_every_form_with_its_places_and_none_is_fuzzy(domain: str, code: str) -> None:
    wrong = []
    known = catalogue(code, domain).entries
    for name, text in tables()[domain].items():
        entry = known[name]
        forms = 1 if isinstance(text, str) else FORMS[code][0]
        if entry.fuzzy or len(entry.translated) != forms or not all(form.strip() for form in entry.translated):
            wrong.append(f"{name}: {len(entry.translated)} of {forms} forms, fuzzy: {entry.fuzzy}")
            continue
        wanted = places(text if isinstance(text, str) else text[1])
        for at, form in enumerate(entry.translated):
            may_lack = {"n"} if forms > 1 and exact(code, at) else set()
            if not wanted - may_lack <= places(form) <= wanted:
                wrong.append(f"{name}, form {at}: {sorted(places(form))} for {sorted(wanted)}")
    assert wrong == []


def test_english_gives_a_form_for_one_and_for_more_with_the_same_places() -> None:
    for texts in tables().values():
        for name, text in texts.items():
            if not isinstance(text, str):
                assert places(text[1]) - {"n"} <= places(text[0]) <= places(text[1]), name


@pytest.mark.parametrize("code", CODES)
def test_the_plural_rule_of_the_file_is_the_one_that_is_used(code: str) -> None:
    """The rule in the header, as gettext itself reads it, against the function; every number up to 2,000."""
    count, formula = re.fullmatch(r"nplurals=(\d); plural=(.*);", PLURALS[code]).groups()  # type: ignore[union-attr]
    rule = gettext.c2py(formula)
    assert [FORMS[code][1](n) for n in range(2000)] == [rule(n) for n in range(2000)]
    assert FORMS[code][0] == int(count) == 1 + max(rule(n) for n in range(2000))
    if code != "en":
        assert catalogue(code).plurals == PLURALS[code]


@pytest.mark.parametrize(
    ("code", "forms"),
    [
        ("uk", {1: "1 особа", 3: "3 особи", 5: "5 осіб", 11: "11 осіб", 21: "21 особа", 1200: "1\u00a0200 осіб"}),
        ("ru", {1: "1 человек", 2: "2 человека", 12: "12 человек", 1200: "1\u00a0200 человек"}),
        ("tr", {1: "1 kişi", 1200: "1.200 kişi"}),
        ("en", {1: "1 person", 1200: "1,200 people"}),
    ],
)
def test_numbers_take_their_form_and_their_grouping(code: str, forms: dict[int, str]) -> None:
    language = load_language(code)
    assert {n: language.say(Message("people", count=n)) for n in forms} == forms


def test_arabic_has_six_forms() -> None:
    said = {n: bare(load_language("ar").say(Message("people", count=n))) for n in (0, 1, 2, 3, 11, 100)}
    assert said == {0: "لا أحد", 1: "شخص واحد", 2: "شخصان", 3: "3 أشخاص", 11: "11 شخصًا", 100: "100 شخص"}


def test_dates_are_written_as_the_language_writes_them() -> None:
    day = Day("2025-11-05", full=True)
    said = {code: Language(code, {"x": "{day}"}).say(Message("x", {"day": day})) for code in CODES}
    assert {code: bare(text) for code, text in said.items()} == {
        "en": "5 November 2025", "uk": "5 листопада 2025 року", "ru": "5 ноября 2025 года", "tr": "5 Kasım 2025",
        "ar": "5 نوفمبر 2025",
    }  # fmt: skip


# --- right to left --------------------------------------------------------------------------------------------------


def bare(text: str) -> str:
    return "".join(c for c in text if c not in (FSI, PDI, RLM))


def torn(line: str) -> str:
    """What of a right-to-left line could turn its direction: left-to-right letters outside an isolate."""
    depth, found = 0, []
    for sign in line:
        depth += (sign == FSI) - (sign == PDI)
        if depth == 0 and unicodedata.bidirectional(sign) in ("L", "EN"):
            found.append(sign)
    return "".join(found)


def test_a_right_to_left_line_is_never_torn_by_what_is_put_into_it() -> None:
    arabic = load_language("ar")
    who = tuple(Message("role.party", {"name": Name(name)}) for name in ("north", "south", "gulf"))
    line = arabic.sentence(Message("clause.half", {
        "clause": Message("clause.total", {"party": Name("north")}), "value": Message("people", count=1200),
        "who": who, "day": Day("2025-12-31"), "agreed": who[:2],
    }))  # fmt: skip
    assert (line[0], torn(line)) == (RLM, "")
    assert torn(bare(line)) != ""  # it is the isolates that do it
    assert line.count(FSI) == line.count(PDI)


@pytest.mark.parametrize("code", RIGHT_TO_LEFT)
def test_no_translation_itself_brings_in_the_other_direction(code: str) -> None:
    entries = [entry for domain in NAMES for entry in catalogue(code, domain).entries.values()]
    forms = {form for entry in entries for form in entry.translated}
    assert [form for form in forms if torn(re.sub(r"\{\w+\}", "", form))] == []


# --- the file format ------------------------------------------------------------------------------------------------


def test_a_text_that_changed_makes_its_translations_fuzzy_and_they_are_not_shown() -> None:
    known = {"x": Entry("x", ("old",), ("старе",))}
    after = merged("uk", known, {"x": "new", "y": "more"})
    assert (after.entries["x"].fuzzy, after.entries["x"].translated, after.entries["y"].translated) == (
        True, ("старе",), (),
    )  # fmt: skip
    assert parse_po(format_po(after)).entries == after.entries
    language = Language("uk", {"x": "new", "y": "more"}, after)
    assert [language.say(Message(name)) for name in ("x", "y")] == ["new", "more"]


TWICE = 'msgctxt "a"\nmsgid "x"\nmsgstr ""\n\nmsgctxt "a"\nmsgid "x"\nmsgstr ""\n'


@pytest.mark.parametrize("text", ['msgid "x"\nwhat', '"loose"', 'msgid "x"\nmsgstr ""', TWICE])
def test_a_malformed_file_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a line|without an id"):
        parse_po(text)


@pytest.mark.parametrize(("code", "told"), [("en", "83.3"), *((code, "83,3") for code in CODES if code != "en")])
def test_a_chance_has_the_point_of_its_language(code: str, told: str) -> None:
    said = load_language(code).sentence(Message("why.ticket", {"rank": 5, "of": 6, "chance": Tenths(833)}, 5))
    assert told in said
