"""The scenario: one whole exchange between invented parties, with everything going wrong that does go wrong.

Two parties, two mediators (one keeps the ledger), one neutral; nothing but commands, folders and a stick. People
practise on it (`repatria rehearse`); the end-to-end test and the demo play the same with attacks added.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from repatria.files.articles import announcement
from repatria.rehearsal.nodes import MEMBERS, NEUTRAL, PARTIES, PASSPHRASE, PLACES, SECRETARIAT, Rehearsal, expect
from repatria.rehearsal.people import make_people, write_registers
from repatria.rehearsal.terms import STAGES, Size, terms_text
from repatria.store.node import NodeFolder

ROUND = "2025-1"
SEED = 20251116
SIDES = """
north = ["Norland*"]
south = ["Sudria*"]
straits = ["Straits Republic"]
gulf = ["Gulf Emirates"]
"""  # the invented states of the page that is shipped
FAMILY_KNOWS = ("family_name", "given_names", "father_name", "date_of_birth")
CODE = re.compile(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}")


@dataclass
class Told:
    """What the scenario did, for the assertions and the demo's closing table."""

    lines: list[str] = field(default_factory=list)
    incidents: dict[str, Any] = field(default_factory=dict)
    family: str = ""  # the case of the family that asks


class Scenario:
    """The exchange, chapter by chapter; `say` gets a line of narrative as each thing happens."""

    def __init__(self, folder: Path, size: Size, say: Callable[[str], None] = lambda line: None) -> None:
        self.at = Rehearsal(folder)
        self.size = size
        self.told = Told()
        self._say = say

    def play(self) -> Told:
        for chapter in (
            self.open, self.consult, self.lists, self.clear, self.draw_and_plan, self.hand_over, self.close,
        ):  # fmt: skip
            chapter()
        return self.told

    def attacked_with_a_list(self) -> None:
        """Nothing: who practises is not attacked. Tests put a list here that one side signs alone."""

    def attacked_at(self, stage: str) -> None:
        """Nothing: tests put forged and replayed receipts here."""

    def say(self, line: str) -> None:
        self.told.lines.append(line)
        self._say(line)

    # --- open -------------------------------------------------------------------------------------------------------

    def make_nodes(self) -> None:
        """Each member's node, and nothing in it."""
        self.at.on("2025-11-10")
        roles = {"north": "party", "south": "party", "straits": "mediator", "gulf": "mediator", "cross": "neutral"}
        for member in MEMBERS:
            self.at.run("node", "init", self.at.node(member), "--member", member, "--role", roles[member])

    def open(self) -> None:
        at = self.at
        self.make_nodes()
        cards: list[str] = []
        for member in MEMBERS:
            card = at.folder / "keys" / f"{member}.card.json"
            card.write_text(json.dumps(at.run("node", "card", at.node(member))), encoding="utf-8")
            cards += ["--card", str(card)]
        at.do("exchange", "open", at.node(SECRETARIAT), *cards, "--origin", "straits.example/winter-2025")
        at.carry()
        for member in MEMBERS:
            at.do("exchange", "join", at.node(member))
        at.carry()
        self.make_keys()
        self.say("10 Nov  five members open an exchange; each admits itself, keys compared out of band")

    def make_keys(self) -> None:
        """Key files of those who sign, and of desks and gates, each appointed by its member."""
        at = self.at
        for party in PARTIES:
            for name in ("sig-1", "sig-2", "sig-3"):
                self._delegate(party, name, "signatory")
            self._delegate(party, "supervisor", "supervisor")
            for place in PLACES:
                self._delegate(party, f"desk-{place}", "desk", place)
        self._delegate(NEUTRAL, "interviewer", "interviewer")
        for place in PLACES:
            self._delegate(NEUTRAL, f"gate-{place}", "gate", place)
        at.carry()

    def _delegate(
        self, member: str, name: str, role: str, place: str | None = None, at: Rehearsal | None = None
    ) -> None:
        at = at or self.at
        words = ["--place", place] if place else []
        keys: list[str] = []
        if role in ("signatory", "supervisor"):
            for signatory in ("sig-1", "sig-2"):
                if Path(at.key(f"{member}/{signatory}")).exists() and name != signatory:
                    keys += ["--signatory", at.key(f"{member}/{signatory}")]
        key = at.key(f"{member}/{name}")
        at.do("node", "delegate", at.node(member), name, "--role", role, *words, "--key-file", key, *keys)

    # --- consult ----------------------------------------------------------------------------------------------------

    def consult(self) -> None:
        at, size = self.at, self.size
        at.on("2025-11-16")
        self._announced()
        at.signed("north", "exchange", "activate", "--round", ROUND, "--target", "2025-12-31")
        at.do("exchange", "activate", at.node("straits"), "--round", ROUND, "--target", "2025-12-31")
        at.carry()
        self.say(f"16 Nov  north announces: {size.south_total:,} will come home; south says nothing yet")
        at.on("2025-11-18")
        at.signed("south", "exchange", "activate", "--round", ROUND, "--target", "2025-12-31")
        at.carry()
        at.do("terms", "propose", at.node("north"), "total-south", str(size.south_total))
        at.carry()
        at.do(
            "terms", "offer", at.node("gulf"), "total-north", str(size.north_total), "--to", "south", "--from", "north"
        )  # fmt: skip
        at.do("task", "set", at.node("gulf"), "transport", "--owner", "north", "--due", "2025-12-03")
        at.carry()
        for reader in ("south", "north"):  # whoever it was carried to, and whoever made it; nobody else can tell
            (offer,) = at.run("terms", "offers", at.node(reader))["offers"]
            expect((offer["value"], offer["maker"], offer["released"]) == (size.north_total, "north", False))
        expect(at.run("terms", "offers", at.node("straits"))["offers"] == [])
        at.do("terms", "release", at.node("south"), offer["event"], fails="offer.maker")
        at.do("terms", "release", at.node("north"), offer["event"])
        at.carry()
        for party in PARTIES:
            at.signed(party, "terms", "agree", "total-south", str(size.south_total))
            at.signed(party, "terms", "agree", "total-north", str(size.north_total))
        at.carry()
        self.say(
            f"18 Nov  the open clause is offered through a mediator and settled: {size.north_total:,} the other way"
        )
        at.on("2025-11-20")
        terms = at.folder / "terms.toml"
        terms.write_text(terms_text(size), encoding="utf-8")
        at.run("terms", "check", str(terms))
        at.signed("north", "terms", "draft", str(terms))
        at.carry()
        at.signed("south", "terms", "sign")
        at.carry()
        self.say(
            "20 Nov  terms in force: four stages, two points of handover, wounded outside the balance, all under 25"
        )

    def _announced(self) -> None:
        """What north announces on a page, read, confirmed by a person, and laid out as a draft: nothing of it binds."""
        at, keys, people = self.at, self.at.folder / "keys", self.size.south_total
        page, words, read, kept = (keys / name for name in ("page.html", "sides.toml", "claims.toml", "confirmed.toml"))
        page.write_bytes(announcement().replace(b"1,200", f"{people:,}".encode()))
        words.write_text(SIDES, encoding="utf-8")
        found = at.run("claims", "read", str(page), "--sides", str(words), "--out", str(read))
        at.run("claims", "confirm", str(read), "--all", "--who", "officer-2", "--out", str(kept))
        draft = at.run("exchange", "draft", "--from", str(kept), "--out", str(keys / "draft.toml"))
        told = (draft["totals"], draft["silent"], draft["target_date"])
        expect(told == ({"south": people}, ["south"], "2025-12-31"), draft)
        expect({"total-north", "places", "categories", "transport"} <= set(draft["open"]), draft)
        self.say(
            f"16 Nov  a page is read: {len(found['claims'])} claims by {' and '.join(draft['parties'])}; as a draft,"
            f" {len(draft['open'])} clauses are open, the first of them due by {draft['calendar'][0]['due']}"
        )

    # --- lists ------------------------------------------------------------------------------------------------------

    def lists(self) -> None:
        at = self.at
        at.on("2025-11-22")
        people = make_people(SEED, **self.size.registers)
        files = write_registers(at.folder / "registers", people)
        for party in PARTIES:
            for kind in ("held", "sought"):
                done = at.do("register", "import", at.node(party), str(files[f"{party}-{kind}"]), "--kind", kind)
                self.told.incidents[f"{party}-{kind}"] = done["people"]
        at.carry()
        self._family(people.registers["north-sought"][0])
        at.signed("north", "register", "disclose", "sought", "--to", "south")
        at.signed("south", "register", "disclose", "sought", "--to", "north")
        at.carry()
        self.say(
            "22 Nov  registers sealed and committed: "
            + ", ".join(f"{name} {self.told.incidents[name]:,}" for name in sorted(self.told.incidents))
        )
        at.on("2025-11-26")
        self._link("north")
        at.do("answer", "give", at.node("north"), "--others-not-held")
        at.carry()
        at.on("2025-11-29")
        late = at.do("exchange", "time", at.node("straits"))["breaches"]
        at.carry()
        self.say(
            "29 Nov  answers are overdue: "
            + ", ".join(f"{who} leaves {blank:,} rows blank" for who, _, blank in sorted(late, reverse=True))
        )
        at.on("2025-11-30")
        self._link("south")
        given = at.do("answer", "give", at.node("south"), "--others-not-held")
        at.carry()
        self.told.incidents["blank"] = given["blank"]
        self.say(f"30 Nov  south answers late: {given['held']:,} held, {given['blank']:,} still blank, on the record")
        for party in PARTIES:
            done = at.signed(party, "list", "draft")
            self.told.incidents[f"list-{party}"] = done["people"]
        at.carry()
        self.attacked_with_a_list()
        for party, other in (PARTIES, PARTIES[::-1]):
            at.signed(party, "list", "sign", "--holder", other)
        at.carry()
        self.say(
            "30 Nov  final lists in force: "
            + ", ".join(f"{self.told.incidents[f'list-{party}']:,} held by {party}" for party in PARTIES)
        )

    def _family(self, row: Mapping[str, str]) -> None:
        """A family asks for somebody whom north seeks; only the liaison and the vault know who they are."""
        at, north = self.at, self.at.node("north")
        asked = "\n".join(f"{name} = {json.dumps(row[name])}" for name in FAMILY_KNOWS if row.get(name))
        who = 'name = "Invented Kin"\nkinship = "parent"\nreach = "the tracing office"\nlanguage = "uk"'
        request = at.folder / "keys" / "request.toml"
        request.write_text(f"[sought]\n{asked}\n[enquirer]\n{who}\n", encoding="utf-8")
        case = at.do("family", "take", north, str(request))["case"]
        (likely, *_) = at.do("family", "match", north, case)["rows"]
        at.do("family", "match", north, case, likely["row"], "--who", "officer-2")
        at.do("family", "check", north, case, "--identity", "passport", "--kinship", "birth_record")
        self.told.family = case
        self.say("22 Nov  a family asks for somebody; identity and kinship are shown to north's liaison")

    def _link(self, party: str) -> None:
        at = self.at
        at.do("link", "find", at.node(party))
        at.do(
            "link", "confirm", at.node(party), "--who", "officer-2", "--why", "number and name, or name and birth date"
        )
        doubtful = at.run("link", "list", at.node(party))["candidates"]
        for pair in doubtful[:1]:
            at.do(
                "link", "judge", at.node(party), pair["sought"], pair["held"], "--verdict", "undecided",
                "--who", "officer-3", "--why", "the file is asked for",
            )  # fmt: skip

    # --- clear ------------------------------------------------------------------------------------------------------

    def clear(self) -> None:
        at = self.at
        places = at.run("clear", "places", at.node(NEUTRAL))["places"]
        refused = next(row["place"] for row in places if row["holder"] == "south")
        declined_at = next(row["place"] for row in places if row["holder"] == "north")
        at.on("2025-12-03")
        for row in places:
            if row["place"] == refused:
                at.do(
                    "clear", "refused", at.node(NEUTRAL), "--place", refused, "--on", "2025-12-03",
                    "--holder", "south", "--key-file", at.key("cross/interviewer"),
                )  # fmt: skip
                self.told.incidents["access_refused"] = row["people"]
            else:
                self._visit(row["place"], "2025-12-03", decline=1 if row["place"] == declined_at else 0)
        at.carry()
        self.say(
            f"03 Dec  private interviews in {len(places) - 1} camps; at one, access is refused to "
            f"{self.told.incidents['access_refused']:,} people: a breach, and their chance moves to the border"
        )

    def _visit(self, place: str, day: str, decline: int = 0, planned: bool = False) -> None:
        at = self.at
        words = ["--place", place, "--on", day, "--key-file", at.key("cross/interviewer")]
        if decline:
            people = at.run("clear", "people", at.node(NEUTRAL), "--place", place)["people"]
            numbers = [row["number"] for row in people if row["state"] == "listed"][:decline]
            file = at.folder / "keys" / "not-going.txt"
            file.write_text("\n".join(numbers), encoding="utf-8")
            words += ["--not-going", str(file)]
            self.told.incidents.setdefault("not_going_at_camp", []).extend(numbers)
        if planned:
            words += ["--planned"]
        at.do("clear", "visit", at.node(NEUTRAL), *words)

    # --- draw and plan ----------------------------------------------------------------------------------------------

    def draw_and_plan(self) -> None:
        at = self.at
        at.on("2025-12-04")
        for member in (*PARTIES, "straits", "gulf"):
            at.do("lottery", "commit", at.node(member))
        at.carry()
        for member in (*PARTIES, "straits", "gulf"):
            at.do("lottery", "share", at.node(member))
        at.carry()
        for member in ("north", "straits", "gulf", NEUTRAL):  # south is a holder of nobody's
            at.do("lottery", "hold", at.node(member))
        at.carry()
        for member in ("north", "straits", "gulf"):
            at.do("lottery", "reveal", at.node(member))
        at.carry()
        for member in (NEUTRAL, "straits"):
            at.do("lottery", "open", at.node(member))
        at.carry()
        self.say("04 Dec  the draw: four commit, three reveal, the fourth keeps quiet and two holders open its nonce")
        at.do("plan", "propose", at.node("straits"))
        at.carry()
        at.signed("north", "plan", "sign")
        at.do("plan", "sign", at.node("straits"))
        at.on("2025-12-05")
        scan = at.folder / "keys" / "south-plan-paper.pdf"
        scan.write_bytes(b"%PDF-1.7 an invented scan of a signed paper")
        for member in ("gulf", NEUTRAL):
            at.do(
                "exchange", "transcribe", at.node(member), "--for", "south", "--kind", "PlanSigned",
                "--scan", str(scan),
            )  # fmt: skip
        at.carry()
        plan = self.at.status()["plan_in_force"]
        expect(plan is not None)
        self.told.incidents["plan"] = plan
        self.say("05 Dec  the plan is signed; south's node is without power, two members transcribe its signed paper")

    # --- hand over --------------------------------------------------------------------------------------------------

    def hand_over(self) -> None:
        self._stage("s1", "2025-12-08", absent=True, border=True)
        self._stage("s2", "2025-12-10", substituted=True, dark=True)
        self._suspension()
        self._second_visits()
        self._replan()
        self._stage("s3", "2025-12-16", forged=True)
        self._stage("s4", "2025-12-18")

    def _stage(
        self, stage: str, day: str, *, absent: bool = False, border: bool = False, substituted: bool = False,
        dark: bool = False, forged: bool = False,
    ) -> None:  # fmt: skip
        at = self.at
        at.on(day, 6)
        for member in (*PARTIES, "straits"):
            at.do("stage", "open", at.node(member), stage)
        at.carry()
        for party in PARTIES:
            for place in PLACES:
                at.do(
                    "stage", "grant", at.node(party), stage, "--place", place, "--to", f"{party}/desk-{place}",
                )  # fmt: skip
        at.carry()
        for place in PLACES:
            for author in self._authors(place):
                member = author.partition("/")[0]
                at.do(
                    "stage", "desk", at.node(member), stage, "--place", place, "--desk-key", at.key(author),
                    "--out", at.desk(author, stage),
                )  # fmt: skip
        at.on(day, 9)
        for place in PLACES:
            special = place == "bridge"
            self._place(stage, place, border=border and special, absent=absent and special,
                        substituted=substituted and special, dark=dark and not special)  # fmt: skip
        if forged:
            self.attacked_at(stage)
        at.on(day, 18)
        for place in PLACES:
            for author in self._authors(place):
                if dark and author == "north/desk-station":
                    continue
                at.do("sync", "desk", at.node(author.partition("/")[0]), at.desk(author, stage))
        at.carry()
        if dark:
            at.do("stage", "dark", at.node("north"), stage, "--place", "station", "--desk", "north/desk-station")
            at.carry()
        open_places = [place for place in PLACES if not (dark and place == "station")]
        self._reconcile(stage, open_places)
        people = {(row["holder"], row["state"]): row["people"] for row in at.status()["people"]}
        home = {party: people.get((party, "received"), 0) for party in PARTIES}
        self.say(
            f"{day[8:]} Dec  stage {stage}: so far {home['south']:,} are home from south, {home['north']:,} from north"
            + (f"; {people.get(('north', 'unconfirmed'), 0)} unconfirmed with a desk that went dark" if dark else "")
        )

    def _authors(self, place: str) -> tuple[str, str, str]:
        return f"north/desk-{place}", f"south/desk-{place}", f"cross/gate-{place}"

    def _place(
        self, stage: str, place: str, *, border: bool, absent: bool, substituted: bool, dark: bool
    ) -> None:  # fmt: skip
        """One point of handover, with nothing but three folders."""
        at = self.at
        north, south, gate = (at.desk(author, stage) for author in self._authors(place))
        rows = at.run("handover", "manifest", gate)["sequence"]
        declining = [row["number"] for row in rows if row["from"] == "south"][-1:] if border else []
        words = [word for number in declining for word in ("--not-going", number)]
        at.do("handover", "words", gate, *words)
        if border:
            self.told.incidents["not_going_at_border"] = declining
        for desk in (north, south):
            at.run("handover", "carry", gate, desk)
        if declining:
            at.do("handover", "return", south, "--number", declining[0])
        if absent:
            missing = [row["number"] for row in rows if row["from"] == "south" and row["number"] not in declining][-1]
            at.do("handover", "absent", south, "--number", missing)
            self.told.incidents["absent"] = missing
        at.run("handover", "carry", south, gate)
        at.do("handover", "present", gate)
        for desk in (north, south):
            at.run("handover", "carry", gate, desk)
        wrong = next(row["number"] for row in rows if row["from"] == "north") if substituted else None
        self._to_and_fro(stage, place, wrong, dark)

    def _to_and_fro(self, stage: str, place: str, wrong: str | None = None, dark: bool = False) -> None:
        """Both desks release and receive by turns, carrying what they signed, until nothing moves any more."""
        at = self.at
        north, south, _ = (at.desk(author, stage) for author in self._authors(place))
        idle = 0
        while idle < 2:
            moved = 0
            for here, there in ((north, south), (south, north)):
                released = at.do("handover", "release", here)
                moved += released["released"]
                at.run("handover", "carry", here, there)
                if wrong is not None and wrong in released["numbers"]:
                    at.do("handover", "substituted", there, "--number", wrong)
                    self.told.incidents["substituted"] = wrong
                if dark and here == north and released["released"]:
                    return  # the north desk goes dark before it hears of the receipts
                moved += at.do("handover", "receive", there)["received"]
                at.run("handover", "carry", there, here)
            idle = 0 if moved else idle + 1
        for desk in (north, south):
            at.do("handover", "return", desk)

    def _reconcile(self, stage: str, places: list[str]) -> None:
        for place in places:
            for member in (*PARTIES, NEUTRAL):
                self.at.do("stage", "reconcile", self.at.node(member), stage, "--place", place)
        self.at.carry()

    def _suspension(self) -> None:
        at = self.at
        at.on("2025-12-11")
        at.do("exchange", "suspend", at.node("south"))
        at.carry()
        at.do("stage", "open", at.node("north"), "s3", fails="round.suspended")
        at.on("2025-12-12")
        north, south, _ = (at.desk(author, "s2") for author in self._authors("station"))
        at.do("handover", "receive", south)
        at.run("handover", "carry", south, north)
        self._to_and_fro("s2", "station")
        at.do("sync", "desk", at.node("south"), south)
        at.do("sync", "desk", at.node("north"), north)
        at.carry()
        self._reconcile("s2", ["station"])
        self.say("12 Dec  the dark desk comes back late; every release and receipt it signed finds its place")
        at.on("2025-12-13")
        for party in PARTIES:
            at.signed(party, "exchange", "resume")
        at.carry()
        self.say("13 Dec  south suspended for two days; nobody past the last gate was turned back; all resume")

    def _second_visits(self) -> None:
        at = self.at
        at.on("2025-12-14")
        places = at.run("clear", "places", at.node(NEUTRAL))["places"]
        for row in places:
            self._visit(row["place"], "2025-12-14", planned=True)
        at.carry()

    def _replan(self) -> None:
        at = self.at
        withdrawn = self._somebody_listed("north")
        at.signed("north", "exchange", "withdraw", withdrawn, "--reason", "listed under two names; an invented reason")
        self.told.incidents["withdrawn"] = withdrawn
        at.carry()
        revision = at.do("plan", "propose", at.node("straits"), "--language", "uk")
        expect(revision["changes"]["kept"], revision)
        expect(len(revision["text"]) >= len(revision["changes"]))
        at.carry()
        for party in PARTIES:
            at.signed(party, "plan", "sign")
        signed = at.do("plan", "sign", at.node("straits"))
        expect(signed["changes"] == revision["changes"])
        at.carry()
        plan = at.status()["plan_in_force"]
        expect(plan != self.told.incidents["plan"])
        self._second_visits()
        self.say("14 Dec  a replan: who was absent, withheld or substituted gets a new place, nobody else moves")

    def _somebody_listed(self, holder: str) -> str:
        """A person on the list whom the plan does not need: what a list officer finds to be listed by mistake."""
        planned: set[str] = set()
        with NodeFolder.open(Path(self.at.node(holder)), PASSPHRASE) as node:
            state = node.state()
            planned = set(state.slots)
            return next(
                number
                for number, person in sorted(state.persons.items())
                if person.holder == holder and number not in planned and person.state == "listed"
            )

    # --- close ------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        at = self.at
        self._public()
        at.on("2025-12-20")
        for member in MEMBERS:
            if member in PARTIES:
                at.signed(member, "exchange", "close-round")
            else:
                at.do("exchange", "close-round", at.node(member))
        at.carry()
        for member in MEMBERS:
            if member in PARTIES:
                at.signed(member, "exchange", "close")
            else:
                at.do("exchange", "close", at.node(member))
        at.carry()
        at.carry()
        ledger = at.folder / "ledger"
        shutil.copytree(Path(at.stick) / "ledger", ledger, dirs_exist_ok=True)
        at.run("node", "vkeys", at.node(SECRETARIAT), "--out", str(at.folder / "ledger.vkeys"))
        self.say("20 Dec  every member signs the accounts; the exchange is closed")
        self._family_checks()

    def _public(self) -> None:
        """Two sides say two numbers; what both confirm is a third thing, and tells of nobody by themselves.

        The law stops nothing of the exchange as it then stands, whoever asks, with what their own node holds.
        """
        at = self.at
        at.on("2025-12-19")
        for member in MEMBERS:
            asked = at.run("law", "review", at.node(member))
            expect(asked["questions"] > 100)
            expect(asked["stops"] == [])
        page = at.folder / "keys" / "said-in-public.html"
        said = self.size.south_total, self.size.south_total - 2
        for recorder, speaker, number in (("gulf", "north-ombudsman", said[0]), (NEUTRAL, "south-ministry", said[1])):
            page.write_text(f"an invented page on which {speaker} is quoted", encoding="utf-8")
            at.do(
                "public", "claim", at.node(recorder), str(number), "--speaker", speaker, "--said-on", "2025-12-18",
                "--counted", "came-home", "--of", "north", "--source", str(page),
            )  # fmt: skip
        self._families_first()
        at.signed("north", "public", "counts")
        at.carry()
        at.signed("south", "public", "counts")
        at.do("public", "counts", at.node("straits"))
        at.carry()
        shown = at.run("public", "show", at.node("south"))
        expect((shown["tables"], len(shown["claims"]), len(shown["claims_that_differ"])) == (1, 2, 1))
        expect(all(row["received"] == 0 or row["received"] >= 10 for row in shown["published"]))
        expect(any(row["received"] for row in shown["published"]))
        self.told.incidents["published"] = sum(row["received"] for row in shown["published"])
        self.say(
            f"19 Dec  said in public: {said[0]:,}, and {said[1]:,}; confirmed by all and published:"
            f" {self.told.incidents['published']:,} home, both ways together"
        )

    def _families_first(self) -> None:
        """No count is signed before families have been written to, or released."""
        at, north = self.at, self.at.node("north")
        at.signed("north", "public", "counts", fails="family.first")
        letter, case = str(at.folder / "keys" / "letter.html"), self.told.family
        written = at.do("family", "letter", north, case, "--out", letter, "--without-proof")
        at.do("family", "hand", north, written["letter"], "--how", "in_person")
        words = [*(word for stage, _ in STAGES for word in ("--stage", stage)), "--why", "nobody_asks"]
        released = [at.do("family", "release", at.node(party), *words)["released"] for party in PARTIES]
        told = at.run("family", "list", north)
        self.told.incidents["family_letters"] = told["letters"]
        self.say(
            f"19 Dec  families before the public: {told['letters']} letter of {told['cases']} case, and"
            f" {sum(released):,} people for whom nobody has asked are released; before that no count is signed"
        )

    def _family_checks(self) -> None:
        """The page by which a family checks that its entry was never changed, against what most members cosigned."""
        at, letter, proof = self.at, self.at.folder / "keys" / "letter.html", self.at.folder / "keys" / "proof"
        words = (at.node("north"), self.told.family, "--out", str(letter), "--proof", str(proof))
        at.do("family", "letter", *words)
        code = CODE.search(letter.read_text(encoding="utf-8"))
        expect(code is not None)
        (page,) = proof.iterdir()
        shown = at.run("family", "verify", str(page), "--code", code[0] if code is not None else "")
        self.say(
            f"20 Dec  a family checks its entry offline: {len(shown['registers'])} version of the list of the sought,"
            f" {len(shown['lists'])} of the signed list, {len(shown['vouched_by'])} members vouch"
        )
