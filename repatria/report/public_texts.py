"""What the public pages say, in English, by id; the other languages stand in `repatria/locale/`.

Every figure says what it counts and what it does not mean. Nothing is called true because one side said it.
"""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    # around every page
    "public.kicker": "The public record of exchanges",
    "public.nav": "Public pages",
    "public.nav.languages": "Languages",
    "public.page.index": "Overview",
    "public.page.timeline": "Timeline",
    "public.page.returned": "Who came home",
    "public.page.gaps": "Between exchanges",
    "public.page.mediators": "By mediator",
    "public.page.totals": "Published totals",
    "public.page.exchange": "This exchange",
    "public.page.data": "Data",
    "public.filter.conflict": "Exchanges of",
    "public.filter.year": "Year",
    "public.filter.counted": "What is counted",
    "public.filter.mediator": "Mediated by",
    "public.filter.all": "all",
    "public.not": "What this does not mean",
    "public.csv": "these figures as CSV",
    "public.link": "permanent address of this view",
    "public.about": "About these figures",
    "public.cite": "To cite: “{title}”. Public record of exchanges, edition {edition}, hash {hash}; Repatria"
    " {version}.",
    "public.foot.nobody": "Nobody is named here, and no figure is about one person.",
    "public.foot.made": "Repatria {version}, edition {edition} of the data, hash {hash}.",
    "public.range": "{least} to {most}",
    "public.withheld": "withheld",
    "public.unknown": "not known",
    "public.over": "over {number}",
    # overview
    "public.index.title": "Exchanges of prisoners: what was said, what was confirmed, what is proven",
    "public.index.lead": "Sources differ by who speaks, by day and by what they count. Here each statement stands"
    " with its source, and what is put together from them is a range: from the least that is said to the most.",
    "public.index.exchanges": "exchanges",
    "public.index.statements": "statements",
    "public.index.sources": "sources",
    "public.index.disagreements": "disagreements",
    "public.index.listed": "listed, and none smoothed",
    "public.index.each": "each with its source and evidence",
    "public.index.from": "from {since} to {until}",
    # timeline
    "public.timeline.title": "Timeline: {conflict}",
    "public.timeline.lead": "Each exchange by the day that most of its sources give. People who came home are"
    " counted living; the dead have rows of their own and are never added to the living.",
    "public.timeline.alt": "Chart over time: for each exchange how many came home to {first} (above the line) and to"
    " {second} (below it). Its figures stand in the table that follows.",
    "public.timeline.not.missing": "A day without an exchange is not a day on which nobody was exchanged: the"
    " chronology is incomplete.",
    "public.timeline.not.equal": "Numbers that differ on a day do not show that somebody was cheated: agreements"
    " differ, and so do the people whom each side counts.",
    "public.timeline.not.withheld": "Withheld numbers are not nought. Both sides agreed to keep them back.",
    "public.timeline.none": "There is no exchange in this view.",
    "public.col.day": "Day",
    "public.col.kind": "Kind",
    "public.col.number": "Number",
    "public.col.home": "Home to {side}",
    "public.col.by": "Mediated by",
    "public.col.sources": "Sources",
    "public.kind.exchange": "exchange",
    "public.kind.field_exchange": "local exchange at the front",
    "public.kind.civilian_release": "release of civilians",
    "public.kind.unilateral_repatriation": "repatriation by one side",
    "public.kind.unilateral_release": "release by one side",
    "public.kind.remains": "the dead",
    "public.kind.failed": "called off",
    "public.kind.dispute": "in dispute",
    # who came home
    "public.returned.title": "Who came home: {conflict}",
    "public.returned.lead": "What is counted: {counted}. Added up exchange by exchange, from the least that sources"
    " say to the most; where the two differ, the chart shows both.",
    "public.returned.alt": "Chart over time: people added up who came home to {first} and to {second}; circles are"
    " totals that an office published. The figures stand in the tables that follow.",
    "public.returned.missing": (
        "For {side}, {n} exchange has no figure by this rule and adds nothing.",
        "For {side}, {n} exchanges have no figure by this rule and add nothing.",
    ),
    "public.returned.claims": "What offices have published",
    "public.returned.claims.lead": "Each stands with its own counting rule, beside our sum by the same rule. None of"
    " them is part of the line.",
    "public.returned.not.rule": "Sums by two counting rules cannot be compared, and not added to each other.",
    "public.returned.not.prisoners": "How many are still held does not follow from this: nobody has counted in"
    " public who was captured.",
    "public.returned.not.balance": "One side's line above the other's is no debt. Who is owed what stands in"
    " agreements that are not public.",
    "public.legend.claim": "published total",
    "public.col.exchange": "Exchange",
    "public.col.side": "{side}",
    "public.col.sofar": "{side}, so far",
    "public.col.said_on": "Said on",
    "public.col.speaker": "By",
    "public.col.counted": "What is counted",
    "public.col.span": "From, to",
    "public.col.said": "Number said",
    "public.col.stands": "How it stands",
    "public.col.ours": "Our sum",
    "public.col.verdict": "Beside each other",
    "public.verdict.agrees": "the same",
    "public.verdict.within": "within what sources say",
    "public.verdict.known": (
        "the same, but {n} exchange has no figure",
        "the same, but {n} exchanges have no figure",
    ),
    "public.verdict.short": (
        "ours is less; {n} exchange has no figure",
        "ours is less; {n} exchanges have no figure",
    ),
    "public.verdict.differs": "differs",
    # gaps
    "public.gaps.title": "Between exchanges: {conflict}",
    "public.gaps.lead": "Days from the end of one round to the beginning of the next. Stages of one round, by number"
    " or by agreement, count as one.",
    "public.gaps.alt": "Chart over time: the higher a block, the longer nothing was exchanged. Its figures stand in"
    " the table that follows.",
    "public.gaps.longest": (
        "The longest was {n} day, from {since} to {until}.",
        "The longest was {n} days, from {since} to {until}.",
    ),
    "public.gaps.not.talks": "A gap does not mean that nobody talked, or that nobody was released in other ways.",
    "public.gaps.not.forecast": "Past gaps say nothing of when the next exchange will be.",
    "public.col.from": "From",
    "public.col.to": "To",
    "public.col.days": "Days",
    # mediators
    "public.mediators.title": "By mediator: {conflict}",
    "public.mediators.lead": "Living people handed over in all directions, by those whom sources name as mediators."
    " An exchange with two of them stands with each, so the rows do not add up.",
    "public.mediators.alt": "Chart: for each mediator how many people were handed over. Its figures stand in the"
    " table that follows.",
    "public.mediators.nobody": "nobody named",
    "public.mediators.not.cause": "Being named beside an exchange does not say who brought it about.",
    "public.mediators.not.own": "A mediator's own total can differ: it counts what it takes for its own work.",
    "public.col.mediator": "Mediator",
    "public.col.exchanges": "Exchanges",
    "public.col.without": "Without a figure",
    "public.col.people": "People",
    "public.mediator.turkiye": "Türkiye",
    "public.mediator.uae": "United Arab Emirates",
    "public.mediator.saudi-arabia": "Saudi Arabia",
    "public.mediator.usa": "United States",
    "public.mediator.holy-see": "Holy See",
    "public.mediator.qatar": "Qatar",
    "public.mediator.egypt": "Egypt",
    "public.mediator.un": "United Nations",
    "public.mediator.icrc": "Red Cross (ICRC)",
    # totals
    "public.totals.title": "Published totals and disagreements: {conflict}",
    "public.totals.lead": "What offices have published as sums, each held against our own sum by its counting rule,"
    " as far as the office says it. A difference is listed and left as it is.",
    "public.totals.differ": "Where sources do not fit",
    "public.totals.differ.lead": "Two sources on one thing, parts that do not come to the whole, numbers of"
    " exchanges that skip or stand twice. Behind each value stand its sources.",
    "public.totals.not.wrong": "That two numbers differ does not say which is wrong: mostly they count different"
    " people.",
    "public.totals.not.true": "That two numbers agree does not make them true: both can come from one speaker.",
    "public.col.what": "What",
    "public.col.values": "Values and their sources",
    "public.cell.date": "the day",
    "public.cell.ordinal": "the number of the exchange",
    "public.counted.exchanges": "exchanges, as the side numbers them",
    "public.counted.mediated": "living people in exchanges that the speaker mediated",
    "public.counted.came-home": "everybody living who came home",
    "public.counted.exchanged-home": "those who came home in exchange for others",
    "public.counted.beside-home": "those who came home beside an exchange, for nobody in return",
    "public.counted.soldiers-home": "soldiers who came home living",
    "public.counted.civilians-home": "civilians who came home living",
    "public.counted.remains-returned": "the dead whose remains came home",
    "public.counted.handed-over": "living people handed over, all directions together",
    "public.counted.agreed": "people whom that side agreed to hand over",
    "public.counted.sent-home": "living people whom that side handed over",
    "public.counted.handovers": "days on which people were handed over",
    "public.counted.held": "people whom that side holds",
    "public.counted.sought": "people whom that side seeks",
    "public.counted.remains-handed-over": "the dead whose remains that side handed over",
    # sides and conflicts
    "public.conflict.ua": "Russia and Ukraine",
    "public.conflict.ye": "Yemen",
    "public.conflict.gz": "Israel and Gaza",
    "public.conflict.an": "Ankara, 2024",
    "public.conflict.az": "Armenia and Azerbaijan",
    "public.side.ukraine": "Ukraine",
    "public.side.russia": "Russia",
    "public.side.other-states": "other states",
    "public.side.government": "the government of Yemen",
    "public.side.houthis": "the Houthis",
    "public.side.saudi-arabia": "Saudi Arabia",
    "public.side.sudan": "Sudan",
    "public.side.israel": "Israel",
    "public.side.palestinians": "the Palestinians",
    "public.side.western-states": "Western states",
    "public.side.russia-belarus": "Russia and Belarus",
    "public.side.armenia": "Armenia",
    "public.side.azerbaijan": "Azerbaijan",
    # one exchange, from its ledger
    "public.exchange.title": "This exchange: agreed, done, said",
    "public.exchange.lead": "What every party and a mediator have signed for the public, and beside it what was"
    " said. Only the signed counts are proven; a claim is a fact about its speaker.",
    "public.exchange.agreed": "Agreed and done",
    "public.exchange.agreed.lead": "Agreed counts people inside the ratio; done counts everybody living who was"
    " received, those outside the ratio as well, as far as it can be told.",
    "public.exchange.done": "Signed counts",
    "public.exchange.done.lead": "People received, by the side that had held them, stage by stage. Fewer than ten"
    " are not told by themselves, but together with those who follow.",
    "public.exchange.alt": "Chart over time: people received from each side, as signed; circles are what was"
    " claimed. The figures stand in the tables that follow.",
    "public.exchange.none": "No counts have been published yet.",
    "public.exchange.held": "nobody, or fewer than ten; told with those who follow",
    "public.exchange.claims": "What was said",
    "public.exchange.claims.stands": "How a claim stands follows by rule from the other claims on record, and makes"
    " none of them true. Whoever is silent denies nothing and confirms nothing.",
    "public.exchange.claims.none": "No claim is on record.",
    "public.exchange.proof": "the table with the proof that it stands in the log",
    "public.exchange.not.person": "No count says anything of a person: not where they are, not whether they will"
    " come.",
    "public.exchange.not.rest": "What is agreed and not done yet was not refused: it may be to come, held back as"
    " too few, or outside what is told.",
    "public.exchange.not.claims": "A claim beside the line is not measured by it where the two count different"
    " people.",
    "public.col.held_by": "Held by",
    "public.col.who": "Who",
    "public.col.received": "Received",
    "public.col.agreed": "Agreed",
    "public.col.done": "Received, as told",
    "public.who.living": "living",
    "public.who.remains": "the dead",
    # data
    "public.data.title": "Data",
    "public.data.lead": "Everything on these pages, as files. The hash in a name is of the file's content: what"
    " bears the same name is the same, byte for byte.",
    "public.data.all": "The whole public record",
    "public.data.tables": "Its tables",
    "public.data.figures": "The figures of each page",
    "public.data.correct": "Every line has its source. Whoever finds a mistake, or a source that is missing, can"
    " send a correction: one line, one statement.",
    "public.data.not.complete": "The chronology is not complete, and no other list is known to be.",
    "public.data.not.people": "There is no list of people behind these files, and none can be made from them.",
}
