"""Sentences about fields and reasons: one for whatever can come up, in every language, and none that says a value."""

from __future__ import annotations

import numpy as np
import pytest

from repatria.files.locales import load_language
from repatria.linkage import link
from repatria.linkage.encode import encode
from repatria.linkage.explain import LEVELS, message, messages, rule_message, trait
from repatria.linkage.kinds import KINDS, KINDS_OF, RuleStands, Stands
from repatria.linkage.levels import names_of
from repatria.linkage.pairs import traits_of
from repatria.linkage.why import why_not, why_not_proposed
from repatria.message import Message
from repatria.report.language import CODES
from tests.linkage.test_propose import OLEH, SERHII, Record

TABLES = {
    "id": [f"l{at}" for at in range(60)],
    "family_name": [f"{chr(1040 + at % 30)}вигадка{chr(1072 + at % 7)}" for at in range(60)],
    "given_names": ["Сергій" if at % 2 else "Олена" for at in range(60)],
    "date_of_birth": [f"19{30 + at}-0{1 + at % 9}-{10 + at % 19}" for at in range(60)],
}


@pytest.mark.parametrize("code", CODES)
def test_every_level_of_every_kind_of_field_has_its_sentence(code: str) -> None:
    say = load_language(code)
    seen = set()
    for column in KINDS_OF:
        kind = KINDS_OF[column]
        levels = len(names_of(kind))
        sentences = [say.sentence(message(Stands(column, kind, level))) for level in range(levels)]
        for sides in (("left", "right"), ("sought", "held")):
            sentences += [
                say.sentence(message(Stands(column, kind, -1, absent), sides)) for absent in ("left", "right", "both")
            ]
        assert len(set(sentences)) == len(sentences) - 1  # nobody knows it: the same for either sides
        seen |= set(sentences)
    assert len(seen) > 12 * 7
    assert not any("{" in sentence or "link." in sentence for sentence in seen)


def test_the_levels_here_are_those_that_are_compared() -> None:
    for kind in KINDS:
        assert len(LEVELS.get(kind, LEVELS_OF_TEXT)) == len(names_of(kind))


LEVELS_OF_TEXT = range(6)


@pytest.mark.parametrize("code", CODES)
def test_every_trait_that_rules_look_at_has_its_words(code: str) -> None:
    say = load_language(code)
    columns = [
        encode(name, kind, ["Аб вг", "1990-03-05"], ["Аб вг", "1990-03-05"]) for name, kind in KINDS_OF.items()
    ]  # fmt: skip
    names = [each.name for each in traits_of(columns)]
    assert len(names) > 20
    for name in names:
        text = say.sentence(rule_message(RuleStands((name,), (), (name,))))
        assert "{" not in text
    assert trait("post") == "post"  # a column of another kind goes by its own heading


def test_a_field_that_neither_knows_is_left_out() -> None:
    assert [
        each.places["field"] for each in messages([Stands("sex", "word", -1, "both"), Stands("unit", "number", 0)])
    ] == [Message("link.field.unit")]


# --- why not ---------------------------------------------------------------------------------------------------------


def other(**changed: dict[int, str]) -> dict[str, list[str]]:
    table = {name: list(values) for name, values in TABLES.items()}
    table["id"] = [f"r{at}" for at in range(60)]
    for name, cells in changed.items():
        for at, text in cells.items():
            table[name][at] = text
    return table


def ids(found: object) -> list[str]:
    return [reason.id for reason in found.reasons]  # type: ignore[attr-defined]


def test_rows_that_no_rule_makes_meet_are_told_what_every_rule_lacks() -> None:
    found = why_not(TABLES, other(), "l1", "r8")
    assert ids(found) == ["link.why.never_met"]
    assert (found.proposed, found.probability) == (False, None)
    assert found.rules[0].lacks == min(rule.lacks for rule in found.rules) > 0
    assert {each.column for each in found.fields} == {"family_name", "given_names", "date_of_birth"}


def test_a_rule_that_an_unknown_field_defeats_says_so() -> None:
    found = why_not(TABLES, other(date_of_birth={5: ""}, family_name={5: "Zzyx"}), "l5", "r5")
    assert not found.proposed
    assert any("date_of_birth" in name for rule in found.rules for name in rule.unknown)


def test_a_pair_that_met_is_told_its_probability_and_its_rival() -> None:
    right = other()
    for name in right:  # one more who is all but the same
        right[name].append({"id": "r99", "family_name": TABLES["family_name"][7] + "й"}.get(name, right[name][7]))
    found = why_not(TABLES, right, "l7", "r99")
    assert not found.proposed
    assert "link.why.met" in ids(found)
    assert "link.why.rival" in ids(found)
    assert found.probability is not None
    assert found.probability < 0.5
    assert why_not(TABLES, right, "l7", "r7").proposed


def test_why_not_agrees_with_what_link_tells() -> None:
    right = other(family_name={3: "Zzyx", 4: "Інший"}, date_of_birth={3: "1990-01-01", 9: "1931-02-11"})
    told = link(TABLES, right)
    pairs = set(zip(told.left_ids, told.right_ids, strict=True))
    for one, another in [*((f"l{at}", f"r{at}") for at in range(12)), ("l1", "r2"), ("l2", "r9")]:
        assert why_not(TABLES, right, one, another).proposed == ((one, another) in pairs)


def test_who_stands_in_no_table_is_refused() -> None:
    with pytest.raises(KeyError):
        why_not(TABLES, other(), "l1", "nobody")


def test_names_alone_are_said_to_propose_nobody() -> None:
    rare = {"family_name": "Вигаданенко", "given_names": "Зореслав"}
    rows = [{**OLEH, "date_of_birth": f"19{60 + at}-01-01", "family_name": f"Гай{chr(1072 + at)}"} for at in range(20)]
    sides = [[Record(at, fields) for at, fields in enumerate([rare, *rows])] for _ in range(2)]
    found = why_not_proposed(sides[0], sides[1], [], 0, 0)
    assert not found.proposed
    assert ids(found)[-1] in ("link.why.names_only", "link.why.below")
    known = why_not_proposed([Record(0, SERHII)], [Record(0, SERHII)], [], 0, 0)
    assert known.proposed


def test_no_sentence_says_what_a_record_says() -> None:
    say = load_language("en")
    found = why_not(TABLES, other(), "l1", "r8")
    said = (*found.reasons, *messages(found.fields), *map(rule_message, found.rules))
    text = " ".join(map(say.sentence, said))
    assert not any(value in text for name in TABLES if name != "id" for value in TABLES[name])
    assert np.isfinite([each.worth or 0.0 for each in found.fields]).all()
