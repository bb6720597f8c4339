"""What limits and windows say, in English, by id; the other languages stand in `repatria/locale/`.

The qualities that tell people apart are a list behind the word for people, so that each stands by itself in every
language, and nothing has to be declined.
"""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "limit.people.most": ("at most {n} person {which}", "at most {n} people {which}"),
    "limit.people.least": ("at least {n} person {which}", "at least {n} people {which}"),
    "limit.people.both": ("from {least} to {n} person {which}", "from {least} to {n} people {which}"),
    "limit.sum.most": "at most {n}, if one adds up {which}",
    "limit.sum.least": "at least {n}, if one adds up {which}",
    "limit.sum.both": "from {least} to {n}, if one adds up {which}",
    "limit.sum": "{added}",
    "limit.sum.less": "{added} and takes off {taken}",
    "limit.nobody": "nobody",
    "limit.of.people": "people {which}",
    "limit.of.points": "points of people {which}",
    "limit.times": "{times} times {of}",
    "limit.each": "{limit}; by itself for {each}",
    "limit.each.stage": "each stage",
    "limit.each.place": "each place",
    "limit.window": "people {which} go only {where}",
    "limit.which.side": "handed over by {side}",
    "limit.which.party": "held by {party}",
    "limit.which.to": "going to {to}",
    "limit.which.mark": "with mark {mark}",
    "limit.which.places": "at {places}",
    "limit.which.stages": ("in stage {stages}", "in the stages {stages}"),
    "limit.which.all": "of all",
    "limit.account.exchange": "in the account exchange",
    "limit.account.repatriation": "in the account repatriation",
    "limit.account.civilians": "in the account of civilians",
    "limit.account.remains": "in the account of the dead",
    "limit.place.marked": ("{where} takes {n} person with mark {name} on that day",
                           "{where} takes {n} people with mark {name} on that day"),
    "limit.place.account": ("{where} takes {n} person {which} on that day",
                            "{where} takes {n} people {which} on that day"),
    "limit.place.vehicle": "{where}: {vehicle} of {side} leaves whole, with so many who sit and lie in it at most:"
    " {seats}, {stretchers}",
    "limit.where": "{place} in stage {stage}",
    "limit.tolerance": "at the end no side is further ahead of its part of the totals than {n}",
    "limit.embargo": ("counts of a stage are not told in public before {n} day has passed since its day",
                      "counts of a stage are not told in public before {n} days have passed since its day"),
    "limit.rounds": "all that is given inside the ratio is part of closed rounds of {n} parties at most",
    "limit.firm": "where these terms cannot be met, this never gives way: {which}",
    "limit.firm.totals": "the totals",
    "limit.firm.capacity": "what places can take of each side",
    "limit.firm.everyone": "that everyone of some categories goes",
    "limit.firm.tolerance": "the tolerances",
    "limit.firm.closed_rounds": "how long a closed round may be",
    "limit.firm.limit": "{id}",
    "limit.party": ("what {party} gives and what it is given differ by {n} person at most",
                    "what {party} gives and what it is given differ by {n} people at most"),
}  # fmt: skip
