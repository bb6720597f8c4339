"""The timeline: entries as sentences, and the phases of the round."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "web.timeline.title": "Timeline",
    "web.timeline.phases": "The phases of this round",
    "web.timeline.picture": "Phases from {first} to {last}: {names}",
    "web.timeline.phase": "Phase",
    "web.timeline.from": "From",
    "web.timeline.to": "To",
    "web.timeline.going_on": "still going on",
    "web.timeline.phase.open": "opening",
    "web.timeline.phase.consult": "consultation",
    "web.timeline.phase.lists": "registers and lists",
    "web.timeline.phase.clear": "interviews and examinations",
    "web.timeline.phase.plan": "draw and plan",
    "web.timeline.phase.prepare": "interviews, draw and plan",
    "web.timeline.phase.handover": "handover",
    "web.timeline.phase.close": "closing",
    "web.timeline.phase.always": "at any time",
    "web.timeline.entries": "What happened",
    "web.timeline.shown": (
        "Entries {first} to {last} of {n}",
        "Entries {first} to {last} of {n}",
    ),
    "web.timeline.none": "Nothing has happened yet.",
    "web.timeline.day": "From this day on",
    "web.timeline.go": "Show",
    "web.timeline.turn.first": "The first",
    "web.timeline.turn.earlier": "Earlier",
    "web.timeline.turn.later": "Later",
    "web.timeline.turn.latest": "The latest",
    "web.timeline.refused": "It had no effect:",
    "web.timeline.pending": "Signed here, and not yet in the ledger that all share.",
    "web.timeline.entry": "entry {index}",
    "web.timeline.hash": "Its hash",
    "web.timeline.unreadable": "Something that is no entry of this exchange.",
}
