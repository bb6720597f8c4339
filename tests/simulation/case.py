"""What one run is made of, as data: how many people, what becomes of them, what goes wrong and when.

Everything is drawn from the seed up front, so that a failing case can be made smaller by leaving things out.

    >>> case = Case.drawn(7)
    >>> Case.parse(case.text) == case
    True
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from random import Random
from typing import Any

from tests.exchange.world import Scenario

# What becomes of somebody: on the side of the people, and of those who bring them.
FATES = ("declines", "absent", "substituted", "withdrawn", "no-access", "on-paper")
ILL = "falls-ill"  # and is taken out of the ratio by a later version of the list

# What goes wrong at one moment, besides the network's own noise. A fault begins when the ledger has `at` entries, and
# `after` minutes more have passed; it lasts `long` minutes.
FAULTS = (
    "partition",  # a node or device is cut off
    "crash",  # a node or device loses what it has not on its disk, and starts again
    "power-cut",  # the next commit of a node or device is lost before it is durable, or durable and never sent
    "dark",  # a desk or gate hears and tells nobody, and comes back late, or never
    "clock",  # a device's or member's clock is years off
    "lost-key",  # a member revokes the key of a desk, which may be out of contact, and appoints another
    "suspension",  # a party suspends, and later all resume
    "replan",  # a mediator proposes another plan for the stages that are not open
    "abort",  # a mediator aborts a place
    "secretariat",  # the secretariat delays, drops, or orders as it likes
    "hostile",  # somebody with keys of a member attacks; `what` says how
)
ATTACKS = (
    "forged", "replayed", "other-exchange", "back-dated", "unilateral", "double-signed", "no-right", "for-nobody",
    "stripped", "malformed", "neutral's-word", "withdrawal", "any-kind",
)  # fmt: skip
Fates = tuple[tuple[str, int, str], ...]  # side, position, fate
DISORDERS = ("delays", "drops", "reorders")
NODES = ("north", "south", "gulf", "cross")


@dataclass(frozen=True)
class Fault:
    kind: str
    at: int
    after: int = 0
    long: int = 0
    who: str = ""
    what: str = ""


@dataclass(frozen=True)
class Case:
    seed: int
    people: tuple[int, int]
    uncounted: tuple[int, int] = (0, 0)
    spare: int = 0
    stages: int = 1
    places: int = 1
    bound: int = 1
    desks: int = 1
    regrants: bool = False  # whether a right that came back is granted a second time
    loss: float = 0.0
    repeat: float = 0.0
    delay: int = 3  # minutes at most; large values reorder
    fates: Fates = ()
    faults: tuple[Fault, ...] = ()

    @classmethod
    def drawn(cls, seed: int) -> Case:
        random = Random(f"case {seed}")
        stages, places = random.choice((1, 1, 1, 2)), random.choice((1, 1, 1, 2))
        most = 12 if random.random() < 0.15 else 5
        people = random.randint(1, most), random.randint(1, most)
        uncounted = random.choice(((0, 0), (0, 0), (1, 0), (0, 2)))
        spare = random.choice((0, 0, 1))
        desks = random.choice((1, 1, 2))
        bound = random.choice((1, 1, 2, 3))
        names = ("bridge", "pier")[:places]
        devices = [f"{side}/desk-{place}" + ("-2" if i else "") for place in names for side in ("north", "south")
                   for i in range(desks)] + [f"cross/gate-{place}" for place in names]  # fmt: skip
        fates = tuple(
            (side, at, random.choice(FATES))
            for side, count in zip(("north", "south"), people, strict=True)
            for at in range(count + max(uncounted))
            if random.random() < 0.12
        )
        fates += _illnesses(seed, people, fates)
        faults = tuple(sorted(
            (_fault(random, devices) for _ in range(random.choice((0, 1, 2, 2, 3, 4, 6)))),
            key=lambda fault: (fault.at, fault.after, fault.kind),
        ))  # fmt: skip
        quiet = random.random() < 0.2
        return cls(
            seed, people, uncounted, spare, stages, places, bound, desks, random.random() < 0.3,
            0.0 if quiet else round(random.uniform(0, 0.3), 2), 0.0 if quiet else round(random.uniform(0, 0.3), 2),
            3 if quiet else random.choice((3, 20, 90)), fates, faults,
        )  # fmt: skip

    @property
    def scenario(self) -> Scenario:
        names = ("bridge", "pier")[: self.places]
        return Scenario(self.people, self.uncounted, self.spare, self.stages, names, self.bound, desks=self.desks)

    @property
    def has_hostile(self) -> bool:
        return any(fault.kind == "hostile" for fault in self.faults)

    @property
    def kinds(self) -> set[str]:
        """The kinds of fault that are in it, the network's noise included."""
        noise = {"loss": self.loss > 0, "repetition": self.repeat > 0, "reordering": self.delay > 3}
        return {name for name, there in noise.items() if there} | {fault.kind for fault in self.faults}

    @property
    def size(self) -> int:
        """Smaller is easier to read."""
        noise = 10 * (self.loss > 0) + 10 * (self.repeat > 0) + self.delay
        people = sum(self.people) + sum(self.uncounted) + 2 * self.spare
        return 20 * len(self.faults) + 10 * len(self.fates) + 5 * people + noise + 20 * (
            self.stages + self.places + self.desks + self.bound + self.regrants)  # fmt: skip

    @property
    def text(self) -> str:
        """One line of JSON with what differs from a quiet case."""
        plain = {name: value for name, value in asdict(self).items() if value != _DEFAULTS.get(name)}
        if "faults" in plain:
            plain["faults"] = [{k: v for k, v in fault.items() if v not in (0, "")} for fault in plain["faults"]]
        return json.dumps(plain, separators=(",", ":"))

    @classmethod
    def parse(cls, text: str) -> Case:
        raw: dict[str, Any] = json.loads(text)
        faults = tuple(Fault(**({"at": 0} | fault)) for fault in raw.pop("faults", ()))
        fates = tuple((side, at, fate) for side, at, fate in raw.pop("fates", ()))
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()}, fates=fates, faults=faults)

    def smaller(self) -> list[Case]:
        """Cases with something left out, those that leave out most first."""
        found = [replace(self, faults=()), replace(self, fates=()), replace(self, loss=0.0, repeat=0.0, delay=3)]
        half = len(self.faults) // 2
        found += [replace(self, faults=self.faults[:half]), replace(self, faults=self.faults[half:])]
        found += [replace(self, faults=self.faults[:i] + self.faults[i + 1 :]) for i in range(len(self.faults))]
        found += [replace(self, fates=self.fates[:i] + self.fates[i + 1 :]) for i in range(len(self.fates))]
        found += [replace(self, loss=0.0), replace(self, repeat=0.0), replace(self, delay=3)]
        found += [replace(self, stages=1), replace(self, places=1), replace(self, desks=1), replace(self, spare=0)]
        found += [replace(self, uncounted=(0, 0)), replace(self, bound=1), replace(self, regrants=False)]
        north, south = self.people
        found += [replace(self, people=people) for people in ((1, 1), (north // 2, south // 2), (north - 1, south),
                                                              (north, south - 1)) if min(people) >= 1]  # fmt: skip
        return [case for case in dict.fromkeys(found) if case != self]


_DEFAULTS = asdict(Case(0, (0, 0)))


def _illnesses(seed: int, people: tuple[int, int], fates: Fates) -> Fates:
    """In every third case somebody falls ill, and sometimes one more; nobody to whom something else happens."""
    random = Random(f"illness {seed}")
    everyone = [(side, at) for side, count in zip(("north", "south"), people, strict=True) for at in range(count)]
    well = [each for each in everyone if each not in {(side, at) for side, at, _ in fates}]
    ill = random.sample(well, min(len(well), random.choice((0, 0, 1, 2)) if random.random() < 2 / 3 else 0))
    return tuple((side, at, ILL) for side, at in ill)


def _fault(random: Random, devices: list[str]) -> Fault:
    kind = random.choice((*FAULTS, "dark", "hostile", "hostile", "crash"))
    at, after = random.randint(4, 80), random.randint(0, 60)
    anyone = random.choice((*NODES, *devices, *devices))
    desk = random.choice(devices)
    party = random.choice(("north", "south"))
    match kind:
        case "partition":
            return Fault(kind, at, after, random.randint(10, 400), anyone)
        case "crash":
            return Fault(kind, at, after, random.randint(1, 120), random.choice((anyone, "straits")))
        case "power-cut":
            return Fault(kind, at, after, random.randint(1, 60), anyone, random.choice(("before", "after")))
        case "dark":
            return Fault(kind, random.randint(50, 80), after, random.choice((200, 700, 1500, 10**6)), desk)
        case "clock":
            years = random.choice((-10, 10, -1, 1))
            return Fault(kind, at, after, years, anyone)
        case "lost-key":
            desks = [name for name in devices if "/desk-" in name]
            return Fault(kind, random.randint(50, 90), after, random.choice((0, 300)), random.choice(desks))
        case "suspension":
            return Fault(kind, at, after, random.randint(20, 300), party)
        case "secretariat":
            return Fault(kind, at, after, random.randint(20, 300), "straits", random.choice(DISORDERS))
        case "hostile":
            return Fault(kind, at, after, 0, random.choice((party, party, "gulf")), random.choice(ATTACKS))
    return Fault(kind, random.randint(55, 90), after, 0, "gulf")
