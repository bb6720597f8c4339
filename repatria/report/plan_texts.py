"""What the page of a plan says, in English, by id; the other languages stand in `repatria/locale/`.

A goal of the search is best only where its bound says so, and a bound is the search's word: the texts say no more.
Why somebody does not go is never said, since nobody may learn it.
"""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "plan.kicker": "Plan of an exchange",
    "plan.title": "Round {round}: who goes when",
    "plan.proposed": "Proposed on {day}. Nobody has signed it yet.",
    "plan.proposed.some": "Proposed on {day}. Signed so far by {who}.",
    "plan.lacking": "Still to sign: {who}.",
    "plan.in_force": "In force. Proposed on {day} and signed by {who}.",
    "plan.past": "Not in force: another plan has taken its place, the terms have been amended since, or it was never"
    " signed by all who must.",
    "plan.checked": "Checked when this page was made, in whole numbers, against the lists, the terms and the draw on"
    " the record: nothing is wrong with it.",
    "plan.wrong": "This plan does not pass the check in whole numbers; faults found: {faults} ({codes}). Do not sign it"
    " before each is explained.",
    "plan.from": "from {holder}",
    "plan.direction": "from {holder} to {to}",
    "plan.inside": "inside the ratio",
    "plan.outside": "outside the ratio: {people}",
    "plan.offered": "not going by the neutral's word, and counted as offered: {people}",
    "plan.remains": "sets of remains: {sets}",
    "plan.audience": "For members of the exchange, and not for publication: it says where people will be on which day,"
    " and small figures can point to someone. It holds no name and no number of a person.",
    "plan.audience.officer": "For officers who may see the final lists, and nobody else: it holds opaque numbers of"
    " people, and says where people will be on which day.",
    "plan.made": "Made from the signed record by Repatria {version}. The same record gives the same page.",
    "plan.hash.plan": "Plan",
    "plan.hash.replaces": "Replaces",
    "plan.hash.terms": "Terms",
    # people per stage
    "plan.flow.title": "People in each stage",
    "plan.flow.lead": "How many people go in each stage, in each direction. Whoever is outside the ratio goes beside"
    " the balance, and nothing holds them up.",
    "plan.flow.alt": "Chart: how many people go in each stage, a bar for each direction. Its figures stand in the table"
    " that follows.",
    "plan.flow.none": "Nobody goes in this plan.",
    "plan.chart.outside": "outside the ratio",
    "plan.col.stage": "Stage",
    "plan.col.inside": "{direction}, inside the ratio",
    "plan.col.outside": "{direction}, outside it",
    "plan.col.remains": "{direction}, sets of remains",
    "plan.col.all": "All people",
    "plan.total": "All stages",
    "plan.over": "held",
    # the balance
    "plan.balance.title": "Balance",
    "plan.balance.lead": "At each place people go by turns, in the order that is signed. The chart follows that order,"
    " place by place: by how much a side is ahead, and the bound of the place (dashed).",
    "plan.balance.alt": "Chart: by how much each side is ahead, in the signed order of each place, and the places'"
    " bounds. The bound of the terms is {bound}. Its figures stand in the table that follows.",
    "plan.balance.none": "Nobody in this plan counts in the balance.",
    "plan.unit.people": "The figures are people inside the ratio.",
    "plan.unit.steps": "As the agreed totals differ, progress is compared in steps: {steps}. The bound of the terms:"
    " {people} of the direction with the larger step; in steps: {bound}.",
    "plan.step": "one person from {holder} is {factor}",
    "plan.chart.ahead": "{side} ahead",
    "plan.chart.bound": "bound",
    "plan.chart.order": "places one after the other, each in its signed order",
    "plan.reach.title": "All places of a stage together",
    "plan.reach.lead": "Places run side by side, any of them may be slow, and what earlier stages left open comes on"
    " top. A bar is how far ahead a side can be at any moment of the stage; the firm line is where it stands at the"
    " end; the dashed line is the bound of the terms.",
    "plan.reach.alt": "Chart: how far ahead each side can be at any moment of each stage, and at its end, against the"
    " bound of the terms, {bound}. Its figures stand in the table that follows.",
    "plan.col.place": "Place",
    "plan.col.bound": "Bound",
    "plan.col.most": "{side} ahead, up to",
    "plan.col.end": "Ahead at the end",
    "plan.end": "{side}: {steps}",
    "plan.even": "even",
    # waiting
    "plan.wait.title": "Who waits how long",
    "plan.wait.lead": "People by category, in the order of the terms: lower tiers go first. What a tier is stands in"
    " the sealed annex of the terms. The area of a circle is the number of people who go in that stage; a wait is"
    " counted in days from the first stage.",
    "plan.wait.alt": "Chart: how many people of each category and side go in each stage. Its figures stand in the table"
    " that follows.",
    "plan.tier": "tier {tier}",
    "plan.tiers": "tiers {first} to {last}",
    "plan.tier.outside": "{tier}, outside the ratio",
    "plan.col.category": "Category",
    "plan.of_holder": "{category}, from {holder}",
    "plan.col.go": "Go",
    "plan.col.stay": "Not in this plan",
    "plan.col.by_stage": "By stage",
    "plan.col.mean": "Days waited, mean",
    "plan.col.longest": "Days waited, longest",
    "plan.in_stage": "{stage}: {people}",
    # load
    "plan.load.title": "Load of each place",
    "plan.load.lead": "People at each place on each day, against what the terms say it can take. A frame is the"
    " capacity, and as much of it is filled as is taken.",
    "plan.load.alt": "Chart: for each place and direction, people in each stage against the capacity. Its figures stand"
    " in the table that follows.",
    "plan.chart.from": "{place}, from {holder}",
    "plan.of": "{people} of {seats}",
    # further terms
    "plan.row.title": "Further terms",
    "plan.row.lead": "What else the terms count, in their own words, between which limits, and what comes to it in this"
    " plan.",
    "plan.col.row": "Term",
    "plan.col.least": "At least",
    "plan.col.limit": "At most",
    "plan.round.title": "Closed rounds of parties",
    "plan.round": "{parties}, and from the last back to the first: {times}",
    # how good it is
    "plan.levels.title": "How good the plan is",
    "plan.levels.lead": "The goals of the search, in the order of their importance: each was sought without giving up"
    " anything of those before it. A bound says what no plan can pass. It is the word of whoever made the search; the"
    " checks look at the values alone, and whoever doubts a bound searches again.",
    "plan.levels.none": "The plan names no goal.",
    "plan.levels.proved": "Goals that came to their bounds: {goals} of {total}. If the bounds hold, no plan does better"
    " at one of them without doing worse at one before it.",
    "plan.levels.gap": "Goals at which the search ended before its proof: {goals} of {total}. A better plan may exist"
    " there, by the gap at most, and at the goals after them.",
    "plan.col.goal": "Goal",
    "plan.col.value": "Plan",
    "plan.col.gap": "Gap",
    "plan.gap.none": "none",
    "plan.gap": "{gap} ({share} %)",
    "plan.goal.kept": "people who keep their stage and place",
    "plan.goal.go": "{category}, from {holder}: people who go",
    "plan.goal.uneven": "{category}, from {holder}: unevenness between families, crews and single people",
    "plan.goal.units": "{category}, from {holder}: families or crews of {weight} that go",
    "plan.goal.waited": "{category}: stages waited, added up over people",
    "plan.goal.bounds": "bounds of the places, added up",
    # what a revision changes
    "plan.change.title": "What changes",
    "plan.change.lead": "Against the plan that this one replaces. Whoever a stage that was held has settled is not"
    " counted here.",
    "plan.change.amended": "The terms have been amended since that plan.",
    "plan.change.nothing": "Nothing changes for anybody.",
    "plan.change.kept": "Keep their stage and place: {people}.",
    "plan.change.earlier": "Go on an earlier day: {people}.",
    "plan.change.later": "Go on a later day: {people}.",
    "plan.change.place": "Go in the same stage at another place: {people}.",
    "plan.change.again.absent": "Were absent from a stage, and are planned again: {people}.",
    "plan.change.again.withheld": "Were withheld from a stage, and are planned again: {people}.",
    "plan.change.again.substituted": "Somebody else was brought in their stead, and they are planned again: {people}.",
    "plan.change.again.other": "Were not handed over in a stage that was held, and are planned again: {people}.",
    "plan.change.added": "Go now, and had no place before: {people}.",
    "plan.change.offered": "Do not go, by the neutral's word; their places in the order stay, and count as offered:"
    " {people}.",
    "plan.change.withdrawn": "Were taken off the list for a signed reason: {people}.",
    "plan.change.left": "Had a place before, and have none now: {people}.",
    "plan.change.left.again": "Were not handed over in a stage that was held, and have no place now: {people}.",
    "plan.change.day": "Stage {stage} is on {after} instead of {before}.",
    "plan.change.new_stage": "Stage {stage} is new, on {after}.",
    "plan.change.no_stage": "Stage {stage}, on {before}, is not held.",
}  # fmt: skip
