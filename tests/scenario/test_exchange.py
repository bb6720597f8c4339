"""The whole exchange at forty for forty: played once with the officers' own commands, then looked at from all sides."""

from __future__ import annotations

import csv
import json
import os
import random
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from repatria.cli.main import main
from repatria.deal.terms import decode_terms
from repatria.exchange.codec import Body, decode_body
from repatria.exchange.events import Cleared, NotGoing, PersonReceived, RoundClosed, StageReconciled, SubstitutionFound
from repatria.exchange.fold import fold
from repatria.exchange.publishing import public_counts
from repatria.exchange.state import State, state_hash
from repatria.ledger.canonical import decode, encode
from repatria.ledger.entry import decode_entry
from repatria.ledger.log import read_log
from repatria.ledger.note import parse_vkey
from repatria.people.romanise import romanisations
from repatria.rehearsal.exchange import Told
from repatria.rehearsal.nodes import PASSPHRASE
from repatria.rehearsal.terms import TEST
from tests.public.differencing import Known
from tests.scenario.counts import counts, golden
from tests.scenario.exchange import Scenario

SOURCES = Path(__file__).resolve().parents[2]


class Played:
    """What the scenario left, read without the package's own reader where a second opinion matters."""

    def __init__(self, folder: Path, told: Told) -> None:
        self.folder, self.told = folder, told
        self.ledger, self.vkeys = folder / "ledger", folder / "ledger.vkeys"
        bundles = sorted(path for path in (self.ledger / "tile" / "entries").rglob("*") if path.is_file())
        widest: dict[str, Path] = {}
        for path in bundles:  # a full bundle, or the widest partial one
            name = str(path).partition(".p/")[0]
            if name not in widest or path.stat().st_size > widest[name].stat().st_size:
                widest[name] = path
        self.entries = [entry for name in sorted(widest) for entry in split(widest[name].read_bytes())]
        self.bodies: list[Body] = [decode_body(decode_entry(entry).body) for entry in self.entries]

    def attachment(self, name: str) -> bytes | None:
        path = self.ledger / "attachments" / name
        return path.read_bytes() if path.exists() else None

    def state(self) -> State:
        return fold(self.entries, self.attachment)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("exchange")
    return Played(folder, Scenario(folder, TEST).play())


def split(bundle: bytes) -> list[bytes]:
    """The entries of a bundle: two bytes of length before each."""
    entries, at = [], 0
    while at < len(bundle):
        size = int.from_bytes(bundle[at : at + 2], "big")
        entries.append(bundle[at + 2 : at + 2 + size])
        at += 2 + size
    return entries


def said(*argv: str) -> tuple[int, str]:
    out = StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        code = main(argv)
    return code, out.getvalue()


def verify(ledger: Path, vkeys: Path) -> tuple[int, dict[str, Any]]:
    code, text = said("verify", str(ledger), "--vkeys", str(vkeys), "--json")
    return code, json.loads(text)


def test_the_ledger_it_leaves_verifies(played: Played) -> None:
    code, told = verify(played.ledger, played.vkeys)
    assert (code, told["problems"]) == (0, [])


def test_it_comes_to_the_same_counts_as_every_time(played: Played) -> None:
    found = counts(played.bodies, played.told.incidents)
    assert found == golden(found)


def test_every_node_has_the_same_state_as_the_ledger(played: Played) -> None:
    wanted = state_hash(played.state())
    from repatria.rehearsal.nodes import MEMBERS, PASSPHRASE
    from repatria.store.node import NodeFolder

    for member in MEMBERS:
        with NodeFolder.open(played.folder / "nodes" / member, PASSPHRASE) as node:
            assert state_hash(node.ledger_state()) == wanted, member


def test_two_processes_with_other_hash_seeds_fold_to_the_same_state(played: Played) -> None:
    program = (
        "import sys; from pathlib import Path; from tests.scenario.test_exchange import Played; "
        "from repatria.rehearsal.exchange import Told; from repatria.exchange.state import state_hash; "
        "print(state_hash(Played(Path(sys.argv[1]), Told()).state()))"
    )
    hashes = {
        subprocess.run(
            [sys.executable, "-c", program, str(played.folder)],
            cwd=SOURCES, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert hashes == {state_hash(played.state()) + "\n"}


def test_everyone_on_the_final_list_is_accounted_for(played: Played) -> None:
    state = played.state()
    listed = {party: played.told.incidents[f"list-{party}"] for party in ("north", "south")}
    assert Counter(person.holder for person in state.persons.values()) == listed
    closing = [body.data for body in played.bodies if isinstance(body.data, RoundClosed)]
    assert len(closing) == 5
    counted: Counter[str] = Counter()
    for account in closing[0].accounts:
        counted[account.holder] += account.people
    assert dict(counted) == listed
    assert all(data == closing[0] for data in closing)


def test_the_figures_equal_a_recount_of_the_entries(played: Played) -> None:
    state = played.state()
    effective = [body for i, body in enumerate(played.bodies) if i not in {r.index for r in state.refusals}]
    received = Counter(
        (body.data.stage, body.data.place, state.persons[body.data.number].holder)
        for body in effective
        if isinstance(body.data, PersonReceived)
    )
    signed = {}
    for body in effective:
        if isinstance(body.data, StageReconciled):
            for tally in body.data.tallies:
                signed[body.data.stage, body.data.place, tally.holder] = tally.received
    assert signed == {key: received.get(key, 0) for key in signed}
    assert sum(signed.values()) == sum(received.values()) > 0


def test_each_incident_is_on_the_record(played: Played) -> None:
    state, told = played.state(), played.told.incidents
    breaches = Counter((breach.member, breach.code) for breach in state.breaches)
    assert breaches["south", "answers-overdue"] >= 1
    assert breaches["south", "access-refused"] == 1
    rules = {refusal.event: refusal.rule for refusal in state.refusals}
    assert rules[told["unilateral"]] == "list.unilateral"
    assert told["forged"] not in state.events
    assert (
        sum(1 for body in played.bodies if body.author == "south/desk-bridge")
        == state.chains["south/desk-bridge"][0] + 1
    )
    (camp,) = told["not_going_at_camp"][:1]
    (border,) = told["not_going_at_border"]
    assert state.persons[camp].state == state.persons[border].state == "not-going"
    assert state.persons[told["withdrawn"]].state == "withdrawn"
    found = [body.data.number for body in played.bodies if isinstance(body.data, SubstitutionFound)]
    assert found == [told["substituted"]]
    assert any(right.absent for right in state.persons[told["absent"]].rights)
    assert any(right.dark for person in state.persons.values() for right in person.rights)
    assert [(s.by, s.until is not None) for s in state.suspensions] == [("south", True)]
    papers = [a for assents in state.assents.values() for a in assents if a.paper]
    assert [paper.member for paper in papers] == ["south"]
    assert state.closed


def test_nobody_is_home_twice_and_the_totals_are_met(played: Played) -> None:
    state = played.state()
    home = Counter(person.holder for person in state.persons.values() if person.counts and person.state == "received")
    declined = Counter(
        person.holder
        for person in state.persons.values()
        if person.counts and person.state == "not-going" and person.number in state.slots
    )
    for party, total in (("north", TEST.north_total), ("south", TEST.south_total)):
        assert total - 2 <= home[party] + declined[party] <= total
    numbers = [body.data.number for body in played.bodies if isinstance(body.data, PersonReceived)]
    assert len(numbers) == len(set(numbers))


def test_words_that_clear_and_that_do_not_differ_in_no_byte_but_the_word_and_the_numbers(played: Played) -> None:
    words = [body for body in played.bodies if isinstance(body.data, Cleared | NotGoing)]
    assert len(words) % 2 == 0
    for one, other in zip(words[::2], words[1::2], strict=True):
        assert isinstance(one.data, Cleared)
        assert isinstance(other.data, NotGoing)
        assert len(one.data.numbers) == len(other.data.numbers)
        assert len(one.data.numbers) % 32 == 0
        same = []
        for body in (one, other):
            raw = _plain(body)
            raw["data"]["numbers"] = [len(number) for number in raw["data"]["numbers"]]
            for name in ("kind", "seq", "prev"):
                raw.pop(name)
            same.append(encode(raw))
        assert same[0] == same[1]


def _plain(body: Body) -> dict[str, Any]:
    from repatria.exchange.codec import encode_body

    return dict(decode(encode_body(body)))


def test_no_name_birth_date_or_service_number_stands_in_what_is_shared(played: Played) -> None:
    secrets = _secrets(played.folder / "registers")
    assert len(secrets) > 300
    places = [played.ledger, played.folder / "stick", played.folder / "ledger.vkeys", played.folder / "nodes"]
    for top in places:
        for path in [top] if top.is_file() else sorted(p for p in top.rglob("*") if p.is_file()):
            data = path.read_bytes()
            found = [i for i, secret in enumerate(secrets) if secret in data]
            assert not found, f"{path.relative_to(played.folder)} holds {len(found)} secrets"
    code, text = said(
        "report", str(played.ledger), "--vkeys", str(played.vkeys), "--out", str(played.folder / "report")
    )
    assert code == 0
    shown = [text.encode(), "\n".join(played.told.lines).encode()]
    shown += [path.read_bytes() for path in (played.folder / "report").rglob("*") if path.is_file()]
    assert not [secret for secret in secrets for data in shown if secret in data]


def test_no_name_birth_date_or_number_of_a_person_stands_in_the_public_record(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every page in every language, every file, and what is packed in them: by names in both registers' scripts, and
    read aloud in Latin letters."""
    out = played.folder / "public"
    node = str(played.folder / "nodes" / "south")
    monkeypatch.setenv("REPATRIA_PASSPHRASE", PASSPHRASE)
    code, text = said("public", "site", "--node", node, "--out", str(out))
    assert code == 0, text
    secrets = {secret.decode() for secret in _secrets(played.folder / "registers")}
    names = {name for secret in secrets for name in (secret, *read_aloud(secret)) if name.isalpha()}
    others = {*(secrets - names), *map(str, played.state().persons)}
    assert len(names) > 500
    assert len(others) > 300
    seen = 0
    for path in sorted(path for path in out.rglob("*") if path.is_file()):
        for data in _unpacked(path):
            seen += 1
            text = data.decode("utf-8", "replace")
            found = names & set(re.findall(r"[^\W\d_]+", text))  # whole words: Mykolaiv is a city
            found |= {other for other in others if other in text}
            assert not found, f"{path.relative_to(out)} holds {len(found)} secrets"
    assert seen > 300
    assert names & set(re.findall(r"[^\W\d_]+", "Сергій, Олена, Mykola, Serhii"))  # what is looked for is found
    assert "held" in (out / "en" / "exchange.html").read_text(encoding="utf-8")


def read_aloud(name: str) -> set[str]:
    """A name in Latin letters, as papers write it in Ukraine and in Russia; of five letters or more."""
    forms = {form.text for language in ("uk", "ru") for form in romanisations(name, language)}  # type: ignore[arg-type]
    return {form for form in forms if form.isascii() and form.isalpha() and len(form) > 4}


def _unpacked(path: Path) -> list[bytes]:
    data = path.read_bytes()
    if path.suffix != ".xlsx":
        return [data]
    with zipfile.ZipFile(path) as archive:
        return [archive.read(name) for name in archive.namelist()]


def _secrets(registers: Path) -> list[bytes]:
    """Names of five letters or more, birth dates and service numbers, as written in the registers."""
    secrets = set()
    for path in registers.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                for heading, value in row.items():
                    name = heading.lower().replace(" ", "_")
                    if (
                        name in ("family_name", "given_names", "father_name", "surname", "service_number")
                        and len(value) > 4
                    ):
                        secrets.add(value.encode())
                    if name in ("date_of_birth", "born") and len(value) == 10:
                        secrets.add(value.encode())
    return sorted(secrets)


@pytest.mark.parametrize("knows", ["totals", "capacities", "who came"])
def test_nothing_that_was_ever_published_gives_a_hidden_count_away(played: Played, knows: str) -> None:
    """Every table that could be published at any size of the ledger, by an attacker who knows how many were agreed;
    who has the terms, and what each place takes on a day; or who knows that no more could come than did."""
    state = played.state()
    terms = decode_terms(state.terms_text.encode())
    over = [(str(stage.stage), str(stage.date)) for stage in state.counted_stages]
    truth = {
        (side, kind, str(stage.stage)): stage.received.get(f"{side}/{kind}", 0)
        for side in state.sides for kind in ("living", "remains") for stage in state.counted_stages
    }  # fmt: skip
    known = Known(list(truth))
    for at, stage in enumerate(state.counted_stages, 1):
        known.table(public_counts(state, stage.index + 1), over[:at])
    for side in state.sides:
        living = [cell for cell in truth if cell[:2] == (side, "living")]
        agreed = sum(state.side_of(person.holder) == side for person in state.persons.values())
        known.total(living, 0, sum(truth[cell] for cell in living) if knows == "who came" else agreed)
        for name, _ in over if knows == "capacities" else ():
            found = terms.stage(name)
            assert found is not None
            known.total([(side, "living", name)], 0, sum(place.capacity[side] for place in found.places))
    assert sum(people > 0 for cell, people in truth.items() if cell not in known.told) > 0
    assert known.recovered(truth) == {}


def test_a_flipped_bit_in_any_file_is_refused_with_its_place(played: Played, tmp_path: Path) -> None:
    files = sorted(path for path in played.ledger.rglob("*") if path.is_file())
    keys = [parse_vkey(line) for line in played.vkeys.read_text().splitlines()]
    contents = {str(path.relative_to(played.ledger)): path.read_bytes() for path in files}
    rng = random.Random(20251116)
    flips = [(name, rng.randrange(8 * len(data))) for name, data in contents.items() if data]
    flips += [
        (name, rng.randrange(8 * len(contents[name])))
        for name in rng.choices(sorted(contents), k=max(0, 500 - len(flips)))
    ]
    for name, bit in flips:
        changed = bytearray(contents[name])
        changed[bit // 8] ^= 1 << bit % 8
        damaged = {**contents, name: bytes(changed)}
        problems = read_log(damaged.get, lambda damaged=damaged: damaged, keys).problems
        assert any(name in problem.where for problem in problems), f"bit {bit} of {name}"
    copy = tmp_path / "ledger"
    shutil.copytree(played.ledger, copy)
    name, bit = flips[-1]
    changed = bytearray(contents[name])
    changed[bit // 8] ^= 1 << bit % 8
    (copy / name).write_bytes(bytes(changed))
    code, told = verify(copy, played.vkeys)
    assert code == 1
    assert any(name in problem["where"] for problem in told["problems"])


def test_records_give_the_classes_again(played: Played) -> None:
    code, text = said(
        "verify", str(played.ledger), "--vkeys", str(played.vkeys), "--records", str(played.folder / "nodes" / "south"),
        "--json",
    )  # fmt: skip
    assert code == 0, text


# --- the plan, for people -------------------------------------------------------------------------------------------


def test_the_plan_is_a_page_and_a_print_and_a_revision_tells_whom_it_moves_to_officers_alone(
    played: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from repatria.files import pdf
    from repatria.rehearsal.nodes import PASSPHRASE

    monkeypatch.setenv("REPATRIA_PASSPHRASE", PASSPHRASE)
    state = played.state()
    node, html, print_ = str(played.folder / "nodes" / "gulf"), tmp_path / "plan.html", tmp_path / "plan.pdf"
    words = ("plan", "page", node, "--out", str(html), "--json")
    code, text = said(*words, "--pdf", str(print_), "--language", "ar")
    answer = json.loads(text)["answer"]
    assert (code, answer["plan"], answer["status"], answer["problems_found"]) == (0, state.plan, "in_force", 0)
    assert answer["files"] == ["plan.html", "plan.pdf"]
    assert print_.read_bytes().startswith(b"%PDF")
    assert not [number for number in state.persons if number in html.read_text(encoding="utf-8")]
    moved = {played.told.incidents["absent"], played.told.incidents["substituted"]}
    assert sum(n for kind, n in answer["changed"].items() if kind.startswith("again")) >= len(moved)
    assert said(*words, "--numbers")[0] == 0
    assert moved <= {number for number in state.persons if number in html.read_text(encoding="utf-8")}
    (first,) = [name for name, replaces in state.proposed.items() if replaces is None]
    code, text = said(*words, "--plan", first[:12])
    assert (code, json.loads(text)["answer"]["status"], json.loads(text)["answer"]["changed"]) == (0, "past", {})
    html.unlink()
    monkeypatch.setattr(pdf, "NEEDED", ("a_typesetter_that_is_not_there",))
    code, text = said(*words, "--pdf", str(print_))
    assert (code, [problem["code"] for problem in json.loads(text)["problems"]]) == (1, ["pdf.absent"])
    assert not html.exists()
