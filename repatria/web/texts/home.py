"""The first page: what waits for whoever is logged in, and where the exchange stands."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "web.home.title": "What waits for you",
    "web.home.nothing": "Nothing waits for you now.",
    "web.home.due": "by {day}",
    "web.home.overdue": "was due on {day}",
    "web.home.begin": "This node is in no exchange yet: give out its card; then open an exchange, or bring the ledger"
    " that you were given",
    "web.home.join": "The ledger of {secretariat} is here: compare the founders' figures, then join",
    "web.home.joining": (
        "{n} founder has not joined yet, as far as this ledger tells: carry it between the nodes",
        "{n} founders have not joined yet, as far as this ledger tells: carry it between the nodes",
    ),
    "web.home.officer": "Nobody is appointed as an officer: invite one, and appoint them",
    "web.home.signatories": (
        "{n} signatory more has to be appointed before anything can bind this member",
        "{n} signatories more have to be appointed before anything can bind this member",
    ),
    "web.home.round": "No round has been announced: officers do that on the page of the consultation",
    "web.home.signatures": ("{n} thing waits for your signature", "{n} things wait for your signature"),
    "web.home.asked": (
        "{n} thing that you asked for waits for others' signatures",
        "{n} things that you asked for wait for others' signatures",
    ),
    "web.home.consents": ("{n} file with people waits for a consent", "{n} files with people wait for a consent"),
    "web.home.files": ("{n} file that you asked for can be taken", "{n} files that you asked for can be taken"),
    "web.home.answers": (
        "{owner} asks about {n} name that has no answer", "{owner} asks about {n} names that have no answer",
    ),
    "web.home.reviews": ("{owner}: {n} pair waits for your word", "{owner}: {n} pairs wait for your word"),
    "web.home.seconds": ("{owner}: {n} pair waits for a second word", "{owner}: {n} pairs wait for a second word"),
    "web.home.interviews": ("{n} person is to be asked in private", "{n} people are to be asked in private"),
    "web.home.interviews.stage": (
        "Stage {stage}: {n} person is to be asked in private", "Stage {stage}: {n} people are to be asked in private",
    ),
    "web.home.boards": (
        "The decision of {n} medical board is to be carried out",
        "The decisions of {n} medical boards are to be carried out",
    ),
    "web.home.task": "Task: {task}",
    "web.home.stage": ("Stage {stage} comes next, with {n} person", "Stage {stage} comes next, with {n} people"),
    "web.home.stage.open": (
        "Stage {stage} is open: {n} person is still under way", "Stage {stage} is open: {n} people are still under way",
    ),
    "web.home.unconfirmed": (
        "Stage {stage}: what became of {n} person is to be confirmed",
        "Stage {stage}: what became of {n} people is to be confirmed",
    ),
    "web.home.families": (
        "{n} person whom your side seeks is on a signed list: the family may be told",
        "{n} people whom your side seeks are on a signed list: their families may be told",
    ),
    "web.home.jobs": ("{n} piece of your background work has ended", "{n} pieces of your background work have ended"),
    "web.home.jobs.refused": (
        "{n} piece of your background work could not be done", "{n} pieces of your background work could not be done",
    ),
    "web.home.drafts": (
        "{n} list was brought and is not imported yet", "{n} lists were brought and are not imported yet",
    ),
    "web.home.outbox": ("{n} entry waits to be carried", "{n} entries wait to be carried"),
    "web.home.keys": (
        "{n} person has enrolled with a key and is not appointed yet",
        "{n} people have enrolled with a key and are not appointed yet",
    ),
}
