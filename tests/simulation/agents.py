"""What honest members, gates and desks wish, read off the state they have: the next thing that is theirs to do.

Nobody here remembers what they did: whatever was lost, refused or overtaken is simply wished again. A wish is a command
and its request; `office.run` says whether it can be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from repatria.exchange import commands, events
from repatria.exchange.authority import SIGNATORY, SUPERVISOR
from repatria.exchange.clearing import had_chance, manifest_gaps
from repatria.exchange.codec import data_hash
from repatria.exchange.commands import By, Say, say
from repatria.exchange.counting import accounts, tallies
from repatria.exchange.documents import PlanPlace, PlanStage, write
from repatria.exchange.events import Author, Day, Event, Opaque, Sha256, Slug
from repatria.exchange.outward import is_free
from repatria.exchange.person import AVAILABLE, IN_THE_AIR, NOT_GOING, RELEASED, RIGHT_OUT, UNCONFIRMED
from repatria.exchange.state import State
from repatria.handover import commands as handover
from tests.exchange import world as story
from tests.exchange.world import CROSS, GULF, MEDIATORS, MEMBERS, PARTIES, QUORUM, ROUND, STRAITS, other
from tests.simulation.nodes import Device, Member

Wish = tuple[Any, Any]
CAMP = Slug("camp")
PATIENCE = 500  # minutes without a desk's word before a mediator declares it dark
GIVES_UP = 6000  # minutes after which a stage that cannot be opened, or a place that cannot be finished, is left out
BY_QUORUM = (
    "RoundActivated", "ClauseAgreed", "TermsSigned", "RegisterDisclosed", "FinalListSigned", "PlanSigned", "Resumed",
    "WithdrawnFromList", "RoundClosed", "ExchangeClosed",
)  # fmt: skip


def by(member: str, event: Event | str = "") -> By:
    """The member, with the signatories that the event needs."""
    kind = event if isinstance(event, str) else type(event).__name__
    signatories = QUORUM.get(Slug(member), 0) if kind in BY_QUORUM else 0
    return By(member, tuple(f"{member}/sig-{i}" for i in range(1, signatories + 1)))


def says(member: str, event: Event) -> Wish:
    return say, Say(by(member, event), event)


def has_assented(state: State, member: str, event: Event) -> bool:
    return any(assent.member == member for assent in state.assents.get(data_hash(event), ()))


def member_wishes(node: Member) -> Iterator[Wish]:
    state, name = node.now(), node.name
    if not state.exchange:
        if name == STRAITS:
            yield _opening()
        return
    if state.members[name].admitted is None:
        event = story.admission(name)
        yield commands.join, commands.Join(By(name), event.witness, event.recipient, event.witness_signature)
        return
    yield from _appointments(node, state)
    if not state.opened or state.closed:
        return
    yield from _urgent(node, state)
    yield from _consulting(node, state)
    if state.terms is not None and state.round_open:
        yield from _listing(node, state)
    if state.persons and state.round_open:
        yield from _planning(node, state)
    if state.plan is not None and state.round_open:
        yield from _handing(node, state)
    yield from _closing(node, state)


def _opening() -> Wish:
    founders = tuple((m, story.ROLES[m], story.public(m), QUORUM[m]) for m in MEMBERS)
    log = story.Vkey(
        story.format_vkey(story.VerifierKey("repatria.test/log", story.ED25519, story.public_key(story.seed("log"))))
    )
    return commands.open_exchange, commands.OpenExchange(
        By(STRAITS), story.EXCHANGE, "repatria.test/log", log, 2, founders
    )


def _appointments(node: Member, state: State) -> Iterator[Wish]:
    name, scenario = node.name, node.sim.case.scenario
    wanted: list[tuple[str, str, str | None]] = []
    if name in PARTIES:
        wanted = [(f"{name}/sig-{i}", SIGNATORY, None) for i in (1, 2, 3)] + [(f"{name}/supervisor", SUPERVISOR, None)]
        wanted += [(f"{name}/desk-{place}" + tail, "desk", place)
                   for place in scenario.places for tail in ("", "-2")[: scenario.desks]]  # fmt: skip
        lost = [desk for desk in node.sim.replaced if desk.startswith(f"{name}/")]
        wanted += [(f"{desk}-new", "desk", desk.split("-")[1]) for desk in lost]
    if name == CROSS:
        wanted = [("cross/visitor", "interviewer", None)]
        wanted += [(f"cross/gate-{place}", "gate", place) for place in scenario.places]
    for delegate, role, place in wanted:
        if delegate in state.keys:
            continue
        ever = sum(grant.role == SIGNATORY for a, g in state.keys.items() if a.startswith(f"{name}/") for grant in g)
        binds = role in (SIGNATORY, SUPERVISOR) and ever >= QUORUM[Slug(name)]
        appoints = by(name, "RoundActivated") if binds else By(name)
        yield commands.appoint, commands.Appoint(appoints, delegate, role, story.public(delegate), place)


def _urgent(node: Member, state: State) -> Iterator[Wish]:
    """Keys that were lost, suspensions and their end."""
    name, sim = node.name, node.sim
    for desk in sim.lost:
        if desk.startswith(f"{name}/") and state.keys.get(desk) and state.keys[desk][-1].until is None:
            yield commands.revoke, commands.Revoke(By(name), desk)
    if name in PARTIES and state.round_open:
        running = [s for s in state.suspensions if s.until is None]
        if name in sim.suspending and not any(s.by == name for s in running):
            yield says(name, events.Suspended(ROUND))
        if running and not sim.suspending and any(name not in s.resumed_by for s in running):
            yield says(name, events.Resumed(ROUND))


def _consulting(node: Member, state: State) -> Iterator[Wish]:
    name = node.name
    if not state.round:
        event: Event = events.RoundActivated(ROUND, Day("2025-12-31"))
        if name in (*PARTIES, GULF) and not has_assented(state, name, event):
            yield says(name, event)
        return
    if not state.round_open or state.terms is not None:
        return
    totals = node.sim.case.scenario.totals
    for party in PARTIES:
        clause = state.clauses.get(f"total-{party}")
        if name == GULF and clause is None:
            yield says(GULF, events.ClauseProposed(ROUND, Slug(f"total-{party}"), totals[party]))
        event = events.ClauseAgreed(ROUND, Slug(f"total-{party}"), totals[party])
        proposed = clause is not None and clause.status == "proposed"
        if name in PARTIES and proposed and not has_assented(state, name, event):
            yield says(name, event)
    agreed = [clause for clause in state.clauses.values() if clause.status == "agreed"]
    if name in PARTIES and len(agreed) >= len(PARTIES):
        terms = story.encode_terms(story.terms_of(node.sim.case.scenario))
        event = events.TermsSigned(ROUND, node.world().attach(terms))
        if not has_assented(state, name, event):
            yield says(name, event)


def _listing(node: Member, state: State) -> Iterator[Wish]:
    name = node.name
    if name not in PARTIES:
        return
    world = node.world()
    mine, theirs = story.register_of(name), story.register_of(other(name))
    if mine not in state.registers:
        rows = len(world.scenario.numbers(other(name))) + story.ROWS_BESIDES
        yield says(name, events.RegisterCommitted(mine, Slug("sought"), 1, rows, story.sha(f"root {name}")))
    elif other(name) not in state.registers[mine].disclosed_to:
        yield says(name, events.RegisterDisclosed(mine, (other(name),), story.sha("sealed register")))
    asked = theirs in state.registers and name in state.registers[theirs].asked
    if asked and name not in state.registers[theirs].answers:
        answers = story.answers_of(world, name)
        said = events.AnswersGiven(theirs, 1, world.attach(write(answers)), len(answers.answers))
        yield says(name, said)
    both = [story.register_of(party) for party in PARTIES]
    if all(register in state.registers and state.registers[register].answers for register in both):
        for holder in PARTIES:
            event = story.list_event(world, story.final_list(world, holder))
            if holder not in state.lists and not has_assented(state, name, event):
                yield says(name, event)
    if state.plan is not None:
        yield from _relisting(node, state)


def _relisting(node: Member, state: State) -> Iterator[Wish]:
    """Whoever has fallen ill leaves the ratio by the next version of the list, as soon as nobody has them in hand."""
    name, world = node.name, node.world()
    for holder in PARTIES:
        version = state.lists[holder].version + 1
        people = {number: person for number, person in state.persons.items() if person.holder == holder}
        ill = {n for n, person in people.items() if node.sim.is_ill(n, state.size) and is_free(state, person)}
        if name == holder and any(people[number].counts for number in ill):
            outside = ill | {number for number, person in people.items() if person.counted is not None}
            event = story.list_event(world, story.final_list(world, holder, version, outside))
            if not has_assented(state, name, event):
                yield says(name, event)
        elif name != holder:
            for offered in state.offered_lists.values():
                if (offered.holder, offered.version) == (holder, version) and not has_assented(state, name, offered):
                    yield says(name, offered)


def _planning(node: Member, state: State) -> Iterator[Wish]:
    name, sim = node.name, node.sim
    if set(state.lists) != set(PARTIES):
        return
    if name == CROSS:
        yield from _visit(node, state)
    if name in PARTIES:
        for number, person in state.persons.items():
            if person.holder == name and sim.fate(number) == "withdrawn" and not person.withdrawn and (
                person.state in AVAILABLE
            ):
                yield commands.withdraw, commands.Withdraw(by(name, "WithdrawnFromList"), number, "a reason")
    if any(not person.words and number not in state.moved for number, person in state.persons.items()):
        return
    world = node.world()
    if name in (*PARTIES, *MEDIATORS) and state.plan is None:
        draw = state.draw or state.draws.get(world.attach(write(story.freeze_of(world))))
        if draw is None or name not in draw.commitments:
            yield says(name, story.commit_event(world, name))
        elif state.draw is not None and not story.not_held(state) and state.draw.nonce(name) is None:
            yield says(name, story.reveal_event(world, name))
    if state.draw is not None and (mine := [m for m, holders in story.not_held(state).items() if name in holders]):
        yield says(name, events.LotteryHeld(ROUND, state.draw.freeze, tuple(map(Slug, mine))))
    if state.draw is None or story.seed_of(state) is None:
        return
    if name == GULF and (wants := _proposal(node, state)) is not None:
        yield says(GULF, wants)
    if name in (*PARTIES, GULF):
        for plan, replaces in state.proposed.items():
            signed = events.PlanSigned(ROUND, Sha256(plan))
            if replaces == state.plan and plan != state.plan and not has_assented(state, name, signed):
                yield says(name, signed)


def _visit(node: Member, state: State) -> Iterator[Wish]:
    """One visit to the camp: a word for everybody whom the holder lets the neutral see."""
    fate = node.sim.fate
    waiting = [n for n, person in sorted(state.persons.items()) if not person.words and n not in state.moved]
    barred = [Opaque(n) for n in waiting if fate(n) == "no-access"]
    for holder in PARTIES:
        shut = tuple(n for n in barred if state.persons[n].holder == holder)
        if shut:
            yield says("cross/visitor", events.AccessRefused(CAMP, story.VISIT, Slug(holder), shut))
    asked = [Opaque(n) for n in waiting if n not in barred]
    padding = [Opaque(node.random.randbytes(16).hex()) for _ in range(3)]
    # every second of those who decline says so in the camp, the others only at the gate
    declined = [n for n in asked if fate(n) == "declines" and int(n, 16) % 2]
    going = tuple(sorted([*(n for n in asked if n not in declined), *padding]))
    if declined:
        yield says("cross/visitor", events.NotGoing(CAMP, story.VISIT, tuple(sorted([*declined, *padding]))))
    if asked and len(going) > len(padding):
        yield says("cross/visitor", events.Cleared(CAMP, story.VISIT, going))


def _proposal(node: Member, state: State) -> Event | None:
    """The first plan, once nobody's word is missing; or, when it is time to replan, another."""
    world, sim = node.world(), node.sim
    first = state.plan is None
    if first and any(replaces is None for replaces in state.proposed.values()):
        return None
    if not first and not (sim.replan and state.plan not in state.proposed.values()):
        return None
    plan = story.plan_of(world, replaces=state.plan)
    may_go = {n for n, p in state.persons.items() if p.state in AVAILABLE and not p.withdrawn and not p.not_going}
    if not first:
        fixed = {n for n, slot in state.slots.items() if state.stages[slot[0]].opened is not None}
        may_go -= fixed
    stages = tuple(
        PlanStage(stage.stage, stage.date, tuple(
            PlanPlace(place.place, place.bound, tuple(pair for pair in place.sequence if pair[0] in may_go))
            for place in stage.places
        ))
        for stage in plan.stages
        if first or state.stages[stage.stage].opened is None
    )  # fmt: skip
    name = world.attach(write(replace(plan, stages=stages)))
    if name in state.proposed:
        return None
    if first:
        return events.PlanProposed(ROUND, name)
    assert state.plan is not None
    return events.PlanRevised(ROUND, name, state.plan)


def _handing(node: Member, state: State) -> Iterator[Wish]:
    name, sim = node.name, node.sim
    for stage in sorted(state.stages):
        fact = state.stages[stage]
        if fact.opened is None:
            event: Event = events.StageOpened(ROUND, Slug(stage), Sha256(str(state.plan)))
            ready = manifest_gaps(state, stage)[0] == 0 and not state.suspended_at(state.size)
            if name in (*PARTIES, GULF) and ready and not has_assented(state, name, event):
                yield says(name, event)
            return  # one stage after the other
        for place, at in sorted(fact.places.items()):
            if name == GULF and sim.abort and not (at.reconciled or at.aborted):
                yield says(GULF, events.StageAborted(Slug(stage), Slug(place)))
            if name in PARTIES:
                yield from _grants(node, state, stage, place)
            yield from _dark(node, state, stage, place)
            yield from _reconcile(node, state, stage, place)
        if not all(at.reconciled or at.aborted for at in fact.places.values()):
            return


def _grants(node: Member, state: State, stage: str, place: str) -> Iterator[Wish]:
    name, at = node.name, state.stages[stage].places[place]
    if at.reconciled or at.aborted or state.suspended_at(state.size):
        return
    desks = sorted(
        desk for desk, grants in state.keys.items()
        if desk.startswith(f"{name}/") and grants[-1].place == place and grants[-1].until is None
    )  # fmt: skip
    most = 2 if node.sim.case.regrants else 1
    free = [
        n for n in at.manifest
        if (p := state.persons[n]).holder == name and p.state in AVAILABLE and state.slots.get(n) == (stage, place)
        and sum(right.stage == stage for right in p.rights) < most and node.sim.fate(n) != "withdrawn"
    ]  # fmt: skip
    paper = tuple(n for n in free if node.sim.fate(n) == "on-paper")
    if paper:
        sheet = f"{name}/sheet-{stage}"
        yield handover.grant, handover.Grant(By(name), stage, place, sheet, paper)
    for at_desk, desk in enumerate(desks):
        mine = tuple(n for i, n in enumerate(free) if i % len(desks) == at_desk and n not in paper)
        if mine:
            yield handover.grant, handover.Grant(By(name), stage, place, desk, mine)


def _dark(node: Member, state: State, stage: str, place: str) -> Iterator[Wish]:
    """Who has held rights for too long is declared dark; what became of their people, supervisors settle."""
    name, sim = node.name, node.sim
    waited: dict[str, int] = {}
    for number in state.stages[stage].places[place].manifest:
        person = state.persons[number]
        right = person.right
        if right is None or (right.stage, right.place) != (stage, place):
            continue
        seen = node.since.setdefault((number, right.epoch), sim.clock)
        if person.state in (RIGHT_OUT, RELEASED) or (right.out and not right.dark):
            waited[right.holder] = max(waited.get(right.holder, 0), sim.clock - seen)
        if person.state == UNCONFIRMED and name in PARTIES:
            outcome = sim.watch.what_became(node, number, right)
            if outcome is not None:
                event = events.ReleaseConfirmed(Slug(stage), Slug(place), person.number, right.epoch, Slug(outcome))
                if not has_assented(state, name, event):
                    yield says(f"{name}/supervisor", event)
    if name == GULF:
        for holder, minutes in waited.items():
            if minutes > PATIENCE:
                yield says(GULF, events.Unconfirmed(Slug(stage), Slug(place), Author(holder)))


def _reconcile(node: Member, state: State, stage: str, place: str) -> Iterator[Wish]:
    name, at = node.name, state.stages[stage].places[place]
    if name not in (*PARTIES, CROSS) or at.reconciled or at.aborted:
        return
    people = [state.persons[n] for n in at.manifest]
    if any(person.state in IN_THE_AIR or (person.right and person.right.out) for person in people):
        return
    most = 2 if node.sim.case.regrants else 1
    waits = any(
        p.state in AVAILABLE and sum(right.stage == stage for right in p.rights) < most
        and node.sim.fate(p.number) != "withdrawn" and state.slots.get(p.number) == (stage, place)
        for p in people
    )  # fmt: skip
    if waits and node.sim.clock - node.since.setdefault(("reconcile", stage, place), node.sim.clock) < GIVES_UP:
        return
    event = events.StageReconciled(Slug(stage), Slug(place), tallies(state, stage, place))
    if not has_assented(state, name, event):
        yield handover.reconcile, handover.Reconcile(By(name), stage, place)


def _closing(node: Member, state: State) -> Iterator[Wish]:
    name, sim = node.name, node.sim
    if not state.round:
        return
    if not state.round_open:
        event: Event = events.ExchangeClosed(ROUND)
        if not has_assented(state, name, event):
            yield says(name, event)
        return
    done = state.plan is not None and all(
        stage.opened is not None and all(at.reconciled or at.aborted for at in stage.places.values())
        for stage in state.stages.values()
    )
    if not done and sim.clock < 2 * GIVES_UP:
        return
    if any(person.state in IN_THE_AIR for person in state.persons.values()):
        return
    event = events.RoundClosed(ROUND, accounts(state))
    if not has_assented(state, name, event):
        yield commands.close_round, commands.CloseRound(by(name, event))


# --- gates and desks ------------------------------------------------------------------------------------------------


def device_wishes(device: Device) -> Iterator[Wish]:
    state, sim = device.now, device.sim
    if device.stage not in state.stages or device.place not in state.stages[device.stage].places:
        return
    if device.home == CROSS:
        yield from _gate_wishes(device, state)
        return
    spot = (By(device.name), device.stage, device.place)
    for number in state.stages[device.stage].places[device.place].manifest:
        person = state.persons.get(number)
        right = None if person is None else person.right
        if person is None or right is None or (right.stage, right.place) != (device.stage, device.place):
            continue
        fate = sim.fate(number)
        sheet = right.holder if "/sheet-" in right.holder else None
        mine = right.holder == device.name or (
            sheet is not None and person.holder == device.home and sim.watch.carries(device, sheet))
        if mine and right.out and sim.watch.is_here(number, right.epoch):
            if fate == "absent":
                if sheet is None:
                    yield handover.absent, handover.AtDesk(*spot, numbers=(number,))
            elif right.presented is not None and not person.not_going:
                yield handover.release, handover.AtDesk(*spot, numbers=(number,), sheet=sheet)
            if sheet is None and sim.clock - device.idle_since > 200 and not state.suspended_at(state.size):
                yield handover.return_rights, handover.AtDesk(*spot, numbers=(number,))
        elif person.to == device.home and right.released is not None:
            answered = any(receipt.by == device.name for receipt in right.receipts)
            if answered or right.confirmed is not None or not sim.watch.reached(device, number, right.epoch):
                continue
            at = handover.AtDesk(*spot, numbers=(number,))
            yield (handover.found_substituted if sim.watch.is_other(number) else handover.receive), at


def _gate_wishes(gate: Device, state: State) -> Iterator[Wish]:
    fact = state.stages[gate.stage]
    day, fresh = fact.date, fact.chance_days
    waiting = [
        person
        for number in fact.places[gate.place].manifest
        if (person := state.persons.get(number)) is not None and person.state == RIGHT_OUT
        and person.right is not None and person.right.presented is None
    ]  # fmt: skip
    declines = tuple(person.number for person in waiting if gate.sim.fate(person.number) == "declines")
    request = handover.AtGate(By(gate.name), gate.stage, gate.place, day, declines)
    unasked = [p for p in waiting if not had_chance(p, gate.stage, gate.place, day, fresh) and p.word is None]
    if declines or unasked:
        yield handover.gate_words, request
    if any(p.number not in declines and had_chance(p, gate.stage, gate.place, day, fresh) for p in waiting):
        yield handover.present, request


__all__ = ["NOT_GOING", "device_wishes", "member_wishes"]
