"""docs/law.md and the counts that the command line shows are those of the code and the cases."""

from __future__ import annotations

from repatria.files.law import case_counts, figures
from repatria.law.article import ARTICLES
from repatria.law.book import LAW
from tests.law.cases import all_cases
from tests.law.page import COUNTS, PAGE, counts, page

CASES, _ = all_cases()


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(CASES, figures()), "run: make law"


def test_the_counts_are_up_to_date() -> None:
    assert COUNTS.read_text(encoding="utf-8") == counts(CASES), "run: make law"
    assert sum(case_counts().values()) == len(CASES)


def test_the_page_has_every_article_check_and_case() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [each for each in ARTICLES if f"### {each}\n" not in text] == []
    assert [code for code in LAW.checks if f"**`{code}`**" not in text] == []
    assert [case.case for case in CASES if case.case not in text] == []


def test_the_page_says_which_texts_were_not_read() -> None:
    text = PAGE.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("- articles: "))
    unread = line.removeprefix("- articles: ").split(", ")
    assert unread == [each.id for each in ARTICLES.values() if each.read_in is None]
    assert all(article.read_in for article in ARTICLES.values() if article.quotation)
