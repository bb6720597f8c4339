"""The plan as pages: proposing, signing, pictures, reasons."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "web.plan.title": "The plan",
    "web.plan.none": "No plan has been proposed yet.",
    "web.plan.propose": "Propose a plan",
    "web.plan.revise": "Propose a revision of the plan",
    "web.plan.undrawn": "A plan can be made once the draw is complete.",
    "web.plan.search": "The search goes on in the background, may take long, and ends by itself. You can end it earlier"
    " with the best plan found by then.",
    "web.plan.minutes": "End it after so many minutes (may stay empty)",
    "web.plan.sign": "Check the proposal and sign it",
    "web.plan.print": "For print (PDF)",
    "web.plan.why": "Why a person goes when they go",
    "web.plan.number": "Number on the final list",
    "web.plan.ask": "Show why",
    "web.plan.officers": "For officers",
    "web.plan.families": "What a letter to the family may say",
}
