"""From an officer's file of terms to a signed plan on the command line: quotas, a family, stretchers, a tolerance."""

from __future__ import annotations

import os
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from repatria.deal.terms import EXAMPLE
from repatria.exchange import events
from repatria.exchange.fold import fold
from repatria.exchange.state import Attachments, State
from repatria.ledger.canonical import decode
from repatria.plan.basis import fairness_problems
from repatria.store.delegate import create_key
from tests.cli.test_main import answered, problems, said
from tests.sync.nodes import NOW, PASSPHRASE, ROUND, SIGNATORIES, Nodes, delegate_key, make_nodes

TERMS = (
    "tolerance = 1\n"
    + EXAMPLE[: EXAMPLE.index("[[stages]]")].replace("north = 10\nsouth = 12", "north = 6\nsouth = 6")
    + "".join(
        f"""
[[stages]]
stage = "{stage}"
date = {day}
safe_place = "school"
  [[stages.places]]
  place = "bridge"
  bound = 3
  capacity = {{ north = 5, south = 5 }}
  marked = {{ s = 2 }}
"""
        for stage, day in (("s1", "2025-12-10"), ("s2", "2025-12-12"))
    )
    + """
[[limit]]
id = "young"
at_least = 1
whom = [{ side = "south", mark = "y" }]

[[limit]]
id = "desk"
at_most = 7
each = ["stage"]
whom = [{ account = "exchange" }]
firm = true

[[category]]
id = "wounded"
tier = 0
counts = false
all = true
marks = ["s"]
when = { medical_category = ["seriously_wounded"] }

[[category]]
id = "under-25"
tier = 2
counts = true
marks = ["y"]
when = { age_under = 25 }

[[category]]
id = "others"
tier = 1
counts = true
"""
)
HEAD = "record_id,family_name,given_names,date_of_birth,service_number,place_of_detention,medical_category"
FAMILY_NAMES = ("Bondar", "Koval", "Lysenko", "Melnyk", "Shevchuk", "Tkachuk", "Yurchenko", "Zhuk")
# Of each side eight: two wounded, one young, five others.
BORN = ("1970-01-02", "1971-02-03", "2004-05-02", "1979-06-03", "1980-07-04", "1981-08-05", "1982-09-06", "1983-10-07")
WOUND = ("seriously_wounded", "seriously_wounded", *("fit",) * 6)


class Office:
    """Two parties at their nodes, with key files of their signatories."""

    def __init__(self, nodes: Nodes, folder: Path) -> None:
        self.nodes, self.folder = nodes, folder
        self.keys = {member: [self.key(f"{member}/{name}") for name in SIGNATORIES] for member in ("north", "south")}

    def key(self, author: str) -> Path:
        """The key that the nodes already know, as a file."""
        path = self.folder / f"{author.replace('/', '-')}.key"
        first = [delegate_key(author).seed]
        random: Callable[[int], bytes] = lambda n: first.pop() if first else os.urandom(n)  # noqa: E731
        create_key(path, author, PASSPHRASE, random)
        return path

    def do(self, member: str, noun: str, verb: str, *words: object) -> dict[str, Any]:
        return answered(noun, verb, self.nodes.path(member), *words, "--at", NOW)

    def signed(self, member: str, noun: str, verb: str, *words: object) -> dict[str, Any]:
        keys = [each for key in self.keys[member] for each in ("--key-file", key)]
        return self.do(member, noun, verb, *words, *keys)

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def register(self, of: str, kind: str) -> Path:
        """The eight whom a side holds, as their holder or whoever seeks them has them."""
        rows = [
            f"{kind}-{at},{name},{of.title()},{born},{of}-{at},camp,{wound if kind == 'held' else ''}"
            for at, (name, born, wound) in enumerate(zip(FAMILY_NAMES, BORN, WOUND, strict=True))
        ]
        return self.file(f"{of}-{kind}.csv", "\n".join([HEAD, *rows, ""]))

    def read(self, member: str, plan: str) -> tuple[State, Attachments, State]:
        """The state, the attachments, and the state before a plan was proposed."""
        kept = {path.name: path.read_bytes() for path in self.nodes.stick.rglob("*") if len(path.name) == 64}
        with self.nodes.open(member) as node:
            state, ledger = node.state(), node.ledger
            assert ledger is not None
            return state, kept.get, fold(ledger.entries(0, state.since[f"plan/{plan}"]), node.attachment)

    # --- chapters -----------------------------------------------------------------------------------------------

    def agree(self) -> None:
        for side in ("north", "south"):
            self.nodes.say("north", events.ClauseProposed(ROUND, events.Slug(f"total-{side}"), 6))
        self.nodes.carry()
        for party in ("north", "south"):
            for side in ("north", "south"):
                self.nodes.say(party, events.ClauseAgreed(ROUND, events.Slug(f"total-{side}"), 6), signed=True)
        self.nodes.carry()
        self.signed("north", "terms", "draft", self.file("terms.toml", TERMS))
        self.nodes.carry()
        self.signed("south", "terms", "sign")
        self.nodes.carry()

    def list(self) -> None:
        nodes = self.nodes
        for holder, seeker in (("north", "south"), ("south", "north")):
            self.do(holder, "register", "import", self.register(holder, "held"), "--kind", "held")
            told = self.do(seeker, "register", "import", self.register(holder, "sought"), "--kind", "sought")
            nodes.carry()
            self.signed(seeker, "register", "disclose", told["register"], "--to", holder)
            nodes.carry()
            self.do(holder, "link", "find")
            self.do(holder, "link", "confirm", "--who", "officer", "--why", "number and name")
            self.do(holder, "answer", "give", "--others-not-held")
        nodes.carry()

    def rows(self, holder: str) -> dict[str, str]:
        """Date of birth -> the sought row of somebody held."""
        from repatria.deal.commands.known import answered_held

        with self.nodes.open(holder) as node:
            found = answered_held(node.state(), self.nodes.given(node), holder)
        return {fields["date_of_birth"]: row for (_, row), fields in found.items()}

    def draw(self) -> None:
        drawing = ("north", "south", "straits", "gulf")
        for verb, members in (("commit", drawing), ("share", drawing), ("hold", (*drawing, "cross")),
                              ("reveal", drawing)):  # fmt: skip
            for member in members:
                if verb != "hold" or member != "south":  # south is a holder of nobody's
                    self.do(member, "lottery", verb)
            self.nodes.carry()


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Office:
    monkeypatch.setenv("REPATRIA_PASSPHRASE", PASSPHRASE)
    return Office(make_nodes(round_open=True), tmp_path)


def test_what_the_terms_say_is_told_in_words_planned_checked_and_verified(office: Office, tmp_path: Path) -> None:
    says = [row[""] for row in answered("terms", "check", office.file("terms.toml", TERMS))["says"]]  # type: ignore[attr-defined]
    assert {
        "north hands over 6 people inside the ratio at most",
        "mark s is on whoever is of one of these categories: wounded",
        "at least 1 person handed over by south and with mark y",
        "at most 7 people in the account exchange; by itself for each stage",
        "bridge in stage s1 takes 2 people with mark s on that day",
        "where these terms cannot be met, this never gives way: desk",
    } <= set(says)
    other = answered("terms", "check", office.folder / "terms.toml", "--language", "uk")["says"]
    assert {"": "позначку s має кожен, хто належить до однієї з цих категорій: wounded"} in other  # type: ignore[operator]
    assert len(other) == len(says)  # type: ignore[arg-type]
    office.agree()
    office.list()

    # A family, by its sought rows; somebody outside the ratio is in no group with somebody inside it.
    rows = office.rows("south")
    mixed = office.file("mixed.txt", f"{rows[BORN[0]]} {rows[BORN[5]]}\n")
    keys = [each for key in office.keys["south"] for each in ("--key-file", key)]
    drafting = ("list", "draft", office.nodes.path("south"), "--at", NOW, *keys)
    assert problems(*drafting, "--together", mixed) == ["list.together"]
    family = office.file("families.txt", f"{rows[BORN[5]]} {rows[BORN[6]]} {rows[BORN[7]]}\n")
    drafted = office.signed("south", "list", "draft", "--together", family)
    assert (drafted["people"], drafted["go_together"]) == (8, 1)
    office.signed("north", "list", "draft")
    office.nodes.carry()
    assert office.signed("north", "list", "sign", "--holder", "south")["go_together"] == 1
    office.signed("south", "list", "sign", "--holder", "north")
    office.nodes.carry()

    office.draw()
    proposed = office.do("straits", "plan", "propose")
    office.nodes.carry()
    for party in ("north", "south"):
        office.signed(party, "plan", "sign")
    office.do("straits", "plan", "sign")
    office.nodes.carry()

    state, attachments, then = office.read("north", proposed["plan"])
    assert state.plan == proposed["plan"]
    (group,) = {person.group for person in state.persons.values() if person.group is not None}
    together = [number for number, person in state.persons.items() if person.group == group]
    assert len(together) == 3
    assert len({state.slots.get(number) for number in together}) == 1
    people = [state.persons[number] for number in state.slots]
    inside = [person for person in people if person.counts]
    assert sum(not person.counts for person in people) == 4  # two wounded of each side, two a day
    sides = {side: sum(person.side == side for person in inside) for side in ("north", "south")}
    assert max(sides.values()) <= 6
    assert abs(sides["north"] - sides["south"]) <= 1
    assert any(person.tier == 2 and person.side == "south" for person in inside)  # whom only the limit lets go

    plan = decode(attachments(proposed["plan"]) or b"")
    assert fairness_problems(plan, then, attachments) == []
    for t, stage in enumerate(plan["stages"]):
        for k in range(len(stage["places"][0]["sequence"])):
            altered = deepcopy(plan)
            del altered["stages"][t]["places"][0]["sequence"][k]
            assert fairness_problems(altered, then, attachments), "a plan without one of its people"
    office.nodes.carry()  # the witnesses' words on the last entries
    keys_of_log = tmp_path / "ledger.vkeys"
    answered("node", "vkeys", office.nodes.path("straits"), "--out", keys_of_log)
    code, out, _ = said("verify", office.nodes.stick / "ledger", "--vkeys", keys_of_log)
    assert code == 0, out
