"""The dead and the missing: First Geneva Convention 15 to 17, Protocol I 32 to 34.

Remains are a task of their own beside the exchange of the living, with their own account. One person's remains may
come in parts and under several numbers; one return may hold parts of several people.
"""

from __future__ import annotations

from repatria.law.check import LAW, STOP, WARN, Answer, Reading, all_of, any_of, if_then, no
from repatria.law.geneva3 import counts_nobody_outside


@LAW.check(
    "GC I 17", "AP I 34", effect=STOP, about="category", reads=("counts", "takes"), parser="deal.category.counted",
    asks="The dead count in no ratio.",
    wrong="the category counts the dead in the ratio",
    do="set counts = false, and keep remains in an account of their own",
)  # fmt: skip
def dead_counted(of: Reading) -> Answer:
    return counts_nobody_outside(of, "GC I 17")


@LAW.check(
    "GC I 17", "AP I 34", effect=STOP, about="remains", reads=("counted_against_living",),
    asks="Remains are never counted against the living.",
    wrong="remains are counted against living people",
    do="take them out of the balance; they go back whatever the balance says",
)  # fmt: skip
def remains_counted(of: Reading) -> Answer:
    return no(of.yes("counted_against_living"))


@LAW.check(
    "GC I 15", effect=STOP, about="remains", reads=("dead_despoiled",), breach=True,
    asks="The dead are kept from being despoiled; what is found on them is recorded.",
    wrong="things were taken from the dead without being recorded",
    do="find and record them, and record the breach; the return itself waits for nothing",
)  # fmt: skip
def dead_despoiled(of: Reading) -> Answer:
    return no(of.yes("dead_despoiled"))


@LAW.check(
    "GC I 16", effect=STOP, about="remains", reads=("custody_unbroken",),
    asks="Each handing on of remains is signed on both sides, from where they were found to who receives them.",
    wrong="the chain of custody is broken: a handing on is not signed on both sides",
    do="do not close the file; have both sides write down what is known of the gap",
)  # fmt: skip
def remains_custody(of: Reading) -> Answer:
    return of.yes("custody_unbroken")


@LAW.check(
    "GC I 17", effect=STOP, about="remains", reads=("examined",),
    asks="Remains are examined before burial or handover, to confirm death and to find out who it is.",
    wrong="the remains were not examined",
    do="have them examined, with samples kept, before they are buried or handed over",
)  # fmt: skip
def remains_examined(of: Reading) -> Answer:
    return of.yes("examined")


@LAW.check(
    "GC I 16", "AP I 33", effect=WARN, about="remains", reads=("identity_recorded",),
    asks="Whatever identifies the dead, or could, is recorded and forwarded.",
    wrong="what could identify the person was not recorded and forwarded",
    do="record it now: marks, things found, where and when, samples; an unknown identity is a value",
)  # fmt: skip
def remains_identity(of: Reading) -> Answer:
    return of.yes("identity_recorded")


@LAW.check(
    "GC I 17", "AP I 34", effect=STOP, about="remains", reads=("buried", "grave_registered"),
    asks="A grave is registered and marked so that it can be found again.",
    wrong="the grave is not registered",
    do="register its place and number, and forward them",
)  # fmt: skip
def grave_registered(of: Reading) -> Answer:
    return if_then(of.yes("buried"), of.yes("grave_registered"))


@LAW.check(
    "GC I 17", "AP I 34", effect=WARN, about="remains", reads=("parts_elsewhere", "parts_linked"),
    asks="Where parts of one person come under several numbers, the record links them.",
    wrong="parts of the same person lie under several numbers that are not linked",
    do="link the numbers, and tell the family once",
)  # fmt: skip
def parts_linked(of: Reading) -> Answer:
    return if_then(of.yes("parts_elsewhere"), of.yes("parts_linked"))


@LAW.check(
    "AP I 34", effect=WARN, about="remains", reads=("being_returned", "return_agreed"),
    asks="An agreement covers the return of remains.",
    wrong="remains are being returned without an agreement that covers it",
    do="have both sides sign how remains are received, examined and, if need be, sent back",
)  # fmt: skip
def return_agreed(of: Reading) -> Answer:
    return if_then(of.yes("being_returned"), of.yes("return_agreed"))


@LAW.check(
    "AP I 33", effect=WARN, about="missing", reads=("search_made",), breach=True,
    asks="Each side searches for those whom the other reports missing, and answers.",
    wrong="the side asked has neither searched nor answered",
    do="ask again, with a date by which a blank row is a breach",
)  # fmt: skip
def missing_searched(of: Reading) -> Answer:
    return of.yes("search_made")


@LAW.check(
    "AP I 32", effect=WARN, about="missing", reads=("fate_known", "family_told"),
    asks="Families are told what became of their relatives.",
    wrong="what became of the person is known, and the family was not told",
    do="have a family liaison tell them, in person where possible",
)  # fmt: skip
def family_told(of: Reading) -> Answer:
    return if_then(of.yes("fate_known"), of.yes("family_told"))


@LAW.check(
    "AP I 32", "AP I 34", effect=WARN, about="remains", reads=("identity_recorded", "being_returned", "family_told"),
    asks="Before remains of a known person are returned, the family knows.",
    wrong="the remains are being returned and the family was not told",
    do="tell the family first; no list of returned dead becomes public before that",
)  # fmt: skip
def family_told_of_remains(of: Reading) -> Answer:
    known = all_of(of.yes("identity_recorded"), of.yes("being_returned"))
    return any_of(no(known), of.yes("family_told"))
