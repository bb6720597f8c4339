"""Files with people, and the consent of a second person."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "web.exports.title": "Files with people",
    "web.exports.line": "A file with people leaves this node by the word of two: one asks and says what it is for,"
    " another consents. It can be taken once.",
    "web.exports.asked": "Asked for. Another person of this member has to consent before you can take the file.",
    "web.exports.ask": "Ask for the file",
    "web.exports.ask.line": "Another person of this member has to consent before you can take it. Both of you are on"
    " record.",
    "web.exports.others": "Others have asked for",
    "web.exports.others.none": "Nobody has asked for a file.",
    "web.exports.mine": "You have asked for",
    "web.exports.mine.none": "You have asked for no file.",
    "web.exports.ended": "What has ended",
    "web.exports.people": ("{n} person stands in it.", "{n} people stand in it."),
    "web.exports.purpose": "What for",
    "web.exports.by": "Asked for by",
    "web.exports.at": "Asked for on",
    "web.exports.until": "Until",
    "web.exports.stands": "As things stand",
    "web.exports.who": "Whose consent counts",
    "web.exports.who.none": "Nobody's: no other person of this member has a fitting role",
    "web.exports.standing.waiting": "waits for consent",
    "web.exports.standing.consented": "{who} has consented",
    "web.exports.standing.refused": "{who} has refused",
    "web.exports.standing.called-off": "taken back",
    "web.exports.standing.taken": "taken, with the consent of {who}",
    "web.exports.standing.expired": "its time has run out",
    "web.exports.consent": "Consent: they may take it once",
    "web.exports.refuse": "Refuse",
    "web.exports.stop": "Stop it",
    "web.exports.take": "Take the file, once",
    "web.exports.call_off": "I do not need it any more",
    "web.exports.program": "The program that asked for it gets it when it asks again.",
    "web.exports.bounds": ("It waits {waits} hours for a consent, and can be taken within {n} hour of it.",
                           "It waits {waits} hours for a consent, and can be taken within {n} hours of it."),
    "web.exports.kind.register-file": "Register: {kind}, version {version}",
    "web.exports.kind.answer-file": "Answers about the register of {owner}, version {version}",
    "web.exports.kind.list-file": "The final list of those whom {holder} holds",
    "web.exports.kind.annotated": "A list that another person has brought, with problems at its cells",
    "web.exports.kind.interview-forms": "Forms for interviews at {place}, {day}",
    "web.exports.kind.reasons-file": "For everybody on the lists, why they go when they go",
    "web.exports.kind.desk-file": "The equipment of the desk {desk} for {place}, stage {stage}, sealed to its key",
    "web.exports.kind.program": "A program asks: {verb}",
    "web.exports.reasons": "Why, for everybody on the lists, as a table",
}
