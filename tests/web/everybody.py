"""Everybody who may come to a node's pages, of every role, and what each page can be asked about in one world.

The tests of who may open what, of what a page may depend on, and of how every page looks are made from this and from
the table of pages, so that a page which is added tomorrow is in all of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from repatria.deal.commands.known import visits_of
from repatria.exchange import commands as said
from repatria.exchange.authority import DESK, GATE, INTERVIEWER, LIAISON, OFFICER, PHYSICIAN, SIGNATORY, SUPERVISOR
from repatria.families.case import CASES
from repatria.ledger.note import public_key
from repatria.linkage.commands import compared
from repatria.linkage.versions import compare_versions
from repatria.message import Message
from repatria.office import Outcome
from repatria.problem import Problem
from repatria.rehearsal.nodes import PASSPHRASE
from repatria.store.delegate import DelegateKey, open_key
from repatria.store.equipment import format_card
from repatria.store.vault import new_identity
from repatria.web.access import PAGES
from repatria.web.served import KEEPER, Served, Wanted
from tests.web.world import World, application, client

DRAFT, JOB = "d" * 16, "e" * 16  # random numbers elsewhere
NOW = "2025-12-06"
DEVICES = {"north": "desk-bridge", "cross": "gate-bridge"}  # whose cards were brought


@dataclass(frozen=True)
class Somebody:
    """A login at a member's node, with the role that the ledger gives; None for one that has none, or none any more."""

    member: str
    name: str
    role: str | None
    keeper: bool = False

    @property
    def roles(self) -> frozenset[str]:
        return frozenset([*([self.role] if self.role else []), *([KEEPER] if self.keeper else [])])

    def __str__(self) -> str:
        return f"{self.member}/{self.name}"


EVERYBODY = (
    Somebody("north", "clerk", OFFICER), Somebody("north", "sig-1", SIGNATORY),
    Somebody("north", "supervisor", SUPERVISOR), Somebody("north", "family", LIAISON),
    Somebody("north", "doctor-1", PHYSICIAN), Somebody("north", "keeper", None, keeper=True),
    Somebody("north", "desk-bridge", DESK), Somebody("north", "former", None),
    Somebody("cross", "interviewer", INTERVIEWER), Somebody("cross", "doctor-1", PHYSICIAN),
    Somebody("cross", "clerk", OFFICER), Somebody("cross", "gate-bridge", GATE),
    Somebody("straits", "clerk", OFFICER),
)  # fmt: skip


def furnished(folder: Path) -> World:
    """An exchange with a plan in force, in which every role is somebody's and every page has something to show."""
    application()
    from repatria.web import urls

    assert urls.urlpatterns  # with which every page is in the table
    world = World.after("draw_and_plan", folder)
    world.at.on(NOW)
    for each in EVERYBODY:
        if each.role in (OFFICER, LIAISON, PHYSICIAN):
            world.appoint(each.member, each.name, each.role)
    world.appoint("north", "former", OFFICER)
    world.at.do("node", "revoke", world.at.node("north"), "former")
    _examined(world)
    _sought_by_a_family(world)
    world.at.carry()
    for member, name in DEVICES.items():
        _carded(world, member, name)
    with world.serving("north") as served:
        _brought(served)
        _asked(served)
    return world


def _examined(world: World) -> None:
    """The holder's own board has found one of its prisoners fit for direct repatriation."""
    with world.serving("north") as served:
        number = min(str(each.number) for each in served.state().persons.values() if each.holder == "north")
    found = world.at.folder / "keys" / "found.csv"
    found.write_text(f"number,finding\n{number},direct_repatriation\n", encoding="utf-8")
    words = ("--place", "camp-1", "--on", NOW, "--holder", "north", "--findings", str(found))
    world.at.do("clear", "board", world.at.node("north"), *words, "--key-file", world.at.key("north/doctor-1"))


def _sought_by_a_family(world: World) -> None:
    """A mother has asked, and nobody has looked yet whom she means."""
    request = world.at.folder / "keys" / "request.toml"
    request.write_text(
        '[sought]\nfamily_name = "Вигаданий"\ngiven_names = "Син"\n[enquirer]\nname = "Вигадана Мати"\n'
        'kinship = "parent"\nreach = "the tracing office, room 4"\nlanguage = "uk"\n', encoding="utf-8",
    )  # fmt: skip
    world.at.do("family", "take", world.at.node("north"), str(request))


def _carded(world: World, member: str, name: str) -> None:
    """The card of a device at its member's node; of north, another one waits to be appointed."""
    from repatria.web.pages.desks import CARDS

    key = open_key(Path(world.at.key(f"{member}/{name}")), PASSPHRASE)
    cards = {CARDS + name: format_card(key)}
    if member == "north":
        cards[f"{CARDS}desk-late"] = format_card(DelegateKey("north/desk-late", bytes(31) + b"d", new_identity()))
    with world.serving(member) as served:
        served.node.vault.put_all({}, cards)


def _brought(served: Served) -> None:
    """A list that was brought and looked through; the same compared with the list in force; work that has ended."""
    from repatria.files.tables import format_csv
    from repatria.web import jobs, work
    from repatria.web.drafts import Draft
    from repatria.web.models import Job

    given = served.node.given(served.clock())
    draft = Draft(DRAFT, "camp list.csv", "held", served.member, "clerk", served.clock())
    heading = ["Record", "Surname", "Given names", "Date of birth", "Shoe size"]
    rows = [["r-1", "Invented", "Test", "1990-02-03", "43"], ["r-2", "Other", "Test", "1990-02-30", ""]]
    served.node.vault.put_all({}, {draft.place: draft.as_bytes(), f"{draft.place}/file": format_csv(heading, rows)})
    looked = work.look_through(served.node.state(), {"draft": DRAFT}, served.member, given)
    assert isinstance(looked, Outcome)
    (held,) = (name for name, fact in served.state().registers.items()
               if (fact.owner, fact.list_kind) == (served.member, "held"))  # fmt: skip
    before = compared(given, held)
    after = [replace(each, fields={**each.fields, "unit": "another"}) for each in before[:5]] + before[6:]
    found = compare_versions(before, after).as_json()
    counts = {key: value for key, value in found.items() if not key.endswith("_rows")}
    served.node.vault.put_all({}, {**looked.documents, f"web/compared/{held}": json.dumps(counts).encode()})
    Job.objects.get_or_create(name=JOB, defaults={
        "kind": "look", "by": "clerk", "about": DRAFT, "state": jobs.REFUSED, "counts": {"list.file": 1},
    })  # fmt: skip
    problem = Problem("list.file", "camp list.csv", "no table", "choose another file")
    told = json.dumps([problem.as_json()]).encode()
    served.node.vault.put_document(f"{jobs.PLACE}/{JOB}/problems", told)


def _asked(served: Served) -> None:
    """Something waits for the signatories, a file for a consent; a program has a token; somebody is invited."""
    from repatria.web import invitations, signing, tokens

    tokens.issue(served, served.who("clerk"), OFFICER, "buses")
    tokens.issue(served, served.who("desk-bridge"), DESK)
    invitations.invite(served, "newcomer", keeper=False)
    own, key = served.member, public_key(bytes(32)).hex()
    another = said.Appoint(said.By(own), f"{own}/sig-4", SIGNATORY, key, None)
    with served.at(served.who("clerk")) as at:
        with pytest.raises(Wanted) as wanted:
            at.run(said.appoint, another)
        what = Message("members.wanted.appoint", {"name": another.delegate, "role": Message("web.role.signatory")})
        signing.keep(at, wanted.value, what)
    about = asked_about(served, EVERYBODY[0])
    assert client("clerk").post(address("register-file", about), {"purpose": "a copy"}).status_code == 302


def asked_about(served: Served, who: Somebody) -> dict[str, tuple[Any, ...]]:
    """What stands in the place of an address's parameters, by page: something that is there, and theirs where it is."""
    from repatria.web import exports, signing

    state, own = served.state(), served.member
    mine = next((name for name, fact in state.registers.items() if fact.owner == own), "0" * 32)
    disclosed = next((name for name, fact in state.registers.items() if own in fact.asked), "0" * 32)
    with served.at(served.who(who.name, who.keeper)) as at:
        waiting = next((each.id for each in signing.waiting(at)), "0" * 32)
        export = next((each.id for each in exports.exports(at)), "0" * 32)
    visits = [visits_of(state, served.node.given(served.clock()), each.list) for each in state.lists.values()]
    place = min((str(place) for each in visits for place in each.values()), default="nowhere")
    stage = min(state.stages)
    found = {
        **dict.fromkeys(("matches", "find-matches", "confirm-matches"), (disclosed,)),
        **dict.fromkeys(("register", "register-file", "answer"), (mine,)),
        **dict.fromkeys(("draft", "annotated"), (DRAFT,)), **dict.fromkeys(("template", "dictionary"), ("held",)),
        **dict.fromkeys(("signing-one", "signing-events"), (waiting,)), "job": (JOB,), "draw-step": ("commit",),
        **dict.fromkeys(("interviews-at", "interviews-people"), (place,)), "ledger-entry": (5,),
        "dispute-entry": (5,), "public-view": ("timeline",), "public-file": ("nothing.csv",),
        "list-file": (next(iter(state.lists)),), "notices_before": (9,), "terms-from": ("form",),
    }  # fmt: skip
    case = next(iter(served.node.vault.documents(CASES)), f"{CASES}{'0' * 16}").rpartition("/")[2]
    found["family-case"] = (case,)
    found |= {name: (stage,) for name in PAGES if name.startswith("stage-") or name == "stage"}
    return found | {name: (export,) for name in PAGES if name.startswith("export-")}


def address(name: str, about: Mapping[str, tuple[Any, ...]], language: str = "en") -> str:
    """The page's address, in a language."""
    from django.urls import reverse
    from django.utils.translation import override

    with override(language):
        return reverse(name, args=about.get(name, ()))
