"""Why two records may be one person, and why a pair was not proposed, in English, by id.

The other languages stand in `repatria/locale/`. A field stands before a colon, so that no word need agree with it.
What two records say is never in a sentence; only how they stand to each other.
"""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "link.stands": "{field}: {how}.",
    # fields
    "link.field.name": "name",
    "link.field.family_name": "family name",
    "link.field.given_names": "given names",
    "link.field.father_name": "father's name",
    "link.field.date_of_birth": "date of birth",
    "link.field.place_of_birth": "place of birth",
    "link.field.sex": "sex",
    "link.field.unit": "unit",
    "link.field.service_number": "service number",
    "link.field.nationality": "nationality",
    "link.field.capture_date": "date of capture",
    "link.field.capture_place": "place of capture",
    # how a field stands
    "link.how.same": "the same",
    "link.how.spelling": "the same, allowing for language and alphabet",
    "link.how.slip": "one letter or digit apart",
    "link.how.near": "near in spelling",
    "link.how.far": "far apart in spelling",
    "link.how.different": "different",
    "link.how.day": "the same day",
    "link.how.swapped": "the same with day and month changed over",
    "link.how.digit": "one digit apart",
    "link.how.partial": "the same as far as it is known",
    "link.how.two_parts": "two of day, month and year the same",
    "link.how.years": "different, in the same year or the next",
    "link.how.almost": "all but the same",
    "link.how.very_near": "very near",
    "link.how.rather_near": "rather near",
    "link.how.nearer": "nearer than not",
    "link.how.hardly": "hardly near",
    "link.how.unclear": "neither near nor far",
    "link.how.rather_far": "rather far apart",
    "link.how.unknown.left": "not known in the left table",
    "link.how.unknown.right": "not known in the right table",
    "link.how.unknown.sought": "not known of the sought",
    "link.how.unknown.held": "not known of the held",
    "link.how.unknown.both": "not known in either",
    # why a pair was not proposed
    "link.why.proposed": "The pair is proposed. Probability: {p} %.",
    "link.why.judged": "Reviewers have judged that these are two people. Until that is put back, the pair is not"
    " proposed.",
    "link.why.never_met": "No rule makes the two meet, so they are never compared.",
    "link.why.crowded": "A rule fits them, but too many others have the same there, and it makes none of those meet.",
    "link.why.met": ("{n} rule makes the two meet.", "{n} rules make the two meet."),
    "link.why.below": "Probability: {p} %. Pairs are proposed from {least} %.",
    "link.why.names_only": "Only names speak for the pair, and names alone propose nobody.",
    "link.why.rival": ("{n} other pair is likelier for one of the two.",
                       "{n} other pairs are likelier for one of the two."),
    "link.why.rule": "Rule: {rule}. In the way: {lacks}.",
    "link.why.fits": "Rule: {rule}. Nothing is in the way.",
    "link.lacks.different": "{trait} differs",
    "link.lacks.unknown": "{trait} is not known",
    # what a rule looks at
    "link.trait": "{field} ({part})",
    "link.part.day": "day",
    "link.part.year": "year",
    "link.part.day_and_month": "day and month",
    "link.part.beginning": "beginning",
    "link.part.end": "end",
    "link.part.a_word": "a word",
    "link.part.sounds_of_a_word": "sounds of a word",
    "link.part.beginning_of_a_word": "beginning of a word",
    "link.part.two_words": "two words",
    "link.part.sounds_of_two_words": "sounds of two words",
    "link.part.beginnings_of_the_sounds_of_two_words": "beginnings of the sounds of two words",
}
