"""The scenario's terms, of the Istanbul kind, as an officer would write them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """How large a rehearsal is: people in the registers, totals, bounds and capacities."""

    registers: dict[str, int]
    north_total: int
    south_total: int
    bound: int
    place_bound: int
    capacity: dict[str, int]  # seats at one place for those whom each side hands over


TEST = Size(
    {"north_held": 110, "south_held": 110, "north_sought": 130, "south_sought": 130}, 40, 40, 16, 3,
    {"north": 6, "south": 6},
)  # fmt: skip
FULL = Size(
    {"north_held": 3200, "south_held": 3600, "north_sought": 6000, "south_sought": 6000}, 1000, 1200, 100, 40,
    {"north": 150, "south": 180},
)  # fmt: skip

STAGES = (("s1", "2025-12-08"), ("s2", "2025-12-10"), ("s3", "2025-12-16"), ("s4", "2025-12-18"))


def terms_text(size: Size) -> str:
    """The terms file."""
    stages = "".join(
        f"""
[[stages]]
stage = "{stage}"
date = {day}
safe_place = "school-{stage}"
  [[stages.places]]
  place = "bridge"
  bound = {size.place_bound}
  capacity = {{ north = {size.capacity["north"]}, south = {size.capacity["south"]} }}
  [[stages.places]]
  place = "station"
  bound = {size.place_bound}
  capacity = {{ north = {size.capacity["north"]}, south = {size.capacity["south"]} }}
"""
        for stage, day in STAGES
    )
    return f"""# A round of the Istanbul kind: so many for so many, all seriously wounded and sick, everyone under 25.
round = "2025-1"
parties = ["north", "south"]
neutral = "cross"
answers_due = 2025-11-28
target_date = 2025-12-31
chance_days = 7
bound = {size.bound}
undertakings = ["gc3-117"]

[totals]
north = {size.north_total}
south = {size.south_total}
{stages}
[[category]]
id = "seriously-wounded-and-sick"
tier = 0
counts = false
all = true
when = {{ medical_category = ["seriously_wounded", "seriously_sick", "direct_repatriation"] }}

[[category]]
id = "retained-personnel"
tier = 0
counts = false
all = true
when = {{ person_category = ["retained_personnel"] }}

[[category]]
id = "under-25"
tier = 1
counts = true
all = true
when = {{ age_under = 25 }}

[[category]]
id = "by-time-in-captivity"
tier = 2
counts = true
order = "captivity_months"
since = "2022-02"
"""
