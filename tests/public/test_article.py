"""Pages as they come: furniture, encodings, and files made to hurt; each is read in time to its length, or refused."""

from __future__ import annotations

import gzip
import io
import time
from pathlib import Path
from typing import Any

import pytest

from repatria.files.articles import MOST, read_article, sides
from repatria.problem import Problems
from repatria.public.article import LONGEST, TOLD_LONGEST, Article, article_of
from repatria.public.reading import CLAIMS_MOST, read_claims
from repatria.public.sides import parse_sides
from tests.public.articles import known_sides

DATED = "<p>Published On 16 Nov 2025</p>"
SECONDS = 4.0  # of processor time; the longest that is read at all takes four times as long as these pages


def paragraphs(page: str) -> tuple[str, ...]:
    article, problems = article_of(page, "page", "2025-11-16")
    assert article is not None, problems
    return article.paragraphs


def codes(problems: list[Any] | Problems) -> list[str]:
    return [each.code for each in (problems.problems if isinstance(problems, Problems) else problems)]


def read(path: Path, **asked: Any) -> Article:
    return read_article(path, **asked)[0]


# --- what a page is ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "around",
    [
        "<script>{}</script>", "<style>{}</style>", "<template>{}</template>", "<noscript>{}</noscript>", "<!-- {} -->",
        "<nav><p>{}</p></nav>", "<aside><p>{}</p></aside>", "<footer><p>{}</p></footer>", "<button>{}</button>",
        "<figure><figcaption>{}</figcaption></figure>", '<div class="share-buttons"><p>{}</p></div>',
        '<section id="recommended"><p>{}</p></section>', "<p hidden>{}</p>", '<p style="display: none">{}</p>',
        '<p aria-hidden="true">{}</p>', '<div role="navigation"><p>{}</p></div>', "<h2>{}</h2><p></p>",
        '<div class="advert"><div><p>{}</p></div></div>', "<p>Read more: {}</p>", '<p title="{}"></p>',
        "<textarea>{}</textarea>", "<iframe>{}</iframe>", '<img alt="{}">',
    ],
)  # fmt: skip
def test_what_is_around_an_article_is_left_out(around: str) -> None:
    planted = "Norland said that 5 people came home"
    page = f"{DATED}<p>The first is told here.</p>{around.format(planted)}<p>The second is told here.</p>"
    assert paragraphs(page) == ("The first is told here.", "The second is told here.")
    assert planted in "".join(paragraphs(f"{DATED}<p>{planted}.</p>"))


def test_the_article_is_what_the_page_says_it_is() -> None:
    page = "<p>A line of the paper's own.</p><article><h1>T</h1><p>It is told here in full.</p></article>"
    assert paragraphs(page) == ("It is told here in full.",)


def test_a_page_all_of_which_calls_itself_an_advertisement_is_read_all_the_same() -> None:
    assert paragraphs('<div class="ad"><p>It is told here in full.</p></div>') == ("It is told here in full.",)


@pytest.mark.parametrize(
    "says",
    [
        '<meta property="article:published_time" content="2025-11-16T09:00:00Z">',
        '<time datetime="2025-11-16">now</time>',
        '<script type="application/ld+json">{"datePublished": "2025-11-16T01:02:03"}</script>',
        "<p>16 November 2025</p>",
        "<p>November 16, 2025</p>", "<p>16 листопада 2025 року</p>", "<p>16 ноября 2025 г</p>", "<p>16.11.2025</p>",
    ],
)  # fmt: skip
def test_the_day_of_publication_is_found_where_pages_say_it(says: str) -> None:
    article, _ = article_of(f"<html>{says}<p>It is told here in full.</p></html>", "page")
    assert article is not None
    assert article.published == "2025-11-16"
    article, problems = article_of("<html><p>It is told here in full.</p></html>", "page")
    assert (article, codes(problems)) == (None, ["claims.undated"])


def test_a_day_that_no_calendar_has_is_no_day() -> None:
    assert codes(article_of("<p>31 November 2025</p><p>It is told here in full.</p>", "page")[1]) == ["claims.undated"]


def test_a_text_broken_by_hand_is_joined_and_a_text_of_long_lines_is_not() -> None:
    broken = "A title\n\n16 Nov 2025\n\nIt is told here, on\nMonday, in two lines.\n\nAnd here in one line.\n"
    assert paragraphs(broken) == ("It is told here, on Monday, in two lines.", "And here in one line.")
    assert paragraphs("A title\n16 Nov 2025\nIt is told here.\nAnd it is told here.\n") == (
        "It is told here.", "And it is told here.",
    )  # fmt: skip


# --- what is seen and what is not -----------------------------------------------------------------------------------


def test_marks_that_turn_or_hide_text_do_not_reach_a_claim() -> None:
    said = "Nor\u200bland\u2019s ar\u00admy sa\u2060id that \u202e3\u202c0 people\x00 came home."
    (claim,) = read_claims(Article("", "2025-11-16", "", "en", paragraphs(f"<p>{said}</p>")), known_sides())
    assert (claim.speaker, claim.value, claim.sentence) == (
        "Norland’s army", 30, "Norland’s army said that 30 people came home.",
    )  # fmt: skip


# --- bytes -----------------------------------------------------------------------------------------------------------

RU = "<p>5 февраля 2026</p><p>Армия Судрии сообщила, что домой вернулись 30 военных.</p>"


@pytest.mark.parametrize(
    ("data", "asked"),
    [
        (RU.encode(), None), (RU.encode("utf-8-sig"), None), (RU.encode("utf-16"), None),
        (RU.encode("cp1251"), "cp1251"),
        (b'<meta charset="windows-1251">' + RU.encode("cp1251"), None),
        (b'<meta http-equiv="x" content="text/html; charset=koi8-r">' + RU.encode("koi8-r"), None),
    ],
    ids=("utf-8", "with its mark", "utf-16", "named", "said", "said otherwise"),
)  # fmt: skip
def test_a_page_is_read_in_the_encoding_that_it_says_or_a_person_names(
    tmp_path: Path, data: bytes, asked: str | None
) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(data)
    article = read(page, encoding=asked)
    assert article.paragraphs == ("Армия Судрии сообщила, что домой вернулись 30 военных.",)
    assert (article.published, article.language) == ("2026-02-05", "ru")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (gzip.compress(b"<p>A bomb.</p>" * 1000), "claims.text"), (b"PK\x03\x04rest", "claims.text"),
        (b"%PDF-1.7 and so on", "claims.text"), (b"\xff\x00\x01\x02\x80" * 50, "claims.text"), (b"", "claims.empty"),
        (b"\x00" * 5000, "claims.empty"), (b"a" * (MOST + 1), "claims.long"),
        (b"a " * (LONGEST // 2 + 1), "claims.long"),
        (b"<p>Share</p>", "claims.empty"), (b"<script>" + b"x" * 1000, "claims.empty"),
    ],
    ids=("gzip", "zip", "pdf", "bytes", "nothing", "zeros", "long", "too many letters", "furniture", "script"),
)  # fmt: skip
def test_what_is_no_article_is_refused_with_a_reason(tmp_path: Path, data: bytes, code: str) -> None:
    page = tmp_path / "page"
    page.write_bytes(data)
    with pytest.raises(Problems) as refused:
        read(page)
    assert code in codes(refused.value)


def test_standard_input_is_read_like_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(f"{DATED}<p>It is told here in full.</p>".encode()))
    monkeypatch.setattr("sys.stdin", stream)
    assert read(Path("-")).paragraphs == ("It is told here in full.",)


# --- made to hurt ----------------------------------------------------------------------------------------------------

FULL, TOLD = 500_000, TOLD_LONGEST - 1000
HURTING = {
    "tags that never end": "<a " * (FULL // 3),
    "quotes that never end": "<a \">x" * (FULL // 6),
    "two kinds of quotes": "<a \"'>" * (FULL // 6),
    "comments that never end": "<!--" * (FULL // 4),
    "scripts that never end": "<script>" * (FULL // 8),
    "elements in elements": "<div>" * (FULL // 5),
    "ends without beginnings": "</div>" * (FULL // 6),
    "entities": "&amp;" * (FULL // 5),
    "half entities": "&#" * (FULL // 2),
    "attributes": "<p " + "a=b " * (FULL // 4) + ">",
    "classes": '<p class="' + "share " * 300 + '">x</p>' + '<p class="a' + "-share" * 300 + '">x</p>' * 500,
    "one sentence": ("<p>" + "said that " * 490 + ".</p>") * (TOLD // 10_000),
    "sentences of sayings": "<p>Norland said on Monday that Sudria said on Friday that 5 people came home.</p>"
    * (TOLD // 85),
    "quotations": ("<p>a b c " + "“" * 4900 + "”.</p>") * (TOLD // 5000),
    "commas": ("<p>" + "Norland, " * 500 + "said.</p>") * (TOLD // 4600),
    "names": ("<p>" + "North Of " * 500 + "said that 5 people came home.</p>") * (TOLD // 4600),
    "numbers": ("<p>Norland said that " + "1 2 3 4 5 " * 450 + "people came home.</p>") * (TOLD // 4600),
    "days": ("<p>Norland said " + "on Monday " * 450 + "that 5 people came home.</p>") * (TOLD // 4600),
    "one number": "<p>Norland said that " + "9" * 4000 + " people came home.</p>",
}


@pytest.mark.parametrize("name", HURTING)
def test_a_file_made_to_hurt_is_read_in_the_time_of_its_length_or_refused(name: str) -> None:
    begun = time.process_time()
    article, problems = article_of(DATED + "<p>It is told here in full.</p>" + HURTING[name], "page")
    if article is not None:
        claims = read_claims(article, known_sides())
        assert len(claims) <= CLAIMS_MOST
    else:
        assert problems
    assert time.process_time() - begun < SECONDS


# --- sides -----------------------------------------------------------------------------------------------------------


def test_the_shipped_states_are_found_by_their_words_in_three_languages() -> None:
    known = sides()
    text = "Ukraine and the United Arab Emirates, Росія та Туреччина, США и Россия"
    assert [each.side for each in known.named(text)] == [
        "ukraine", "united-arab-emirates", "russia", "turkiye", "united-states", "russia",
    ]  # fmt: skip
    assert known.named("us and un are words, too") == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("north = [", "sides.toml"), ('"North!" = ["Norland"]', "sides.name"), ("north = 5", "sides.words"),
        ('north = ["*"]', "sides.word"), ('north = ["N"]', "sides.word"), ("states = 5", "sides.words"),
        ('north = ["' + "x" * 61 + '"]', "sides.word"),
    ],
)  # fmt: skip
def test_a_file_of_sides_that_is_wrong_is_refused_with_every_place(text: str, code: str) -> None:
    assert code in codes(parse_sides(text)[1])
