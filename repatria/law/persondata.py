"""Data protection: what may be kept of a person, how long, who reads it, with whom it is shared.

Source: ICRC, Handbook on Data Protection in Humanitarian Action, 3rd edition (2024), chapter 2: purpose limitation,
retention, accountability, the rights of those whose data they are. The handbook binds nobody by itself; the ICRC
works by it, and parties that exchange through the ICRC should be able to say that they do too. It was not read
chapter and verse beside this file: docs/law.md lists it so.
"""

from __future__ import annotations

from repatria.law.check import LAW, STOP, WARN, Answer, Reading, any_of, if_then, not_after

_ARTICLE = "Data protection"


@LAW.check(
    _ARTICLE, effect=STOP, about="record", reads=("purpose_stated",),
    asks="Each record is kept for a stated purpose.",
    wrong="no purpose is stated for which the record is kept",
    do="state it at import; a record without a purpose is not kept",
)  # fmt: skip
def purpose(of: Reading) -> Answer:
    return of.yes("purpose_stated")


@LAW.check(
    _ARTICLE, effect=WARN, about="record", reads=("kept_until", "as_of"),
    asks="Each record has a day on which its keeping is decided anew.",
    wrong="the record should have been decided on by {kept_until}",
    do="decide: set a new day with the reason, or erase the record",
)  # fmt: skip
def retention(of: Reading) -> Answer:
    return not_after(of.day("as_of"), of.day("kept_until"))


@LAW.check(
    _ARTICLE, effect=WARN, about="record", reads=("reads_logged",),
    asks="Who reads a record is logged.",
    wrong="reads of the record are not logged",
    do="open records through the node only, which logs each read",
)  # fmt: skip
def reads_logged(of: Reading) -> Answer:
    return of.yes("reads_logged")


@LAW.check(
    _ARTICLE, effect=STOP, about="record", reads=("erasure_asked", "erased", "refusal_explained"),
    asks="A record is erased when the person asks, unless a stated reason stands against it.",
    wrong="erasure was asked for; the record is neither erased nor is a reason given",
    do="erase it, or give the person the reason in writing",
)  # fmt: skip
def erasure(of: Reading) -> Answer:
    return if_then(of.yes("erasure_asked"), any_of(of.yes("erased"), of.yes("refusal_explained")))


@LAW.check(
    _ARTICLE, effect=STOP, about="record", reads=("shared_with", "sharing_consent"),
    asks="A record is shared only with those to whom the person agreed.",
    wrong="the record is shared with {shared_with}; the person agreed to {sharing_consent}",
    do="stop sharing beyond that, and tell who received it to erase it",
)  # fmt: skip
def sharing(of: Reading) -> Answer:
    shared, agreed = of.words("shared_with"), of.words("sharing_consent")
    if shared == ():
        return True
    return None if shared is None or agreed is None else set(shared) <= set(agreed)
