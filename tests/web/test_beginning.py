"""From empty folders to a round by pages alone: cards, an exchange opened and joined, people appointed, a round begun.

And what is said where a card is none, is somebody else's, or the ledger has another key than the card: nothing is
half-written then.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from repatria.exchange.cards import Card, format_card, parse_cards
from repatria.exchange.codec import decode_body
from repatria.exchange.events import ExchangeOpened
from repatria.ledger.entry import ENTRY_TYPE, decode_entry, pae
from repatria.ledger.note import ed25519_sign, public_key
from repatria.message import Message, Name
from repatria.rehearsal.nodes import Rehearsal
from repatria.web import signing
from repatria.web.served import Served, Who
from repatria.web.texts import language_of
from tests.web.test_signing import codes
from tests.web.world import World, application, client

application()
from repatria.web import urls  # noqa: E402 - Django is set up before its models are there
from repatria.web.access import PAGES, may_open  # noqa: E402

assert urls.urlpatterns

ROLES = {"north": "party", "south": "party", "straits": "mediator", "cross": "neutral"}
SECRETARIAT = "straits"
OTHERS = tuple(member for member in ROLES if member != SECRETARIAT)
SET = {"origin": "straits.example/beginning", "quorum": "1", "signatories": "2", "cooling": "24"}
YES = {"confirm": "yes"}
OVERRIDE = "\N{RIGHT-TO-LEFT OVERRIDE}"


def empty_nodes(folder: Path) -> World:
    """Four nodes as `repatria node init` leaves them, and nothing else."""
    found = World(Rehearsal(folder))
    for member, role in ROLES.items():
        found.at.run("node", "init", found.at.node(member), "--member", member, "--role", role)
    return found


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> World:
    return empty_nodes(tmp_path_factory.mktemp("begin"))


@pytest.fixture
def world(empty: World, tmp_path: Path) -> World:
    return empty.copy(tmp_path)


@pytest.fixture(scope="module")
def opened(empty: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The exchange is opened at the pages of its secretariat, which has not joined."""
    found = empty.copy(tmp_path_factory.mktemp("opened"))
    given = cards(found)
    with serving(found, SECRETARIAT) as served:
        bring(*given.values())
        open_()
        assert served.state().exchange
    return found


@cache
def keeper() -> Any:
    """The keeper of whichever node is served: logged in once."""
    return client("keeper", keeper=True)


@contextmanager
def serving(world: World, member: str) -> Iterator[Served]:
    with world.serving(member) as served:
        yield served


def get(path: str = "begin/") -> str:
    answer = keeper().get(f"/en/{path}")
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def post(path: str, given: dict[str, Any] | None = None) -> Any:
    return keeper().post(f"/en/{path}", given or {})


def said(id: str, count: int | None = None, **places: Any) -> str:
    """A text as it stands on a page, in English."""
    from django.utils.html import escape

    return str(escape(language_of("en").sentence(Message(id, places, count))))


def card_of(world: World, member: str) -> bytes:
    with serving(world, member):
        return b"".join(keeper().get("/en/begin/card/"))


def cards(world: World) -> dict[str, bytes]:
    return {member: card_of(world, member) for member in ROLES}


def file(data: bytes, name: str = "card.json") -> io.BytesIO:
    found = io.BytesIO(data)
    found.name = name
    return found


def bring(*data: bytes) -> Any:
    """Cards as files, several at once."""
    return post("begin/cards/", {"files": [file(each, f"card-{at}.json") for at, each in enumerate(data)]})


def act() -> str:
    """What the page says is signed."""
    for path in ("begin/open/", "begin/"):
        answer = keeper().get(f"/en/{path}")
        if answer.status_code == 200 and (found := re.search(r'name="act" value="(\w+)"', answer.content.decode())):
            return found[1]
    raise AssertionError("nothing is to be signed here")


def open_(**otherwise: str) -> Any:
    looked = post("begin/open/", {**SET, "do": "look", **otherwise})
    assert (looked.status_code, looked["Location"]) == (302, "/en/begin/open/"), codes(looked)
    return post("begin/open/", {"do": "open", "act": act(), **YES})


def join() -> Any:
    return post("begin/join/", {"act": act(), **YES})


def bundle() -> bytes:
    answer = post("carry/bundle/")
    assert answer["Content-Type"] == "application/zip"
    return bytes(answer.content)


def take(data: bytes) -> Any:
    return post("carry/", {"file": file(data, "bundle.zip")})


def carry(world: World, *members: str) -> None:
    """From these to the secretariat, and what it has ordered to everybody."""
    brought = []
    for member in members or OTHERS:
        with serving(world, member):
            brought.append(bundle())
    with serving(world, SECRETARIAT):
        for each in brought:
            assert codes(take(each)) == []
        back = bundle()
    for member in OTHERS:
        with serving(world, member):
            assert codes(take(back)) == []


def appoint(served: Served, name: str, role: str) -> bytes:
    """Somebody who has enrolled with a key of their browser's, appointed by the keeper; the seed of that key."""
    from repatria.web.keys import KEYS

    seed = (f"{served.member}/{name}".encode() * 32)[:32]
    client(name)
    served.node.vault.put_document(KEYS + name, public_key(seed).hex().encode())
    assert said("web.home.keys", 1) in get("")
    answer = post("members/appoint/", {"name": name, "role": role})
    assert (answer.status_code, answer["Location"]) == (302, "/en/members/"), codes(answer)
    return seed


def sign(served: Served, name: str, seed: bytes) -> None:
    """Everything that waits for this person's signature, as the script of the page signs it."""
    with served.at(served.who(name)) as at:
        waiting = [each for each in signing.of_interest(at) if each.wants(at.who.author)]
    assert waiting
    for each in waiting:
        signed = [ed25519_sign(seed, pae(ENTRY_TYPE, event.body)).hex() for event in each.events]
        form = {"do": "sign", "event": [event.event for event in each.events], "signature": signed}
        assert client(name).post(f"/en/signing/{each.id}/", form).status_code == 302


def written(world: World) -> dict[str, bytes]:
    """The files of a node that say something, but for the record of reads and the vault's of the pages."""
    return {
        str(each.relative_to(world.at.folder)): each.read_bytes()
        for each in sorted((world.at.folder / "nodes").rglob("*"))
        if each.is_file() and not {"reads", "web", "vault"} & set(each.parts) and each.name != "node.lock"
    }


# --- the way ---------------------------------------------------------------------------------------------------------


def joined_by_all(world: World) -> None:
    """The exchange opened and joined; each keeper's first page names the next step."""
    given = cards(world)
    figures = {member: parse_cards(data, member)[0][0].fingerprint for member, data in given.items()}
    for member in ROLES:
        with serving(world, member):
            assert said("web.home.begin") in get("")
            assert figures[member] in get()
    with serving(world, SECRETARIAT) as served:
        assert bring(*(given[member] for member in OTHERS)).status_code == 302
        assert all(each in get() for each in figures.values())
        post("begin/open/", {**SET, "do": "look"})
        shown = get("begin/open/")
        assert all(each in shown for each in figures.values())
        for words in (said("event.opening.party", 2, member=Name("north"), role=Message("web.member.party")),
                      said("event.opening.cooling", 24), "straits.example/beginning"):
            assert words in shown
        assert served.node.ledger is None, "looking signs nothing"
        assert codes(post("begin/open/", {"do": "open", "act": act()})) == ["confirm"]
        answer = post("begin/open/", {"do": "open", "act": act(), **YES})
        assert (answer.status_code, answer["Location"]) == (302, "/en/begin/")
        assert said("web.home.join", secretariat=Name(SECRETARIAT)) in get("")
        assert "/en/carry/" in get()
        assert look() == ["exchange.opened_twice"]
        assert join()["Location"] == "/en/carry/"
        assert said("web.home.joining", 3) in get("")
        first = bundle()
    for member in OTHERS:
        with serving(world, member):
            taken = take(first)
            assert codes(taken) == []
            assert "/en/begin/" in taken.content.decode().partition("<main")[2], "the way on"
            assert said("web.home.join", secretariat=Name(SECRETARIAT)) in get("")
            shown = get()
            assert all(each in shown for each in figures.values())
            assert said("web.begin.founder.own") in shown
            assert codes(post("begin/join/", {"act": act()})) == ["confirm"]
            assert join()["Location"] == "/en/carry/"
            assert said("web.home.outbox", 1) in get("")
    carry(world)
    for member in ROLES:
        with serving(world, member) as served:
            assert served.state().opened
            assert said("web.begin.open") in get()
            assert said("web.home.officer") in get("")
            assert (said("web.home.signatories", 2) in get("")) == (ROLES[member] == "party")


STAFF = {
    "north": {"clerk": "officer", "supervisor": "supervisor", "sig-1": "signatory", "sig-2": "signatory",
              "family": "liaison", "doctor": "physician"},
    "south": {"clerk": "officer", "sig-1": "signatory", "sig-2": "signatory"},
    "straits": {"clerk": "officer"}, "cross": {"clerk": "officer", "asks": "interviewer"},
}  # fmt: skip


@pytest.fixture(scope="module")
def staffed(empty: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, dict[str, bytes]]:
    """The exchange joined and everybody appointed, by pages alone; with the seeds of everybody's keys."""
    world = empty.copy(tmp_path_factory.mktemp("staffed"))
    joined_by_all(world)
    seeds = {}
    for member, people in STAFF.items():
        with serving(world, member) as served:
            for name, role in people.items():
                seeds[f"{member}/{name}"] = appoint(served, name, role)
            assert said("web.home.officer") not in get("")
            assert said("web.home.signatories", 1) not in get("")
            assert (said("web.home.round") in get("")) == (ROLES[member] in ("party", "mediator"))
    carry(world)
    return world, seeds


def test_from_empty_folders_to_a_round_that_has_begun_by_pages_alone(
    staffed: tuple[World, dict[str, bytes]], tmp_path: Path
) -> None:
    """Two parties, a mediator that keeps the log, the neutral: what `staffed` has done, and the round announced."""
    world, seeds = staffed[0].copy(tmp_path), staffed[1]
    for member in ("north", "south", SECRETARIAT):
        with serving(world, member) as served:
            form = {"round": "2025-1", "target": "2025-12-31"}
            assert client("clerk").post("/en/consultation/activate/", form).status_code == 302
            for name in ("sig-1", "sig-2") if member != SECRETARIAT else ():
                sign(served, name, seeds[f"{member}/{name}"])
    carry(world, "north", "south")
    for member in ROLES:
        with serving(world, member) as served:
            state = served.node.ledger_state()
            assert (state.round, state.round_open, state.refusals) == ("2025-1", True, [])
            assert said("web.home.round") not in get("")
    assert staffed[0].at.commands == world.at.commands == [], "no command was typed"


def test_the_ledger_that_pages_begin_is_the_one_of_the_commands(opened: World, empty: World, tmp_path: Path) -> None:
    """The same opening, but for its number and the log's key, which are drawn."""
    typed = empty.copy(tmp_path)
    words = []
    for member in ROLES:
        path = tmp_path / f"{member}.json"
        typed.at.run("node", "card", typed.at.node(member), "--out", str(path))
        assert path.read_bytes() == card_of(opened, member)
        words += ["--card", str(path)]
    typed.at.do("exchange", "open", typed.at.node(SECRETARIAT), *words, "--origin", SET["origin"])
    told = []
    for each in (opened, typed):
        with serving(each, SECRETARIAT) as served:
            assert served.node.ledger is not None
            (event,) = (decode_body(decode_entry(entry).body).data for entry in served.node.ledger.entries(0))
            assert isinstance(event, ExchangeOpened)
            told.append((event.origin, event.secretariat, event.mediator_quorum, event.cooling_hours,
                         sorted(event.founders, key=lambda founder: founder.member)))  # fmt: skip
    assert told[0] == told[1]


def addresses(served: Served, who: Who) -> dict[str, str]:
    """Every page that this person may open and that is about nothing in particular, by name."""
    from tests.web.everybody import address

    found = {}
    for name, each in PAGES.items():
        if "<" not in each.path and may_open(each, who, served.node.role):
            found[name] = address(name, {})
    return found


def test_on_a_node_without_an_exchange_every_page_answers_its_keeper(world: World) -> None:
    with serving(world, SECRETARIAT) as served:
        for name, where in addresses(served, served.who("keeper", keeper=True)).items():
            shown, sent = keeper().get(where), keeper().post(where)
            assert shown.status_code in (200, 302), name
            assert sent.status_code in (200, 302, 400, 405, 422), name


def test_before_there_is_an_exchange_nobody_is_appointed_and_nothing_taken_away(world: World) -> None:
    with serving(world, "north") as served:
        client("clerk")
        served.node.vault.put_document("web/keys/clerk", public_key(bytes(32)).hex().encode())
        members = get("members/")
        assert said("members.appoint.later") in members
        assert "members/appoint/" not in members
        refused = post("members/appoint/", {"name": "clerk", "role": "officer"})
        assert codes(refused) == ["exchange.not_open"]
        assert "this node is in no exchange yet" in refused.content.decode()
        assert "carry/bundle/" not in get("carry/")
        assert said("web.carry.nothing") in get("carry/")
    at = world.at
    words = ("clerk", "--role", "officer", "--key-file", str(at.folder / "keys" / "clerk.key"))
    at.do("node", "delegate", at.node("north"), *words, fails="exchange.not_open")
    assert at.run("exchange", "status", at.node("north"))["phase"] == "none"


def test_as_soon_as_somebody_is_appointed_every_page_of_theirs_answers_before_there_is_a_round(
    staffed: tuple[World, dict[str, bytes]], tmp_path: Path
) -> None:
    world, seen = staffed[0].copy(tmp_path), set[str]()
    for member in ("north", SECRETARIAT, "cross"):
        with serving(world, member) as served:
            for name, role in STAFF[member].items():
                visitor, who = client(name), served.who(name)
                assert who.role == role
                for page, where in addresses(served, who).items():
                    if page not in seen or page == "home":
                        assert visitor.get(where).status_code in (200, 302, 404), (str(who), page)
                        seen.add(page)
    assert len(seen) > 60


# --- cards -----------------------------------------------------------------------------------------------------------


def forged(world: World, whose: str, **otherwise: Any) -> bytes:
    """The member's card with something else on it, and the figures as they were."""
    return json.dumps({**json.loads(card_of(world, whose)), **otherwise}).encode()


def test_everything_that_is_wrong_with_what_was_brought_is_said_at_once_and_what_is_a_card_stays(world: World) -> None:
    good = card_of(world, "north")
    key = json.loads(good)["key"]
    wrong = {
        "card.form": (b"no card", b"\xff\xfe", b"[" * 9999, b"{}", b" " * 70_000, good.replace(b"}", b', "x": 1}'),
                      good.replace(b"{", b'{"member": "south",', 1), b'{"v": 1, "member": ["north"]}'),
        "card.version": (forged(world, "south", v=2), forged(world, "south", v=True)),
        "card.member": (forged(world, "south", member=""), forged(world, "south", member="So th"),
                        forged(world, "south", member="n" * 33), forged(world, "south", member="sоuth")),
        "card.role": (forged(world, "south", role="king"),),
        "card.key": (forged(world, "south", key="0" * 64), forged(world, "south", key="01" + "0" * 62),
                     forged(world, "south", key=key.upper() if key.upper() != key else "A" * 64)),
        "card.figures": (forged(world, "south", key=key), forged(world, "south", role="host"),
                         forged(world, "south", fingerprint="00000 " * 11 + "00000")),
    }  # fmt: skip
    with serving(world, SECRETARIAT) as served:
        answer = bring(good, *(each for of_code in wrong.values() for each in of_code))
        assert answer.status_code == 422
        assert sorted(codes(answer)) == sorted(code for code, of_code in wrong.items() for _ in of_code)
        assert served.node.vault.document("web/cards") is not None
        assert parse_cards(good, "")[0][0].fingerprint in get()
        assert codes(post("begin/cards/")) == ["card.absent"]
        assert codes(post("begin/cards/", {"text": (good + card_of_served(served)).decode()})) == []


def card_of_served(served: Served) -> bytes:
    return format_card(served.node.card)


def test_a_card_with_a_right_to_left_override_in_its_name_is_refused_and_the_name_not_shown(world: World) -> None:
    """A name that reads as another one: `htuos` behind the sign is read as `south`."""
    name = f"{OVERRIDE}htuos"
    card = Card(name, "party", json.loads(card_of(world, "south"))["key"])
    hostile = json.dumps(card.as_json()).encode()
    for code in ("en", "ar"):
        with serving(world, SECRETARIAT) as served:
            data = file(hostile, f"{OVERRIDE}nosj.draca.json")
            answer = keeper().post(f"/{code}/begin/cards/", {"files": [data], "text": hostile.decode()})
            assert codes(answer) == ["card.member", "card.member"]
            page = answer.content.decode()
            assert OVERRIDE not in page
            assert "htuos" not in page
            assert name not in str(served.node.vault.document("web/cards"))


def test_a_card_is_put_away_again_and_one_twice_stands_once(world: World) -> None:
    given = cards(world)
    with serving(world, SECRETARIAT):
        bring(given["north"], given["north"], given[SECRETARIAT], given["south"])
        figures = parse_cards(given["north"], "")[0][0].fingerprint
        assert get().count(figures) == 2, "shown, and named by the button that puts it away"
        post("begin/cards/", {"away": figures})
        assert figures not in get()
        assert parse_cards(given["south"], "")[0][0].fingerprint in get()


# --- opening ---------------------------------------------------------------------------------------------------------


def look(**otherwise: str) -> list[str]:
    return codes(post("begin/open/", {**SET, "do": "look", **otherwise}))


def test_every_reason_why_nothing_can_be_opened_is_said_at_once(world: World) -> None:
    given = cards(world)
    second = forged_whole("north", "party", 7)
    ours = forged_whole(SECRETARIAT, "mediator", 8)
    before = written(world)
    with serving(world, SECRETARIAT):
        alone = post("begin/open/", {**SET, "do": "look"})
        assert codes(alone) == ["exchange.founders"]
        assert "needs two parties or more, a neutral" in alone.content.decode()
        bring(given["north"], second, ours, forged_whole("south", "neutral", key=json.loads(given["north"])["key"]))
        found = look(origin="Straits+", quorum="2", signatories="1", cooling="999")
        assert sorted(set(found)) == ["card.own", "exchange.founders", "node.origin"]
        page = post("begin/open/", {**SET, "do": "look", "quorum": "9"}).content.decode()
        for what in ("a member is named twice", "another founder has the same key",
                     "quorum is not between one and their number",
                     "under this member&#x27;s own name has another key"):
            assert what in page, what
        assert look(quorum="", signatories="two", cooling="1.5")[:3] == [
            "begin.quorum", "begin.signatories", "begin.cooling",
        ]  # fmt: skip
        assert keeper().get("/en/begin/open/").status_code == 302, "nothing is there to be signed"
        assert codes(post("begin/open/", {"do": "open", **YES})) == ["begin.other"]
    assert written(world) == before


def forged_whole(member: str, role: str, number: int = 9, key: str = "") -> bytes:
    """A card with figures that are right: made by whoever, with another key."""
    return format_card(Card(member, role, key or public_key(bytes([number]) * 32).hex()))


def test_only_a_mediators_keeper_opens_an_exchange(world: World) -> None:
    with serving(world, "north"):
        assert post("begin/open/", {**SET, "do": "look"}).status_code == 403
        assert said("web.begin.opening.other") in get()
    with serving(world, SECRETARIAT):
        assert client("clerk").get("/en/begin/").status_code == 403


def test_whoever_opens_or_joins_shows_first_that_it_is_still_them(world: World) -> None:
    given = cards(world)
    visitor = client("keeper", keeper=True)
    session = visitor.session
    for shown in session["account_authentication_methods"]:
        shown["at"] -= 600
    session.save()
    with serving(world, SECRETARIAT) as served:
        bring(*given.values())
        post("begin/open/", {**SET, "do": "look"})
        for path in ("begin/open/", "begin/join/", "begin/aside/"):
            answer = visitor.post(f"/en/{path}", {"do": "open", "act": act(), **YES})
            assert (answer.status_code, "/account/again/" in answer["Location"]) == (302, True)
        assert served.node.ledger is None


def test_what_is_signed_is_what_was_shown_and_nothing_that_came_between(world: World) -> None:
    given = cards(world)
    with serving(world, SECRETARIAT) as served:
        bring(*given.values())
        post("begin/open/", {**SET, "do": "look"})
        shown, page = act(), get("begin/open/")
        post("begin/open/", {**SET, "do": "look", "cooling": "0"})
        assert codes(post("begin/open/", {"do": "open", "act": shown, **YES})) == ["begin.other"]
        assert served.node.ledger is None
        post("begin/open/", {**SET, "do": "look"})
        post("begin/cards/", {"away": parse_cards(given["cross"], "")[0][0].fingerprint})
        assert keeper().get("/en/begin/open/").status_code == 302, "other founders: it is looked at anew"
        bring(given["cross"])
        post("begin/open/", {**SET, "do": "look"})
        page = get("begin/open/")
        assert post("begin/open/", {"do": "open", "act": act(), **YES}).status_code == 302
        assert served.node.ledger is not None
        (entry,) = served.node.ledger.entries(0)
        body = decode_entry(entry).body.decode()
        (data,) = re.findall(r"<pre[^>]*><code>(.*?)</code>", page, re.DOTALL)
        from html import unescape

        assert unescape(data) in body, "the bytes that were shown stand in what was signed"
        assert served.state().exchange in page
        assert served.node.vault.document("web/opening") is None


def at_once(*acts: Any) -> list[Any]:
    from django.db import connections

    def one(act: Any) -> Any:
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def test_two_clicks_at_once_open_one_exchange_and_join_it_once(world: World) -> None:
    given = cards(world)
    with serving(world, SECRETARIAT) as served:
        bring(*given.values())
        post("begin/open/", {**SET, "do": "look"})
        form = {"do": "open", "act": act(), **YES}
        two = [client("keeper", keeper=True) for _ in range(2)]
        answers = at_once(*(lambda each=each: each.post("/en/begin/open/", form) for each in two))
        assert sorted(each.status_code for each in answers) in ([302, 302], [302, 422])
        assert served.node.ledger is not None
        assert served.node.ledger.size == 1
        form = {"act": act(), **YES}
        answers = at_once(*(lambda each=each: each.post("/en/begin/join/", form) for each in two))
        assert sorted(each.status_code for each in answers) == [302, 422]
        assert [code for each in answers for code in codes(each)] == ["member.admitted"]
        assert served.node.ledger.size == 2


# --- joining ---------------------------------------------------------------------------------------------------------


def first_bundle(opened: World) -> bytes:
    with serving(opened, SECRETARIAT):
        return bundle()


def test_a_member_that_has_joined_is_told_so_and_says_it_once(opened: World, empty: World, tmp_path: Path) -> None:
    data, world = first_bundle(opened), empty.copy(tmp_path)
    with serving(world, "north") as served:
        take(data)
        form = {"act": act(), **YES}
        assert post("begin/join/", form).status_code == 302
        again = post("begin/join/", form)
        assert (again.status_code, codes(again)) == (422, ["member.admitted"])
        assert "this member has joined" in again.content.decode()
        assert len(served.node.outbox()) == 1
        assert codes(post("begin/aside/", YES)) == ["exchange.joined"]
        assert codes(post("begin/open/")) == [], "a party's keeper"


def test_joining_without_a_ledger_is_refused(world: World) -> None:
    with serving(world, "north") as served:
        assert codes(post("begin/join/", YES)) == ["exchange.not_open"]
        assert codes(post("begin/aside/", YES)) == ["exchange.not_open"]
        assert served.node.outbox() == []


def test_a_ledger_with_somebody_elses_card_under_our_name_is_not_taken_in(world: World) -> None:
    given = cards(world)
    with serving(world, SECRETARIAT):
        bring(forged_whole("north", "party"), given["south"], given["cross"])
        open_()
        data = bundle()
    before = written(world)
    with serving(world, "north") as served:
        assert codes(take(data)) == ["exchange.not_founder"]
        assert served.node.ledger is None
        assert said("web.home.begin") in get("")
    after = written(world)
    assert {name for name in after if after[name] != before.get(name)} <= {
        name for name in after if f"nodes/{SECRETARIAT}/" in name
    }


def test_a_ledger_that_swaps_a_founders_key_is_found_out_by_that_founders_card_and_not_joined(world: World) -> None:
    """Whoever carries the cards gives the secretariat another one for south: its figures are right for its own key."""
    given = cards(world)
    swapped = forged_whole("south", "party")
    with serving(world, SECRETARIAT):
        bring(given["north"], swapped, given["cross"])
        open_()
        data = bundle()
    with serving(world, "north") as served:
        bring(given["south"], given["cross"])
        assert codes(take(data)) == []
        page = get()
        assert page.count(said("web.begin.founder.differs")) == 1
        assert page.count(said("web.begin.founder.same")) == 1
        assert parse_cards(swapped, "")[0][0].fingerprint in page, "the figures that the ledger has, to be compared"
        refused = join()
        assert (refused.status_code, codes(refused)) == (422, ["card.differs"])
        assert served.node.outbox() == []
        assert post("begin/aside/", YES)["Location"] == "/en/begin/"
        assert (served.node.ledger, served.state().exchange) == (None, "")
        assert (Path(world.at.node("north")) / "not-joined-1" / "ledger" / "checkpoint").exists()
        assert said("web.home.begin") in get("")
    with serving(world, "south"):
        assert codes(take(data)) == ["exchange.not_founder"], "south itself never takes it in"


def test_after_a_wrong_ledger_was_put_away_the_right_one_is_joined(opened: World, world: World) -> None:
    """Somebody who has the cards opens an exchange of their own with them, and is quicker."""
    right, given = first_bundle(opened), cards(world)
    with serving(world, SECRETARIAT):
        bring(*given.values())
        open_(origin="straits.example/another")
        wrong = bundle()
    with serving(world, "north") as served:
        take(wrong)
        assert codes(take(right)) == ["sync.exchange"]
        assert codes(post("begin/aside/")) == ["confirm"]
        post("begin/aside/", YES)
        assert codes(take(right)) == []
        assert served.state().origin == SET["origin"]
        assert join().status_code == 302
        assert len(served.node.outbox()) == 1
    with serving(world, "north") as served:
        assert served.state().members["north"].admitted is not None, "and it is so when the node is opened anew"


def test_a_card_of_somebody_who_is_no_founder_is_told_of(opened: World, empty: World, tmp_path: Path) -> None:
    data, world = first_bundle(opened), empty.copy(tmp_path)
    extra = forged_whole("gulf", "mediator")
    with serving(world, "cross"):
        take(data)
        bring(extra)
        assert codes(join()) == ["card.not_founder"]
        post("begin/cards/", {"away": parse_cards(extra, "")[0][0].fingerprint})
        assert join().status_code == 302


def test_the_command_line_holds_cards_against_the_opening_too(opened: World, empty: World, tmp_path: Path) -> None:
    at, data = empty.copy(tmp_path).at, first_bundle(opened)
    with World(at).serving("north"):
        take(data)
    wrong, right = tmp_path / "wrong.json", tmp_path / "right.json"
    wrong.write_bytes(forged_whole("south", "party"))
    at.run("node", "card", at.node("south"), "--out", str(right))
    at.do("exchange", "join", at.node("north"), "--card", str(wrong), fails="card.differs")
    at.do("exchange", "join", at.node("north"), "--card", str(right))
