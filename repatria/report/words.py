"""Every word that a report shows, by key, in one table per language, so that a translation is one more table.

A text may have named places; one that counts has two forms, for one and for more. A translation that lacks a key
shows the English text rather than nothing.

    >>> words = Words("en")
    >>> words.say("direction", holder="north", to="south"), words.count("people", 1), words.count("people", 1200)
    ('from north to south', '1 person', '1,200 people')
"""

from __future__ import annotations

from collections.abc import Mapping

Texts = Mapping[str, str | tuple[str, str]]

EN: dict[str, str | tuple[str, str]] = {
    # the page
    "title": "Round {round}: reconciliation",
    "kicker": "Reconciliation report",
    "headline": ("Round {round}: {n} person received", "Round {round}: {n} people received"),
    "headline.early": "Round {round}",
    "headline.none": "No round yet",
    "audience": "For members of the exchange. It holds no name and no number of a person, and it is not for"
    " publication: small figures can point to someone.",
    "status.none": "No round has been activated",
    "status.open": "The round is open",
    "status.suspended": "The round is suspended",
    "status.closed": "The round is closed",
    "as_of": "as of {day}, the mediators' time",
    "target": "target date {day}",
    "people": ("{n} person", "{n} people"),
    "received_of": "received, of {total} agreed inside the ratio",
    "offered": ("and {n} not going by the neutral's word, who counts as offered",
                "and {n} not going by the neutral's word, who count as offered"),
    "outside_received": ("and {n} of {total} outside the ratio", "and {n} of {total} outside the ratio"),
    "direction": "from {holder} to {to}",
    "direction.short": "{holder} to {to}",
    "verdict.yes": "Verified",
    "verdict.yes.text": "This record was verified when this page was made: every one of {checks} checks holds for its"
    " {size} entries.",
    "verdict.no": "Not verified",
    "verdict.no.text": ("This record has {n} problem. Do not rely on the figures below before it is explained.",
                        "This record has {n} problems. Do not rely on the figures below before they are explained."),
    # the round in one table
    "round.title": "The round in one table",
    "round.lead": "At each place and in each direction: how many were agreed for it, brought to it, identified by the"
    " receiving side, not going by the neutral's word, and received with a receipt that both sides signed.",
    "round.none": "No plan is in force yet.",
    "column.direction": "Direction",
    "column.agreed": "Agreed",
    "column.brought": "Brought",
    "column.identified": "Identified",
    "column.not_going": "Not going",
    "column.received": "Received",
    "column.differences": "Difference",
    "stage": "Stage {stage}",
    "place.planned": "planned",
    "place.open": "open: figures may still change",
    "place.reconciled": "signed by both sides and the neutral",
    "place.aborted": "aborted",
    "total": "All opened stages",
    "no_difference": "none",
    "not_yet": "not yet",
    "difference.absent": ("{n} absent", "{n} absent"),
    "difference.substituted": ("{n} substituted", "{n} substituted"),
    "difference.withheld": ("{n} withheld", "{n} withheld"),
    "difference.unconfirmed": ("{n} unconfirmed", "{n} unconfirmed"),
    "difference.other": ("{n} under way or withdrawn", "{n} under way or withdrawn"),
    "round.note": "Whoever was absent, withheld or substituted and was planned again is counted at each place. The"
    " table of final states counts everyone once.",
    "terms.title": "What the words mean",
    "meaning.not_going": "the neutral's word, given without a reason: wish, medical finding or custody alike.",
    "meaning.absent": "not brought to the point of handover, and the releasing desk said so.",
    "meaning.substituted": "somebody else was brought in this person's name; the receiving desk found out.",
    "meaning.withheld": "not brought, without the neutral's word that the person is not going.",
    "meaning.unconfirmed": "a desk went out of contact while it held the right; supervisors of both sides settle it.",
    # the balance
    "balance.title": "Who was ahead",
    "balance.lead": "Each side hands over a few people before it receives as many. How far it may be ahead was agreed:"
    " the dashed lines. The chart follows every release and every receipt, in the order of the record.",
    "balance.unit.people": "The figures are people inside the ratio.",
    "balance.unit.steps": "As the agreed totals differ, progress is compared in steps: {steps}. The bound is {people}"
    " of the direction with the larger step, {bound} steps.",
    "balance.step": "one person from {holder} is {factor}",
    "balance.none": "Nobody has been released yet.",
    "balance.alt": "Chart: by how much {up} (above the middle line) and {down} (below it) were ahead, release by"
    " release, against the agreed bound of {bound}. Its figures stand in the table that follows.",
    "balance.ahead": "{side} ahead",
    "balance.bound": "agreed bound",
    "balance.order": "releases and receipts, in the order of the record",
    "balance.table": "Furthest ahead in each stage",
    "column.stage": "Stage",
    "column.day": "Day",
    "column.party": "Party",
    "column.most": "Furthest ahead",
    "column.end": "At the end",
    "behind": "{n} behind",
    "even": "even",
    # final states
    "states.title": "Where everyone is",
    "states.lead": "Everyone on the final list, once, in the state in which the record leaves them.",
    "states.none": "No final list is in force yet.",
    "column.state": "State",
    "column.all": "All",
    "column.held": "held by {holder}",
    "remains.title": "Remains",
    "remains.lead": "Counted in sets as they were handed over, beside everything above; and in people, as whoever"
    " received them has told them apart. One person can be in several sets, and one set can hold several people.",
    "remains.line": "from {holder} to {to}: {sets} sets, {examined} examined; {people} people told apart, {sought} of"
    " them on lists of the sought, {own} of the side that handed them over",
    "state.received": "received",
    "state.not-going": "not going",
    "state.withheld": "withheld",
    "state.absent": "absent",
    "state.substituted": "substituted",
    "state.unconfirmed": "unconfirmed",
    "state.withdrawn": "withdrawn from the list",
    "state.listed": "on the list, not handed over",
    "state.right-out": "due at a point of handover",
    "state.released": "released, no receipt yet",
    # on the record
    "record.title": "On the record",
    "record.lead": "What members did or left undone. A breach is recorded; it stops nothing by itself.",
    "breaches.title": "Breaches, by member",
    "breaches.none": "No breach is on the record.",
    "breach.access-refused": ("refused access: {n} person had no private interview in detention",
                              "refused access: {n} people had no private interview in detention"),
    "breach.answers-overdue": ("left {n} name without an answer after the agreed date",
                               "left {n} names without an answer after the agreed date"),
    "breach.other": ("{name}: {n}", "{name}: {n}"),
    "pauses.title": "Suspensions",
    "pauses.none": "The round was never suspended.",
    "pause.over": "suspended by {by} on {since}, resumed by every party on {until}",
    "pause.running": "suspended by {by} on {since}, and still is",
    "disputes.title": "Disputes",
    "disputes.none": "No dispute was raised.",
    "dispute.open": "raised by {member} on {since}: {name}; open",
    "dispute.settled": "raised by {member} on {since}: {name}; settled on {until}: {outcome}",
    "outcome.explained": "explained, and what was disputed stands",
    "outcome.corrected": "put right",
    "outcome.unresolved": "left as it is, without agreement",
    "outcome.withdrawn": "withdrawn",
    "papers.title": "Papers entered for a member",
    "papers.none": "Every act was signed by its own member's keys.",
    "papers.lead": "The signed paper of a member without its node, entered by two others who both saw it. It is not"
    " that member's electronic signature, and is never shown as one.",
    "column.member": "Member",
    "column.act": "Act",
    "column.entered": "Entered by",
    "refused.title": "Entries without effect",
    "refused.none": "Every entry had effect.",
    "refused.lead": "Replays, late or forged entries and the like: the record keeps them, and the rule that turned"
    " them away.",
    "column.rule": "Rule",
    "column.entries": "Entries",
    "column.meaning": "What was wrong",
    "rule.access": "names people whom another party holds",
    "rule.amend": "not an amendment of the terms in force, or while a stage was open",
    "rule.answers": "answers out of turn, or not to the register's rows",
    "rule.assent": "the member had agreed to the same before",
    "rule.attachment": "what it names was missing or malformed",
    "rule.authority": "its author may not do this, or not alone",
    "rule.chain": "a second time, or out of its author's turn",
    "rule.clause": "the clause was not open, or nobody had proposed the value",
    "rule.close": "not everybody was accounted for",
    "rule.confirm": "the person was not unconfirmed",
    "rule.dark": "that desk held no right there",
    "rule.delegate": "not a delegation that the member may give",
    "rule.draw": "out of turn in the draw",
    "rule.entry": "not an entry at all",
    "rule.exchange": "of another exchange, or before or after this one",
    "rule.gate": "not let through: no right, or no fresh chance to decline",
    "rule.list": "a list that both sides' answers do not bear out",
    "rule.member": "not a founder's own admission",
    "rule.offer": "not an offer that was carried so, or not in this member's name",
    "rule.paper": "not a paper that others may enter",
    "rule.person": "on no list in force",
    "rule.plan": "not a plan of these lists, terms and draw",
    "rule.receipt": "not the number, place and epoch that were released",
    "rule.reconcile": "not the figures that the record gives",
    "rule.refs": "relies on an event that is not there, or had no effect",
    "rule.register": "not a register that may be used so",
    "rule.release": "not the person's turn, or not let through",
    "rule.resume": "nothing was suspended",
    "rule.right": "the right was not its author's to give or use",
    "rule.round": "the round was not open, or was suspended",
    "rule.seen": "written on another ledger than this one",
    "rule.signature": "not signed by its author",
    "rule.stage": "the stage could not be opened, or was over",
    "rule.suspend": "suspended already",
    "rule.task": "not a task of the catalogue, or not its author's",
    "rule.terms": "not terms that both have agreed clause by clause",
    "rule.withdraw": "a right was out, or the person was received",
    "rule.word": "not a word that may be given there",
    "act.RoundActivated": "activation of the round",
    "act.ClauseOpened": "a clause opened",
    "act.ClauseProposed": "a clause proposed",
    "act.ClauseAgreed": "a clause agreed",
    "act.OfferReleased": "an offer released",
    "act.TaskSet": "a task set",
    "act.TaskDone": "a task done",
    "act.TermsSigned": "signature of the terms",
    "act.TermsAmended": "signature of an amendment",
    "act.AnswersGiven": "answers",
    "act.FinalListSigned": "signature of a list",
    "act.PlanSigned": "signature of the plan",
    "act.StageOpened": "opening of a stage",
    "act.StageReconciled": "figures of a place",
    "act.Resumed": "agreement to resume",
    "act.RoundClosed": "closing of the round",
    # the ledger
    "ledger.title": "The ledger",
    "ledger.origin": "Log",
    "ledger.size": "Entries",
    "ledger.root": "Root hash",
    "ledger.exchange": "Exchange",
    "ledger.cosigned": "Cosigned by",
    "ledger.nobody": "nobody",
    "ledger.members": "Members",
    "members.parties": "parties: {names}",
    "members.mediators": "mediators: {names}",
    "members.neutrals": "neutral: {names}",
    "checks.title": "What was checked",
    "column.check": "Check",
    "column.holds": "Holds",
    "column.checked": "What was looked at",
    "yes": "yes",
    "no": "no",
    "unasked": "not asked",
    "check.bytes": "Every byte is signed",
    "check.keys": "The keys are the members'",
    "check.entries": "Every entry is judged",
    "check.attachments": "Attachments, no free text",
    "check.authority": "Signed by whom it must be",
    "check.consultation": "Clauses, offers and tasks",
    "check.lists": "Lists both sides signed",
    "check.conservation": "Nobody disappears",
    "check.rights": "One right, one release",
    "check.cleared": "A chance to decline first",
    "check.receipts": "Receipts match releases",
    "check.balance": "Nobody too far ahead",
    "check.withdrawals": "No withdrawal under a right",
    "check.suspensions": "Suspensions kept",
    "check.disputes": "Disputes settled by all who must",
    "check.remains": "Remains identified by their receivers",
    "check.draw": "The draw",
    "check.plan": "The plan is fair",
    "check.figures": "Signed figures add up",
    "check.published": "What was made public is what was counted, and takes nothing back",
    "notes.title": "To bear in mind",
    "verify.title": "Check it yourself",
    "verify.lead": "On any computer with the program, offline, with the ledger's folder or stick and the members'"
    " keys. Compare the root hash with other members by voice or on paper.",
    "verify.person": "About one person, a member cleared to ask: {command}",
    "made": "Made from the ledger by Repatria {version}. The same ledger gives the same page.",
    "files": "The same figures as files:",
}

TABLES: dict[str, tuple[str, Texts]] = {"en": ("ltr", EN)}


class Words:
    """The texts of one language."""

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self.direction, self._texts = TABLES[language]

    def say(self, key: str, **places: object) -> str:
        """The text of a key, with its places filled."""
        text = self._texts.get(key) or EN[key]
        return (text if isinstance(text, str) else text[1]).format(**places)

    def count(self, key: str, n: int, **places: object) -> str:
        """The text of a key in the form that goes with a number."""
        text = self._texts.get(key) or EN[key]
        form = text if isinstance(text, str) else text[n != 1]
        return form.format(n=self.number(n), **places)

    def known(self, key: str) -> bool:
        return key in EN

    def or_else(self, key: str, other: str) -> str:
        """The text of a key that comes from the ledger, or `other` where nobody has written one."""
        return self.say(key) if self.known(key) else other

    def number(self, n: int) -> str:
        """A whole number with its thousands set apart."""
        return f"{n:,}"
