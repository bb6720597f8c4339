"""`repatria claims` and `exchange draft`: from a page to proposals, to what a person confirmed, to a draft."""

from __future__ import annotations

import io
import tomllib
from pathlib import Path
from typing import Any

import pytest

from repatria.files.articles import announcement
from tests.cli.test_main import answered, problems, said
from tests.public.articles import HERE, score, seed_file

ASKED = (
    "speaker", "office", "side", "channel", "date_said", "date_meant", "cue", "content", "value", "unit", "qualifier",
    "sentence", "status",
)  # fmt: skip
SIDES = HERE / "sides.toml"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "page.html"
    file.write_bytes(announcement())
    return file


def confirmed(tmp_path: Path, page: Path, *numbers: int) -> Path:
    proposals, kept = tmp_path / "claims.toml", tmp_path / "confirmed.toml"
    answered("claims", "read", page, "--sides", SIDES, "--out", proposals)
    chosen = [word for number in numbers for word in ("--claim", str(number))] or ["--all"]
    answered("claims", "confirm", proposals, *chosen, "--who", "officer-2", "--out", kept)
    return kept


def test_each_claim_is_one_object_with_exactly_the_fields_that_are_promised(page: Path) -> None:
    told = answered("claims", "read", page, "--sides", SIDES)
    assert all(tuple(claim) == ASKED for claim in told["claims"])
    assert len(told["claims"]) == 9
    assert told["article"]["outlet"] == "The Invented Courier"
    assert len(told["article"]["sha256"]) == 64


def test_the_page_for_people_shows_each_sentence_and_why_a_claim_stands_so(page: Path) -> None:
    code, text, _ = said("claims", "read", page, "--sides", SIDES)
    assert code == 0
    assert "| Sudria has not commented on the announcement." in text
    assert "No answer is neither a denial nor a confirmation." in text
    assert "Nothing counts before a person has looked" in text
    for language, word in (("uk", "заперечення"), ("ru", "отрицание"), ("tr", "yalanlama"), ("ar", "نفيًا")):
        told = said("claims", "read", page, "--sides", SIDES, "--language", language)[1]
        assert word in told
        assert "\ufffd" not in told


def test_an_article_is_read_from_standard_input(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(page.read_bytes())))
    assert len(answered("claims", "read", "-", "--sides", SIDES)["claims"]) == 9


def test_nothing_counts_before_somebody_has_confirmed_it(tmp_path: Path, page: Path) -> None:
    proposals = tmp_path / "claims.toml"
    answered("claims", "read", page, "--sides", SIDES, "--out", proposals)
    assert problems("exchange", "draft", "--from", proposals) == ["draft.unconfirmed"]
    kept = confirmed(tmp_path, page, 2, 3, 8)
    raw = tomllib.loads(kept.read_text(encoding="utf-8"))
    assert [claim["number"] for claim in raw["claim"]] == [2, 3, 8]
    assert raw["article"]["confirmed_by"] == "officer-2"
    assert answered("exchange", "draft", "--from", kept)["totals"] == {"south": 1200}


def test_what_a_person_put_right_in_the_file_is_what_counts(tmp_path: Path, page: Path) -> None:
    proposals, kept = tmp_path / "claims.toml", tmp_path / "confirmed.toml"
    answered("claims", "read", page, "--sides", SIDES, "--out", proposals)
    text = proposals.read_text(encoding="utf-8")
    proposals.write_text(text.replace("value = 1200", "value = 1100"), encoding="utf-8")
    answered("claims", "confirm", proposals, "--all", "--who", "officer-2", "--out", kept)
    assert answered("exchange", "draft", "--from", kept)["totals"] == {"south": 1100}


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ('cue = "wrote"', 'cue = "shouted"', "claims.value"), ("value = 1200", "value = -1", "claims.value"),
        ('date_meant = "2025-12-31"', 'date_meant = "2025-12-32"', "claims.days"),
        ("number = 2", "number = 1", "claims.twice"),
        ('speaker = "Ada Exemplar"', 'spoke = "Ada Exemplar"', "claims.field"), ("[[claim]]", "[[claim", "claims.toml"),
        ('outlet = "The', 'outlet = "\u202eThe', "claims.value"),
        ('speaker = "Ada', 'speaker = "\u200bAda', "claims.value"),
        ("number = 2", "number = true", "claims.value"), ('unit = "state"', "unit = 5", "claims.value"),
    ],
)  # fmt: skip
def test_a_file_of_claims_that_is_wrong_is_refused_with_its_place(
    tmp_path: Path, page: Path, before: str, after: str, code: str
) -> None:
    kept = confirmed(tmp_path, page)
    assert "totals" in answered("exchange", "draft", "--from", kept)
    text = kept.read_text(encoding="utf-8")
    assert before in text
    kept.write_text(text.replace(before, after, 1), encoding="utf-8")
    assert code in problems("exchange", "draft", "--from", kept)
    assert code in problems("claims", "confirm", kept, "--all", "--who", "x", "--out", tmp_path / "x.toml")


def test_what_cannot_be_asked_is_a_problem(tmp_path: Path, page: Path) -> None:
    proposals = tmp_path / "claims.toml"
    answered("claims", "read", page, "--sides", SIDES, "--out", proposals)
    to = ("--out", tmp_path / "x.toml")
    assert problems("claims", "confirm", proposals, "--claim", "77", "--who", "x", *to) == ["claims.number"]
    assert problems("claims", "confirm", proposals, "--all", "--who", " ", *to) == ["claims.who"]
    assert said("claims", "confirm", proposals, "--who", "x", *to)[0] == 2
    assert problems("claims", "read", page, "--published", "yesterday") == ["claims.days"]
    assert problems("claims", "read", tmp_path / "absent.html") == ["cli.file"]
    assert problems("claims", "read", HERE / "wire-uk.txt", "--model") == ["claims.model"]


def test_a_draft_is_told_and_written_as_terms(tmp_path: Path, page: Path) -> None:
    kept, terms = confirmed(tmp_path, page), tmp_path / "terms.toml"
    names = tmp_path / "names.toml"
    names.write_text('[uk]\nnorth = "Норланд"\nsouth = "Судрія"\n', encoding="utf-8")
    told = answered("exchange", "draft", "--from", kept, "--out", terms)
    assert (told["parties"], told["mediators"], told["silent"]) == (["north", "south"], ["straits", "gulf"], ["south"])
    assert {"total-north", "places", "categories", "transport"} <= set(told["open"])
    assert {each["status"] for each in told["unconfirmed_by_the_other_side"]} == {"uncommented"}
    assert tomllib.loads(terms.read_text(encoding="utf-8"))["totals"] == {"south": 1200}
    code, text, _ = said("exchange", "draft", "--from", kept, "--language", "uk", "--names", names)
    assert code == 0
    assert "Судрія: запитано, відповіді немає." in text
    assert "\ufffd" not in said("exchange", "draft", "--from", kept, "--language", "ar")[1]
    assert "1\u00a0200" in text


def test_the_news_article_goes_all_the_way(tmp_path: Path) -> None:
    file = seed_file()
    if file is None:
        pytest.skip("the news article lies beside the repository, in ../shared/seed, and is not there")
    told: dict[str, Any] = answered("exchange", "draft", "--from", confirmed(tmp_path, file))
    assert (told["totals"], told["target_date"], told["silent"]) == ({"russia": 1200}, "2025-12-31", ["russia"])
    assert told["from"]["title"].startswith("Zelenskyy says")
    assert score("seed", []).truth >= 20
