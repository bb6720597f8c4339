"""No byte of what somebody gets from a node depends on what is not theirs to see there.

Every page and every reading of the API is asked for twice by each person: in the world as it is, and in one in which
everything of the node's sealed store that is outside their rights says something else and is longer. Rights are the
table below, written by hand. A document of a kind that is not in it, a page whose form only reads and is not filled in
here, or a verb that is neither a reading nor an act, fails.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any
from unittest.mock import patch

import pytest

from repatria.exchange import medical
from repatria.exchange.authority import DESK, GATE, INTERVIEWER, LIAISON, OFFICER, PHYSICIAN, SIGNATORY, SUPERVISOR
from repatria.message import Message
from repatria.office import Given, Record
from repatria.store.reads import Reads
from repatria.web.served import KEEPER, Served
from repatria.web.uploads import folder_in_memory
from tests.web.everybody import DEVICES, EVERYBODY, NOW, Somebody, address, asked_about, furnished
from tests.web.world import HOST, World, application, client

application()

OFFICE = {OFFICER, SIGNATORY}
EVERYBODYS = {OFFICER, SIGNATORY, SUPERVISOR, INTERVIEWER, PHYSICIAN, LIAISON, KEEPER}
# By kind of document of the vault: whose pages and verbs may depend on what it says, among the node's own people.
MAY_SEE: dict[str, set[str]] = {
    "annex/": OFFICE, "mail/annex/": OFFICE,  # what the terms say beside their text, such as quotas
    "offer/": OFFICE, "mail/offer/": OFFICE,
    "candidates/": OFFICE, "judgements/": OFFICE, "weighed/": OFFICE, "mail/register/": OFFICE,
    "mail/rows/": {*OFFICE, INTERVIEWER}, "mail/visits/": {INTERVIEWER},  # people of the final lists, by name and place
    "nonce/": set(), "mail/draw/": set(),  # a part of a draw before it is opened: commands only
    "web/list/": OFFICE, "web/compared/": OFFICE, "web/judged/": OFFICE, "web/job/": OFFICE,
    "family/": {LIAISON}, "claim/": OFFICE, "web/desks/": {OFFICER}, "equipped/": {OFFICER},
    "web/exports/": {*OFFICE, SUPERVISOR, INTERVIEWER},
    "web/cards": {KEEPER}, "web/opening": {KEEPER},
    "public/proof": EVERYBODYS,
    "web/tokens": set(), "web/keys/": {KEEPER}, "web/invitations": {KEEPER}, "web/logins": set(),
}  # fmt: skip
CONCERNED = ("web/signing/", "web/signing-of/")  # for whom it waits, and whoever asked
RECORDS = OFFICE  # every field of the member's own registers
FINDINGS = {PHYSICIAN}  # what boards found, sealed to this member
FOUND_BY = {LIAISON: {"record_id"}}  # fields by which somebody may name whom they ask about

# What only reads though it is asked for by a form, filled in.
Filled = Callable[[str, str], Mapping[str, Any]]
READ_BY_FORM: dict[str, Filled] = {
    "clearing": lambda number, row: {"numbers": number}, "plan-why": lambda number, row: {"number": number},
    "families": lambda number, row: {"person": number, "purpose": "the mother rang"},
    "withdraw": lambda number, row: {"number": number, "reason": "as agreed"},
    "reads": lambda number, row: {"do": "check"},
    "carry-bundle": lambda number, row: {}, "ledger-verify": lambda number, row: {},
    "draw-verify": lambda number, row: {},
}  # fmt: skip
# What does something, sent by a form, and shows nothing of its own; its problems are shown by the page it stands on.
ACTS = {"find-matches", "confirm-matches", "terms-check", "terms-draft", "terms-sign", "draw-step", "plan-propose",
        "plan-sign", "stages-desk", "stage-now", "members_invite", "members_end_login", "members_appoint",
        "annotated", "register-file", "list-file", "reasons-file", "remains-identify",
        "begin-cards", "begin-join", "begin-aside"}  # fmt: skip
ACTS_BY_NAME = ("token-", "consult-", "stage-", "signing-", "export-", "key-", "close-", "dispute-", "public-file")
# Files that leave by the word of two: the page at which each is asked for. They are looked at as they are made.
FILES = {"register-file": "register-file", "answer-file": "answer", "list-file": "list-file", "annotated": "annotated",
         "interview-forms": "interviews-at", "reasons-file": "reasons-file",
         "desk-file": "stage-desk-file"}  # fmt: skip
# A third of a second of work each: asked for by these alone of those who may.
DEAR = {"ledger-verify": {"north/supervisor"}, "draw-verify": {"north/supervisor"}, "api plan explain": {"north/clerk"},
        "plan-why": {"north/clerk", "north/sig-1"}, "reasons-file": {"north/clerk"}}  # fmt: skip

# The verbs that only read; every other one does something. Those that give rows of people away by the word of two are
# looked at as they are let through, by the values with which they give most.
READINGS = {
    "exchange status", "exchange calendar", "register list", "law review", "terms offers", "terms show", "task list",
    "list show", "clear places", "clear boards", "lottery receipt", "plan show", "plan explain", "plan page",
    "family list", "public show", "public prove", "remains list", "node show",
    "node notices", "node vkeys", "node card",
    "register export", "register preview", "answer export", "list export", "link list", "clear people", "clear form",
    "family match",
}  # fmt: skip
MORE: Mapping[str, Mapping[str, Any]] = {
    "link list": {"all_": True}, "plan explain": {"number": None, "all_": True, "out": "out.csv"},
    "plan page": {"numbers": True}, "family match": {"row": None},
}  # fmt: skip
HAVE = {"north/clerk", "cross/interviewer"}  # who has people's rows to give away
ACTING = {
    "exchange activate", "exchange time", "exchange suspend", "exchange resume", "exchange withdraw",
    "exchange dispute", "exchange settle", "exchange transcribe", "exchange close-round", "exchange close",
    "register import", "register disclose", "register check", "register erase", "register forget", "link find",
    "link judge", "link undo", "link confirm", "link why-not", "answer give", "law tell", "terms open",
    "terms propose", "terms offer", "terms release", "terms agree", "terms draft", "terms sign", "terms check",
    "task set", "task done", "list draft", "list sign", "clear visit", "clear seen", "clear typed", "clear refused",
    "clear board", "lottery commit", "lottery share", "lottery hold", "lottery reveal", "lottery open",
    "plan propose", "plan sign", "stage open", "stage grant", "stage dark", "stage confirm", "stage reconcile",
    "family take", "family check", "family status", "family hand", "family end", "family release",
    "stage abort", "public claim", "public counts", "remains identify",
}  # fmt: skip

VIEWERS = [each for each in EVERYBODY if each.roles & {*OFFICE, SUPERVISOR, INTERVIEWER, PHYSICIAN, LIAISON, KEEPER}]


# --- the same node, in which what is not theirs says something else --------------------------------------------------


@dataclass(frozen=True)
class Otherwise:
    """A vault in which everything outside somebody's rights is otherwise, and longer; nothing of it is written."""

    vault: Any
    who: Somebody

    def __getattr__(self, name: str) -> Any:
        return getattr(self.vault, name)

    @property
    def changes(self) -> int:
        return int(self.vault.changes) + 1  # what was kept at hand of the other world is looked at again

    def document(self, name: str) -> bytes | None:
        data = self.vault.document(name)
        if data is None:
            return None
        if name.startswith(CONCERNED):
            return _waiting_otherwise(data, self.who) if name.startswith(CONCERNED[0]) else data
        if name == "web/tokens":
            rows = [each if each["name"] == self.who.name else self._token(each) for each in json.loads(data)]
            return json.dumps(rows).encode()
        if name.startswith("family/case/") and OFFICER in self.who.roles:
            case = json.loads(data)  # whom a family asks for is matched by officers; who asks is the liaison's
            return json.dumps({**case, "enquirer": _otherwise(case["enquirer"])}).encode()
        return data if self.who.roles & MAY_SEE[kind_of(name)] else _bytes_otherwise(data)

    def records(self, register: str) -> Iterator[Any]:
        return ((row, self._fields(fields), salts) for row, fields, salts in self.vault.records(register))

    def record(self, register: str, row: str) -> Any:
        found = self.vault.record(register, row)
        return None if found is None else (self._fields(found[0]), found[1])

    def _token(self, row: dict[str, Any]) -> Any:
        """Another's: the keeper sees whose it is, its role and since when, and not what its owner calls it; an officer
        sees as much of those of devices."""
        may = KEEPER in self.who.roles or (OFFICER in self.who.roles and row["role"] in (DESK, GATE))
        return {**row, "label": _otherwise(row["label"])} if may else _otherwise(row)

    def _fields(self, fields: Mapping[str, str]) -> dict[str, str]:
        if self.who.roles & RECORDS:
            return dict(fields)
        kept = FOUND_BY.get(self.who.role or "", set())
        return {name: text if name in kept else f"{text} otherwise" for name, text in fields.items()}


def kind_of(name: str) -> str:
    (kind,) = [each for each in MAY_SEE if name.startswith(each)]  # of one that nobody has looked at: a failure
    return kind


def _bytes_otherwise(data: bytes) -> bytes:
    try:
        return json.dumps(_otherwise(json.loads(data))).encode()
    except ValueError:
        return data[::-1] + b"otherwise"


def _otherwise(value: Any) -> Any:
    match value:
        case dict():
            return {key: _otherwise(each) for key, each in value.items()}
        case list():
            return [*map(_otherwise, value)]
        case None:
            return None  # what is not there is not made up
        case bool():
            return not value
        case int() | float():
            return value + 1
    return f"{value} otherwise"


def _waiting_otherwise(data: bytes, who: Somebody) -> bytes:
    """What waits for others says something else, and is wanted by another day."""
    from repatria.web import kept

    found = kept.decode(data)
    concerns = str(who) == found.by or any(str(who) in each.keys for each in found.events)
    changed = replace(found, what=Message("web.terms.do.sign"), due="2025-12-30", by="north/another")
    return data if concerns else kept.encode(changed)


class OtherNode:
    """The node with that vault, and with other findings of boards for whoever is not to see any."""

    def __init__(self, node: Any, who: Somebody) -> None:
        self.node, self.who, self.vault = node, who, Otherwise(node.vault, who)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.node, name)

    def given(self, *args: Any, **kwargs: Any) -> Given:
        found: Given = self.node.given(*args, **kwargs)
        mine = self.who.roles & FINDINGS
        return replace(
            found, document=self.vault.document,
            records=lambda register: [Record(register, *each) for each in self.vault.records(register)],
            unseal=found.unseal if mine else lambda sealed: _found(found.unseal(sealed)),
        )  # fmt: skip


@contextmanager
def otherwise(served: Served, who: Somebody) -> Iterator[None]:
    node = served.node
    served.node = OtherNode(node, who)  # type: ignore[assignment]
    try:
        yield
    finally:
        served.node = node


def _found(data: bytes | None) -> bytes | None:
    """Another finding of everybody whom a board has examined."""
    known = medical.unpack(data or b"")
    return medical.pack(dict.fromkeys(known, "rejected")) if known else data


# --- what somebody gets ----------------------------------------------------------------------------------------------


About = Mapping[str, tuple[Any, ...]]


def got(served: Served, who: Somebody, about: About) -> dict[str, bytes]:
    """Everything that the node's pages and verbs say to them, by name."""
    with folder_in_memory() as folder:
        served.reads = Reads(folder / "reads")
        return {**pages(served, who, about), **verbs(served, who, about)}


def pages(served: Served, who: Somebody, about: About) -> dict[str, bytes]:
    from repatria.web.access import PAGES, may_open

    visitor = client(who.name, who.keeper)
    number, row = somebody_sought(served)
    found: dict[str, bytes] = {}
    me = served.who(who.name, who.keeper)
    for name, page in PAGES.items():
        if not may_open(page, me, served.node.role):
            continue
        where = address(name, about)
        answer = visitor.get(where)
        shows = answer.status_code == 200
        assert shows or name in {*READ_BY_FORM, *ACTS} or name.startswith(ACTS_BY_NAME), name
        found[name] = plainly(answer)
        if name in READ_BY_FORM and str(who) in DEAR.get(name, {str(who)}):
            found[f"{name} by form"] = plainly(visitor.post(where, READ_BY_FORM[name](number, row)))
        if name == "register":
            found["register for another"] = plainly(visitor.get(where, {"for": "south"}))
    return found | files(served, who, about)


def files(served: Served, who: Somebody, about: Mapping[str, tuple[Any, ...]]) -> dict[str, bytes]:
    """The files that they may ask for."""
    from repatria.web import exports
    from repatria.web.access import PAGES, may_open
    from repatria.web.texts import language_of

    assert exports.KINDS.keys() == FILES.keys()
    me = served.who(who.name, who.keeper)
    found: dict[str, bytes] = {}
    for name, page in FILES.items():
        if page not in PAGES or not may_open(PAGES[page], me, served.node.role):
            continue
        if str(who) not in DEAR.get(name, {str(who)}):
            continue
        asked = about.get(page, ())
        asked = (*asked, NOW, "uk", "") if name == "interview-forms" else asked
        asked = (*asked, "bridge", DEVICES[served.member]) if name == "desk-file" else asked
        with served.at(me) as at:
            made = exports.KINDS[name].make(at, asked, language_of("uk"))
        assert made is not None, name
        found[f"file {name}"] = made.data
    return found


def verbs(served: Served, who: Somebody, about: About) -> dict[str, bytes]:
    from django.test import Client

    from repatria.web import exports, tokens
    from repatria.web.verbs import EXPORTING, ROLES
    from repatria.web.verbs import verbs as offered

    mine = [
        name for name in sorted(READINGS)
        if who.role in ROLES[name] and str(who) in DEAR.get(f"api {name}", {str(who)})
    ]  # fmt: skip
    if not mine:
        return {}
    number, _ = somebody_sought(served)
    token, every, found = issued(served, who), offered(), {}
    said = {"register": about["register"][0], "number": number, "holder": "north", "place": about["interviews-at"][0],
            "on": NOW, "kind": "held", "out": "out.csv", "case": about["family-case"][0]}  # fmt: skip

    def call(name: str, values: Mapping[str, Any]) -> Any:
        return Client(SERVER_NAME=HOST).post(
            f"/api/v1/{name.replace(' ', '/')}", json.dumps(values), content_type="application/json",
            headers={"authorization": f"Bearer {token}"},
        )  # fmt: skip

    for name in mine:
        wanted = [each.name for each in every[name].parameters if each.default is inspect.Parameter.empty]
        asked = [{each: said[each] for each in wanted}]
        if name == "plan explain":
            asked = [{**asked[0], "number": number}]
        if name == "plan page":
            asked = [{**asked[0], "out": "out.html"}]
        if name in MORE:
            asked.append({**asked[0], **MORE[name]})
        for values in asked:
            with patch.object(exports, "let", lambda *_: None):  # as after a consent
                answer = call(name, values)
            assert answer.status_code in (200, 422), (name, answer.content)
            if name in EXPORTING and str(who) in HAVE:
                assert answer.status_code == 200, (name, answer.content)  # there is something to be compared
            found[f"api {name} {values}"] = answer.content
    with as_it_is(served):
        held = tokens.found(served, token)
        assert held is not None
        tokens.end(served, held.name, held.sha256)
    return found


def issued(served: Served, who: Somebody) -> str:
    """A token of theirs, in the vault as it truly is."""
    from repatria.web import tokens

    with as_it_is(served):
        return tokens.issue(served, served.who(who.name), str(who.role))


@contextmanager
def as_it_is(served: Served) -> Iterator[None]:
    """The node as it truly is, for whoever writes in it."""
    node = served.node
    served.node = node.node if isinstance(node, OtherNode) else node
    try:
        yield
    finally:
        served.node = node


def somebody_sought(served: Served) -> tuple[str, str]:
    """The number and the row of somebody on the final lists: sought by this member, where it seeks anybody."""
    state = served.state()
    people = sorted(state.persons.values(), key=lambda each: str(each.number))
    mine = [each for each in people if state.registers[each.register].owner == served.member] or people
    return str(mine[0].number), str(mine[0].row)


def plainly(answer: Any) -> bytes:
    """The answer's bytes without what is drawn anew each time."""
    drawn = rb'(csrfmiddlewaretoken" value="|X-CSRFToken": "|name="once" value=")[A-Za-z0-9]+'
    told = f"{answer.status_code} {answer.get('Location', '')} {answer['Content-Type']}".encode()
    return told + re.sub(drawn, rb"\1", answer.content)


# --- it depends on nothing that is not theirs ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return furnished(tmp_path_factory.mktemp("apart"))


def differing(served: Served, who: Somebody, of: Callable[..., dict[str, bytes]] = got) -> set[str]:
    """What says something else where everything that is not theirs does."""
    about = asked_about(served, who)
    one = of(served, who, about)
    with otherwise(served, who):
        other = of(served, who, about)
    assert one.keys() == other.keys()
    return {name for name in one if one[name] != other[name]}


@pytest.mark.parametrize("who", VIEWERS, ids=str)
def test_no_byte_that_somebody_gets_depends_on_what_is_not_theirs(world: World, who: Somebody) -> None:
    with world.serving(who.member) as served:
        assert differing(served, who) == set()


def test_everything_in_the_vault_is_of_a_kind_that_somebody_has_looked_at(world: World) -> None:
    for member in sorted({each.member for each in VIEWERS}):
        with world.serving(member) as served:
            for name in served.node.vault.documents(""):
                assert name.startswith(CONCERNED) or kind_of(name)


def test_every_verb_reads_or_acts() -> None:
    from repatria.web.verbs import ROLES

    assert ROLES.keys() == READINGS | ACTING
    assert not READINGS & ACTING


# --- and the test can fail -------------------------------------------------------------------------------------------


def leaking(of: Callable[[Any], Any]) -> Callable[[Any], Any]:
    from django.http import HttpResponse

    return lambda request: HttpResponse(str(of(request)))


def _a_record(request: Any) -> Any:
    number, row = somebody_sought(request.served)
    register = request.served.state().persons[number].register
    return request.served.node.vault.record(register, row)[0].get("family_name")


def _a_letters_length(request: Any) -> Any:
    vault = request.served.node.vault
    return sum(len(vault.document(each)) for each in vault.documents("mail/rows/"))


def _what_waits_for_others(request: Any) -> Any:
    from repatria.web import signing

    with request.served.at(request.who) as at:
        return [each.what for each in signing.waiting(at)]


def _a_finding(request: Any) -> Any:
    from repatria.exchange.medical import findings

    with request.served.at(request.who) as at:
        return findings(at.node.state(), at.given.unseal)


def _the_keys_at_hand(request: Any) -> Any:
    return request.served.node.vault.document("web/invitations")


LEAKS = {
    "a name of a record": ("family", _a_record), "how long a letter is": ("supervisor", _a_letters_length),
    "what waits for others": ("doctor-1", _what_waits_for_others), "a finding of a board": ("clerk", _a_finding),
    "who is invited": ("clerk", _the_keys_at_hand),
}  # fmt: skip


@pytest.mark.parametrize("leak", LEAKS)
def test_a_page_that_leaks_is_found_out(world: World, leak: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a page of one line that says what is not theirs."""
    from django.conf.urls.i18n import i18n_patterns
    from django.test import override_settings
    from django.urls import path

    from repatria.web import access, urls

    name, of = LEAKS[leak]
    (who,) = [each for each in VIEWERS if (each.member, each.name) == ("north", name)]
    found = access.Page("leak/", "leak", leaking(of), who.roles, frozenset({"party"}))
    module = ModuleType("leaking_urls")
    module.urlpatterns = [*urls.urlpatterns, *i18n_patterns(path("leak/", found.view, name="leak"))]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "leaking_urls", module)
    monkeypatch.setattr(access, "PAGES", {"leak": found, "home": access.PAGES["home"]})
    with override_settings(ROOT_URLCONF="leaking_urls"), world.serving("north") as served:
        assert differing(served, who, pages) == {"leak"}
