"""The facts that checks read: what each is called, what it means, and what values it may have.

Facts are about one subject: the terms of a round, one category, one person's release, a death, a publication. Unknown
is a value: a fact that is not given, or given as null, is unknown, and a check that needs it says so. A fact says
what happened or what a person attested; whether that is lawful is what the checks say. No fact holds a name, a birth
date or a serial number.

    >>> facts, problems = read_facts({"about": "release", "facts": {"chance_private": True}})
    >>> facts.values, problems
    ({'chance_private': True}, [])
    >>> read_facts({"about": "release", "facts": {"shoe_size": 43}})[1][0].code
    'law.fact.unknown'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

from repatria.deal.classes import ACCOUNTS
from repatria.people.person import ConsentScope, LegalProceedings, MedicalCategory, PersonCategory, WishToReturn
from repatria.problem import Problem

Value = bool | int | str | date | tuple[str, ...]

SUBJECTS = {
    "terms": "the terms of a round",
    "category": "one category of the terms",
    "round": "a round, and where the conflict stands",
    "stage": "one stage: its route, its place, its list",
    "release": "one person before release, as the neutral may know it",
    "absence": "one person on the list who was not brought",
    "withholding": "one person whom the holder keeps back",
    "transfer": "people passed on to a power that is not their own, a neutral host too",
    "medical": "one examination by a commission, and what followed",
    "accommodation": "accommodation in a neutral country",
    "capture": "how a person's identity and things were dealt with in captivity",
    "departure": "one person's departure: notice, baggage, papers, valuables",
    "notification": "one change about a person that bureaux must learn of",
    "death": "one death in captivity",
    "civilian": "one civilian internee before release or transfer",
    "publication": "something about to be shown to the public",
    "remains": "the remains of one or more people",
    "missing": "one report that a person is missing",
    "record": "one person's record in a node",
}


@dataclass(frozen=True)
class Fact:
    """`kind` is one of yes/no, number, day, word, words; `choices` limits words where they are few."""

    name: str
    about: tuple[str, ...]
    kind: str
    meaning: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """What is known of one subject; a name that is absent is unknown."""

    about: str
    values: Mapping[str, Value]


def _fact(about: str, name: str, kind: str, meaning: str, choices: tuple[str, ...] = ()) -> Fact:
    return Fact(name, tuple(about.split()), kind, meaning, choices)


_YES = "yes/no"
_CLASSES_FIRST = ("children", "pregnant_women", "mothers_with_small_children", "wounded_and_sick", "long_detained")
CHANGES = ("transfer", "release", "repatriation", "escape", "hospital", "birth", "death")
CAUSES = ("illness", "caused_by_a_person", "perhaps_caused_by_a_person", "not_known")

_ALL = (
    # the terms
    _fact("terms", "articles_set_aside", "words", "articles that a term sets aside or makes worse for prisoners"),
    _fact("terms", "rights_waived", _YES, "a term or form has prisoners give up a right of theirs"),
    _fact("terms", "points_on_people", _YES, "people are weighed in points or ranks against each other"),
    _fact("terms", "outside_ratio_limited", _YES,
          "a limit keeps people outside the ratio from going, or makes it depend on who else goes"),
    _fact("terms category", "historical", _YES, "the terms describe a past exchange and bind nobody"),
    _fact("terms", "undertakings", "words", "the undertakings that the terms name, such as gc3-117"),
    _fact("terms", "departure_waits_for_costs", _YES, "nobody leaves until it is settled who pays"),
    _fact("terms", "chance_days", "number", "how many days before the stage a chance to decline may lie"),
    _fact("terms", "neutral_named", _YES, "the terms name a neutral intermediary who asks people in private"),
    _fact("terms", "whole_outside_ratio", "words",
          "medical categories all of whose people go, outside the ratio"),
    # one category
    _fact("category", "counts", _YES, "people of this category count in the ratio"),
    _fact("category", "grounds", "words", "the fields of a record that the category looks at"),
    _fact("category", "takes", "words", "which values it takes, written field=value"),
    _fact("category", "points", "number", "how many one such person stands for"),
    _fact("category", "account", "word", "the account under which its people are handed over", ACCOUNTS),
    # a round and the conflict
    _fact("round release", "hostilities_active", _YES, "active hostilities go on"),
    _fact("round", "plan_agreed", _YES, "a plan of release is agreed and signed"),
    _fact("round", "plan_ends_on", "day", "the day of the plan's last stage"),
    _fact("round", "people_left", "number", "people of the plan who are still held"),
    _fact("round", "civilians_left", "number", "civilians still interned without proceedings against them"),
    _fact("round", "civilians_planned", _YES, "a plan ends the internment of those civilians"),
    _fact("round medical record", "as_of", "day", "the day for which the question is asked"),
    # a stage
    _fact("stage", "route_under_fire", _YES, "the route runs where the fire of combat may reach it"),
    _fact("stage", "place_under_fire", _YES, "a place of waiting or handing over lies where that fire may reach it"),
    _fact("stage", "list_before_departure", _YES, "a complete list of those who travel is drawn up before they leave"),
    _fact("stage", "waiting_first", "words", "civilian classes named in Article 132 who wait for a later stage",
          _CLASSES_FIRST),
    _fact("stage", "other_civilians_go", _YES, "civilians of no such class go in this stage"),
    # one release
    _fact("release", "medical_category", "word", "as the register has it", get_args(MedicalCategory)),
    _fact("release", "wish_to_return", "word", "what the person said to the neutral", get_args(WishToReturn)),
    _fact("release", "neutral_word", "word", "the neutral's word on the person", ("cleared", "not_going", "none")),
    _fact("release", "waits_for_return", _YES, "the release waits for someone of the other side, or for a turn"),
    _fact("release", "journey_endangers_recovery", _YES, "a doctor says that the journey may endanger recovery"),
    _fact("release", "safety_demands_journey", _YES, "staying would be a greater danger than the journey"),
    _fact("release", "chance_private", _YES, "the person was asked alone, without anyone of a party"),
    _fact("release", "chance_witnessed", _YES, "the neutral asked or was present"),
    _fact("release", "chance_on", "day", "the day of the chance to decline"),
    _fact("release", "chance_place", "word", "where it was given", ("detention", "point_of_handover", "elsewhere")),
    _fact("release", "stage_on", "day", "the day of the person's stage"),
    _fact("release", "access_refused", _YES, "the holder let the neutral not speak with the person"),
    _fact("release", "refusal_recorded", _YES, "that refusal is on the record as the holder's breach"),
    _fact("release", "chance_at_border", _YES, "the chance is moved to the point of handover"),
    _fact("release", "reason_shown", _YES, "a party or a reader of the ledger can learn why a person stays"),
    _fact("release", "declining_punished", _YES, "whoever declines loses something by it"),
    # absent, withheld
    _fact("absence", "neutral_signed_not_going", _YES, "the neutral signed that the person is not going"),
    _fact("absence", "counted_as", "word", "how the absence is counted", ("not_going", "withheld", "absent")),
    _fact("withholding", "legal_proceedings", "word", "what runs against the person", get_args(LegalProceedings)),
    _fact("withholding", "withheld_for", "word", "the ground that the holder gives",
          ("disciplinary_punishment", "indictable_offence", "other")),
    _fact("withholding", "name_notified", _YES, "the other side was given the name of this person as withheld"),
    # transfer and accommodation
    _fact("transfer", "receiver_is_party", _YES, "the receiving power is a party to the Convention"),
    _fact("transfer", "receiver_attested", _YES,
          "the receiving power has shown that it is willing and able to apply the Convention"),
    _fact("accommodation", "powers_agreed", _YES, "both Powers have agreed to it"),
    _fact("accommodation", "host_agreed", _YES, "a neutral host is named and has agreed"),
    # medical
    _fact("medical", "neutral_members", "number", "members of the commission from a neutral country"),
    _fact("medical", "detaining_members", "number", "members of the commission named by the Detaining Power"),
    _fact("medical", "visit_on", "day", "the day of the commission's visit"),
    _fact("medical", "told_on", "day", "the day its decision was told; leave out while it was not"),
    _fact("medical", "notified_on", "day", "the day the Detaining Power was notified of the decision"),
    _fact("medical", "carried_out_on", "day", "the day the decision was carried out; leave out while it was not"),
    _fact("medical", "condition", "word", "the condition found, as law/annex1.py names it, or other"),
    _fact("medical", "decision", "word", "what was decided",
          ("direct_repatriation", "neutral_accommodation", "remains")),
    _fact("medical", "neutral_country_possible", _YES, "accommodation in a neutral country can be had"),
    # captivity and departure
    _fact("capture", "identity_coerced", _YES, "the identity on record was got by coercion"),
    _fact("capture departure", "valuables_taken", _YES, "money or things of value were taken from the person"),
    _fact("capture", "receipt_given", _YES, "a receipt was given for them"),
    _fact("departure", "identity_document", _YES, "the person carries an identity document"),
    _fact("departure", "notice_given", _YES, "the person was officially told of the departure"),
    _fact("departure", "notice_in_time", _YES, "there was time to pack and to tell the family"),
    _fact("departure", "baggage_limited", _YES, "baggage is limited by weight"),
    _fact("departure", "baggage_limit_kg", "number", "that limit, in kg"),
    _fact("departure", "valuables_returned", _YES, "what was taken was given back"),
    _fact("departure", "valuables_to_bureau", _YES, "what was not given back went to the Information Bureau"),
    _fact("departure", "packet_sealed", _YES, "it went in a sealed packet"),
    _fact("departure", "inventory_made", _YES, "with an inventory of what is in it"),
    # bureaux
    _fact("notification", "change", "word", "what changed", CHANGES),
    _fact("notification", "person_category", "word", "as the register has it", get_args(PersonCategory)),
    _fact("notification", "bureau_told", _YES, "the Information Bureau was told"),
    _fact("notification", "agency_told", _YES, "the Central Tracing Agency has a copy"),
    _fact("notification", "transmission_harmful", _YES, "passing it on may harm the person or the family"),
    _fact("notification", "passed_to_power", _YES, "it was or will be passed on to a power"),
    # death
    _fact("death", "file_closing", _YES, "the person's file is about to be closed"),
    _fact("death", "certificate_sent", _YES, "a death certificate or certified list went to the Information Bureau"),
    _fact("death", "cause", "word", "what is known of the cause", CAUSES),
    _fact("death", "enquiry_held", _YES, "an official enquiry was held"),
    # civilians
    _fact("civilian", "fears_persecution", _YES, "the person may have reason to fear persecution there"),
    _fact("civilian", "from_occupied_territory", _YES, "the person is taken out of occupied territory"),
    _fact("civilian", "goes_of_own_will", _YES, "the person said so to the neutral, alone"),
    _fact("civilian", "goes_to", "word", "where to", ("last_residence", "own_country", "neutral_country", "elsewhere")),
    _fact("civilian", "chose_destination", _YES, "the person chose that destination"),
    _fact("civilian", "person_pays", _YES, "the person or the family is asked to pay for the way back"),
    # the public
    _fact("publication", "has_names", _YES, "it holds names, birth dates or numbers of people held"),
    _fact("publication", "has_images", _YES, "it holds images or recordings of people held"),
    _fact("publication", "has_person_rows", _YES, "it has a row, a mark or a total for one person"),
    # the dead and the missing
    _fact("remains", "counted_against_living", _YES, "remains count in the balance for living people"),
    _fact("remains", "custody_unbroken", _YES, "each handing on of the remains is signed on both sides"),
    _fact("remains", "examined", _YES, "the remains were examined before burial or handover"),
    _fact("remains", "identity_recorded", _YES, "what identifies the person, or could, is recorded and forwarded"),
    _fact("remains", "buried", _YES, "the remains lie in a grave"),
    _fact("remains", "grave_registered", _YES, "the grave is registered so that it can be found"),
    _fact("remains", "parts_elsewhere", _YES, "parts of the same person came, or may come, under another number"),
    _fact("remains", "parts_linked", _YES, "those numbers are linked on the record"),
    _fact("remains", "return_agreed", _YES, "an agreement covers the return of remains"),
    _fact("remains", "being_returned", _YES, "the remains are being returned"),
    _fact("remains", "dead_despoiled", _YES, "things were taken from the dead without being recorded"),
    _fact("missing remains", "family_told", _YES, "the family was told what is known"),
    _fact("missing", "fate_known", _YES, "what became of the person is known"),
    _fact("missing", "search_made", _YES, "the side asked has searched and answered"),
    # records
    _fact("record", "purpose_stated", _YES, "the purpose for which the record is kept is stated"),
    _fact("record", "kept_until", "day", "the day on which its keeping is decided anew"),
    _fact("record", "reads_logged", _YES, "who reads the record is logged"),
    _fact("record", "erasure_asked", _YES, "the person, or the family, has asked for erasure"),
    _fact("record", "erased", _YES, "the record was erased"),
    _fact("record", "refusal_explained", _YES, "a stated reason stands against erasure, and was given to who asked"),
    _fact("record", "shared_with", "words", "with whom the record is shared", get_args(ConsentScope)),
    _fact("record", "sharing_consent", "words", "with whom the person agreed to share", get_args(ConsentScope)),
)  # fmt: skip

FACTS: dict[str, Fact] = {fact.name: fact for fact in _ALL}


def read_facts(raw: object, where: str = "facts") -> tuple[Facts, list[Problem]]:
    """The facts in {"about": subject, "facts": {name: value}}, and every problem of the whole at once."""
    if not isinstance(raw, Mapping) or set(raw) != {"about", "facts"} or not isinstance(raw["facts"], Mapping):
        form = "not an object with exactly about and facts"
        return Facts("", {}), [Problem("law.fact.form", where, form, 'write {"about": "release", "facts": {...}}')]
    about = raw["about"]
    if about not in SUBJECTS:
        known = ", ".join(SUBJECTS)
        return Facts("", {}), [Problem("law.fact.about", where, "about names no subject", f"use one of {known}")]
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    for name, given in raw["facts"].items():
        fact = FACTS.get(name)
        at = f"{where}, {name}"
        if fact is None or about not in fact.about:
            do = "use " + ", ".join(each.name for each in FACTS.values() if about in each.about)
            problems.append(Problem("law.fact.unknown", at, f"no check about {SUBJECTS[about]} reads it", do))
        elif given is not None:
            value = _value(fact, given)
            if value is None:
                form = ", ".join(fact.choices) if fact.choices else fact.kind
                problems.append(Problem("law.fact.type", at, "not in the form of this fact", f"write {form}, or null"))
            else:
                values[name] = value
    return Facts(about, values), problems


def _value(fact: Fact, given: Any) -> Value | None:
    match fact.kind:
        case "yes/no":
            return given if isinstance(given, bool) else None
        case "number":
            return given if type(given) is int and given >= 0 else None
        case "day":
            if isinstance(given, str):
                try:
                    return date.fromisoformat(given)
                except ValueError:
                    return None
            return given if type(given) is date else None
        case "word":
            return given if isinstance(given, str) and (not fact.choices or given in fact.choices) else None
        case _:
            words = given if isinstance(given, list | tuple) else None
            if words is None or not all(isinstance(each, str) for each in words):
                return None
            return tuple(words) if not fact.choices or set(words) <= set(fact.choices) else None
