"""The end of a round and of the exchange, and interruptions."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "web.ending.title": "End of the round",
    "web.ending.open": "The round {round} is open.",
    "web.ending.round_closed": "The round {round} is closed.",
    "web.ending.closed": "The exchange is closed. Nothing can be said in the ledger any more, but that a record was"
    " erased.",
    "web.ending.no_round": "No round has been announced.",
    "web.ending.way": "What stands in the way",
    "web.ending.way.none": "Nothing stands in the way of closing the round.",
    "web.ending.suspended": "{who} has suspended the round.",
    "web.ending.hanging": ("{n} person: {state}. Nobody may be in the air when a round is closed.",
                           "{n} people: {state}. Nobody may be in the air when a round is closed."),
    "web.ending.besides": "What would stay open, and stops nothing",
    "web.ending.besides.none": "Nothing would stay open.",
    "web.ending.listed": ("{n} person is on a list, and was neither handed over nor accounted for otherwise.",
                          "{n} people are on a list, and were neither handed over nor accounted for otherwise."),
    "web.ending.places": ("The figures of {n} place are not signed by everybody.",
                          "The figures of {n} places are not signed by everybody."),
    "web.ending.tasks": ("{n} task is not done.", "{n} tasks are not done."),
    "web.ending.blank": ("{n} name that was asked about has no answer.",
                         "{n} names that were asked about have no answer."),
    "web.ending.sets": ("{n} set of remains has not been examined.", "{n} sets of remains have not been examined."),
    "web.ending.accounts": "The accounts that are signed",
    "web.ending.accounts.line": "Everybody on the lists of this round stands in exactly one line. No person is named.",
    "web.ending.accounts.none": "There is nobody on a list of this round.",
    "web.ending.holder": "Held by",
    "web.ending.account": "Account",
    "web.ending.state": "State",
    "web.ending.people": "People",
    "web.ending.all": "All",
    "web.ending.who": "Who closes the round",
    "web.ending.member": "Member",
    "web.ending.stands": "Signature",
    "web.ending.signed": "signed",
    "web.ending.missing": "not yet",
    "web.ending.close_round": "Sign the accounts",
    "web.ending.close_round.line": "When everybody has signed the same accounts the round is closed. If a figure"
    " changes before, all sign anew.",
    "web.ending.exchange": "End of the exchange",
    "web.ending.exchange.line": "After the last round. When everybody named here has signed, nothing can be said in the"
    " ledger any more, but that a record was erased; a further round would need a new exchange.",
    "web.ending.exchange.wait": "It can be closed when the round is closed.",
    "web.ending.close": "Close the exchange",
    "web.ending.wanted.round": "The accounts of the round {round}",
    "web.ending.wanted.exchange": "The end of the exchange",
    "web.ending.pause": "Interruption",
    "web.ending.pause.none": "The round is not suspended.",
    "web.ending.pause.since": "{who} suspended the round on {day}.",
    "web.ending.pause.agreed": "To go on have agreed: {who}.",
    "web.ending.pause.missing": "It still takes: {who}.",
}
