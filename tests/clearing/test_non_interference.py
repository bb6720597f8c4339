"""Nobody learns from the ledger, a page or a desk why somebody does not go (THREATS 17, DESIGN sections 4.4 and 5).

Two runs of one exchange, from one seed, differ in nothing but reasons: why people do not go (a wish, an illness, a
custody), what was said in interviews in camps, what boards found and of how many, and at whose gate somebody said no
for which cause. Then

* with a seal that shows nothing but how long its content is, every byte of the ledger is the same;
* with a seal through which everything can be read, the ledgers differ in the sealed fields alone, at the same length,
  and every page and every desk's view is the same but for the hashes that follow from those fields.

Who goes and who does not shows, in the neutral's two words; and changes in them only which word has which number.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from repatria.audit.ledger import Audit, audit_ledger
from repatria.clearing.commands import Boards, Decide, See, Visit, boards, decide, see, visit
from repatria.exchange.codec import decode_body, plain
from repatria.exchange.commands import By
from repatria.exchange.events import Cleared, InterviewHeld, MedicalBoardDecided, NotGoing
from repatria.exchange.state import dump_state, narrowed
from repatria.files.law import figures as law_figures
from repatria.files.locales import lead_times, load_language
from repatria.handover.commands import AtDesk, AtGate, desk_status, gate_words, manifest
from repatria.ledger.canonical import encode
from repatria.ledger.entry import decode_entry
from repatria.office import Given, Outcome
from repatria.report import audit_texts
from repatria.report.pages import index
from repatria.report.status import page, status
from repatria.report.tables import figures
from repatria.report.words import Words
from tests.audit.world import PARTIES, Round, World, vkeys
from tests.defects.planting import plant

CAMP, DAY, STAGE, PLACE = "camp-1", "2025-12-08", "s1", "bridge"
WISH, ILLNESS, CUSTODY = "wish", "illness", "custody"
REASONS = (WISH, ILLNESS, CUSTODY)
PHYSICIANS = ("north/doctor", "cross/doctor-1", "cross/doctor-2")


@dataclass
class Node(World):
    """The same ledger, whose office knows where people are; `see_through`: its seal hides nothing."""

    places: dict[str, str] = field(default_factory=dict)
    see_through: bool = False

    def given(self) -> Given:
        drawn = iter(range(10**6))

        def seal(data: bytes, to: Iterable[str]) -> bytes:
            size = len(data) + 100 * len(tuple(to))
            if self.see_through:
                return data.rjust(size, b"\0")
            return hashlib.shake_256(f"sealed {len(self.entries)} {next(drawn)}".encode()).digest(size)

        letters: dict[str, dict[str, Any]] = {}
        for holder, fact in self.state.lists.items():
            name = f"mail/visits/{holder}/{self.state.offered_lists[fact.list].visits}"
            letters[name] = {"data": {"list": fact.list, "places": self.places}}
        kept = {name: json.dumps(letter).encode() for name, letter in letters.items()}
        return replace(
            super().given(), seal=seal, document=kept.get,
            documents=lambda prefix: [name for name in kept if name.startswith(prefix)],
        )  # fmt: skip


@cache
def _planned() -> World:
    world = World()
    story = Round(world).to_the_plan()
    for author in PHYSICIANS:
        story.appoint(author, "physician", None, signatories=())
    return world


def planned(see_through: bool = False) -> tuple[Node, Round]:
    base = _planned()
    world = Node(
        base.state.fork(), list(base.entries), dict(base.attachments), list(base.verdicts), base.day, base.moments,
        dict.fromkeys(base.state.persons, CAMP), see_through,
    )  # fmt: skip
    return world, Round(world)


@dataclass(frozen=True)
class Secrets:
    """What nobody may learn: why each does not go, at the camp and at the border, and what was said besides."""

    camp: tuple[str, ...]
    border: tuple[str, ...]
    said: str
    examined: int  # how many others a board saw, and found to be well

    def at_camp(self, numbers: Iterable[str]) -> Mapping[str, str]:
        return dict(zip(numbers, self.camp, strict=False))

    def at_border(self, numbers: Iterable[str]) -> Mapping[str, str]:
        return dict(zip(numbers, self.border, strict=False))


def play(world: Node, story: Round, secrets: Secrets, declining: tuple[int, int] = (2, 2)) -> Node:
    """One stage: a board sits, people are asked in the camp, some say no there, some at the gate; the others go.

    The neutral's office notes everything that it was told, in the places that the system has for it.
    """
    here = [n for party in PARTIES for n in story.manifest(STAGE, holder=party)]
    camp, border = here[: declining[0]], here[declining[0] : sum(declining)]
    why = {**secrets.at_camp(camp), **secrets.at_border(border)}
    world.command(see, See(By("cross/visitor"), CAMP, DAY, identity=True))
    for party, physicians in (("north", PHYSICIANS[:1]), ("south", PHYSICIANS[1:])):
        mine = [n for n in world.state.persons if world.state.persons[n].holder == party]
        ill = {n: "later" for n in mine if why.get(n) == ILLNESS}
        well = {n: "rejected" for n in mine[: secrets.examined] if n not in ill}
        found = tuple(sorted({**ill, **well}.items()))
        board = "own" if party == "north" else "mixed"
        world.command(decide, Decide(By(physicians[0], physicians[1:]), CAMP, DAY, party, board, found))
    note = "; ".join([secrets.said, *(f"{n[:6]} {reason}" for n, reason in sorted(why.items()))])[:512]
    world.command(visit, Visit(By("cross/visitor"), CAMP, DAY, tuple(camp), True, note.encode()[:512]))
    story.open(STAGE).grant(STAGE)
    at_gate = AtGate(By(f"cross/gate-{PLACE}"), STAGE, PLACE, story.date(STAGE), tuple(border))
    world.command(gate_words, at_gate)
    story.gate(STAGE).hand_over(STAGE).return_rights(STAGE).reconcile(STAGE)
    return world


def run(secrets: Secrets, see_through: bool = False) -> Node:
    return play(*planned(see_through), secrets)


WHY = st.tuples(st.sampled_from(REASONS), st.sampled_from(REASONS))
SECRETS = st.builds(Secrets, WHY, WHY, st.text(st.characters(codec="ascii"), max_size=300), st.integers(0, 8))
CASES = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


# --- what may be compared -------------------------------------------------------------------------------------------


def audited(world: World) -> Audit:
    files = world.files()
    return audit_ledger(files.get, lambda: files, vkeys())


def pages(world: Node) -> dict[str, str]:
    """Whatever a member, a desk or a reader is shown of this ledger."""
    audit = audited(world)
    checks = [(check.name, audit_texts.told(check.what), check.ok) for check in audit.checks]
    counted = figures(
        audit.reading, audit.state, audit.verdicts, audit.bodies,
        ((point.index, dict(point.ahead)) for point in audit.points), checks, map(audit_texts.told, audit.warnings),
        len(audit.problems),
    )  # fmt: skip
    shown = {
        "report": index(counted, Words("en"), "0"),
        "report as data": json.dumps(counted.as_json()),
        "verify": json.dumps([
            checks, [str(problem) for problem in audit.problems], [*map(audit_texts.told, audit.warnings)]
        ]),
    }
    for code in ("en", "uk", "ar"):
        shown[f"status {code}"] = page(status(world.state, lead_times()), load_language(code))
    for author in (*(f"{party}/desk-{PLACE}" for party in PARTIES), f"cross/gate-{PLACE}"):
        at = AtDesk(By(author), STAGE, PLACE)
        for view in (desk_status, manifest):
            outcome = view(world.state, at, world.given())
            assert isinstance(outcome, Outcome)
            shown[f"{author} {view.__name__}"] = json.dumps(outcome.answer)
    told = boards(world.state, Boards(By("gulf"), law_figures()), world.given())
    assert isinstance(told, Outcome)
    shown["boards"] = json.dumps(told.answer)  # as a member sees it to whom nothing was sealed
    shown["desk's state"] = dump_state(narrowed(world.state, STAGE, PLACE)).decode()
    return shown


def alike(one: Secrets, other: Secrets) -> None:
    """Byte for byte, with a seal that shows nothing but the length of what it seals."""
    first, second = run(one), run(other)
    assert first.entries == second.entries
    assert first.attachments == second.attachments
    assert dump_state(first.state) == dump_state(second.state)


def blanked(entries: Iterable[bytes]) -> tuple[list[bytes], list[int]]:
    """The entries without what is sealed and what follows from its bytes: hashes and signatures. And its lengths."""
    bare, lengths = [], []
    for entry in entries:
        body = decode_body(decode_entry(entry).body)
        data = body.data
        if isinstance(data, InterviewHeld | MedicalBoardDecided):
            lengths.append(len(data.sealed))
            data = replace(data, sealed="")
        chain = (body.author, body.seq, body.prev is None, body.seen[0], len(body.refs), body.at)
        bare.append(f"{chain} {body.kind}".encode() + encode(plain(data)))
        lengths.append(len(entry))
    return bare, lengths


HASHES = re.compile(r"[0-9a-f]{64,}|[A-Za-z0-9+/]{43}=|[0-9a-f]{8,16}(?=…)")


def alike_though_everything_sealed_differs(one: Secrets, other: Secrets) -> None:
    """The ledger but for the sealed fields, their lengths, and every page."""
    first, second = run(one, see_through=True), run(other, see_through=True)
    assert blanked(first.entries) == blanked(second.entries)
    shown, others = pages(first), pages(second)
    assert {name: HASHES.sub("#", text) for name, text in shown.items() if name != "desk's state"} == {
        name: HASHES.sub("#", text) for name, text in others.items() if name != "desk's state"
    }
    assert len(shown["desk's state"]) == len(others["desk's state"])


# --- why somebody does not go ---------------------------------------------------------------------------------------


@CASES
@given(SECRETS, SECRETS)
def test_the_ledger_is_the_same_byte_for_byte_whatever_the_reasons(one: Secrets, other: Secrets) -> None:
    alike(one, other)


@CASES
@given(SECRETS, SECRETS)
def test_the_sealed_fields_have_one_length_and_no_page_or_desk_shows_anything_of_them(
    one: Secrets, other: Secrets
) -> None:
    alike_though_everything_sealed_differs(one, other)


def test_the_runs_do_differ_in_what_is_sealed_and_are_whole_exchanges() -> None:
    """Else the comparison would compare nothing: both kinds of word, at both places, and handovers after them."""
    one, other = (run(secrets, see_through=True) for secrets in (PLAIN, LOADED))
    sealed = [
        [body.data.sealed for entry in world.entries
         if isinstance((body := decode_body(decode_entry(entry).body)).data, InterviewHeld | MedicalBoardDecided)]
        for world in (one, other)
    ]  # fmt: skip
    assert len(sealed[0]) == 3
    assert all(a != b for a, b in zip(*sealed, strict=True))
    states = [person.state for person in one.state.persons.values()]
    assert states.count("not-going") == 4
    assert states.count("received") >= 2
    assert audited(one).problems == ()


# --- who does not go ------------------------------------------------------------------------------------------------


def words(world: Node) -> list[Any]:
    bodies = [decode_body(decode_entry(entry).body) for entry in world.entries]
    return [body for body in bodies if isinstance(body.data, Cleared | NotGoing)]


@CASES
@given(st.tuples(st.integers(0, 3), st.integers(0, 3)), st.tuples(st.integers(0, 3), st.integers(0, 3)))
def test_who_declines_changes_only_which_word_has_which_number(one: tuple[int, int], other: tuple[int, int]) -> None:
    first, second = (play(*planned(), PLAIN, declining) for declining in (one, other))
    pairs = list(zip(words(first), words(second), strict=True))
    assert len(pairs) == 4  # both words at the camp, and both at the gate, whoever declines
    for ours, theirs in pairs:
        assert replace(ours.data, numbers=()) == replace(theirs.data, numbers=())
        assert len(ours.data.numbers) == len(theirs.data.numbers)
        assert len(encode(list(ours.data.numbers))) == len(encode(list(theirs.data.numbers)))
    known = set(first.state.persons)
    for world, (at_camp, at_gate) in ((first, one), (second, other)):
        said = [known & set(body.data.numbers) for body in words(world)]
        assert [len(said[1]), len(said[3])] == [at_camp, at_gate]
        assert not said[0] & said[1]
    asked = [known & set(words(world)[0].data.numbers) | known & set(words(world)[1].data.numbers)
             for world in (first, second)]  # fmt: skip
    assert asked[0] == asked[1]


# --- the comparison can fail ----------------------------------------------------------------------------------------

PLAIN = Secrets((WISH, WISH), (WISH, WISH), "", 0)
LOADED = Secrets((ILLNESS, CUSTODY), (CUSTODY, ILLNESS), "what was said, at some length " * 9, 7)
COMMANDS = "repatria.clearing.commands:"
LEAKS = {  # where, what, into what: each lets a reason, or what was said, out
    "a reason in the place": (
        COMMANDS + "visit", "interview = InterviewHeld(Slug(request.place)",
        "interview = InterviewHeld(Slug('sick-bay' if b'illness' in request.note else request.place)",
    ),
    "a note as long as what was said": (COMMANDS + "_note", '.ljust(NOTE_BYTES + 2, b"\\x00")', ""),
    "padding that depends on the note": (
        COMMANDS + "visit", "given, len(batch),", "given, len(batch) + 32 * (len(request.note) > 200),",
    ),
    "a word left out where nobody is ill": (
        COMMANDS + "visit", "return Outcome(\n        drafts=tuple(drafts),",
        "return Outcome(\n        drafts=tuple(drafts if b'illness' in request.note else drafts[1:]),",
    ),
    "another day for custody": (
        COMMANDS + "visit", "Day(request.held_on), note)",
        "Day('2025-12-07' if b'custody' in request.note else request.held_on), note)",
    ),
    "findings as long as there are people": (
        "repatria.exchange.medical:pack", '.ljust(FINDINGS_MOST * _LINE, b"\\0")', "",
    ),
    "an entry for each person that a board saw": (
        "repatria.clearing.commands:decide", "range(0, max(len(request.found), 1), FINDINGS_MOST)",
        "range(0, max(len(request.found), 1), 1)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_that_is_planted_is_found(leak: str, monkeypatch: pytest.MonkeyPatch) -> None:
    alike(PLAIN, LOADED)
    plant(monkeypatch, *LEAKS[leak])
    with pytest.raises(AssertionError):
        alike(PLAIN, LOADED)


@pytest.mark.parametrize(("where", "old", "new"), [
    ("repatria.report.status:_seen", '{"boards": len(state.boards)}',
     '{"boards": sum(unseen for b in state.boards.values() for unseen in b.sealed.encode()) % 97}'),
    ("repatria.handover.commands:manifest", '"state": person.state', '"state": person.state + str(len(person.words))'),
])  # fmt: skip
def test_a_page_that_looks_into_what_is_sealed_is_found_and_one_that_does_not_is_not(
    where: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch, where, old, new)
    check = partial(alike_though_everything_sealed_differs, PLAIN, LOADED)
    if "sealed" in new:
        with pytest.raises(AssertionError):
            check()
    else:
        check()
