"""The table of words in docs/glossary.md, made from the translations: `python -m tests.report.glossary_page` writes it
again. `MEANT` says by which stem each language tells each word, so that nothing is called by two words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from repatria.web.texts import language_of

PAGE = Path(__file__).parents[2] / "docs" / "glossary.md"
HEADING = "## In five languages"
LANGUAGES = {"uk": "Українська", "ru": "Русский", "tr": "Türkçe", "ar": "العربية"}

# The words of the work, each with a text that says that word and nothing else.
WORDS: tuple[tuple[str, str], ...] = (
    ("exchange", "public.kind.exchange"), ("round", "web.consult.round"), ("member", "web.draw.member"),
    ("party", "web.member.party"), ("mediator", "web.member.mediator"), ("guarantor", "web.member.guarantor"),
    ("neutral", "web.member.neutral"), ("host", "web.member.host"), ("observer", "web.member.observer"),
    ("list officer", "web.role.officer"), ("signatory", "web.role.signatory"), ("supervisor", "web.role.supervisor"),
    ("interviewer", "web.role.interviewer"), ("physician", "web.role.physician"),
    ("family liaison", "web.role.liaison"), ("keeper", "web.role.keeper"), ("desk", "web.role.desk"),
    ("last gate", "web.role.gate"), ("holder", "web.clearing.holder"), ("register", "web.registers.list"),
    ("held", "web.list.held"), ("sought", "web.list.sought"), ("missing", "web.list.missing"),
    ("remains", "web.remains.title"), ("version", "web.registers.version"), ("match review", "web.matches.title"),
    ("answers", "web.answers.title"), ("final list", "web.lists.title"), ("tier", "web.lists.tier"),
    ("consultation", "web.consult.title"), ("clause", "web.consult.clauses"), ("task", "web.consult.task"),
    ("terms", "web.terms.title"), ("clearing", "web.clearing.title"), ("interviews", "web.interviews.title"),
    ("medical board", "event.kind.MedicalBoardDecided"), ("cleared", "web.clearing.state.cleared"),
    ("not going", "web.clearing.state.not-going"), ("withheld", "event.state.withheld"),
    ("absent", "event.state.absent"), ("unconfirmed", "event.state.unconfirmed"), ("draw", "web.draw.title"),
    ("plan", "web.plan.title"), ("stage", "web.stages.stage"), ("point of handover", "web.stages.place"),
    ("handover", "web.timeline.phase.handover"), ("dispute", "event.kind.DisputeRaised"),
    ("suspension", "web.consult.do.suspend"), ("ledger", "web.ledger.title"), ("entry", "members.notice.entry"),
    ("case (of a family)", "web.families.column.case"),
)  # fmt: skip

# English words, and the stem by which each language tells them wherever an English text has them.
MEANT: Mapping[str, tuple[str, str, str, str]] = {
    r"ledgers?": ("журнал", "журнал", "defter", "دفتر"),
    r"registers?": ("реєстр", "реестр", "kütü[kğ]", "سجل"),
    r"the neutral(?! (country|ones|Power))": (
        r"нейтральн\w+ посередник", r"нейтральн\w+ посредник", "tarafsız aracı", r"و?(ال|لل)?وسيط\w* (ال)?محايد",
    ),
    r"mediators?": ("посередник", "посредник", "arabulucu", "وسيط|وسطاء"),
    r"signator(y|ies)": ("підписант", "подписант", "imza yetkili", "مفوَّض"),
    r"supervisors?": ("керівник", "руководител", "amir", "مشرف"),
    r"interviewers?": ("інтерв’юер", "интервьюер", "görüşmeci", "مُجري"),
    r"list officer": ("укладач", "составител", "liste görevlisi", "مسؤول القوائم"),
    r"the draw": ("жереб", "жереб|жребь", "kura", "قرع"),
    r"last gate": (r"останн\w+ контрол", r"последн\w+ контрол", "son kapı", "البوابة الأخيرة"),
    r"final lists?": ("остаточн", "окончательн", "kesin (bir )?liste", "نهائي"),
    r"the terms": ("умов", "услови", "koşul", "شروط"),
    r"hash(es)?(?! to )": ("геш", "хеш", "özet", "بصم"),
    r"the sought": ("розшук", "разыскив", "aran", "مبحوث|نبحث|يبحث"),
}  # fmt: skip


def table() -> str:
    """The words, a row each: English, and what each language says on its pages."""
    told = [language_of(code) for code in ("en", *LANGUAGES)]
    lines = ["| word | English | " + " | ".join(LANGUAGES.values()) + " |", "|---|---|" + "---|" * len(LANGUAGES)]
    lines += [f"| {word} | " + " | ".join(each.form(text, None) for each in told) + " |" for word, text in WORDS]
    return "\n".join(lines)


def page() -> str:
    """The whole page, with its table as it has to be."""
    before, found, _ = PAGE.read_text(encoding="utf-8").partition(HEADING)
    lead = "The same words on the pages, forms and letters: made from the translations by"
    return (
        f"{before.rstrip()}\n\n{found or HEADING}\n\n{lead} `python -m tests.report.glossary_page`; a test\n"
        f"fails where it is old, and where a text calls one of the main words by another one.\n\n{table()}\n"
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
