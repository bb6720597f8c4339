"""What is said of terms in conflict, of changes, and of why somebody goes or stays, in English, by id.

The other languages stand in `repatria/locale/`. A side stands as the subject, so that its name is never declined.
"""

from __future__ import annotations

from repatria.deal import limit_texts
from repatria.message import Text

TEXTS: dict[str, Text] = {
    **limit_texts.TEXTS,
    # terms, each in its own words; they stand in lists
    "why.term.total": "{holder} hands over {n}",
    "why.term.total.most": "{holder} hands over {n} at most",
    "why.term.all": "everyone whom {holder} holds of {tier} goes: {n}",
    "why.term.seats": ("{holder} has {n} seat in all stages together", "{holder} has {n} seats in all stages together"),
    "why.term.seats.at": ("{holder} has {n} seat at {where}", "{holder} has {n} seats at {where}"),
    "why.term.bound": "no side is ahead by more than {n}, nor at a place by more than the bound of that place",
    "why.term.tolerance": "at the end no side is ahead by more than {n}",
    "why.term.packages": "everything given is part of a closed round of {n} parties at most",
    "why.term.row": "{sentence}",
    "why.term.marks": "a limit that the terms set by marks",
    "why.fact.list": ("{holder} has {n} person inside the ratio on its list",
                      "{holder} has {n} people inside the ratio on its list"),
    "why.fact.whole": "no set of whole families and crews of {holder} comes to its total",
    "why.tier": "tier {tier}",
    "why.tier.outside": "tier {tier} outside the ratio",
    "why.at": "{place} in stage {stage}",
    # changes, each enough or one of several
    "why.change.total.lower": "lower the total of {holder} by {n}, to {to}",
    "why.change.total.raise": "raise the total of {holder} by {n}, to {to}",
    "why.change.seats": ("give {holder} {n} more seat at {where}", "give {holder} {n} more seats at {where}"),
    "why.change.all": "let not everyone whom {holder} holds of {tier} have to go: {n} may stay",
    "why.change.most": "raise by {n}, to {to}, what this allows at most: {sentence}",
    "why.change.least": "lower by {n}, to {to}, what this asks at least: {sentence}",
    "why.change.marks": "change by {n} a limit that the terms set by marks",
    "why.change.bound": "raise the bound to {to}, and that of every place by {n}",
    "why.change.tolerance": "let a side be ahead by {n} more at the end: by {to}",
    "why.change.packages": "let a closed round have {to} parties at most",
    # one person, for officers and verifiers
    "why.unlisted": "Not on a signed list.",
    "why.who": "{tier}, held by {holder}.",
    "why.settled": "The plan does not decide about this person any more.",
    "why.goes": "Goes in stage {stage} on {day} at {place}: number {position} of {of} in the order there.",
    "why.all": "Everyone of this stratum goes, by the terms.",
    "why.whole": "Everyone of this stratum goes.",
    "why.ticket": ("Ticket {rank} of {of}; {n} place; chance {chance} %.",
                   "Ticket {rank} of {of}; {n} places; chance {chance} %."),
    "why.would.places": ("Would go if there were {n} place more in this stratum.",
                         "Would go if there were {n} places more in this stratum."),
    "why.cut_off": "The places of {holder} end with {tier}.",
    "why.would.latest": "Would go, at the latest, with so many places more for {holder}: {n}.",
    "why.level": "With this person in the plan one goal would come out worse: {level}; {then} instead of {now}.",
    "why.none": "A plan as good by every goal could have this person in it: ask for a new plan.",
    "why.collide": "Cannot go under these terms, which cannot be met together with it: {terms}.",
    "why.collide.unknown": "Cannot go under these terms; the search was too long to say which of them are in the way.",
    "why.collide.change": "It would be possible with this change: {changes}.",
    # why not in an earlier stage
    "why.late": "Not in stage {stage}: {why}.",
    "why.late.closed": "no place there has seats enough for {holder}",
    "why.late.full": "the seats of {holder} are taken by people of the same tier or an earlier one",
    "why.late.taken": "the seats of {holder} are taken",
    "why.late.row": "this would be passed: {sentence}",
    "why.late.marks": "a limit that the terms set by marks would be passed",
    "why.late.bound": "{holder} would be ahead by more than the bound",
    "why.late.vehicles": "the vehicles of {holder} there carry nobody more",
    "why.late.other": "nothing there alone stands against it; the plan as a whole does",
    "why.level.other": "{name}",
    # one person, for their family
    "why.family.unlisted": "This number is on no signed list.",
    "why.family.in_person": "Nothing can be said in writing at present. The family liaison will speak with you.",
    "why.family.goes": "This person is on the signed plan of the present round. The day and the place are told to you"
    " in person, shortly before.",
    "why.family.stays": "This person is on the signed list, and not on the plan of the present round. That says"
    " nothing about a later round.",
    "why.family.how": "Who goes is decided by terms that every party has signed and, where people stand alike, by a"
    " draw that anybody can check. Nobody can change it with money or favours; whoever offers to is deceiving you.",
}
