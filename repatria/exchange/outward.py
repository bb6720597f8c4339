"""Out of the ratio: whose class a later version of the final list may change, into what, and when.

People fall ill, and boards examine them: whoever is found to be a case for direct repatriation, or for accommodation
in a neutral country, stands in no ratio from then on (GC III 109, 110). So a class of the list in force may change in
one direction only: into the account of unconditional repatriation, and never back, or else a finding could be taken
away for a better price. Where they are planned they stay planned, and nothing holds them up there any more: who had
to wait for another plan would have lost by being found ill.

Nothing changes about somebody who is in somebody's hands, or of whom the balance has taken note: a desk out of contact
goes by what it knew.

Source: ADR *classes change outward*.
"""

from __future__ import annotations

from repatria.deal.classes import EXCHANGE, REPATRIATION, PersonClass
from repatria.exchange.counting import counts_as_offered
from repatria.exchange.documents import ListRow
from repatria.exchange.events import Slug
from repatria.exchange.person import AVAILABLE, NOT_GOING, Counted, Person
from repatria.exchange.record import replace
from repatria.exchange.state import Refuse, State


def check_change(state: State, person: Person, row: ListRow, of: PersonClass) -> bool:
    """Whether a later list changes the class or the destination of somebody on the list in force; or Refuse.

    `row` and `of` are what the later list says of this person.
    """
    before = (person.class_id, person.weight, person.tier, person.account, person.to)
    if (row.class_id, of.weight, of.tier, of.account, row.to) == before:
        return False
    if person.account not in (EXCHANGE, REPATRIATION) or of.account != REPATRIATION:
        raise Refuse("list.class", "a class of the list in force has been changed, and not out of the ratio")
    if not is_free(state, person):
        raise Refuse("list.in_hand", "a person whose class changes is in somebody's hands, or counts as offered")
    return True


def is_free(state: State, person: Person) -> bool:
    """Whether nobody holds a right for this person, and nothing was done in this round that the balance counts."""
    if person.state not in AVAILABLE and (person.state != NOT_GOING or counts_as_offered(state, person)):
        return False
    mine = [right for right in person.rights if state.stages[right.stage].round == person.round]
    return not any(right.released or right.receipts or right.confirmed for right in mine)


def changed(person: Person, row: ListRow, of: PersonClass, index: int) -> Person:
    """The person as the list in force from entry `index` on has them."""
    counted = Counted(index, person.weight) if person.counts else person.counted
    return replace(
        person, to=row.to, class_id=row.class_id, weight=of.weight, tier=of.tier, account=Slug(of.account),
        counted=counted,
    )  # fmt: skip
