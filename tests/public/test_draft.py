"""From an announcement to a draft: one side's word stays one side's word, and what nobody said stays open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from repatria.deal.commands.terms import check_terms
from repatria.files import law
from repatria.files.locales import lead_times, load_language
from repatria.message import Message
from repatria.public.claims import Claim
from repatria.public.draft import NEVER_SAID, Draft, draft_of, messages_of, problems_of, terms_of
from repatria.report.language import CODES
from tests.public.articles import read
from tests.public.test_reading import seed

SAID = "2025-11-16"
RELEASE = Claim("A", "president", "north", "release", 1200, "people of north", said_on=SAID)
HOME = Claim("A", "president", "north", "target-date", said_on=SAID, meant="2025-12-31")
SILENCE = Claim("B", "government", "south", "silence", said_on=SAID, cue="did-not-comment")


def draft(*claims: Claim, published: str = SAID) -> Draft:
    return draft_of(claims, published, lead_times())


def standing(made: Draft) -> dict[str, str]:
    return {each.code: each.standing for each in made.clauses}


def test_the_news_article_becomes_a_draft_with_the_reverse_number_and_the_places_open() -> None:
    article, claims = read(seed())
    made = draft(*claims, published=article.published)
    assert problems_of(made, "article") == []
    assert (made.parties, made.mediators) == (("russia", "ukraine"), ("turkiye", "united-arab-emirates"))
    assert (made.silent, made.totals, made.target_date) == (("russia",), {"russia": 1200}, "2025-12-31")
    assert standing(made) == {
        "agreement": "one-side", "target-date": "one-side", "total-russia": "one-side", "total-ukraine": "unsaid",
        "mediators": "one-side", **dict.fromkeys(NEVER_SAID, "unsaid"),
    }  # fmt: skip
    assert {each.speaker for each in made.claims} == {"Volodymyr Zelenskyy", "Rustem Umerov", "Authorities in Moscow"}
    assert [(each.step, each.due) for each in made.calendar][:2] == [("clauses", "2025-12-12"), ("terms", "2025-12-14")]
    assert {each.content for each in made.claims} & {"attack", "interception", "territory", "ceasefire"} == set()


def test_what_a_draft_leaves_open_is_exactly_what_the_check_of_terms_asks_for() -> None:
    made = draft(RELEASE, HOME, SILENCE)
    checked = check_terms(terms_of(made), "draft", law.figures())
    asked = {problem.where.rpartition(", ")[2] for problem in checked.problems if problem.code.startswith("terms.")}
    assert asked == {"totals.north", "bound", "stages", "neutral"}


def test_a_number_is_what_the_other_side_would_hand_over() -> None:
    assert draft(RELEASE, SILENCE).totals == {"south": 1200}
    each_side = replace(RELEASE, unit="people", qualifier="each-side", value=300)
    assert draft(each_side, SILENCE).totals == {"north": 300, "south": 300}
    assert draft(replace(RELEASE, unit="people"), SILENCE).totals == {}  # nobody said whose they are


def test_two_sides_that_say_two_numbers_differ_and_two_that_say_one_have_still_not_agreed() -> None:
    other = replace(RELEASE, speaker="C", side="south")
    assert standing(draft(RELEASE, other, HOME))["total-south"] == "both"
    made = draft(RELEASE, replace(other, value=1000), HOME)
    assert standing(made)["total-south"] == "differ"
    assert "nothing in it is agreed" in terms_of(draft(RELEASE, other, HOME))


def test_a_word_that_was_superseded_is_left_out() -> None:
    later = replace(RELEASE, value=1000, said_on="2025-11-20")
    assert draft(RELEASE, later, SILENCE).totals == {"south": 1000}


def test_a_target_date_too_near_shows_which_steps_had_passed_before_it_was_announced() -> None:
    near = draft(RELEASE, replace(HOME, meant="2025-11-28"), SILENCE)
    passed = [each.step for each in near.calendar if each.passed]
    assert passed == ["clauses", "terms", "registers"]
    assert not any(each.passed for each in draft(RELEASE, HOME, SILENCE).calendar)
    assert draft(RELEASE, SILENCE).calendar == ()


def test_claims_of_no_exchange_and_silence_on_other_matters_make_no_draft() -> None:
    attack = Claim("A", "", "north", "attack", 9, "drones")
    about_attack = replace(SILENCE, scope="It hit.")
    assert [each.code for each in problems_of(draft(attack, about_attack), "f")] == ["draft.parties"]
    assert [each.code for each in problems_of(draft(RELEASE), "f")] == ["draft.parties"]
    assert problems_of(draft(RELEASE, SILENCE), "f") == []


@pytest.mark.parametrize("code", CODES)
def test_a_draft_is_told_in_every_language_and_names_no_sentence(code: str) -> None:
    say = load_language(code).sentence
    cases = (
        draft(RELEASE, HOME, SILENCE), draft(RELEASE, replace(RELEASE, speaker="C", side="south"), HOME),
        draft(RELEASE, replace(RELEASE, speaker="C", side="south", value=9), replace(HOME, meant="2025-11-20")),
        draft(replace(RELEASE, sentence="A name of somebody held."), SILENCE),
        draft(RELEASE, SILENCE, Claim("A", "", "north", "mediator", "gulf", "state")),
    )  # fmt: skip
    for made in cases:
        parts = messages_of(made)
        told = [say(line) for lines in parts.values() for line in lines] + [say(Message(title)) for title in parts]
        assert all(told)
        assert not [line for line in told if "{" in line or "somebody held" in line]
