"""What to do about each refusal, in one place: the fold says which rule and what was found, this says what helps.

>>> advice("withdraw.right_out")
'have the desk return the right first'
>>> advice("delegate.gate") != advice("delegate.something-new")
True
"""

from __future__ import annotations

_BY_RULE: dict[str, str] = {
    "answers.not_due": "wait until the mediators' time has passed the date of the terms",
    "answers.version": "give the next version",
    "assent.twice": "nothing: this member's part is on the record",
    "attachment.missing": "bring the attachment with the ledger",
    "authority.key": "use a delegate whose key stands at that index, or appoint one",
    "authority.quorum": "have more of the member's signatories sign",
    "chain.forked": "keep both events: their author signed two for one place; supervisors settle what came of it",
    "chain.place": "import the newest ledger, then do it again",
    "chain.replayed": "nothing: it is in the ledger already",
    "clause.proposed": "propose the value first",
    "clause.unopened": "open the clause first, for a date or for a word",
    "clause.value": "propose what the clause was opened for",
    "close.hanging": "settle every right and every unconfirmed person first",
    "delegate.name": "give the new device a name of its own",
    "delegate.gate": "revoke the place's standing gate first; one place has one gate",
    "draw.early": "wait until every party and mediator has committed",
    "gate.chance": "ask the person here in private, and record the neutral's word first",
    "list.unilateral": "leave out whoever was not sought and answered held, or have both sides agree to the row first",
    "list.to": "send each person to the party that seeks them; outside the ratio a host can take them in",
    "list.again": "keep the number that the row has",
    "terms.stage": "give every stage of the exchange a name of its own",
    "list.price": "give every class the weight 1; equivalence points belong to historical exchanges",
    "offer.opening": "open the offer with the value and salt of the letter that came from the mediator",
    "offer.to": "name another member",
    "plan.draw": "make the plan from the seed of the draw in the ledger",
    "plan.not_proposed": "propose the plan first, on top of the plan in force",
    "receipt.no_release": "get the releasing desk's signed release first",
    "refs.missing": "bring the event that it relies on first; until then it waits",
    "release.not_cleared": "wait for the neutral to let the person through the last gate",
    "release.sequence": "receive people of the other side first; their receipts open the next release",
    "right.other": "leave it to the desk or sheet that holds the right",
    "right.sheet": "name the paper sheet that holds the right, or let the desk that holds it act",
    "right.single": "wait until the person's right has ended",
    "round.suspended": "wait until every party has agreed to resume",
    "signature.invalid": "refuse whatever came with it, and tell the member in whose name it came",
    "stage.exposure": "reconcile the open places first, or lower the bounds of this stage",
    "stage.not_cleared": "have the neutral visit them, or record that access was refused",
    "terms.clause": "agree on the clause first",
    "withdraw.right_out": "have the desk return the right first",
    "word.after_gate": "nothing can be undone past the last gate; the receiving side's neutral takes over",
}

_BY_NOUN: dict[str, str] = {
    "access": "name the holder and its people as the final list has them",
    "answers": "correct the answers to the register's rows and words",
    "attachment": "make the attachment again with this version",
    "authority": "let a member or delegate in the right role do it",
    "clause": "look at the clauses of the round first",
    "close": "use the ledger's own accounts",
    "confirm": "look at the person's state first",
    "dark": "name the desk that holds the rights",
    "amend": "reconcile what is open first; then have every party sign the same terms in the place of those in force",
    "delegate": "appoint delegates under the member's own name, each with a key of its own",
    "draw": "look at the state of the draw first",
    "entry": "discard it; it is not an entry of this ledger",
    "exchange": "check that this is the right exchange and its state",
    "gate": "check the stage, the place and the rights that are out there",
    "interview": "seal the note at the constant size",
    "list": "draft the list again from the answers in force",
    "member": "make the member's keys and card again",
    "offer": "look at the offers that were carried first",
    "task": "look at the tasks of the round and their codes first",
    "paper": "check the paper's kind, member and text with the other transcriber",
    "person": "check the number against the final list",
    "plan": "make the plan again from the lists, terms and draw in force",
    "receipt": "check number, place and epoch with the releasing desk",
    "reconcile": "import the newest ledger and count again",
    "refs": "look at why the event that it relies on was refused",
    "register": "look at the registers of the exchange first",
    "release": "check the stage and place of the right",
    "resume": "nothing is suspended",
    "right": "import the newest ledger and look at who holds the right",
    "round": "look at the state of the round first",
    "seen": "import the newest ledger; where it forks, keep both checkpoints and call the other members",
    "signature": "sign with the keys of the author at that index",
    "stage": "look at the stage in the plan in force",
    "suspend": "nothing: the suspension stands",
    "terms": "look at the terms and clauses of the round",
    "withdraw": "look at the person's state first",
    "word": "give the word again for the right numbers and place",
}


def advice(rule: str) -> str:
    """What the officer can do about a refusal under this rule."""
    return _BY_RULE.get(rule) or _BY_NOUN.get(rule.partition(".")[0]) or "look the rule up in the documentation"
