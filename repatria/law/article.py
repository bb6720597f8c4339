"""The articles that checks cite: where each stands, what it is about, and its words where they were read.

A quotation stands here only where its text was read beside this file; `read_in` says where. Everything else that
Repatria tells an officer about an article is a paraphrase, and the pages say so. An article whose text nobody has
read here yet has no `read_in`, and docs/law.md lists it as such: a lawyer should read it first.

    >>> ARTICLES["GC III 109(1)"].instrument
    'Third Geneva Convention of 12 August 1949, prisoners of war'
    >>> article("GC III 999")
    Traceback (most recent call last):
    ...
    ValueError: GC III 999 is not among the articles of law/article.py
"""

from __future__ import annotations

from dataclasses import dataclass

INSTRUMENTS = {
    "GC I": "First Geneva Convention of 12 August 1949, wounded and sick in the field",
    "GC III": "Third Geneva Convention of 12 August 1949, prisoners of war",
    "GC IV": "Fourth Geneva Convention of 12 August 1949, civilians",
    "AP I": "Protocol I of 8 June 1977 to the Geneva Conventions",
    "Non-refoulement": "The rule that nobody is handed over to where they have reason to fear persecution or torture",
    "Data protection": "Handbook on Data Protection in Humanitarian Action, ICRC, 3rd edition, 2024",
}


@dataclass(frozen=True)
class Article:
    """`id` as it is cited. `about` is ours. `quotation` is the treaty's own words, with where they were read."""

    id: str
    about: str
    quotation: str | None = None
    read_in: str | None = None

    @property
    def instrument(self) -> str:
        return next(name for short, name in INSTRUMENTS.items() if f"{self.id} ".startswith(f"{short} "))


def article(id: str) -> Article:
    """The article of this id.

    Raises:
        ValueError: it is not in the table.
    """
    if id not in ARTICLES:
        raise ValueError(f"{id} is not among the articles of law/article.py")
    return ARTICLES[id]


_ICRC = "ICRC database, Commentary of 2020, text of the provision"
_SWISS = "Swiss Classified Compilation 0.518.42, French text"
_DUTCH = "Dutch treaty series, Stb. 1954, 248, French text"
_GC3 = "lawin.org, text of the Convention"
_GC3_D = "tamilnation.org, text of the Convention, Part IV"
_GC4 = "lawin.org, text of the Convention"
_GC4_S = "strandedpakistanis.org, text of the Convention"

_ALL = (
    Article("GC I 15", "The dead are searched for, and kept from being despoiled"),
    Article(
        "GC I 16",
        "What identifies each dead person is recorded and forwarded with what was found on the body",
        "Parties to the conflict shall record as soon as possible, in respect of each wounded, sick or dead"
        " person of the adverse Party falling into their hands, any particulars which may assist in his"
        " identification.",
        "ICRC database, Commentary of 2016, text of the provision",
    ),
    Article(
        "GC I 17",
        "Burial one by one after an examination; graves registered so that bodies can be found and identified",
        "Parties to the conflict shall ensure that burial or cremation of the dead, carried out individually as far as"
        " circumstances permit, is preceded by a careful examination, if possible by a medical examination, of the"
        " bodies, with a view to confirming death, establishing identity and enabling a report to be made.",
        "ICRC database, customary law, practice relating to rule 116; paragraphs 1 and 3",
    ),
    Article(
        "GC I 30",
        "Medical and religious personnel not indispensable to prisoners go back; they are not prisoners of war",
        "Pending their return, they shall not be deemed prisoners of war.",
        "ICRC database, Commentary of 2016, text of the provision",
    ),
    Article("GC I 31", "Who of them returns first is chosen without regard to race, religion or opinion"),
    Article(
        "GC III 6",
        "Agreements between the parties may not leave prisoners worse off than the Convention",
        "No special agreement shall adversely affect the situation of prisoners of war, as defined by the present"
        " Convention, nor restrict the rights which it confers upon them.",
        "Law-Ref.org, text of the Convention",
    ),
    Article(
        "GC III 7",
        "Prisoners cannot give up, in part or in whole, what the Convention secures to them",
        "Prisoners of war may in no circumstances renounce in part or in entirety the rights secured to them by"
        " the present Convention, and by the special agreements referred to in the foregoing Article, if such"
        " there be.",
        "Law-Ref.org, text of the Convention",
    ),
    Article(
        "GC III 12",
        "Prisoners are passed on only to a party to the Convention, and one that is willing and able to apply it",
        "Prisoners of war may only be transferred by the Detaining Power to a Power which is a party to the Convention"
        " and after the Detaining Power has satisfied itself of the willingness and ability of such transferee Power to"
        " apply the Convention.",
        _ICRC,
    ),
    Article(
        "GC III 13",
        "Prisoners are treated humanely and protected against insults and public curiosity",
        "Likewise, prisoners of war must at all times be protected, particularly against acts of violence or"
        " intimidation and against insults and public curiosity.",
        _ICRC,
    ),
    Article(
        "GC III 16",
        "No adverse distinction by race, nationality, religion, opinion or the like",
        "all prisoners of war shall be treated alike by the Detaining Power, without any adverse distinction"
        " based on race, nationality, religious belief or political opinions, or any other distinction founded on"
        " similar criteria.",
        _ICRC,
    ),
    Article(
        "GC III 17",
        "A prisoner owes few answers, and none may be coerced; each has an identity card",
        "No physical or mental torture, nor any other form of coercion, may be inflicted on prisoners of war to"
        " secure from them information of any kind whatsoever.",
        _ICRC,
    ),
    Article(
        "GC III 18",
        "A prisoner's things stay his; money and valuables are taken by order and against a receipt",
        "Sums of money carried by prisoners of war may not be taken away from them except by order of an officer,"
        " and after the amount and particulars of the owner have been recorded in a special register and an"
        " itemized receipt has been given",
        "Law-Ref.org, fourth paragraph; the others in the Austrian text, gesetzefinden.at",
    ),
    Article("GC III 19", "Prisoners are evacuated out of danger, and not exposed to it needlessly while they wait"),
    Article(
        "GC III 20",
        "Evacuation is humane and safe, and those evacuated stand on a list",
        "The Detaining Power shall take all suitable precautions to ensure their safety during evacuation, and shall"
        " establish as soon as possible a list of the prisoners of war who are evacuated.",
        _ICRC,
    ),
    Article("GC III 23", "No prisoner is sent to or kept where the fire of the combat zone may reach him"),
    Article(
        "GC III 33",
        "Medical personnel and chaplains kept to assist prisoners are not prisoners of war themselves",
        "Members of the medical personnel and chaplains while retained by the Detaining Power with a view to assisting"
        " prisoners of war, shall not be considered as prisoners of war.",
        _GC3,
    ),
    Article(
        "GC III 46",
        "How prisoners travel: humanely, safely, with food, and on a complete list drawn up before they leave",
        "shall draw up a complete list of all transferred prisoners before their departure",
        _ICRC,
    ),
    Article(
        "GC III 47",
        "The sick and wounded do not travel while the journey may endanger their recovery",
        "Sick or wounded prisoners of war shall not be transferred as long as their recovery may be endangered by the"
        " journey, unless their safety imperatively demands it.",
        "Law-Ref.org, text of the Convention, first paragraph",
    ),
    Article(
        "GC III 48",
        "Prisoners are told of their departure in time to pack and to tell their family",
        read_in=_SWISS,
    ),
    Article(
        "GC III 109(1)",
        "The seriously wounded and sick are sent home, regardless of number or rank, once fit to travel",
        "Parties to the conflict are bound to send back to their own country, regardless of number or rank, seriously"
        " wounded and seriously sick prisoners of war, after having cared for them until they are fit to travel",
        _GC3_D,
    ),
    Article(
        "GC III 109(3)",
        "Nobody sick or injured is sent home against his will during hostilities",
        "No sick or injured prisoner of war who is eligible for repatriation under the first paragraph of this Article,"
        " may be repatriated against his will during hostilities.",
        _GC3_D,
    ),
    Article(
        "GC III 110(1)",
        "Who is repatriated direct",
        "The following shall be repatriated direct: (1) Incurably wounded and sick whose mental or physical fitness"
        " seems to have been gravely diminished.",
        _GC3_D,
    ),
    Article(
        "GC III 110(2)",
        "Who may be accommodated in a neutral country",
        "Wounded and sick whose recovery may be expected within one year of the date of the wound or the beginning of"
        " the illness, if treatment in a neutral country might increase the prospects of a more certain and speedy"
        " recovery.",
        _GC3_D,
    ),
    Article("GC III 111", "Accommodation in a neutral country rests on an agreement of both Powers and the host"),
    Article(
        "GC III 112",
        "Mixed Medical Commissions examine sick and wounded prisoners and decide about them",
        "The duties and functioning of these Commissions shall be in conformity with the provisions of the Regulations"
        " annexed to the present Convention.",
        "Law-Ref.org, text of the Convention",
    ),
    Article(
        "GC III 115",
        "Nobody is kept back for a disciplinary punishment; who is kept for a court is named to the other side",
        "No prisoner of war on whom a disciplinary punishment has been imposed and who is eligible for repatriation or"
        " for accommodation in a neutral country, may be kept back on the plea that he has not undergone his"
        " punishment.",
        _GC3,
    ),
    Article(
        "GC III 116",
        "Who pays for the way home of the sick and wounded",
        "The cost of repatriating prisoners of war or of transporting them to a neutral country shall be borne, from"
        " the frontiers of the Detaining Power, by the Power on which the said prisoners depend.",
        _GC3,
    ),
    Article(
        "GC III 117",
        "Whoever was repatriated does not return to active military service",
        "No repatriated person may be employed on active military service.",
        _GC3,
    ),
    Article(
        "GC III 118",
        "After active hostilities, release and repatriation without delay, under a plan; costs are shared",
        "Prisoners of war shall be released and repatriated without delay after the cessation of active hostilities.",
        _GC3,
    ),
    Article(
        "GC III 119(2)",
        "Valuables are given back on departure, or go to the Information Bureau",
        read_in=_DUTCH,
    ),
    Article(
        "GC III 119(3)",
        "Each repatriated prisoner may take at least a stated weight of baggage",
        "en tout cas, chaque prisonnier sera autorisé à emporter au moins vingt-cinq kilos",
        _DUTCH,
    ),
    Article("GC III 119(5)", "Who is kept back for an indictable offence is named to the other side"),
    Article(
        "GC III 120",
        "A death is certified, the body examined and buried with honour, the grave marked",
        "Death certificates in the form annexed to the present Convention, or lists certified by a responsible officer,"
        " of all persons who die as prisoners of war shall be forwarded as rapidly as possible to the Prisoner of War"
        " Information Bureau established in accordance with Article 122.",
        _ICRC,
    ),
    Article(
        "GC III 121",
        "A violent death, or one whose cause is unknown, is followed at once by an official enquiry",
        "Tout décès ou toute blessure grave d’un prisonnier de guerre causés ou suspects d’avoir été causés par"
        " une sentinelle, par un autre prisonnier de guerre ou par toute autre personne, ainsi que tout décès"
        " dont la cause est inconnue, seront suivis immédiatement d’une enquête officielle de la Puissance"
        " détentrice.",
        _SWISS,
    ),
    Article(
        "GC III 122",
        "The Information Bureau learns of every change and forwards it by the quickest means",
        "The Bureau shall immediately forward such information by the most rapid means to the Powers concerned, through"
        " the intermediary of the Protecting Powers and likewise of the Central Agency provided for in Article 123.",
        "tamilnation.org, text of the Convention, Part V; paragraphs 1 to 4",
    ),
    Article("GC III 123", "The Central Tracing Agency collects what is known of prisoners and passes it on"),
    Article(
        "GC III Annex I",
        "Model agreement: which conditions mean direct repatriation, and which accommodation in a neutral country",
        "All prisoners of war suffering from the following disabilities as the result of trauma: loss of limb,"
        " paralysis, articular or other disabilities, when this disability is at least the loss of a hand or a foot, or"
        " the equivalent of the loss of a hand or a foot.",
        "ICRC database, Annex I, part I.A, paragraphs 1 to 3(g); part I.B was not read",
    ),
    Article(
        "GC III Annex II 1",
        "A Mixed Medical Commission has three members, two of them from a neutral country",
        "seront composées de trois membres, dont deux appartiendront à un pays neutre, le troisième étant désigné par"
        " la Puissance détentrice",
        _DUTCH,
    ),
    Article("GC III Annex II 11", "A commission's decisions are told within a month of its visit"),
    Article("GC III Annex II 12", "The Detaining Power carries the decisions out within three months"),
    Article(
        "GC IV 34",
        "The taking of hostages is prohibited: nothing may be asked in return for a civilian",
        read_in="ICRC database, customary law, practice relating to rule 96, which reports it in its own words",
    ),
    Article("GC IV 45", "No civilian is handed to a power where he or she has reason to fear persecution"),
    Article("GC IV 49", "No forcible transfer or deportation from occupied territory"),
    Article(
        "GC IV 132",
        "Even during hostilities, agreements for children, mothers, the wounded and sick and those long held",
        "in particular children, pregnant women and mothers with infants and young children, wounded and sick, and"
        " internees who have been detained for a long time",
        _GC4,
    ),
    Article(
        "GC IV 133",
        "Internment ends as soon as possible after hostilities",
        "Internment shall cease as soon as possible after the close of hostilities.",
        _GC4,
    ),
    Article("GC IV 134", "Internees return to where they last lived, or go to their own country", read_in=_GC4),
    Article(
        "GC IV 135",
        "The Detaining Power pays for the way back of those it interned",
        "The Detaining Power shall bear the expense of returning released internees to the places where they were"
        " residing when interned",
        _GC4,
    ),
    Article(
        "GC IV 136",
        "The Information Bureau learns of every change about a civilian in custody",
        "transfers, releases, repatriations, escapes, admittances to hospitals, births and deaths",
        _GC4_S,
    ),
    Article(
        "GC IV 137",
        "What would harm a person or the family is not passed on, except to the Central Agency",
        "Information Bureaux shall transmit information concerning a protected person unless its transmission might be"
        " detrimental to the person concerned or to his or her relatives.",
        _GC4_S,
    ),
    Article("AP I 32", "Families have a right to know what became of their relatives"),
    Article(
        "AP I 33",
        "Each side searches for those whom the other reports missing",
        "As soon as circumstances permit, and at the latest from the end of active hostilities, each Party to the"
        " conflict shall search for the persons who have been reported missing by the adverse Party.",
        "ICRC database, customary law, practice relating to rule 117; paragraph 1",
    ),
    Article("AP I 34", "Remains and graves are respected; agreements for access and for return of remains"),
    Article("Non-refoulement", "Before each release, a private and neutral-witnessed chance to decline it"),
    Article("Data protection", "Personal data have a purpose, an end, a trace of who read them, and consent to share"),
)  # fmt: skip

ARTICLES: dict[str, Article] = {each.id: each for each in _ALL}
