"""The Third Geneva Convention: prisoners of war.

Source: DOMAIN section 6, in its order. The texts are paraphrase; the Convention's words, where they were read, stand
in law/article.py. Where deal's parser already refuses a thing, the check calls deal's own table: there is one rule.
"""

from __future__ import annotations

from repatria.deal.classes import NEVER_COUNTED, ground_forbidden_by
from repatria.law.check import (
    LAW,
    STOP,
    WARN,
    Answer,
    Reading,
    all_of,
    any_of,
    at_least,
    has_any,
    if_then,
    is_in,
    months_after,
    no,
    not_after,
)

# Who is sent home direct. Source: GC III 109(1), 110(1).
SENT_HOME = ("seriously_wounded", "seriously_sick", "direct_repatriation")
SICK_OR_WOUNDED = ("wounded", "sick", "neutral_eligible", *SENT_HOME)
UNDERTAKING = "gc3-117"


# --- agreements (6, 7) ---------------------------------------------------------------------------------------------


@LAW.check(
    "GC III 6", effect=STOP, about="terms", reads=("articles_set_aside",),
    asks="An agreement may give prisoners more than the Convention, and never less.",
    wrong="the terms set aside, or make worse, {articles_set_aside}",
    do="take out what makes prisoners worse off; terms may only add to the Convention",
)  # fmt: skip
def below_convention(of: Reading) -> Answer:
    aside = of.words("articles_set_aside")
    return None if aside is None else not aside


@LAW.check(
    "GC III 7", effect=STOP, about="terms", reads=("rights_waived",),
    asks="Prisoners cannot give up a right that the Convention gives them, not even willingly.",
    wrong="the terms, or a form that goes with them, have prisoners give up a right",
    do="remove it: such a waiver has no effect, and must not be asked for",
)  # fmt: skip
def waiver(of: Reading) -> Answer:
    return no(of.yes("rights_waived"))


# --- passing people on, and the journey (12, 46-48) ----------------------------------------------------------------


@LAW.check(
    "GC III 12", effect=STOP, about="transfer", reads=("receiver_is_party",),
    asks="Prisoners go only to a power that is a party to the Convention.",
    wrong="the receiving power is not a party to the Convention",
    do="find another host, or send the people straight to their own power",
)  # fmt: skip
def receiver_bound(of: Reading) -> Answer:
    return of.yes("receiver_is_party")


@LAW.check(
    "GC III 12", effect=STOP, about="transfer", reads=("receiver_attested",),
    asks="Before prisoners go to it, a power shows that it is willing and able to apply the Convention.",
    wrong="the receiving power has not shown that it is willing and able to apply the Convention",
    do="get its signed attestation, and let a neutral look at the place, before anyone leaves",
)  # fmt: skip
def receiver_capable(of: Reading) -> Answer:
    return of.yes("receiver_attested")


@LAW.check(
    "GC III 46", "GC III 20", effect=WARN, about="stage", reads=("list_before_departure",),
    asks="A complete list of those who travel is drawn up before they leave.",
    wrong="no complete list of those who travel was drawn up before departure",
    do="draw up the list and sign it before the first vehicle leaves",
)  # fmt: skip
def departure_list(of: Reading) -> Answer:
    return of.yes("list_before_departure")


@LAW.check(
    "GC III 47", "GC III 109(1)", effect=STOP, about="release",
    reads=("medical_category", "journey_endangers_recovery", "safety_demands_journey"),
    asks="A sick or wounded person does not travel while the journey may endanger recovery, unless staying is worse.",
    wrong="a doctor says that the journey may endanger recovery, and nothing says that staying is the greater danger",
    do="care for the person until fit to travel; the place in a later stage stays",
)  # fmt: skip
def fit_to_travel(of: Reading) -> Answer:
    ill = is_in(of.word("medical_category"), SICK_OR_WOUNDED)
    return if_then(all_of(ill, of.yes("journey_endangers_recovery")), of.yes("safety_demands_journey"))


@LAW.check(
    "GC III 48", effect=WARN, about="departure", reads=("notice_given", "notice_in_time"),
    asks="People are officially told that they leave, in time to pack and to tell their family.",
    wrong="the person was not told of the departure in time",
    do="tell each person, and let those told late have their things sent after them",
)  # fmt: skip
def notice(of: Reading) -> Answer:
    return all_of(of.yes("notice_given"), of.yes("notice_in_time"))


# --- public curiosity (13) -----------------------------------------------------------------------------------------


@LAW.check(
    "GC III 13", effect=STOP, about="publication", reads=("has_names",),
    asks="Nothing public shows who is held: no name, birth date or number.",
    wrong="it holds names, birth dates or numbers of people held",
    do="remove them; families are told in person, and the public gets counts",
)  # fmt: skip
def public_names(of: Reading) -> Answer:
    return no(of.yes("has_names"))


@LAW.check(
    "GC III 13", effect=STOP, about="publication", reads=("has_images",),
    asks="Nothing public shows people held in image or sound.",
    wrong="it holds images or recordings of people held",
    do="remove them, also where a face is blurred",
)  # fmt: skip
def public_images(of: Reading) -> Answer:
    return no(of.yes("has_images"))


@LAW.check(
    "GC III 13", effect=STOP, about="publication", reads=("has_person_rows",),
    asks="Nothing public speaks of one person: no row for each, no total of one.",
    wrong="it has a row, a mark or a total that is about one person",
    do="publish the suppressed table only",
)  # fmt: skip
def public_rows(of: Reading) -> Answer:
    return no(of.yes("has_person_rows"))


# --- equality (16) -------------------------------------------------------------------------------------------------


@LAW.check(
    "GC III 16", effect=STOP, about="category", reads=("grounds",), parser="deal.category.adverse",
    asks="No category goes by race, nationality, religion or opinion; which power a person depends on may matter.",
    wrong="the category looks at {grounds}, and one of these is no ground for telling prisoners apart",
    do="remove that ground; to mean one side's people, use power_on_which_depends",
)  # fmt: skip
def adverse_distinction(of: Reading) -> Answer:
    return _no_ground_forbidden_by(of, "GC III 16")


@LAW.check(
    "GC III 109(3)", "Non-refoulement", effect=STOP, about="category", reads=("grounds",),
    parser="deal.category.adverse",
    asks="No category goes by whether a person wishes to return: officers of neither party may learn it.",
    wrong="the category looks at the wish to return",
    do="remove it; the neutral asks, and signs only cleared or not going",
)  # fmt: skip
def wish_as_ground(of: Reading) -> Answer:
    return _no_ground_forbidden_by(of, "GC III 109(3)")


def _no_ground_forbidden_by(of: Reading, article: str) -> Answer:
    grounds = of.words("grounds")
    return None if grounds is None else article not in map(ground_forbidden_by, grounds)


# --- identity and things taken (17, 18, 119, 122) -----------------------------------------------------------------


@LAW.check(
    "GC III 17", effect=STOP, about="capture", reads=("identity_coerced",),
    asks="What a record says of who a person is was not got by coercion.",
    wrong="the identity on record was got by coercion",
    do="do not use it; let the neutral ask the person anew, and record where the identity comes from",
)  # fmt: skip
def coerced_identity(of: Reading) -> Answer:
    return no(of.yes("identity_coerced"))


@LAW.check(
    "GC III 17", "GC III 18", effect=WARN, about="departure", reads=("identity_document",),
    asks="Each person carries an identity document at the handover.",
    wrong="the person carries no identity document",
    do="issue one; its absence delays nobody",
)  # fmt: skip
def identity_document(of: Reading) -> Answer:
    return of.yes("identity_document")


@LAW.check(
    "GC III 18", effect=WARN, about="capture", reads=("valuables_taken", "receipt_given"),
    asks="Money and things of value are taken only against a receipt.",
    wrong="things of value were taken without a receipt",
    do="make out the receipt now, from the register of things taken",
)  # fmt: skip
def valuables_receipt(of: Reading) -> Answer:
    return if_then(of.yes("valuables_taken"), of.yes("receipt_given"))


@LAW.check(
    "GC III 119(2)", effect=WARN, about="departure",
    reads=("valuables_taken", "valuables_returned", "valuables_to_bureau"),
    asks="What was taken is given back on departure; what is not goes to the Information Bureau.",
    wrong="things of value were neither given back nor sent to the Information Bureau",
    do="hand them over with the person, or send them to the Bureau; nobody waits for them",
)  # fmt: skip
def valuables_back(of: Reading) -> Answer:
    return if_then(of.yes("valuables_taken"), any_of(of.yes("valuables_returned"), of.yes("valuables_to_bureau")))


@LAW.check(
    "GC III 122", effect=WARN, about="departure", reads=("valuables_to_bureau", "packet_sealed", "inventory_made"),
    asks="What goes to the Bureau goes in a sealed packet, with an inventory of all that is in it.",
    wrong="things were sent to the Bureau without a seal or without an inventory",
    do="pack them anew before two witnesses, list them, and seal the packet",
)  # fmt: skip
def valuables_sealed(of: Reading) -> Answer:
    return if_then(of.yes("valuables_to_bureau"), all_of(of.yes("packet_sealed"), of.yes("inventory_made")))


@LAW.check(
    "GC III 119(3)", effect=WARN, about="departure", reads=("baggage_limited", "baggage_limit_kg"),
    figures=("baggage_kg",),
    asks="Where baggage is limited, each person may still take at least {baggage_kg} kg home.",
    wrong="baggage is limited to {baggage_limit_kg} kg; each person may carry at least {baggage_kg} kg",
    do="raise the limit to {baggage_kg} kg or more, or send the rest after the person",
)  # fmt: skip
def baggage(of: Reading) -> Answer:
    return if_then(of.yes("baggage_limited"), at_least(of.number("baggage_limit_kg"), of.figure("baggage_kg")))


# --- fire (19, 23) -------------------------------------------------------------------------------------------------


@LAW.check(
    "GC III 19", "GC III 20", effect=STOP, about="stage", reads=("route_under_fire",),
    asks="The route is not one on which the fire of combat may reach people.",
    wrong="the route runs where the fire of combat may reach it",
    do="take another route, or wait until both sides have signed that fire is held there",
)  # fmt: skip
def route_under_fire(of: Reading) -> Answer:
    return no(of.yes("route_under_fire"))


@LAW.check(
    "GC III 23", "GC III 19", effect=STOP, about="stage", reads=("place_under_fire",),
    asks="Nobody waits or is handed over where the fire of combat may reach them.",
    wrong="a place of waiting or handing over lies where the fire of combat may reach it",
    do="move to the safe place of the stage, or choose another point of handover",
)  # fmt: skip
def place_under_fire(of: Reading) -> Answer:
    return no(of.yes("place_under_fire"))


# --- who is outside every ratio (33, 109, 110) ---------------------------------------------------------------------


def counts_nobody_outside(of: Reading, article: str) -> Answer:
    """Whether a category counts none of the values that deal keeps out of every ratio under this article."""
    never = [f"{field}={value}" for (field, value), cited in NEVER_COUNTED.items() if cited == article]
    return no(all_of(of.yes("counts"), has_any(of.words("takes"), never)))


@LAW.check(
    "GC III 33", "GC I 30", "GC I 31", effect=STOP, about="category", reads=("counts", "takes"),
    parser="deal.category.counted",
    asks="Medical personnel and chaplains are retained, not prisoners: they count in no ratio.",
    wrong="the category counts retained personnel in the ratio",
    do="set counts = false: they go back without anyone going in return",
)  # fmt: skip
def retained_counted(of: Reading) -> Answer:
    return counts_nobody_outside(of, "GC III 33")


@LAW.check(
    "GC III 109(1)", "GC III 110(1)", effect=STOP, about="category", reads=("counts", "takes"),
    parser="deal.category.counted",
    asks="The seriously wounded and sick are sent home regardless of number or rank: they count in no ratio.",
    wrong="the category counts people who must be sent home direct",
    do="set counts = false: nothing may be asked in return for them",
)  # fmt: skip
def seriously_ill_counted(of: Reading) -> Answer:
    return counts_nobody_outside(of, "GC III 109(1)")


@LAW.check(
    "GC III 109(1)", effect=WARN, about="terms", reads=("whole_outside_ratio",),
    asks="Somewhere it is said that all seriously wounded and sick go home.",
    wrong="the terms let all of these go outside the ratio: {whole_outside_ratio}; others must be sent home direct too",
    do="add a category outside the ratio that takes them all, or say under which other agreement they go",
)  # fmt: skip
def seriously_ill_left(of: Reading) -> Answer:
    whole = of.words("whole_outside_ratio")
    return None if whole is None else set(SENT_HOME) <= set(whole)


@LAW.check(
    "GC III 109(1)", "GC IV 34", "GC I 17", effect=STOP, about="terms", reads=("outside_ratio_limited",),
    parser="terms.limit.outside",
    asks="Nothing limits how many of those outside the ratio go home, and nobody goes in return for them.",
    wrong="a limit keeps people outside the ratio from going, or makes it depend on who else goes",
    do="let the limit count the account exchange only, or say which stages and places can take no more",
)  # fmt: skip
def outside_ratio_limited(of: Reading) -> Answer:
    return no(of.yes("outside_ratio_limited"))


@LAW.check(
    "GC III 109(1)", "GC III 110(1)", effect=STOP, about="release", reads=("medical_category", "waits_for_return"),
    asks="Nothing holds up someone who is to be sent home direct: no ratio, no rank, nobody else's turn.",
    wrong="a person to be sent home direct waits for someone else",
    do="take the person out of the sequence and release at once when fit to travel",
)  # fmt: skip
def seriously_ill_held(of: Reading) -> Answer:
    return no(all_of(is_in(of.word("medical_category"), SENT_HOME), of.yes("waits_for_return")))


@LAW.check(
    "GC III 109(3)", effect=STOP, about="release", reads=("medical_category", "hostilities_active", "wish_to_return"),
    asks="While hostilities go on, nobody sick or injured is sent home against their will.",
    wrong="a sick or injured person does not wish to return, and hostilities go on",
    do="the person stays; the neutral signs not going, and nothing else is written down",
)  # fmt: skip
def against_will(of: Reading) -> Answer:
    ill = is_in(of.word("medical_category"), SENT_HOME)
    return if_then(all_of(ill, of.yes("hostilities_active")), is_in(of.word("wish_to_return"), ("willing",)))


@LAW.check(
    "GC III 110(2)", "GC III 111", effect=STOP, about="accommodation", reads=("powers_agreed",),
    asks="Accommodation in a neutral country rests on an agreement of both Powers.",
    wrong="there is no agreement of both Powers on accommodation in a neutral country",
    do="have both sign one before anyone travels",
)  # fmt: skip
def accommodation_agreed(of: Reading) -> Answer:
    return of.yes("powers_agreed")


@LAW.check(
    "GC III 110(2)", "GC III 111", effect=STOP, about="accommodation", reads=("host_agreed",),
    asks="Accommodation in a neutral country needs a host that has agreed.",
    wrong="no neutral host is named that has agreed",
    do="name the host in the terms and have it sign",
)  # fmt: skip
def accommodation_host(of: Reading) -> Answer:
    return of.yes("host_agreed")


# --- Mixed Medical Commissions (112, Annex II) ---------------------------------------------------------------------


@LAW.check(
    "GC III 112", "GC III Annex II 1", effect=WARN, about="medical", reads=("neutral_members", "detaining_members"),
    figures=("commission_neutral", "commission_detaining"),
    asks="A commission has {commission_neutral} neutral members and {commission_detaining} of the Detaining Power.",
    wrong="the commission has {neutral_members} neutral members and {detaining_members} of the Detaining Power;"
    " it must have {commission_neutral} and {commission_detaining}",
    do="name the missing members; the neutral ones come through the ICRC",
)  # fmt: skip
def commission(of: Reading) -> Answer:
    neutral, detaining = of.number("neutral_members"), of.number("detaining_members")
    return all_of(
        None if neutral is None else neutral == of.figure("commission_neutral"),
        None if detaining is None else detaining == of.figure("commission_detaining"),
    )


@LAW.check(
    "GC III Annex II 11", effect=WARN, about="medical", reads=("visit_on", "as_of"), if_known=("told_on",),
    figures=("decision_told_months",),
    asks="A commission's decision is told within {decision_told_months} month of its visit.",
    wrong="the decision of the visit of {visit_on} was not told within {decision_told_months} month",
    do="tell it now to the Detaining Power, the Protecting Power, the ICRC and the person",
)  # fmt: skip
def decision_told(of: Reading) -> Answer:
    visit = of.day("visit_on")
    if visit is None:
        return None
    return not_after(of.day("told_on") or of.day("as_of"), months_after(visit, of.figure("decision_told_months")))


@LAW.check(
    "GC III Annex II 12", effect=WARN, about="medical", reads=("notified_on", "as_of"), if_known=("carried_out_on",),
    figures=("decision_carried_out_months",), breach=True,
    asks="The Detaining Power carries a decision out within {decision_carried_out_months} months of being notified.",
    wrong="the decision notified on {notified_on} was not carried out within {decision_carried_out_months} months",
    do="carry it out in the next stage, and record the delay",
)  # fmt: skip
def decision_carried_out(of: Reading) -> Answer:
    notified = of.day("notified_on")
    if notified is None:
        return None
    last = months_after(notified, of.figure("decision_carried_out_months"))
    return not_after(of.day("carried_out_on") or of.day("as_of"), last)


# --- punishments and proceedings (115, 119) ------------------------------------------------------------------------


@LAW.check(
    "GC III 115", effect=STOP, about="withholding", reads=("withheld_for",), breach=True,
    asks="Nobody is kept back because a disciplinary punishment is not served.",
    wrong="the person is kept back for a disciplinary punishment",
    do="release the person with the others",
)  # fmt: skip
def withheld_for_discipline(of: Reading) -> Answer:
    ground = of.word("withheld_for")
    return None if ground is None else ground != "disciplinary_punishment"


@LAW.check(
    "GC III 119(5)", "GC III 115", effect=STOP, about="withholding",
    reads=("withheld_for", "legal_proceedings", "name_notified"), breach=True,
    asks="Only proceedings for an indictable offence keep a person back, and the other side is given the name.",
    wrong="the person is kept back without proceedings for an indictable offence, or without the name being given",
    do="give the other side the name of everyone kept back for such proceedings, and release the rest",
)  # fmt: skip
def withheld_for_offence(of: Reading) -> Answer:
    charged = is_in(of.word("legal_proceedings"), ("indictable_pending", "indictable_convicted"))
    claimed = is_in(of.word("withheld_for"), ("indictable_offence",))
    return all_of(claimed, charged, of.yes("name_notified"))


# --- costs, service, the end of hostilities (116-118) --------------------------------------------------------------


@LAW.check(
    "GC III 116", "GC III 118", effect=WARN, about="terms", reads=("departure_waits_for_costs",),
    asks="Who pays is settled beside the exchange; nobody waits for it.",
    wrong="the terms let people wait until it is settled who pays",
    do="let them go, and settle the costs afterwards",
)  # fmt: skip
def costs(of: Reading) -> Answer:
    return no(of.yes("departure_waits_for_costs"))


@LAW.check(
    "GC III 117", effect=WARN, about="terms", reads=("undertakings",),
    asks="The terms have each side undertake that whoever returns does no active military service.",
    wrong="the terms have no undertaking on active military service (they have: {undertakings})",
    do=f'add "{UNDERTAKING}" to the undertakings',
)  # fmt: skip
def undertaking(of: Reading) -> Answer:
    return has_any(of.words("undertakings"), (UNDERTAKING,))


@LAW.check(
    "GC III 118", effect=WARN, about="round", reads=("hostilities_active", "plan_agreed"), breach=True,
    asks="When active hostilities have ended, a plan of release is agreed without delay; failing that, each makes one.",
    wrong="active hostilities have ended and there is no plan of release",
    do="have each holder sign a plan of its own, and record the delay as its breach",
)  # fmt: skip
def plan_at_the_end(of: Reading) -> Answer:
    return any_of(of.yes("hostilities_active"), of.yes("plan_agreed"))


@LAW.check(
    "GC III 118", effect=WARN, about="round", reads=("hostilities_active", "plan_ends_on", "people_left", "as_of"),
    breach=True,
    asks="After active hostilities nobody stays behind when the plan's last day has passed.",
    wrong="the plan ended on {plan_ends_on}, active hostilities have ended, and {people_left} people are still held",
    do="release them in the next stage, and record a breach of the holder for each day",
)  # fmt: skip
def plan_overdue(of: Reading) -> Answer:
    left = of.number("people_left")
    everyone_went = None if left is None else left == 0
    return any_of(of.yes("hostilities_active"), everyone_went, not_after(of.day("as_of"), of.day("plan_ends_on")))


# --- the dead (120, 121) -------------------------------------------------------------------------------------------


@LAW.check(
    "GC III 120", effect=STOP, about="death", reads=("file_closing", "certificate_sent"),
    asks="A file is closed by death only when a certificate has gone to the Information Bureau.",
    wrong="the file is about to be closed and no death certificate or certified list has gone to the Bureau",
    do="keep the file open and send the certificate",
)  # fmt: skip
def death_certificate(of: Reading) -> Answer:
    return if_then(of.yes("file_closing"), of.yes("certificate_sent"))


@LAW.check(
    "GC III 121", effect=STOP, about="death", reads=("file_closing", "cause", "enquiry_held"),
    asks="Where a person caused a death, or may have, or the cause is unknown, an official enquiry comes first.",
    wrong="the file is about to be closed, the cause calls for an enquiry, and none was held",
    do="keep the file open, hold the enquiry and send its findings to the Protecting Power or the neutral",
)  # fmt: skip
def death_enquiry(of: Reading) -> Answer:
    cause = of.word("cause")
    calls = None if cause is None else cause != "illness"
    return if_then(all_of(of.yes("file_closing"), calls), of.yes("enquiry_held"))


# --- bureaux (122, 123) --------------------------------------------------------------------------------------------

_PRISONERS = ("prisoner_of_war", "retained_personnel", "missing", "deceased")


@LAW.check(
    "GC III 122", effect=WARN, about="notification", reads=("change", "person_category", "bureau_told"),
    asks="The Information Bureau learns of every transfer, release, escape, stay in hospital and death.",
    wrong="the Information Bureau was not told of this change: {change}",
    do="send the Bureau its notice today",
)  # fmt: skip
def bureau_told(of: Reading) -> Answer:
    prisoner = is_in(of.word("person_category"), _PRISONERS)
    told = None if of.word("change") is None else of.yes("bureau_told")
    return if_then(prisoner, told)


@LAW.check(
    "GC III 123", "GC III 122", effect=WARN, about="notification", reads=("person_category", "agency_told"),
    asks="The Central Tracing Agency gets a copy of every such notice.",
    wrong="the Central Tracing Agency has no copy of the notice",
    do="send it one with the next post",
)  # fmt: skip
def agency_told(of: Reading) -> Answer:
    return if_then(is_in(of.word("person_category"), _PRISONERS), of.yes("agency_told"))
