"""Candidates weighed: what rules miss is found, nothing is sure that should not be, and order changes nothing."""

from __future__ import annotations

from random import Random

import pytest

from benchmarks.linkage import registers
from repatria.linkage.block import Candidate, candidate_links
from repatria.linkage.compare import Record
from repatria.linkage.judgement import Judgement
from repatria.linkage.kinds import KINDS_OF
from repatria.linkage.propose import LEARN_FROM, PROPOSED, SURE, propose, weigh
from repatria.linkage.why import why_not_proposed
from tests.linkage.test_tables import read

SERHII = {
    "family_name": "Коваленко", "given_names": "Сергій", "father_name": "Миколайович", "date_of_birth": "1990-03-05",
    "service_number": "AB-123456", "place_of_birth": "Invented",
}  # fmt: skip
OLEH = {"family_name": "Шевчук", "given_names": "Олег", "date_of_birth": "1971-01-01", "service_number": "CD-7"}


def found(sought: list[dict[str, str]], held: list[dict[str, str]]) -> dict[tuple[int, int], Candidate]:
    rows = [[Record(at, fields) for at, fields in enumerate(side)] for side in (held, sought)]
    return {(each.sought_row, each.held_row): each for each in propose(*rows)}


def test_who_is_the_same_in_everything_is_sure_and_has_a_probability() -> None:
    candidate = found([SERHII, OLEH], [SERHII])[0, 0]
    assert (candidate.grade, candidate.contested, candidate.second) == ("sure", False, False)
    assert candidate.probability is not None
    assert candidate.probability >= SURE
    assert {each.column for each in candidate.stands} >= {"family_name", "date_of_birth", "service_number"}
    assert all(each.worth is not None and each.worth > 0 for each in candidate.stands)


@pytest.mark.parametrize(
    "slip",
    [
        {"family_name": "Ковалнко"},
        {"date_of_birth": "1990-03-06"},
        {"date_of_birth": "1990-05-03", "family_name": "Kovalenko"},
    ],
)
def test_a_slip_that_hides_a_pair_from_the_rules_is_proposed_and_never_sure(slip: dict[str, str]) -> None:
    bare = {name: text for name, text in SERHII.items() if name != "service_number"}
    assert candidate_links([Record(0, bare | slip)], [Record(0, bare)]) == []
    candidate = found([bare, OLEH], [bare | slip, OLEH | {"family_name": "Гай"}])[0, 0]
    assert (candidate.rule, candidate.grade) == ("evidence", "possible")


def test_names_alone_propose_nobody() -> None:
    names = {name: SERHII[name] for name in ("family_name", "given_names", "father_name")}
    full = [{**OLEH, "date_of_birth": f"19{70 + at}-01-01", "family_name": f"Вигаданий{at}"} for at in range(9)]
    pairs = found([names, *full], [{**names, "father_name": "Петрович"}, *full])
    assert (0, 0) not in pairs


def test_two_who_fit_are_contested_and_ask_for_two_reviewers() -> None:
    pairs = found([SERHII], [SERHII, SERHII | {"service_number": "AB-123456"}])
    assert [(each.contested, each.second, each.grade) for each in pairs.values()] == [(True, True, "possible")] * 2


def test_a_look_alike_letter_asks_for_two_reviewers() -> None:
    mixed = SERHII | {"family_name": "Кoваленко"}  # the o is Latin
    candidate = found([SERHII, OLEH], [mixed, OLEH])[0, 0]
    assert (candidate.grade, candidate.second) == ("possible", True)


def test_a_non_link_is_not_proposed_again() -> None:
    rows = [Record(0, SERHII)], [Record(0, SERHII)]
    said = [Judgement(0, 0, "non_link", "officer-1", "another person")]
    assert propose(*rows, said) == []
    assert next(reason.id for reason in why_not_proposed(*rows, said, 0, 0).reasons) == "link.why.judged"


def test_nothing_in_common_proposes_nobody() -> None:
    assert propose([], [Record(1, SERHII)]) == []
    assert propose([Record(1, {"service_number": "1"})], [Record(2, {"family_name": "Гай"})]) == []


World = tuple[list[Record], list[Record], set[tuple[int, int]]]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Two invented registers, sought and held, large enough to learn from, and who is who."""
    folder = tmp_path_factory.mktemp("registers")
    registers.main(LEARN_FROM + 500, folder)
    sides, place = [], []
    for name in ("LEFT", "RIGHT"):
        rows = read(folder / f"{name}.csv")
        place.append({row["id"]: at for at, row in enumerate(rows)})
        sides.append([Record(at, {k: v for k, v in row.items() if k in KINDS_OF and v}) for at, row in enumerate(rows)])
    truth = read(folder / "TRUTH.csv")
    return sides[0], sides[1], {(place[0][row["left_id"]], place[1][row["right_id"]]) for row in truth}


@pytest.fixture(scope="module")
def small(large: World) -> World:
    """Some of them: three hundred sought, and who of the held is one of these, or stands near in the list."""
    sought, held, truth = large
    partners = dict(truth)
    kept = {record.row for record in sought[:300]}
    wanted = {partners[row] for row in kept if row in partners} | {record.row for record in held[:60]}
    return sought[:300], [record for record in held if record.row in wanted], {p for p in truth if p[0] in kept}


@pytest.mark.parametrize("size", ["small", "large"])
def test_of_invented_registers_more_is_found_than_by_rules_and_the_sure_are_true(
    size: str, request: pytest.FixtureRequest
) -> None:
    sought, held, truth = request.getfixturevalue(size)
    by_rule = {(each.sought_row, each.held_row) for each in candidate_links(held, sought)}
    every = propose(held, sought)
    pairs = {(each.sought_row, each.held_row) for each in every}
    assert by_rule <= pairs
    assert len(pairs & truth) / len(truth) >= 0.97
    assert len(pairs & truth) > 1.15 * len(by_rule & truth)
    assert len(pairs - truth) < 0.1 * len(truth)
    sure = {(each.sought_row, each.held_row) for each in every if each.grade == "sure" and not each.contested}
    assert len(sure) > 0.3 * len(truth)
    assert len(sure - truth) <= 0.005 * len(sure)
    weighed = weigh(held, sought)
    assert weighed is not None
    assert weighed.learned == (size == "large")


@pytest.mark.parametrize("size", ["small", "large"])
def test_the_order_of_rows_changes_nothing(size: str, request: pytest.FixtureRequest) -> None:
    sought, held, _ = request.getfixturevalue(size)
    draw = Random(2)
    one, other = propose(held, sought), propose(draw.sample(held, len(held)), draw.sample(sought, len(sought)))
    assert [(a.sought_row, a.held_row, a.grade) for a in one] == [(b.sought_row, b.held_row, b.grade) for b in other]
    assert all(abs((a.found or 0) - (b.found or 0)) < 1e-6 for a, b in zip(one, other, strict=True))


def test_probabilities_of_small_registers_mean_roughly_what_they_say(small: World) -> None:
    sought, held, truth = small
    every = propose(held, sought)
    high = [(each.sought_row, each.held_row) in truth for each in every if (each.found or 0) >= 0.99]
    low = [(each.sought_row, each.held_row) in truth for each in every if PROPOSED <= (each.found or 0) < 0.5]
    assert sum(high) >= 0.98 * len(high) > 0
    assert sum(low) < 0.7 * len(low) or len(low) < 5
