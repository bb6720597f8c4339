"""The log of reads."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "web.reads.title": "Who read what",
    "web.reads.line": "Every reading of names and every refusal at this node is on record. No line names a person who"
    " is held or sought.",
    "web.reads.whole": "Whether the record is whole",
    "web.reads.head": "Its head; write it down elsewhere, with the day",
    "web.reads.check": "Check every line",
    "web.reads.intact": "Every line is bound to the one before it.",
    "web.reads.api": "Programs",
    "web.reads.broken": "A line was changed or taken out. Keep the file as it is, and tell whoever you answer to.",
    "web.reads.rows": "Readings, the latest first",
    "web.reads.by": "Who",
    "web.reads.what": "Page",
    "web.reads.all": "All",
    "web.reads.at": "When (UTC)",
    "web.reads.allowed": "Was shown",
    "web.reads.purpose": "What for",
    "web.reads.about": "About",
    "web.reads.more": ("and {n} more", "and {n} more"),
}
