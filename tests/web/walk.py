"""One whole exchange through the pages of five nodes, each in its own language, with nothing but browsers and files.

On the command line is what a node's keeper does before there are pages, or while they are stopped: making the nodes,
key files, and the folders with which desks go to the border. Desks work there with
those folders alone, as on phones. All the rest is done at pages, over https, by people who log in with passkeys.

    with walking(tmp_path) as walk:
        walk.begin()
        walk.staff()
        walk.consult()
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from repatria.rehearsal.exchange import ROUND, SEED, Scenario
from repatria.rehearsal.nodes import MEMBERS, NEUTRAL, PARTIES, PASSPHRASE, PLACES, SECRETARIAT
from repatria.rehearsal.people import make_people, write_registers
from repatria.rehearsal.terms import STAGES, TEST, Size, terms_text
from repatria.store.node import NodeFolder
from tests.web.nodes import Node
from tests.web.people import Desk, Interviewer, Keeper, Officer, Person, Signatory, browser

LANGUAGES = {"north": "uk", "south": "ru", "straits": "tr", "gulf": "ar", NEUTRAL: "en"}
STAFF: dict[str, tuple[tuple[str, str], ...]] = {
    "north": (("clerk", "officer"), ("second", "officer"), ("sig-1", "signatory"), ("sig-2", "signatory")),
    "south": (("clerk", "officer"), ("second", "officer"), ("sig-1", "signatory"), ("sig-2", "signatory")),
    "straits": (("clerk", "officer"),),
    "gulf": (("clerk", "officer"),),
    NEUTRAL: (("clerk", "officer"), ("interviewer", "interviewer")),
}
KINDS: dict[str, type[Person]] = {"officer": Officer, "signatory": Signatory, "interviewer": Interviewer}
WITH_KEY_FILES = ("signatory", "interviewer")  # appointed by them before there were pages
HELD_IN = 2  # stages
SIZE = replace(TEST, capacity={"north": 14, "south": 14})
BY_KEYBOARD = 50  # pairs, judged by one reviewer
OTHERS = tuple(member for member in MEMBERS if member != SECRETARIAT)
P = TypeVar("P", bound=Person)


def terms_of(size: Size) -> str:
    """The scenario's terms, with its first stages only."""
    text = terms_text(size)
    start = text.index(f'[[stages]]\nstage = "{STAGES[HELD_IN][0]}"')
    return text[:start] + text[text.index("[[category]]") :]


@dataclass
class Walk:
    """The nodes, their people, the time of day; each chapter is a method, in the order of a case."""

    scenario: Scenario
    nodes: dict[str, Node]
    people: dict[str, Person] = field(default_factory=dict)

    # --- who and when ---------------------------------------------------------------------------------------------

    @property
    def at(self) -> Any:
        return self.scenario.at

    def on(self, day: str, hour: int = 8) -> None:
        self.at.on(day, hour)
        self.tell_time()

    def tell_time(self) -> None:
        (Path(self.at.folder) / "now").write_text(self.at.now, encoding="utf-8")

    def clerk(self, member: str) -> Officer:
        return self.person(f"{member}/clerk", Officer)

    def person(self, author: str, kind: type[P]) -> P:
        found = self.people[author]
        assert isinstance(found, kind)
        return found

    def signed(self, member: str) -> None:
        """Both signatories sign all that waits, again where something was prepared anew meanwhile."""
        both = [self.person(f"{member}/{name}", Signatory) for name in ("sig-1", "sig-2")]
        while any(each.sign_all(Path(self.at.key(each.author))) for each in both):
            pass

    # --- between the nodes ----------------------------------------------------------------------------------------

    def carry(self, *members: str) -> None:
        """From these members (all, by default) to who keeps the ledger, and from there to everybody, as files."""
        folder = Path(self.at.folder) / "zips"
        folder.mkdir(exist_ok=True)
        middle = self.clerk(SECRETARIAT)
        for member in members or OTHERS:
            if member != SECRETARIAT:
                self.clerk(member).take_bundle(folder / f"{member}.zip")
                middle.bring_bundle(folder / f"{member}.zip")
        middle.take_bundle(folder / f"{SECRETARIAT}.zip")
        for member in OTHERS:
            self.clerk(member).bring_bundle(folder / f"{SECRETARIAT}.zip")

    # --- chapters -------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """From empty nodes: cards given out and compared, the exchange opened, its ledger brought, joined by everybody;
        then those are appointed who have a key file."""
        folder = Path(self.at.folder) / "zips"
        folder.mkdir(exist_ok=True)
        keepers = {member: self.person(f"{member}/keeper", Keeper) for member in MEMBERS}
        for member, keeper in keepers.items():
            keeper.enrol(self.nodes[member].said["keeper"])
            keeper.begin()
            keeper.take_card(folder / f"{member}.json")
        for member, keeper in keepers.items():
            keeper.bring_cards(*(folder / f"{other}.json" for other in MEMBERS if other != member))
            keeper.look("cards")
        middle = keepers[SECRETARIAT]
        middle.open_exchange("straits.example/winter-2025")
        middle.join()
        middle.take_bundle(folder / "opening.zip")
        for member in OTHERS:
            keepers[member].bring_bundle(folder / "opening.zip")
            keepers[member].join()
            keepers[member].take_bundle(folder / f"{member}.zip")
            middle.bring_bundle(folder / f"{member}.zip")
        middle.take_bundle(folder / "opening.zip")
        for member in OTHERS:
            keepers[member].bring_bundle(folder / "opening.zip")
        for node in self.nodes.values():
            node.stop()
        self.scenario.make_keys()
        for node in self.nodes.values():
            node.start()
        for keeper in keepers.values():
            keeper.begin()
            keeper.look("home-joined")

    def staff(self, *members: str, without: tuple[str, ...] = ()) -> None:
        """Each node's keeper, in by the first link, invites its people, and appoints who has no key file.

        Args:
            members: whose people; of every node, by default.
            without: names of people who stay away.
        """
        for member in members or MEMBERS:
            node = self.nodes[member]
            keeper = self.person(f"{member}/keeper", Keeper)
            if "keeper" in node.said:
                keeper.enrol(node.said["keeper"])
            for name, role in (each for each in STAFF[member] if each[0] not in without):
                person = self.people[f"{member}/{name}"]
                person.enrol(keeper.invite(name))
                if role not in WITH_KEY_FILES:
                    keeper.appoint(name, role)
                    person.begin()
            keeper.look("members")
            keeper.log_out()
            keeper.leave()
            clerk = self.clerk(member)
            clerk.log_out()
            clerk.log_in()
            clerk.look("home")

    def consult(self) -> None:
        north, south, gulf = (self.clerk(member) for member in ("north", "south", "gulf"))
        self.on("2025-11-16")
        north.announce(ROUND, "2025-12-31")
        north.look("asked-of-signatories")
        north.read_aloud()
        self.signed("north")
        self.clerk("straits").announce(ROUND, "2025-12-31")
        self.carry("north")
        self.on("2025-11-18")
        south.announce(ROUND, "2025-12-31")
        self.signed("south")
        self.carry("south")
        north.propose("total-south", str(self.scenario.size.south_total))
        gulf.set_task("transport", "2025-12-03")
        self.carry("north", "gulf")
        gulf.carry_offer("total-north", str(self.scenario.size.north_total), to="south", maker="north")
        gulf.look("offer-carried")
        self.carry("gulf")
        south.open("web.consult.title")
        south.look("offer-seen")
        north.release_offer()
        self.carry("north")
        for party in PARTIES:
            while self.clerk(party).agree():
                self.signed(party)
        self.carry(*PARTIES)
        for clerk in (north, gulf, self.clerk("straits")):
            clerk.open("web.consult.title")
            clerk.look("clauses-agreed")
        gulf.read_aloud()

    def terms(self) -> None:
        self.on("2025-11-20")
        file = Path(self.at.folder) / "terms.toml"
        file.write_text(terms_of(self.scenario.size), encoding="utf-8")
        self.clerk("north").draft_terms(file)
        self.signed("north")
        self.carry("north")
        self.clerk("south").sign_terms()
        self.clerk("south").look("terms-to-sign")
        self.signed("south")
        self.carry("south")
        self.clerk("straits").open("web.terms.title")
        self.clerk("straits").look("terms-in-force")
        self.clerk("straits").read_aloud()

    def lists(self) -> None:
        self.on("2025-11-22")
        people = make_people(SEED, **self.scenario.size.registers)
        files = write_registers(Path(self.at.folder) / "registers", people)
        for party in PARTIES:
            for kind in ("held", "sought"):
                self.clerk(party).bring_list(files[f"{party}-{kind}"], kind)
        self.carry(*PARTIES)
        self.clerk("north").open("web.registers.title")
        self.clerk("north").look("registers")
        self.clerk("north").read_aloud()
        for party, other in (PARTIES, PARTIES[::-1]):
            self.clerk(party).disclose("sought", other)
            self.signed(party)
        self.carry(*PARTIES)

    def answers(self) -> None:
        self.on("2025-11-26")
        for party in PARTIES:
            clerk, second = self.clerk(party), self.person(f"{party}/second", Officer)
            clerk.find_matches()
            most = BY_KEYBOARD if party == "north" else 3
            assert clerk.review(most, judged) == most
            second.review(BY_KEYBOARD, judged)
            clerk.confirm_sure()
            clerk.sign_judgements()
            clerk.open("web.answers.title")
            clerk.look("answers")
            clerk.answer()
            clerk.look("answers-given")
        self.carry(*PARTIES)
        self.on("2025-11-30")
        for party in PARTIES:
            self.clerk(party).draft_list()
            self.signed(party)
        self.carry(*PARTIES)
        for party in PARTIES:
            self.clerk(party).sign_list()
            self.signed(party)
            self.clerk(party).open("web.lists.title")
            self.clerk(party).look("lists")
        self.carry(*PARTIES)

    def clear(self) -> None:
        self.on("2025-12-03")
        interviewer = self.person(f"{NEUTRAL}/interviewer", Interviewer)
        key = Path(self.at.key(interviewer.author))
        told = self.scenario.told.incidents
        places = interviewer.places()
        interviewer.look("places")
        declined_at = next(place for place, holder in places if holder == "north")
        refused_at = next(place for place, holder in places if holder == "south")
        interviewer.at(declined_at)
        interviewer.look("at-a-place")
        interviewer.read_aloud()
        for place, _ in places:
            if place == refused_at:
                interviewer.refused(place, "2025-12-03")
            elif place == declined_at:
                told["not_going_at_camp"] = interviewer.each(place, "2025-12-03", declining=1)
            else:
                interviewer.visit(place, "2025-12-03")
            interviewer.sign_this(key)
        self.carry(NEUTRAL)
        for member in ("south", "gulf"):
            self.clerk(member).open("web.clearing.title")
            self.clerk(member).look("clearing")

    def draw(self) -> None:
        self.on("2025-12-04")
        drawing = (*PARTIES, "straits", "gulf")
        for step in ("commit", "share"):
            for member in drawing:
                self.clerk(member).draw(step)
            self.carry()
        for member in ("north", "straits", "gulf", NEUTRAL):  # south is a holder of nobody's
            self.clerk(member).draw("hold")
        self.carry()
        for member in ("north", "straits", "gulf"):
            self.clerk(member).draw("reveal")
        self.carry()
        for member in (NEUTRAL, "straits"):  # south keeps quiet, and two holders open its number
            self.clerk(member).draw("open")
        self.carry(NEUTRAL)
        gulf = self.clerk("gulf")
        gulf.open("web.draw.title")
        gulf.press("web.draw.verify")
        gulf.look("draw-made-again")
        gulf.read_aloud()
        assert gulf.page.get_by_text(gulf.text("web.draw.holds")).count() == 1

    def plan(self) -> None:
        """Made by a mediator in the background, signed by both parties and the mediator."""
        self.clerk("straits").propose_plan()
        self.carry(SECRETARIAT)
        for party in PARTIES:
            self.clerk(party).sign_plan()
            self.signed(party)
        self.clerk("straits").sign_plan()
        self.carry(*PARTIES)

    def stage(self, stage: str, day: str, *, absent: bool = False, border: bool = False) -> None:
        """Opened, equipped, held at two places with nothing but folders, and settled."""
        self.on(day, 6)
        for member in (*PARTIES, SECRETARIAT):
            self.clerk(member).open_stage(stage)
        self.carry(*PARTIES)
        for party in PARTIES:
            for place in PLACES:
                self.clerk(party).grant(stage, place, f"{party}/desk-{place}")
        self.carry(*PARTIES)
        self._equip(stage)
        self.on(day, 9)
        for place in PLACES:
            special = place == "bridge"
            self.scenario._place(
                stage, place, border=border and special, absent=absent and special, substituted=False, dark=False
            )
        self.on(day, 18)
        for place in PLACES:
            for author in self.scenario._authors(place):
                desk = Path(self.at.desk(author, stage))
                self.clerk(author.partition("/")[0]).bring_desk(zipped(desk))
        self.carry(*PARTIES, NEUTRAL)
        for member in ("south", "gulf"):
            self.clerk(member).stage(stage)
            self.clerk(member).look(f"stage-{stage}")
        self.clerk("south").read_aloud()
        for member in (*PARTIES, NEUTRAL):
            for place in PLACES:
                self.clerk(member).reconcile(stage, place)
        self.carry(*PARTIES, NEUTRAL)

    def _equip(self, stage: str) -> None:
        """A desk's folder is made with its key, which comes near no page: the node's keeper stops the pages for it."""
        for member in (*PARTIES, NEUTRAL):
            self.nodes[member].stop()
        for place in PLACES:
            for author in self.scenario._authors(place):
                member = author.partition("/")[0]
                self.at.do(
                    "stage", "desk", self.at.node(member), stage, "--place", place, "--desk-key", self.at.key(author),
                    "--out", self.at.desk(author, stage),
                )  # fmt: skip
        for member in (*PARTIES, NEUTRAL):
            self.nodes[member].start()

    def replan(self, day: str) -> None:
        """One who was listed by mistake is taken off; who was absent gets a new place; who goes is asked once more."""
        self.on(day)
        north = self.clerk("north")
        north.withdraw(self._planned_nowhere(), "listed under two names; an invented reason")
        self.signed("north")
        self.carry("north")
        self.plan()
        for clerk in (north, self.clerk("gulf")):
            clerk.open("web.plan.title")
            clerk.look("plan-revised")
        interviewer = self.person(f"{NEUTRAL}/interviewer", Interviewer)
        for place, _ in interviewer.places():
            interviewer.at(place)
            if interviewer.planned():
                interviewer.visit(place, day, planned=True)
                interviewer.sign_this(Path(self.at.key(interviewer.author)))
        self.carry(NEUTRAL)

    def _planned_nowhere(self) -> str:
        """The number of somebody on north's list who has no place: what an officer finds in north's own file of it."""
        self.nodes["north"].stop()
        with NodeFolder.open(Path(self.at.node("north")), PASSPHRASE) as node:
            state = node.state()
        self.nodes["north"].start()
        planned = set(state.slots)
        return next(
            str(number) for number, person in sorted(state.persons.items())
            if person.holder == "north" and number not in planned and person.state == "listed"
        )  # fmt: skip

    def close(self) -> int:
        """Every member signs the accounts of the round, and then the end of the exchange; how many people they tell of.

        Everybody's page shows the same accounts.
        """
        self.on("2025-12-20")
        for what in ("close_round", "close"):
            for member in MEMBERS:
                self.clerk(member).close(what)
                if member in PARTIES:
                    self.signed(member)
            self.carry()
            if what == "close_round":
                (accounted_for,) = {self.clerk(member).accounts() for member in MEMBERS}
                self.clerk("gulf").look("accounts")
                self.clerk("gulf").read_aloud()
        self.carry()
        for member in MEMBERS:
            clerk = self.clerk(member)
            clerk.open("web.ending.title")
            clerk.look("closed")
            clerk.read_aloud()
            clerk.open("web.timeline.title")
            clerk.look("timeline")
        return accounted_for

    # --- at the end -----------------------------------------------------------------------------------------------

    def wrong(self) -> list[str]:
        """What any browser complained of, asked of elsewhere, or reported."""
        return [
            f"{author}: {each}" for author, person in self.people.items()
            for each in person.heard.wrong(person.desk.node.name)
        ]  # fmt: skip


def judged(page: Any) -> str:
    """The key for a pair, by what the page shows of it: two that agree where they are known to are one person."""
    chosen = page.locator("#pair table.match tbody tr td:nth-of-type(2)")
    classes = [each.get_attribute("class") for each in chosen.all()]
    same, apart = classes.count("same"), classes.count("apart")
    return "KeyL" if same + classes.count("near") >= 3 and not apart else "KeyN" if apart > 1 else "KeyU"


def zipped(desk: Path) -> Path:
    """What a desk signed and heard, as it is carried home: no key, no name."""
    out = desk.with_suffix(".zip")
    with zipfile.ZipFile(out, "w") as packed:
        for file in sorted(desk.rglob("*")):
            if file.is_file() and file.relative_to(desk).parts[0] in ("desk.json", "journal", "log"):
                packed.write(file, file.relative_to(desk))
    return out


@contextmanager
def walking(folder: Path, *members: str) -> Iterator[Walk]:
    """Empty nodes served, everybody's browser open: nobody has a login yet, and there is no exchange.

    Args:
        members: whose nodes are served; all, by default.
    """
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    scenario = Scenario(folder, SIZE)
    scenario.make_nodes()
    with sync_playwright() as playwright, served(scenario, playwright, *members) as walk:
        yield walk


@contextmanager
def served(scenario: Scenario, playwright: Any, *members: str) -> Iterator[Walk]:
    """An exchange that stands, with its nodes served."""
    folder = Path(scenario.at.folder)
    nodes = {
        member: Node(Path(scenario.at.node(member)), f"{member}.test", folder / "now")
        for member in members or MEMBERS
    }  # fmt: skip
    walk = Walk(scenario, nodes)
    walk.tell_time()
    try:
        for node in nodes.values():
            node.start()
        with browser(playwright, list(nodes.values())) as chromium:
            for member, node in nodes.items():
                desk = Desk(node, LANGUAGES[member], chromium)
                walk.people[f"{member}/keeper"] = Keeper(desk, "keeper")
                for name, role in STAFF[member]:
                    walk.people[f"{member}/{name}"] = KINDS[role](desk, name)
            yield walk
    finally:
        for node in nodes.values():
            node.stop()
