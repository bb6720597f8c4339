"""Where each fact comes from when the exchange as it stands is reviewed: the ledger, a node's own records, or a person.

* *ledger*: read off the state, which every member has; the same in every node;
* *records*: read off what is sealed in a node: its registers, the rows of the lists that were sealed to it, the annex
  of the terms. Another node may know less;
* *told*: nobody's record holds it; an officer says it to the node (`law tell`), and until then it is unknown;
* *neutral*: told, in the neutral's own node and nowhere else: what a person says of going home or of fear is for
  nobody of a party to learn, so no other node takes it, and no other node's review asks it.

What the ledger says cannot be told otherwise. The table is complete: a test holds it against `facts.FACTS`, and
docs/law.md shows it.

    >>> SOURCES["release", "chance_on"].kind, SOURCES["release", "wish_to_return"].kind
    ('ledger', 'neutral')
"""

from __future__ import annotations

from dataclasses import dataclass

LEDGER, RECORDS, TOLD, NEUTRAL = "ledger", "records", "told", "neutral"


@dataclass(frozen=True)
class Source:
    """`how` says what it is read off, or who tells it."""

    kind: str
    how: str


def _of(about: str, kind: str, **facts: str) -> dict[tuple[str, str], Source]:
    return {(about, name): Source(kind, how) for name, how in facts.items()}


SOURCES: dict[tuple[str, str], Source] = {
    # the terms of the round
    **_of(
        "terms", RECORDS,
        articles_set_aside="the officer's text in the sealed annex",
        rights_waived="the names of the terms in that text",
        departure_waits_for_costs="no term of this version lets a departure wait for costs",
        whole_outside_ratio="the categories of the annex",
    ),
    **_of(
        "terms", LEDGER,
        points_on_people="whether a class in force weighs more than one person, or a limit of the terms weighs any",
        outside_ratio_limited="the limits of the terms in force",
        historical="the terms in force",
        undertakings="the terms in force",
        chance_days="the terms in force",
        neutral_named="the terms in force",
    ),
    **_of(
        "category", RECORDS,
        grounds="the categories of the annex",
        takes="the categories of the annex; for the class of one person, what the records say of that person",
    ),
    **_of(
        "category", LEDGER,
        historical="the terms in force",
        counts="the class tables of the lists, or the annex",
        points="the weight of the class, or the annex",
        account="the class tables of the lists, or the annex",
    ),
    # a round, a stage
    **_of("round", TOLD, hostilities_active="a finding of the parties; it holds for every release too"),
    **_of(
        "round", LEDGER,
        plan_agreed="whether a plan is in force",
        plan_ends_on="the last stage of the plan in force",
        people_left="people of the plan who are still in their holder's hands and may go",
        civilians_planned="whether every civilian on the lists who may go has a stage",
        as_of="the log's time",
    ),
    **_of(
        "round", RECORDS,
        civilians_left="civilians on the lists, not yet gone, with no proceedings on record; who is on no list is told",
    ),
    **_of(
        "stage", TOLD,
        route_under_fire="whoever plans the route, on the day",
        place_under_fire="whoever answers for the place, on the day",
    ),
    **_of("stage", LEDGER, list_before_departure="the signed manifests of the plan in force"),
    **_of(
        "stage", RECORDS,
        waiting_first="grounds for priority and health on record of the civilians who wait for a later stage, or none",
        other_civilians_go="the same of those who go in this one",
    ),
    # a release
    **_of("release", RECORDS, medical_category="the gravest record that this node has, boards' findings too"),
    **_of("release", NEUTRAL, wish_to_return="what the person said to the neutral, alone"),
    **_of(
        "release", LEDGER,
        neutral_word="the word that stands; none yet is unknown until the stage opens",
        waits_for_return="whether the person's class stands in the ratio, and so in the balance",
        chance_private="the neutral signed its word, which it gives after asking alone",
        chance_witnessed="the neutral signed its word",
        chance_on="the day of the word that stands; one too old is no chance given until the stage opens",
        chance_place="whether a gate gave it, or an interviewer in detention",
        stage_on="the plan in force",
        access_refused="the record of access refused; a word given later ends it",
        refusal_recorded="the breaches on record",
        chance_at_border="whom the record of access refused names",
        reason_shown="no event has a field for a reason; what is said outside the ledger is not here",
    ),
    **_of(
        "release", TOLD,
        hostilities_active="as told of the round",
        journey_endangers_recovery="a doctor; a finding on record that the person is fit to travel says no",
        safety_demands_journey="a doctor, with whoever answers for the place",
        declining_punished="whoever hears of it; the neutral first",
    ),
    # absent, withheld, passed on
    **_of(
        "absence", LEDGER,
        neutral_signed_not_going="the neutral's word that stands",
        counted_as="the person's state, as every account counts it",
    ),
    **_of("withholding", RECORDS, legal_proceedings="the records that this node has"),
    **_of("withholding", TOLD, withheld_for="the holder", name_notified="the other side's officer"),
    **_of(
        "transfer", TOLD,
        receiver_is_party="the depositary's list",
        receiver_attested="the receiving power's signed paper",
    ),
    **_of("accommodation", LEDGER, powers_agreed="both sides signed the list that sends people there"),
    **_of("accommodation", TOLD, host_agreed="the host's signed paper; joining the exchange is not yet that"),
    **_of(
        "medical", LEDGER,
        as_of="the log's time", visit_on="the record of the board", told_on="the log's day when that came on record",
    ),
    **_of(
        "medical", TOLD,
        neutral_members="the commission", detaining_members="the commission",
        notified_on="the commission", carried_out_on="the holder",
        condition="the commission's doctors", decision="the commission",
        neutral_country_possible="the mediators, with a host",
    ),
    # captivity and departure
    **_of(
        "capture", TOLD,
        identity_coerced="the person, to the neutral", valuables_taken="the holder's register of things",
        receipt_given="the holder's register of things",
    ),
    **_of(
        "departure", TOLD,
        valuables_taken="the holder's register of things", identity_document="the desk",
        notice_given="the holder", notice_in_time="the person, to the neutral", baggage_limited="the carrier",
        baggage_limit_kg="the carrier", valuables_returned="the desk", valuables_to_bureau="the holder",
        packet_sealed="the Bureau", inventory_made="the Bureau",
    ),
    **_of("notification", LEDGER, change="the person's state: received at home, or by a host"),
    **_of("notification", RECORDS, person_category="the records that this node has"),
    **_of(
        "notification", TOLD,
        bureau_told="the Information Bureau", agency_told="the Central Tracing Agency",
        transmission_harmful="the neutral", passed_to_power="whoever sent it",
    ),
    **_of("death", LEDGER, file_closing="whether the round in which a row was answered deceased is closed"),
    **_of(
        "death", TOLD, certificate_sent="the Information Bureau", cause="the certificate", enquiry_held="the holder",
    ),
    # civilians
    **_of("civilian", NEUTRAL, fears_persecution="what the person said to the neutral, alone"),
    **_of("civilian", LEDGER, goes_of_own_will="the neutral's word cleared, given after asking alone"),
    **_of("civilian", RECORDS, goes_to="the member to whom the person goes, beside the power on record"),
    **_of(
        "civilian", TOLD,
        from_occupied_territory="the holder, and who knows the place",
        chose_destination="the neutral", person_pays="the family",
    ),
    # the public
    **_of(
        "publication", LEDGER,
        has_names="claims and tables of counts have no field for a name",
        has_images="claims and tables of counts have no field for an image",
        has_person_rows="the cells that a published table shows",
    ),
    # the dead and the missing
    **_of("remains", RECORDS, counted_against_living="the account of the class, beside what the records say"),
    **_of(
        "remains", LEDGER,
        being_returned="whether the plan in force has them, or they were received",
        return_agreed="both sides signed the list that they stand on",
    ),
    **_of(
        "remains", TOLD,
        custody_unbroken="both sides' papers, from where they were found", examined="who examined them",
        identity_recorded="who examined them", buried="the graves service", grave_registered="the graves service",
        parts_elsewhere="who examined them", parts_linked="who examined them", dead_despoiled="the receiving side",
        family_told="the family liaison",
    ),
    **_of("missing", TOLD, family_told="the family liaison"),
    **_of(
        "missing", LEDGER,
        fate_known="the answer to the row",
        search_made="the answer to the row; a blank is none once the answers' day has passed, nor is a refusal",
    ),
    # records
    **_of("record", LEDGER, as_of="the log's time", shared_with="to whom the rows of a list in force are sealed"),
    **_of("record", RECORDS, kept_until="valid_until on record", sharing_consent="on record"),
    **_of(
        "record", TOLD,
        purpose_stated="whoever imported the register", reads_logged="whoever runs the node",
        erasure_asked="the family liaison", erased="whoever runs the node", refusal_explained="the family liaison",
    ),
}  # fmt: skip


def for_the_neutral(about: str, name: str) -> bool:
    """Whether a fact is for nobody but the neutral to know."""
    return SOURCES[about, name].kind == NEUTRAL
