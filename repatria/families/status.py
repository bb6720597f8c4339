"""What may be said of one person: a status and the kind of letter, by rule from the ledger, and never typed.

The status has the states that the Ukrainian National Information Bureau answers families with: nothing on record; on
record, and not known to be held; probably held, the neutral's word lacking; held, confirmed by the neutral (there: the
ICRC); and home.

    Source: the answers of the Bureau's chat-bot, as the community of Zvanivka published them on 27 August 2022
    (zvanivska-gromada.gov.ua/news/1661618604) and the city of Lutsk on 21 July 2023 (social.lutsk.ua, news 1436).

- *Probably held* rests on a holder's own answer, or on a list that both sides have signed; *confirmed* on the neutral
  alone, which has seen the person (ADR 53).
- A status never goes by what must not be told: whoever is not going, absent or withheld keeps the one they had, and the
  letter says the same for every cause (ADR 116).
- A holder's "deceased" or "released" is no fact about the person. Nothing is written of it: the liaison speaks with the
  family (GC III 120, 121).
- Remains that were listed for somebody say nothing of them; what their receiver found does (ADR 62).
- No day, place, chance, rank or reason is in any letter before somebody is home.

    >>> Facts(State(), lambda name: None).told(())
    Told(status='unrecorded', kind='unrecorded', day=None)
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from repatria.exchange.documents import Answers, read
from repatria.exchange.events import Day, IdentityConfirmed, ProofOfLifeRecorded
from repatria.exchange.person import RECEIVED, WRITABLE, Person
from repatria.exchange.seeing import sighting_key
from repatria.exchange.state import Attachments, State

UNRECORDED, UNKNOWN, PROBABLE, CONFIRMED = "unrecorded", "unknown", "probable", "confirmed"
HOME, FOUND_DEAD = "home", "found_dead"
STATUSES = (UNRECORDED, UNKNOWN, PROBABLE, CONFIRMED, HOME, FOUND_DEAD)
ON_LIST, PLANNED, NOT_PLANNED, IN_PERSON = "listed", "planned", "not_planned", "in_person"
KINDS = (UNRECORDED, UNKNOWN, PROBABLE, CONFIRMED, ON_LIST, PLANNED, NOT_PLANNED, HOME, FOUND_DEAD, IN_PERSON)
_NOT_IN_WRITING = ("deceased", "released")

Rows = Collection[tuple[str, str]]


@dataclass(frozen=True)
class Told:
    """`day`: only of somebody who is home: the day of the stage in which they were received."""

    status: str
    kind: str
    day: Day | None = None


class Facts:
    """What the ledger says of rows: made once for everybody of whom it is asked."""

    def __init__(self, state: State, attachments: Attachments) -> None:
        self.state, self._attachments = state, attachments

    def told(self, rows: Rows) -> Told:
        """What may be said of the person of these rows of sought registers.

        Args:
            rows: register and row of every version of the list on which they stand; none where nobody has found them.
        """
        if not rows:
            return Told(UNRECORDED, UNRECORDED)
        if any(row in self._found_dead for row in rows):
            return Told(FOUND_DEAD, FOUND_DEAD)
        people = self.people(rows)
        home = next((each for each in people if each.living and each.state == RECEIVED), None)
        if home is not None:
            return Told(HOME, HOME, self._day_of(home))
        words = {word for row in rows for _, word in self.words(row)}
        status = self._status(rows, people, words)
        if any(not each.living or each.state not in WRITABLE for each in people) or words & set(_NOT_IN_WRITING):
            return Told(status, IN_PERSON)
        person = next((each for each in people if each.round == self.state.round), None)
        if person is None:
            return Told(status, status)
        if self.state.plan is None:
            return Told(status, ON_LIST)
        return Told(status, PLANNED if person.number in self.state.slots else NOT_PLANNED)

    def people(self, rows: Rows) -> list[Person]:
        """Whoever stands on a list for one of these rows, the present round first."""
        found = [each for row in rows for each in self._people.get(row, ())]
        return sorted(found, key=lambda each: (each.round != self.state.round, each.number))

    def words(self, row: tuple[str, str]) -> set[tuple[str, str]]:
        """Each member's latest word on a row."""
        return self._answers.get(row, set())

    def _status(self, rows: Rows, people: list[Person], words: set[str]) -> str:
        kinds = (ProofOfLifeRecorded, IdentityConfirmed)
        seen = any(sighting_key(kind, *row) in self.state.sightings for kind in kinds for row in rows)
        if seen or any(each.alive_on is not None for each in people):
            return CONFIRMED
        return PROBABLE if "held" in words or any(each.living for each in people) else UNKNOWN

    def _day_of(self, person: Person) -> Day | None:
        stage = self.state.stages.get(person.right.stage) if person.right is not None else None
        return stage.date if stage is not None else None

    @cached_property
    def _people(self) -> dict[tuple[str, str], list[Person]]:
        found: dict[tuple[str, str], list[Person]] = {}
        for person in self.state.persons.values():
            found.setdefault((person.register, person.row), []).append(person)
        return found

    @cached_property
    def _answers(self) -> dict[tuple[str, str], set[tuple[str, str]]]:
        """Every holder's latest word, by register and row."""
        words: dict[tuple[str, str], set[tuple[str, str]]] = {}
        for register, fact in self.state.registers.items():
            for member, given in fact.answers.items():
                data = self._attachments(given.answers)
                for row, word in read(Answers, data).answers if data is not None else ():
                    words.setdefault((register, row), set()).add((member, word))
        return words

    @cached_property
    def _found_dead(self) -> set[tuple[str, str]]:
        return {(each.register, each.row) for found in self.state.findings.values() for each in found[-1].sought}
