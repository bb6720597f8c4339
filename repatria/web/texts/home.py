"""The first page: where the exchange stands, and what waits for whoever is logged in."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "web.home.title": "What waits for you",
    "web.home.yours": "Waits for {member}",
    "web.home.others": "Waits for others",
    "web.home.nothing": "Nothing waits for you now.",
    "web.home.status": "Where the exchange stands",
}
