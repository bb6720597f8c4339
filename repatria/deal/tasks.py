"""The catalogue of tasks: procedural and organisational details that somebody must see to, by a day.

The code is all that the ledger holds, so that no name or free text can come in by way of a task; what each means is
said by `report/status.py`, in every language. A new code is a new rules version, like any other rule of the fold.

    >>> "transport" in TASKS, "lunch" in TASKS
    (True, False)
"""

from __future__ import annotations

TASKS = (
    "transport",  # vehicles, trains or aircraft, with crews
    "route",  # the way to each point of handover, checked
    "security-guarantees",  # no strikes on the way, at the place, in the window
    "air-safety",  # clearance and times for flights
    "safe-place",  # where people wait if a stage stops
    "point-of-handover",  # the place itself: access, shelter, desks
    "communications",  # who calls whom, on which channel
    "backup-power",  # generators and batteries for desks and shelters
    "interpreters",
    "medical-escorts",
    "medical-supplies",
    "food-and-clothing",
    "interview-rooms",  # where the neutral can ask in private
    "access-for-the-neutral",  # passes to places of detention
    "identity-documents",
    "personal-belongings",
    "reception",  # where people are received at home
    "families",  # who tells them, and when
    "press",  # what is said in public, by whom, and when
    "cost",  # who pays for what
    "weather-plan",
)
