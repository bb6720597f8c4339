"""The Fourth Geneva Convention: civilians.

Source: DOMAIN section 6. The texts are paraphrase; the Convention's words, where they were read, stand in
law/article.py.
"""

from __future__ import annotations

from repatria.deal.classes import counts_as_its_account, prices_people
from repatria.law.check import LAW, STOP, WARN, Answer, Reading, all_of, any_of, if_then, in_any_case, is_in, no
from repatria.law.geneva3 import counts_nobody_outside


@LAW.check(
    "GC IV 34", effect=STOP, about="category", reads=("counts", "takes"), parser="deal.category.counted",
    asks="Civilians count in no ratio: nothing may be asked in return for one.",
    wrong="the category counts civilian internees in the ratio",
    do="set counts = false, and keep civilians in an account of their own",
)  # fmt: skip
def civilians_counted(of: Reading) -> Answer:
    return counts_nobody_outside(of, "GC IV 34")


@LAW.check(
    "GC IV 34", "GC III 109(1)", "GC I 17", effect=STOP, about="category", reads=("counts", "account"),
    parser="deal.category.account",
    asks="Only the account of the exchange counts; civilians, the seriously ill and the dead have their own.",
    wrong="the category stands under the account {account}, and counts in the ratio: {counts}",
    do="count what stands under exchange, and nothing under the other accounts",
)  # fmt: skip
def account_counted(of: Reading) -> Answer:
    counts, account = of.yes("counts"), of.word("account")
    return None if counts is None or account is None else counts_as_its_account(counts, account)


@LAW.check(
    "GC IV 34", "GC III 16", effect=STOP, about="terms", reads=("points_on_people", "historical"),
    parser="terms.price",
    asks="People are not weighed against each other in points or ranks; only past exchanges are described so.",
    wrong="the terms weigh people in points or ranks",
    do="join totals by a ratio instead; a person has no price",
)  # fmt: skip
def price_on_a_person(of: Reading) -> Answer:
    return if_then(of.yes("points_on_people"), of.yes("historical"))


@LAW.check(
    "GC IV 34", "GC III 16", effect=STOP, about="category", reads=("points", "counts", "historical"),
    parser="deal.category.price",
    asks="Each person stands for one; only ranks of a past exchange, inside its ratio, stood for more.",
    wrong="one such person stands for {points}",
    do="remove the points: a person has no price",
)  # fmt: skip
def points_on_a_rank(of: Reading) -> Answer:
    points = of.number("points")
    if points is None:
        return None
    priced = in_any_case(lambda *known: prices_people(points, *known), of.yes("counts"), of.yes("historical"))
    return no(priced)


@LAW.check(
    "GC IV 45", "Non-refoulement", effect=STOP, about="civilian", reads=("fears_persecution",),
    asks="No civilian is handed to a power where he or she may have reason to fear persecution.",
    wrong="the person may have reason to fear persecution there",
    do="the person is not handed over; the neutral signs not going, without the reason",
)  # fmt: skip
def persecution(of: Reading) -> Answer:
    return no(of.yes("fears_persecution"))


@LAW.check(
    "GC IV 49", effect=STOP, about="civilian", reads=("from_occupied_territory", "goes_of_own_will"),
    asks="Nobody is taken out of occupied territory by force, whatever the motive.",
    wrong="the person is taken out of occupied territory without having said to the neutral that he or she will go",
    do="ask the person alone, with the neutral; without that word the person stays",
)  # fmt: skip
def forced_transfer(of: Reading) -> Answer:
    return if_then(of.yes("from_occupied_territory"), of.yes("goes_of_own_will"))


@LAW.check(
    "GC IV 132", effect=WARN, about="stage", reads=("waiting_first", "other_civilians_go"),
    asks="Children, pregnant women, mothers of small children, the wounded and sick and the long detained go first.",
    wrong="other civilians go in this stage while these wait: {waiting_first}",
    do="put them into this stage, or write down why they cannot travel yet",
)  # fmt: skip
def civilians_first(of: Reading) -> Answer:
    waiting = of.words("waiting_first")
    return any_of(None if waiting is None else not waiting, no(of.yes("other_civilians_go")))


@LAW.check(
    "GC IV 133", effect=WARN, about="round", reads=("hostilities_active", "civilians_left", "civilians_planned"),
    breach=True,
    asks="Internment ends as soon as possible after hostilities.",
    wrong="hostilities have ended, {civilians_left} civilians are still interned, and no plan ends it",
    do="put each of them into a stage, and record the delay",
)  # fmt: skip
def internment_ends(of: Reading) -> Answer:
    left = of.number("civilians_left")
    nobody = None if left is None else left == 0
    return any_of(of.yes("hostilities_active"), nobody, of.yes("civilians_planned"))


@LAW.check(
    "GC IV 134", effect=WARN, about="civilian", reads=("goes_to", "chose_destination"),
    asks="Internees return to where they last lived, or go to their own country, unless they chose another place.",
    wrong="the person is sent to {goes_to}, and did not choose it",
    do="ask where the person last lived and wishes to go, and change the destination",
)  # fmt: skip
def return_home(of: Reading) -> Answer:
    return any_of(is_in(of.word("goes_to"), ("last_residence", "own_country")), of.yes("chose_destination"))


@LAW.check(
    "GC IV 135", effect=WARN, about="civilian", reads=("person_pays",),
    asks="The Detaining Power pays for the way back; nobody interned pays.",
    wrong="the person or the family is asked to pay for the way back",
    do="take nothing, give back what was paid, and warn families of anyone who asks for money",
)  # fmt: skip
def way_back_paid(of: Reading) -> Answer:
    return no(of.yes("person_pays"))


_CIVILIANS = ("civilian_internee", "security_detainee", "convicted_detainee")


@LAW.check(
    "GC IV 136", effect=WARN, about="notification", reads=("change", "person_category", "bureau_told"),
    asks="The Information Bureau learns of every change about a civilian in custody.",
    wrong="the Information Bureau was not told of this change about a civilian: {change}",
    do="send the Bureau its notice today",
)  # fmt: skip
def civilian_bureau(of: Reading) -> Answer:
    told = None if of.word("change") is None else of.yes("bureau_told")
    return if_then(is_in(of.word("person_category"), _CIVILIANS), told)


@LAW.check(
    "GC IV 137", effect=STOP, about="notification",
    reads=("person_category", "transmission_harmful", "passed_to_power", "agency_told"),
    asks="What may harm a civilian or the family goes to the Central Tracing Agency, and to no power.",
    wrong="what may harm a civilian or the family was passed to a power, or kept from the Central Tracing Agency",
    do="withhold it from the power and tell the Agency, with the reason for care",
)  # fmt: skip
def harmful_news(of: Reading) -> Answer:
    harmful = all_of(is_in(of.word("person_category"), _CIVILIANS), of.yes("transmission_harmful"))
    return if_then(harmful, all_of(no(of.yes("passed_to_power")), of.yes("agency_told")))
