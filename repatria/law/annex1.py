"""Annex I of the Third Geneva Convention: which conditions mean direct repatriation, and which a neutral country.

The Annex is a model agreement that applies where the Powers have not agreed otherwise. Its table stands here as
rules: a condition, the paragraph that names it, and what it means. Diagnosis is a doctor's: a condition that the
table does not name is answered with *not known*, and a person decides.

Source: GC III, Annex I, part I. Part A was read down to paragraph 3(g); part B is from memory and was not read
beside this file, which docs/law.md says of it.

    >>> RULES["loss_of_limb"].means, RULES["tuberculosis_treatable"].means
    ('direct_repatriation', 'neutral_accommodation')
"""

from __future__ import annotations

from dataclasses import dataclass

from repatria.law.check import LAW, STOP, Answer, Reading, all_of, if_then, is_in

DIRECT, NEUTRAL = "direct_repatriation", "neutral_accommodation"


@dataclass(frozen=True)
class Rule:
    """One row of the Annex: `paragraph` of part I, in our words. `read`: whether that paragraph was read here."""

    condition: str
    paragraph: str
    means: str
    says: str
    read: bool


_ALL = (
    Rule("loss_of_limb", "A.1", DIRECT, "loss of a limb, a hand or a foot, or as much as that", True),
    Rule("loss_of_fingers_or_toes", "A.1(a)", DIRECT,
         "loss of all fingers, or of thumb and forefinger of one hand, or of all toes and metatarsals of a foot", True),
    Rule("joint_fixed", "A.1(b)", DIRECT, "a large joint, or all finger joints of a hand, no longer work", True),
    Rule("long_bone_not_healed", "A.1(c)", DIRECT, "a long bone that has not grown together", True),
    Rule("deformity", "A.1(d)", DIRECT, "a deformity that seriously hinders use and bearing weight", True),
    Rule("paralysis", "A.1", DIRECT, "paralysis as grave as the loss of a hand or a foot", True),
    Rule("wound_not_healing_within_year", "A.2", DIRECT,
         "a wound that is chronic, recovery within a year of the injury excluded", True),
    Rule("projectile_in_heart", "A.2(a)", DIRECT, "a projectile in the heart", True),
    Rule("splinter_in_brain_or_lungs", "A.2(b)", DIRECT, "a metal splinter in the brain or the lungs", True),
    Rule("skull_injury", "A.2(e)", DIRECT, "an injury to the skull with loss or shifting of bone", True),
    Rule("face_injury", "A.2(f)", DIRECT, "an injury or burn of the face with loss of tissue and function", True),
    Rule("spinal_cord_injury", "A.2(g)", DIRECT, "an injury to the spinal cord", True),
    Rule("sickness_not_healing_within_year", "A.3", DIRECT,
         "a sickness that is chronic, recovery within a year of its beginning excluded", True),
    Rule("tuberculosis_incurable", "A.3(a)", DIRECT,
         "progressive tuberculosis that treatment in a neutral country cannot cure or much improve", True),
    Rule("lungs_incurable", "A.3(c)", DIRECT, "a serious disease of the lungs presumed incurable", True),
    Rule("circulation_chronic", "A.3(d)", DIRECT, "a serious chronic disease of heart or vessels", True),
    Rule("digestion_chronic", "A.3(e)", DIRECT, "a serious chronic disease of the digestive organs", True),
    Rule("kidneys_chronic", "A.3(f)", DIRECT, "a serious chronic disease of the kidneys or urinary organs", True),
    Rule("pregnancy_no_neutral_country", "A.3(f)", DIRECT,
         "pregnancy, where accommodation in a neutral country cannot be had", True),
    Rule("nervous_system_chronic", "A.3(g)", DIRECT, "an obvious psychosis or serious chronic nervous disease", True),
    Rule("wound_better_in_neutral_country", "B.1", NEUTRAL,
         "a wound that will not heal in captivity, but may heal or much improve in a neutral country", False),
    Rule("tuberculosis_treatable", "B.2", NEUTRAL,
         "tuberculosis that treatment in a neutral country is likely to cure or much improve", False),
    Rule("organs_better_in_neutral_country", "B.3", NEUTRAL,
         "a disease of inner organs for which a neutral country gives clearly better results", False),
    Rule("captivity_neurosis", "B.5", NEUTRAL, "a neurosis of war or captivity", False),
    Rule("pregnancy_or_small_children", "B.7", NEUTRAL, "a woman who is pregnant, or has infants or small children",
         False),
)  # fmt: skip

RULES: dict[str, Rule] = {rule.condition: rule for rule in _ALL}
_MEANS_DIRECT = tuple(rule.condition for rule in _ALL if rule.means == DIRECT)
_MEANS_NEUTRAL = tuple(rule.condition for rule in _ALL if rule.means == NEUTRAL)


@LAW.check(
    "GC III Annex I", "GC III 110(1)", effect=STOP, about="medical", reads=("condition", "decision"),
    asks="A condition that Annex I lists for direct repatriation leads to direct repatriation.",
    wrong="{condition} means direct repatriation, and the decision is {decision}",
    do="change the decision, or have the commission write down why the condition is not the one listed",
)  # fmt: skip
def annex_direct(of: Reading) -> Answer:
    found = _condition(of, _MEANS_DIRECT)
    return if_then(found, is_in(of.word("decision"), (DIRECT,)))


@LAW.check(
    "GC III Annex I", "GC III 110(2)", effect=STOP, about="medical",
    reads=("condition", "decision", "neutral_country_possible"),
    asks="A condition that Annex I lists for a neutral country leads there, where one can be had, or home.",
    wrong="{condition} means accommodation in a neutral country, one can be had, and the decision is {decision}",
    do="change the decision to accommodation in a neutral country, or to direct repatriation",
)  # fmt: skip
def annex_neutral(of: Reading) -> Answer:
    due = all_of(_condition(of, _MEANS_NEUTRAL), of.yes("neutral_country_possible"))
    return if_then(due, is_in(of.word("decision"), (NEUTRAL, DIRECT)))


def _condition(of: Reading, conditions: tuple[str, ...]) -> Answer:
    """Whether the condition is one of these; not known where the table does not name it."""
    named = of.word("condition")
    return None if named not in RULES else named in conditions
