"""The winter exchange of November 2025, as a mediator follows it: 1,200 one way and 1,000 the other, told in twelve
points, from an announcement to which the other side says nothing until the close.

Real keys and the real fold, in memory; invented people. Each point is what `exchange status` is read at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from repatria.deal.terms import PlaceTerms, StageTerms, Terms, alone, encode_terms
from repatria.exchange.consulting import offer_commitment
from repatria.exchange.counting import accounts
from repatria.exchange.documents import Answers, Plan, PlanPlace, PlanStage, write
from repatria.exchange.events import (
    AccessRefused,
    AnswersGiven,
    ClauseAgreed,
    ClauseOpened,
    ClauseProposed,
    ClauseValue,
    Cleared,
    Day,
    DisputeRaised,
    DisputeSettled,
    ExchangeClosed,
    ExchangeOpened,
    OfferCarried,
    OfferReleased,
    Opaque,
    PlanProposed,
    PlanSigned,
    RegisterCommitted,
    RegisterDisclosed,
    Resumed,
    RoundActivated,
    RoundClosed,
    Row,
    Sha256,
    Slug,
    StageOpened,
    Suspended,
    TaskDone,
    TaskSet,
    TermsSigned,
    TimeVouched,
)
from repatria.exchange.planning import seed_of
from tests.exchange import world as small
from tests.exchange.world import (
    CROSS,
    GULF,
    MEDIATORS,
    MEMBERS,
    NORTH,
    PARTIES,
    SOUTH,
    STRAITS,
    Scenario,
    World,
    admission,
    appointment,
    other,
    row_of,
    sha,
)

ROUND = Slug("2025-1")
TOTALS = {"north": 1000, "south": 1200}
STAGES = {"s1": "2025-12-08", "s2": "2025-12-10", "s3": "2025-12-16", "s4": "2025-12-18"}
PLACES = ("bridge", "station")
SOUGHT = 1600  # names that each side asks about
LATE = 240  # of them that south leaves blank past the agreed day
TARGET = Day("2025-12-31")
SALT = sha("salt of the offer")


class Winter:
    """The exchange, point by point: `points` gives the name of each and the world as it then stands."""

    def __init__(self) -> None:
        self.world = World(Scenario((1000, 1200), stages=len(STAGES), places=PLACES, bound=3))

    def points(self) -> Iterator[tuple[str, World]]:
        self.opened()
        for step in (
            self.announced, self.clauses_open, self.offer_carried, self.offer_released, self.terms_in_force,
            self.answers_overdue, self.lists_signed, self.access_refused, self.plan_signed, self.stage_under_way,
            self.suspended, self.closed,
        ):  # fmt: skip
            step()
            yield step.__name__.replace("_", "-"), self.world

    # --- time and speech --------------------------------------------------------------------------------------------

    def on(self, day: str, hour: int = 9) -> None:
        self.world.at = f"{day}T{hour:02}:00:00Z"

    def agree(self, clause: str, value: ClauseValue) -> None:
        self.world.all_must(PARTIES, ClauseAgreed(ROUND, Slug(clause), value))

    def task(self, task: str, owner: str, due: str, by: str = GULF) -> None:
        self.world.must(by, TaskSet(ROUND, Slug(task), Slug(owner), Day(due)))

    # --- the course of it -------------------------------------------------------------------------------------------

    def opened(self) -> None:
        world = self.world
        self.on("2025-11-10")
        founded = World(world.scenario)
        small._founded(founded)
        opening = ExchangeOpened(1, "straits.example/winter-2025", founded.state.log, STRAITS, 1, self._founders(), 24)
        world.must(STRAITS, opening)
        for member in MEMBERS:
            world.must(member, admission(member))
        for party in PARTIES:
            for at in (1, 2, 3):
                world.must(party, appointment(f"{party}/sig-{at}", "signatory"), 2 if at == 3 else 0)
            world.must(party, appointment(f"{party}/supervisor", "supervisor"))
            for place in PLACES:
                world.must(party, appointment(f"{party}/desk-{place}", "desk", place))
        world.must(CROSS, appointment("cross/visitor", "interviewer"))
        for place in PLACES:
            world.must(CROSS, appointment(f"cross/gate-{place}", "gate", place))

    def _founders(self) -> tuple[small.Founder, ...]:
        return tuple(
            small.Founder(member, Slug(small.ROLES[member]), small.public(member), small.QUORUM[member])
            for member in MEMBERS
        )

    def announced(self) -> None:
        """North and a mediator activate the agreement; south says nothing."""
        self.on("2025-11-16")
        self.world.all_must((NORTH, STRAITS), RoundActivated(ROUND, TARGET))

    def clauses_open(self) -> None:
        """South joins; one number is proposed, another and the means of transport are open."""
        self.on("2025-11-17")
        world = self.world
        world.must(SOUTH, RoundActivated(ROUND, TARGET))
        self.on("2025-11-18")
        world.must(NORTH, ClauseProposed(ROUND, Slug("total-south"), 1200))
        world.must(GULF, ClauseOpened(ROUND, Slug("total-north"), Slug("number"), ()))
        world.must(GULF, ClauseOpened(ROUND, Slug("carrier"), Slug("word"), (Slug("bus"), Slug("train"))))
        world.must(STRAITS, ClauseOpened(ROUND, Slug("last-stage"), Slug("date"), ()))
        self.task("transport", NORTH, "2025-12-02")
        self.task("transport", SOUTH, "2025-12-02")
        self.task("interpreters", STRAITS, "2025-11-28", STRAITS)

    def offer_carried(self) -> None:
        """Gulf carries an offer to south; straits brings the sides together on how people travel."""
        self.on("2025-11-19")
        world = self.world
        world.must(SOUTH, ClauseProposed(ROUND, Slug("total-north"), 1200))
        bound = offer_commitment(bytes.fromhex(SALT), small.EXCHANGE, ROUND, "total-north", NORTH, 1000)
        self.offer = Sha256(
            world.must(GULF, OfferCarried(ROUND, Slug("total-north"), SOUTH, bound, sha("the letter")))
        )  # fmt: skip
        self.agree("total-south", 1200)
        world.must(STRAITS, ClauseProposed(ROUND, Slug("carrier"), Slug("bus")))
        world.must(NORTH, ClauseAgreed(ROUND, Slug("carrier"), Slug("bus")))

    def offer_released(self) -> None:
        """North lets its offer stand as a proposal; the means of transport is settled."""
        self.on("2025-11-20")
        world = self.world
        self.task("backup-power", CROSS, "2025-12-01")
        self.task("security-guarantees", SOUTH, "2025-12-04")
        world.must(NORTH, OfferReleased(ROUND, self.offer, 1000, SALT), refs=(self.offer,))
        world.must(SOUTH, ClauseAgreed(ROUND, Slug("carrier"), Slug("bus")))
        world.must(STRAITS, ClauseProposed(ROUND, Slug("last-stage"), Slug("2025-12-18")))
        self.agree("last-stage", Slug("2025-12-18"))

    def terms_in_force(self) -> None:
        self.on("2025-11-21")
        self.task("press", STRAITS, "2025-12-05", STRAITS)
        self.agree("total-north", 1000)
        world = self.world
        stages = tuple(
            StageTerms(
                stage, day, f"school-{stage}",
                tuple(PlaceTerms(place, 3, {"north": 150, "south": 180}) for place in PLACES),
            )
            for stage, day in STAGES.items()
        )
        self.terms = Terms(
            ROUND, PARTIES, alone(PARTIES), CROSS, TOTALS, 24, stages, "2025-11-28", TARGET, 7, ("gc3-117",),
            sha("annex"),
        )
        world.all_must(PARTIES, TermsSigned(ROUND, world.attach(encode_terms(self.terms))))

    def answers_overdue(self) -> None:
        """Both show whom they seek; north answers, south leaves names blank past the agreed day."""
        self.on("2025-11-22")
        world = self.world
        self.task("access-for-the-neutral", SOUTH, "2025-12-01")
        for seeker in PARTIES:
            register = small.register_of(seeker)
            world.must(seeker, RegisterCommitted(register, Slug("sought"), 1, SOUGHT, sha(f"root {seeker}")))
            world.must(seeker, RegisterDisclosed(register, (other(seeker),), sha("sealed register")))
        self.on("2025-11-27")
        world.must(STRAITS, TaskDone(ROUND, Slug("interpreters"), STRAITS))
        self.answer(NORTH, 1, SOUGHT)
        self.answer(SOUTH, 1, SOUGHT - LATE)
        self.on("2025-11-29")
        world.must(STRAITS, TimeVouched())

    def answer(self, holder: str, version: int, count: int) -> None:
        held = TOTALS[holder]
        rows = [(row_of(holder, i), "held" if i < held else "not_held") for i in range(count)]
        answers = Answers(small.register_of(other(holder)), tuple(sorted((Row(row), word) for row, word in rows)))
        self.world.must(holder, AnswersGiven(answers.register, version, self.world.attach(write(answers)), count))

    def lists_signed(self) -> None:
        self.on("2025-11-30")
        world = self.world
        self.task("reception", NORTH, "2025-12-07")
        self.answer(SOUTH, 2, SOUGHT)
        for holder in PARTIES:
            event = small.list_event(world, small.final_list(world, holder))
            world.all_must(PARTIES, replace(event, round=ROUND))
        self.dispute = Sha256(world.must(NORTH, DisputeRaised(sha("an answer"), Slug("answers"))))
        self.on("2025-12-01")
        self.task("transport", NORTH, "2025-12-03")
        world.must(CROSS, TaskDone(ROUND, Slug("backup-power"), CROSS))

    def access_refused(self) -> None:
        """The neutral asks in private; at one camp of south nobody is let in. The draw has begun."""
        self.on("2025-12-03")
        world = self.world
        refused = world.scenario.numbers(SOUTH)[:80]
        self.words("2025-12-03", except_for=refused)
        world.must("cross/visitor", AccessRefused(Slug("camp-7"), Day("2025-12-03"), SOUTH, tuple(sorted(refused))))
        for member in (NORTH, *MEDIATORS):
            world.must(member, replace(small.commit_event(world, member), round=ROUND))
        world.must(NORTH, TaskDone(ROUND, Slug("transport"), NORTH))

    def words(self, day: str, of: Sequence[Opaque] = (), except_for: Sequence[Opaque] = ()) -> None:
        for holder in PARTIES:
            numbers = [n for n in (of or self.world.scenario.numbers(holder)) if n not in set(except_for)]
            mine = sorted(n for n in numbers if self.world.state.persons[n].holder == holder)
            if mine:
                self.world.must("cross/visitor", Cleared(Slug(f"camps-{holder}"), Day(day), tuple(mine)))

    def plan_signed(self) -> None:
        world = self.world
        self.on("2025-12-04")
        world.must(SOUTH, replace(small.commit_event(world, SOUTH), round=ROUND))
        small.hold(world)
        for member in (*PARTIES, *MEDIATORS):
            world.must(member, small.reveal_event(world, member))
        name = world.attach(write(self.plan()))
        world.must(STRAITS, PlanProposed(ROUND, name))
        self.on("2025-12-05")
        world.all_must((*PARTIES, GULF), PlanSigned(ROUND, name))

    def plan(self) -> Plan:
        state = self.world.state
        assert state.draw is not None
        assert state.terms is not None
        seed = seed_of(state)
        assert seed is not None
        stages = tuple(
            PlanStage(
                Slug(stage), Day(day),
                tuple(PlanPlace(Slug(p), 3, tuple(self.world.scenario.manifest(at, p))) for p in PLACES),
            )
            for at, (stage, day) in enumerate(STAGES.items())
        )  # fmt: skip
        lists = {holder: fact.list for holder, fact in state.lists.items()}
        return Plan(ROUND, state.terms, lists, state.draw.freeze, Sha256(seed), None, stages, ())

    def stage_under_way(self) -> None:
        """South's transport is late; the stage opens on its day, and one point of handover has finished."""
        self.on("2025-12-08", 6)
        self.world.must(SOUTH, TaskDone(ROUND, Slug("security-guarantees"), SOUTH))
        self.world.must(NORTH, TaskDone(ROUND, Slug("reception"), NORTH))
        self.open("s1")
        self.hand_over("s1", "bridge")

    def suspended(self) -> None:
        """The first two stages are held; then south suspends."""
        world = self.world
        self.hand_over("s1", "station")
        self.reconcile("s1")
        world.must(SOUTH, TaskDone(ROUND, Slug("transport"), SOUTH))
        world.must(SOUTH, DisputeSettled(self.dispute, Slug("explained")))
        self.stage("s2")
        self.on("2025-12-11")
        world.must(STRAITS, TaskDone(ROUND, Slug("press"), STRAITS))
        self.task("weather-plan", STRAITS, "2025-12-15", STRAITS)
        world.must(SOUTH, Suspended(ROUND))

    def closed(self) -> None:
        """All resume; the last stages are held, and everyone signs the accounts."""
        world = self.world
        self.on("2025-12-13")
        world.must(STRAITS, TaskDone(ROUND, Slug("weather-plan"), STRAITS))
        world.all_must(PARTIES, Resumed(ROUND))
        world.must(NORTH, DisputeSettled(self.dispute, Slug("explained")))
        self.on("2025-12-14")
        for stage in ("s3", "s4"):
            self.words("2025-12-14", of=[n for place in PLACES for n in world.manifest(stage=stage, place=place)])
        self.stage("s3")
        self.stage("s4")
        self.on("2025-12-20")
        world.all_must(MEMBERS, RoundClosed(ROUND, accounts(world.state)))
        world.all_must(MEMBERS, ExchangeClosed(ROUND))

    # --- a stage ----------------------------------------------------------------------------------------------------

    def stage(self, stage: str) -> None:
        self.on(STAGES[stage], 6)
        self.open(stage)
        for place in PLACES:
            self.hand_over(stage, place)
        self.reconcile(stage)

    def open(self, stage: str) -> None:
        assert self.world.state.plan is not None
        self.world.all_must((*PARTIES, GULF), StageOpened(ROUND, Slug(stage), self.world.state.plan))

    def hand_over(self, stage: str, place: str) -> None:
        """Everybody of the place; whoever is behind releases next, and names the receipts that came in between."""
        world = self.world
        left = {party: world.manifest(party, stage, place) for party in PARTIES}
        for party in PARTIES:
            world.grant(left[party], stage=stage, place=place)
        moved = [number for numbers in left.values() for number in numbers if number in world.state.moved]
        if moved:  # those whose camp was closed to the neutral are asked here
            gate = f"cross/gate-{place}"
            world.must(gate, Cleared(Slug(place), Day(STAGES[stage]), tuple(sorted(moved))))
        world.present([number for numbers in left.values() for number in numbers], stage, place)
        done = dict.fromkeys(PARTIES, 0)
        new: dict[str, list[str]] = {party: [] for party in PARTIES}
        while any(left.values()):
            party = min((p for p in PARTIES if left[p]), key=lambda p: done[p] / TOTALS[p])
            number = left[party].pop(0)
            world.release(number, *new[party])
            new[party] = []
            new[other(party)].append(world.receive(number))
            done[party] += 1

    def reconcile(self, stage: str) -> None:
        for place in PLACES:
            self.world.all_must((*PARTIES, CROSS), small.reconciliation(self.world, stage, place))
