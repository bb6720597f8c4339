"""What stands around every page: its navigation, who is logged in, refusals, and what goes wrong."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "web.skip": "Skip to the content",
    "web.menu": "Pages",
    "web.language": "Language",
    "web.invented": "Rehearsal: everybody here is invented, and nothing that is done here counts.",
    "web.logout": "Log out",
    "web.login": "Log in",
    "web.node": "{member} · {role}",
    "web.you": "You are {name}, {role}.",
    "web.role.none": "no role in the exchange yet",
    "web.role.officer": "list officer",
    "web.role.signatory": "signatory",
    "web.role.supervisor": "supervisor",
    "web.role.interviewer": "interviewer",
    "web.role.physician": "physician",
    "web.role.liaison": "family liaison",
    "web.role.desk": "handover desk",
    "web.role.gate": "last gate",
    "web.role.keeper": "keeper of the node",
    "web.member.party": "party",
    "web.member.mediator": "mediator",
    "web.member.guarantor": "guarantor",
    "web.member.neutral": "neutral",
    "web.member.host": "host",
    "web.member.observer": "observer",
    "web.refused.title": "This page is not for your role",
    "web.refused.line": "Nothing was shown and nothing was done. That you asked is on record at this node.",
    "web.refused.back": "Back to what waits for you",
    "web.absent.title": "There is no such page",
    "web.failed.title": "Something went wrong here",
    "web.failed.line": "Nothing was half done. Try again; if it happens again, tell whoever keeps the node what you"
    " did.",
    "web.problems": ("{n} problem", "{n} problems"),
    "web.problem.do": "What to do: {do}",
    "web.yes": "yes",
    "web.no": "no",
    "web.unasked": "could not be asked",
    "web.done": "Done.",
    "web.confirm": "I have read what this does. It cannot be undone.",
    "web.placed": "{place}",
    "web.table": "The figures as a table",
}
