"""Non-refoulement: the private chance to decline before each release, and silence about why someone stays.

Source: the rule is customary, and is written in GC IV 45 for civilians and in treaties on refugees and torture; for
prisoners of war, GC III 118 has been read with it since Korea. How the chance is given (alone, a neutral present, at
most so many days before, in detention or at the point of handover) is this project's own: docs/adr/0005 and 0032.

These checks read a person's wish: only the neutral runs them on one person, and nothing of them reaches the ledger.
The fold holds what it can of the same rules without knowing anyone's wish (`exchange/clearing.py had_chance`).
"""

from __future__ import annotations

from repatria.deal.terms import chance_is_fresh
from repatria.law.check import (
    LAW,
    STOP,
    Answer,
    Reading,
    all_of,
    any_of,
    at_most,
    if_then,
    is_in,
    no,
)

_ARTICLE = "Non-refoulement"


@LAW.check(
    _ARTICLE, effect=STOP, about="terms", reads=("chance_days",), figures=("chance_days",), parser="terms.chance",
    asks="The chance to decline lies at most {chance_days} days before the stage.",
    wrong="the terms let the chance to decline be older than is allowed",
    do="bring chance_days down: a wish given long ago is not one",
)  # fmt: skip
def chance_terms(of: Reading) -> Answer:
    return at_most(of.number("chance_days"), of.figure("chance_days"))


@LAW.check(
    _ARTICLE, effect=STOP, about="terms", reads=("neutral_named",),
    asks="The terms name the neutral who asks people in private.",
    wrong="the terms name no neutral who could ask people in private",
    do="name one in the terms and have it sign",
)  # fmt: skip
def neutral_named(of: Reading) -> Answer:
    return of.yes("neutral_named")


@LAW.check(
    _ARTICLE, effect=STOP, about="release", reads=("chance_private", "chance_witnessed"),
    asks="Before release each person is asked alone, by the neutral or with the neutral present.",
    wrong="the person was not asked alone with the neutral",
    do="give the chance anew, at the latest at the point of handover",
)  # fmt: skip
def chance_private(of: Reading) -> Answer:
    return all_of(of.yes("chance_private"), of.yes("chance_witnessed"))


@LAW.check(
    _ARTICLE, effect=STOP, about="release", reads=("chance_on", "stage_on", "chance_place"), figures=("chance_days",),
    asks="That chance lies at most {chance_days} days before the stage, in detention or at the point of handover.",
    wrong="the chance of {chance_on}, given at {chance_place}, does not serve a stage of {stage_on}: at most"
    " {chance_days} days, in detention or at the point of handover",
    do="give the chance anew, at the latest at the point of handover",
)  # fmt: skip
def chance_fresh(of: Reading) -> Answer:
    asked, stage = of.day("chance_on"), of.day("stage_on")
    fresh = None if asked is None or stage is None else chance_is_fresh(asked, stage, of.figure("chance_days"))
    return all_of(fresh, is_in(of.word("chance_place"), ("detention", "point_of_handover")))


@LAW.check(
    _ARTICLE, effect=STOP, about="release", reads=("access_refused", "refusal_recorded", "chance_at_border"),
    breach=True,
    asks="Where the holder refuses access, that is its recorded breach and the chance moves to the point of handover.",
    wrong="access was refused, and it is not recorded, or the chance was not moved to the point of handover",
    do="record the refusal as the holder's breach and ask the person at the point of handover",
)  # fmt: skip
def access_refused(of: Reading) -> Answer:
    return if_then(of.yes("access_refused"), all_of(of.yes("refusal_recorded"), of.yes("chance_at_border")))


@LAW.check(
    _ARTICLE, effect=STOP, about="release", reads=("neutral_word",), if_known=("wish_to_return",),
    asks="Only a person whom the neutral has cleared is released; the unwilling never are.",
    wrong="the neutral's word is {neutral_word}, or the person is not willing: there is no release",
    do="leave the person out of the stage; the neutral signs not going, and nobody writes down why",
)  # fmt: skip
def unwilling(of: Reading) -> Answer:
    # A wish that is not given here was told to the neutral, whose word decides; nobody else has to find it out.
    declined = is_in(of.word("wish_to_return"), ("unwilling", "undecided"))
    return all_of(is_in(of.word("neutral_word"), ("cleared",)), not declined)


@LAW.check(
    _ARTICLE, effect=STOP, about="release", reads=("reason_shown",),
    asks="No officer of a party and no reader of the ledger learns why a person stays.",
    wrong="why a person stays can be learnt",
    do="remove what shows it: the neutral signs only not going, whatever the reason",
)  # fmt: skip
def reason_shown(of: Reading) -> Answer:
    return no(of.yes("reason_shown"))


@LAW.check(
    _ARTICLE, effect=STOP, about="release", reads=("declining_punished",), breach=True,
    asks="Whoever declines loses nothing by it.",
    wrong="whoever declines is made to suffer for it",
    do="undo it, and record it as a breach",
)  # fmt: skip
def declining_punished(of: Reading) -> Answer:
    return no(of.yes("declining_punished"))


@LAW.check(
    _ARTICLE, effect=STOP, about="absence", reads=("counted_as", "neutral_signed_not_going"), breach=True,
    asks="A person not brought counts as not going only with the neutral's signature; without it, as withheld.",
    wrong="the person is counted as not going, and the neutral has not signed that",
    do="count the person as withheld until the neutral signs",
)  # fmt: skip
def not_going_unsigned(of: Reading) -> Answer:
    counted = of.word("counted_as")
    return any_of(None if counted is None else counted != "not_going", of.yes("neutral_signed_not_going"))
