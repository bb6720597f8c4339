"""What no check can tell from data, with the reason. The page docs/law.md shows it beside the articles.

A person decides these: a lawyer, a doctor, a delegate who was there. They are listed so that nobody takes a page
without findings for a page that says all is lawful.
"""

from __future__ import annotations

from dataclasses import dataclass

from repatria.law.article import ARTICLES


@dataclass(frozen=True)
class Limit:
    article: str
    what: str
    why: str

    def __post_init__(self) -> None:
        if self.article not in ARTICLES:
            raise ValueError(f"{self.article} is not among the articles of law/article.py")


LIMITS = (
    Limit("GC III 6", "whether a term leaves prisoners worse off", "it needs the whole of the terms and of the"
          " Convention weighed by a lawyer; a check sees only what the terms declare"),
    Limit("GC III 7", "whether a prisoner was pressed to give up a right",
          "pressure leaves no field; the neutral asks"),
    Limit("GC III 12", "whether a power's attestation is true", "data hold that it attested, not that it will act so"),
    Limit("GC III 13", "whether people are treated humanely", "only visits and private talks show it; data hold"
          " what was published, and that is all that is checked"),
    Limit("GC III 16", "a distinction made by a ground that stands in for another", "a rank or a branch can"
          " stand in for origin or faith; grounds are a closed list, and a lawyer must read the categories"),
    Limit("GC III 17", "whether an identity was got by coercion", "the record says how it was got only if someone"
          " wrote it down"),
    Limit("GC III 20", "whether a journey was humane", "food, water, clothing and care on the way are seen by who"
          " travels along"),
    Limit("GC III 23", "whether fire can reach a place today", "the facts are the word of those who planned the stage"),
    Limit("GC III 46", "whether the conditions of travel harm health", "as for Article 20"),
    Limit("GC III 109(1)", "who is seriously wounded or sick", "a doctor decides; the register holds the finding"),
    Limit("GC III 109(3)", "whether a wish is free", "what a person says alone with the neutral is the best that"
          " can be had, and it is the neutral's alone to know"),
    Limit("GC III 110(1)", "prognosis and lasting loss of fitness", "a medical judgement"),
    Limit("GC III 115", "whether charges are a pretext",
          "data hold that charges were named, not whether they are true"),
    Limit("GC III 116", "who owes what", "costs are settled outside the exchange and are not recorded here"),
    Limit("GC III 117", "whether someone who returned serves again", "nobody reports it to the ledger; a dispute"
          " can be raised"),
    Limit("GC III 118", "how long \"without delay\" is", "the Convention gives no number, so none is in figures.toml;"
          " only a plan's own last day is tested. When active hostilities have ended is a finding for the parties"),
    Limit("GC III 121", "whether an enquiry was a good one", "data hold that it was held"),
    Limit("GC III Annex I", "which condition a person has", "diagnosis; the table only says what a condition means"),
    Limit("GC III Annex I", "cases that the Annex does not name", "it is to be read in a broad spirit, by doctors;"
          " the check answers \"not known\""),
    Limit("Non-refoulement", "what awaits a person after return", "the reasons to fear are the person's to tell, to"
          " the neutral"),
    Limit("GC IV 34", "whether civilians are held in order to be exchanged", "motive leaves no field"),
    Limit("GC IV 49", "whether leaving is truly voluntary", "as for Article 109(3) of the Third Convention"),
    Limit("AP I 34", "whether remains are treated with respect", "only those present see it"),
    Limit("Data protection", "copies outside the node", "a node knows what it sent and to whom; what was copied on"
          " from there it cannot see or erase"),
)  # fmt: skip
