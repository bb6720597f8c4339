"""The draw: fair, the same for everyone, and nothing to gain by grinding or keeping quiet."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.planning.fairness import chi_squared_of_a_draw
from repatria.deal.classes import PersonClass
from repatria.deal.draw import PARTS, holders_of
from repatria.exchange.documents import Freeze, read, write
from repatria.plan.lottery import (
    ALGORITHM,
    Chance,
    Odds,
    check_freeze,
    check_reveal,
    commitment,
    commitments,
    drawn_table,
    freeze_hash,
    integer,
    make_freeze,
    odds,
    odds_of,
    order,
    register,
    register_leaf,
    register_root,
    seed,
    ticket,
)
from repatria.plan.model import PlanTerms, Unit, stratum
from tests.plan.instances import kind, lists, number, one_place

FREEZE = "f" * 64
NONCES = {
    name: tuple(hashlib.sha256(f"{name} {part}".encode()).digest() for part in PARTS)
    for name in ("north", "south", "mediator")
}


def seeds(n: int) -> list[bytes]:
    return [hashlib.sha256(b"draw %d" % i).digest() for i in range(n)]


def chi_square(observed: list[int], expected: float) -> float:
    return sum((o - expected) ** 2 / expected for o in observed)


def test_each_person_goes_as_often_as_the_table_says() -> None:
    # 20 people, 8 places, 4,000 draws: each goes 1,600 times but for chance. Below 43.8 with 19 degrees of freedom
    # is p > 0.001; drawing without replacement makes the statistic smaller still by 1 - 8/20.
    numbers = [number(str(i)) for i in range(20)]
    went = Counter(n for drawn in seeds(4000) for n in order(drawn, "2", numbers)[:8])
    assert chi_square([went[n] for n in numbers], 1600) < 43.8 * 0.6


def test_every_position_in_the_order_is_equally_likely_for_everyone() -> None:
    numbers = [number(str(i)) for i in range(6)]
    first = Counter(order(drawn, "2", numbers)[0] for drawn in seeds(6000))
    assert chi_square([first[n] for n in numbers], 1000) < 20.5  # 5 degrees of freedom, p > 0.001


def test_integers_are_uniform_where_mod_would_not_be() -> None:
    drawn = Counter(integer(seeds(1)[0], f"draw {i}", 3) for i in range(6000))
    assert chi_square([drawn[i] for i in range(3)], 2000) < 13.8  # 2 degrees of freedom, p > 0.001


@given(st.binary(min_size=32, max_size=32), st.text(max_size=9), st.integers(1, 2**70))
def test_an_integer_is_below_its_limit_and_the_same_for_everyone(drawn: bytes, label: str, n: int) -> None:
    assert 0 <= integer(drawn, label, n) < n
    assert integer(drawn, label, n) == integer(drawn, label, n)


def test_an_integer_below_nothing_is_refused() -> None:
    assert integer(bytes(32), "x", 1) == 0
    with pytest.raises(ValueError, match="nothing to draw"):
        integer(bytes(32), "x", 0)


@given(st.binary(min_size=32, max_size=32), st.lists(st.uuids().map(lambda u: u.hex), min_size=2, unique=True))
def test_whoever_leaves_the_list_changes_nobody_elses_order(drawn: bytes, numbers: list[str]) -> None:
    left = numbers[0]
    assert order(drawn, "2", numbers[1:]) == [n for n in order(drawn, "2", numbers) if n != left]
    assert order(drawn, "2", reversed(numbers)) == order(drawn, "2", numbers)


def test_a_ticket_is_of_one_stratum_and_one_number_only() -> None:
    tickets = {ticket(bytes(32), s, n) for s in ("2", "2a", "21") for n in ("a", "1a", "b")}
    assert len(tickets) == 9


def test_the_ticket_that_a_family_can_check_by_hand() -> None:
    # One hash: HMAC-SHA-256 over tag, stratum and number, each with its length in four bytes before it.
    import hmac

    tag = b"repatria/lottery/ticket/v1"
    message = len(tag).to_bytes(4, "big") + tag + b"\x00\x00\x00\x012" + b"\x00\x00\x00\x03abc"
    assert ticket(b"k" * 32, "2", "abc") == hmac.digest(b"k" * 32, message, "sha256")


# --- grinding and aborting --------------------------------------------------------------------------------------------


def test_a_nonce_other_than_the_committed_one_is_refused() -> None:
    for part, nonce in zip(PARTS, NONCES["north"], strict=True):
        committed = commitments("north", FREEZE, NONCES["north"])[part - 1]
        assert check_reveal("north", FREEZE, part, nonce, committed)
        assert not check_reveal("north", FREEZE, part, NONCES["south"][part - 1], committed)
        assert not check_reveal("south", FREEZE, part, nonce, committed)
        assert not check_reveal("north", "e" * 64, part, nonce, committed)
        assert not check_reveal("north", FREEZE, part % 3 + 1, nonce, committed)
        assert not check_reveal("north", FREEZE, part, nonce[:31], committed)
        assert not check_reveal("north", FREEZE, 0, nonce, committed)


def test_another_freeze_or_one_other_part_gives_another_seed() -> None:
    drawn = seed(FREEZE, NONCES)
    others = {seed("e" * 64, NONCES), seed(FREEZE, NONCES, b"beacon")}
    for name, (one, two, three) in NONCES.items():
        for nonce in ((bytes(32), two, three), (one, bytes(32), three), (one, two, bytes(32)), (two, one, three)):
            others.add(seed(FREEZE, NONCES | {name: nonce}))
    assert len(others) == 2 + 4 * len(NONCES)
    assert drawn not in others


def test_a_list_changed_after_the_freeze_is_another_freeze() -> None:
    # Numbers are fixed before any commitment, so nobody tries numbers until the tickets please.
    nothing = Odds((Chance("north", "2", 1, 2),), (), ((1, ()),))
    one = make_freeze("0" * 64, {"north": "1" * 64}, {"north": "2" * 64}, "3" * 64, nothing)
    for other in (
        make_freeze("0" * 64, {"north": "9" * 64}, {"north": "2" * 64}, "3" * 64, nothing),
        make_freeze("0" * 64, {"north": "1" * 64}, {"north": "2" * 64}, "9" * 64, nothing),
        make_freeze("0" * 64, {"north": "1" * 64}, {"north": "2" * 64}, "3" * 64, nothing, "9" * 64),
    ):
        names = [freeze_hash(one), freeze_hash(other)]
        assert len({commitment("north", name, 1, bytes(32)) for name in names}) == 2


def wins(drawn: bytes) -> bool:
    """Whether the attacker's one person goes and not the other side's favourite: one place, two people."""
    return order(drawn, "2", [MINE, THEIRS])[0] == MINE


MINE, THEIRS = number("mine"), number("theirs")


def fresh(name: str, at: object) -> tuple[bytes, ...]:
    return tuple(hashlib.sha256(f"{name} {at} {part}".encode()).digest() for part in PARTS)


def between(won: int, draws: int, chance: float) -> bool:
    """Within five standard deviations of the chance."""
    return abs(won - draws * chance) < 5 * (draws * chance * (1 - chance)) ** 0.5


def test_a_party_that_grinds_its_nonce_before_it_commits_gains_nothing() -> None:
    """It tries 16 nonces against every way it can imagine the others': it must choose before it knows theirs."""
    won = 0
    for at in range(400):
        guesses = [fresh("guess", f"{at} {i}") for i in range(4)]
        best = max(
            (fresh("mine", f"{at} {i}") for i in range(16)),
            key=lambda mine: sum(wins(seed(FREEZE, {"north": mine, "south": guess})) for guess in guesses),
        )
        won += wins(seed(FREEZE, {"north": best, "south": fresh("theirs", at)}))
    assert between(won, 400, 0.5)


def test_a_party_that_could_choose_its_nonce_last_would_win_nearly_always() -> None:
    """What the commitments prevent: the same 16 tries, once the others' nonces are known."""
    won = sum(
        any(wins(seed(FREEZE, {"north": fresh("mine", f"{at} {i}"), "south": fresh("theirs", at)})) for i in range(16))
        for at in range(200)
    )
    assert won >= 198


def test_a_party_that_keeps_quiet_after_foreseeing_the_draw_gains_nothing() -> None:
    """The last to reveal foresees the draw, and keeps its nonce where it does not like it: two holders open it."""
    holders = holders_of("north", ["cross"], ["gulf"], ["north", "south"])
    won = refused = 0
    for at in range(400):
        nonces = {"north": fresh("mine", at), "south": fresh("theirs", at), "gulf": fresh("gulf", at)}
        bound = commitments("north", FREEZE, nonces["north"])
        if not wins(seed(FREEZE, nonces)):
            refused += 1
            with_two = [holders["cross"], holders["south"]]
            opened = {part: nonces["north"][part - 1] for parts in with_two for part in parts}
            assert all(check_reveal("north", FREEZE, part, nonce, bound[part - 1]) for part, nonce in opened.items())
            nonces["north"] = tuple(opened[part] for part in PARTS)
        won += wins(seed(FREEZE, nonces))
    assert between(won, 400, 0.5)
    assert between(refused, 400, 0.5)


def test_a_party_whose_refusal_led_to_another_draw_would_win_three_of_four() -> None:
    """What holding the nonces prevents: one refusal, unseen, and the draw is held again."""
    won = 0
    for at in range(400):
        first, second = ({"north": fresh(f"mine {i}", at), "south": fresh(f"theirs {i}", at)} for i in "ab")
        won += wins(seed(FREEZE, first)) or wins(seed(FREEZE, second))
    assert between(won, 400, 0.75)


def test_a_party_that_deals_false_parts_stops_the_draw_before_it_can_foresee_it() -> None:
    """Every holder compares its parts with the commitments before anything is revealed: one honest holder is enough.

    What remains unknown then is all of the others' nonces, so stopping tells the attacker nothing: whether it would
    have won is settled by what it has not seen.
    """
    bound = commitments("north", FREEZE, NONCES["north"])
    for parts in holders_of("north", ["cross"], ["gulf"], ["north", "south"]).values():
        for false in parts:
            dealt = {part: bytes(32) if part == false else NONCES["north"][part - 1] for part in parts}
            assert not all(check_reveal("north", FREEZE, part, each, bound[part - 1]) for part, each in dealt.items())


def test_one_holder_alone_knows_nothing_of_the_seed() -> None:
    """With two of three parts of everybody's nonce, each seed is as open as before: the third part decides it."""
    known = {name: nonce[1:] for name, nonce in NONCES.items()}
    firsts = Counter(
        wins(seed(FREEZE, {name: (fresh("third", f"{name} {at}")[0], *parts) for name, parts in known.items()}))
        for at in range(400)
    )
    assert between(firsts[True], 400, 0.5)


def test_a_party_that_takes_somebody_off_the_list_after_the_draw_does_not_undo_it() -> None:
    """Their place goes to the next ticket; nobody else's order changes, and the signed table still binds the plan."""
    units, classes = lists(north=[(9, kind(1))], south=[(5, kind(1))])
    freeze = frozen(units, classes, one_place(5, 1, north=5, south=5))
    drawn = seeds(1)[0]
    everyone = order(drawn, "1", [unit.number for unit in units if unit.holder == "north"])
    for left in everyone:
        there = [(unit.holder, "1") for unit in units if unit.number != left]
        assert drawn_table(freeze, drawn, there) == (Chance("north", "1", 5, 8), Chance("south", "1", 5, 5))
        now = [each for each in everyone if each != left]
        assert order(drawn, "1", now) == now
        assert set(everyone[:5]) - {left} <= set(now[:5])


def test_more_places_than_are_left_are_the_plans_to_give_again() -> None:
    units, classes = lists(north=[(9, kind(1))], south=[(5, kind(1))])
    freeze = frozen(units, classes, one_place(5, 1, north=5, south=5))
    there = [(unit.holder, "1") for unit in units]
    assert drawn_table(freeze, seeds(1)[0], there[:-1]) is None  # south has four for five places


# --- chances and compositions ---------------------------------------------------------------------------------------


def frozen(units: tuple[Unit, ...], classes: dict[str, PersonClass], terms: PlanTerms) -> Freeze:
    found = odds(units, classes, terms)
    assert isinstance(found, Odds)
    return make_freeze("0" * 64, {}, {}, register_root(units, classes), found)


def test_the_table_says_how_many_of_how_many_before_anyone_draws() -> None:
    units, classes = lists(north=[(200, kind(1, everyone=True)), (1040, kind(2)), (5, kind(3))], south=[(800, kind(1))])
    found = odds(units, classes, one_place(900, 1, north=800, south=800))
    assert isinstance(found, Odds)
    assert found.table == (
        Chance("north", "1/all", 200, 200),
        Chance("north", "2", 600, 1040),
        Chance("north", "3", 0, 5),
        Chance("south", "1", 800, 800),
    )
    assert found.table[1].permille == 577
    assert (found.tied, found.compositions) == ((), ((1, ()),))  # one stratum at the cut-off: its places are certain
    assert found.drawn(bytes(32)) == found.table


def families() -> tuple[tuple[Unit, ...], dict[str, PersonClass], PlanTerms]:
    """Twelve places for ten people and five families of three, all of one tier."""
    units, classes = lists(north=[(10, kind(2)), (5, kind(2, weight=3))], south=[(12, kind(1))])
    return units, classes, one_place(40, 3, stages=4, north=12, south=12)


def test_people_and_families_of_one_tier_have_the_same_chance_to_the_last_unit() -> None:
    found = odds(*families())
    assert isinstance(found, Odds)
    assert found.tied == (("north", "2"), ("north", "2/weight-3"))
    chances = {row.stratum: Fraction(row.places) / row.units for row in found.table if row.holder == "north"}
    assert set(chances.values()) == {Fraction(12, 25)}
    assert all(a + 3 * b == 12 for _, (a, b) in found.compositions)
    for at, label in enumerate(found.tied):
        (row,) = [row for row in found.table if (row.holder, row.stratum) == label]
        assert sum(weight * places[at] for weight, places in found.compositions) == found.total * row.places


def test_the_seed_picks_a_composition_as_often_as_its_weight_says() -> None:
    found = odds(*families())
    assert isinstance(found, Odds)
    picked = Counter(tuple(int(row.places) for row in found.drawn(drawn)[:2]) for drawn in seeds(2000))
    assert picked.keys() == {places for _, places in found.compositions}
    for weight, places in found.compositions:
        assert between(picked[places], 2000, weight / found.total)


def test_compositions_that_terms_rule_out_elsewhere_are_never_drawn() -> None:
    """One seat at every place: a family of two never goes, whatever its tier, and its row alone would not say so."""
    units, classes = lists(north=[(3, kind(2)), (3, kind(2, weight=2))], south=[(2, kind(1))])
    terms = one_place(1, 1, stages=2, north=2, south=2)
    found = odds(units, classes, terms)
    assert isinstance(found, Odds)
    assert found.compositions == ((1, (2, 0)),)
    assert [row.places for row in found.table] == [2, 0, 2]


def test_no_chances_where_there_is_no_plan() -> None:
    units, classes = lists(north=[(3, kind(1))], south=[(2, kind(1))])
    found = odds(units, classes, one_place(9, 1, north=4, south=2))
    assert isinstance(found, list)
    assert found


def test_a_freeze_reads_back_as_the_odds_it_was_made_from() -> None:
    units, classes, terms = families()
    found = odds(units, classes, terms)
    freeze = frozen(units, classes, terms)
    assert odds_of(read(Freeze, write(freeze))) == found
    assert check_freeze(freeze, units, classes, terms) == []


def test_a_freeze_with_other_chances_register_or_algorithm_is_refused() -> None:
    units, classes = lists(north=[(3, kind(1))], south=[(2, kind(1))])
    terms = one_place(9, 1, north=2, south=2)
    freeze = frozen(units, classes, terms)
    assert freeze.algorithm == ALGORITHM
    assert check_freeze(freeze, units, classes, terms) == []
    bent = {
        "plan.freeze.table": replace(freeze, table=freeze.table[1:]),
        "plan.freeze.algorithm": replace(freeze, algorithm="mine"),
        "plan.freeze.register": replace(freeze, register=freeze.terms),
    }
    for code, other in bent.items():
        assert [problem.code for problem in check_freeze(other, units, classes, terms)] == [code]
    assert [p.code for p in check_freeze(freeze, units[1:], classes, terms)] == [
        "plan.freeze.register", "plan.freeze.table",
    ]  # fmt: skip


def test_compositions_that_bend_the_chances_or_cannot_go_are_refused() -> None:
    units, classes, terms = families()
    freeze = frozen(units, classes, terms)
    (one, a), (two, b) = freeze.compositions
    wrong = "plan.freeze.compositions"
    bent = [
        (((two, a), (one, b)), wrong),  # weights the other way round
        (((one, a),), wrong),
        (((one, a), ("-" + two, b)), wrong),
        (((one, a), (two, (*b, 0))), wrong),
        ((("0", (0, 4)), (one, a), (two, b)), wrong),
        # as often on average, but eleven people and thirteen
        ((("1", (5, 2)), ("1", (7, 2)), ("1", (3, 3)), ("1", (4, 3)), ("1", (5, 2))), wrong),
    ]
    for compositions, code in bent:
        other = replace(freeze, compositions=compositions)
        assert [problem.code for problem in check_freeze(other, units, classes, terms)] == [code], compositions
    wider = replace(freeze, compositions=(("2", (0, 4)), ("2", (9, 1)), ("1", (6, 2))))
    assert check_freeze(wider, units, classes, terms) == []  # others that can go, and come to the same chances


def test_everybody_can_be_shown_to_stand_in_the_register() -> None:
    from repatria.ledger.tree import check_inclusion, leaf_hash

    units, classes = lists(north=[(9, kind(1))], south=[(4, kind(2))])
    tree = register(units, classes)
    for at, unit in enumerate(sorted(units)):
        leaf = leaf_hash(register_leaf(unit.number, unit.holder, stratum(classes[unit.class_id])))
        check_inclusion(tree.prove_inclusion(at, len(units)), at, len(units), leaf, bytes.fromhex(
            register_root(reversed(units), classes)))  # fmt: skip


# --- many draws -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "draws", [1_000, pytest.param(100_000, marks=pytest.mark.soak)], ids=["a thousand", "a hundred thousand"]
)
def test_over_many_draws_everybody_goes_as_often_as_the_published_table_says(draws: int) -> None:
    """Chi-squared of selections against the table, unit by unit and composition by composition: p > 0.001 of both."""
    people, compositions = chi_squared_of_a_draw(draws)
    assert people.statistic < people.limit(0.001)
    assert compositions.statistic < compositions.limit(0.001)


def test_the_same_statistic_notices_a_draw_that_favours_one_of_a_hundred() -> None:
    people, _ = chi_squared_of_a_draw(1_000, favour=True)
    assert people.statistic > people.limit(0.001)


# --- the precedent ----------------------------------------------------------------------------------------------------


def test_the_worked_example_of_rfc_3797_re_verifies() -> None:
    """The kind of check that anyone can do, on someone else's numbers; the algorithm (MD5, mod) is not ours.

    Source: RFC 3797 section 6: ten selected of 25 with key "9319./2.5.8.10.12./9.18.26.34.41.45./".
    """
    key = b"9319./2.5.8.10.12./9.18.26.34.41.45./"
    pool = list(range(1, 26))
    selected = []
    for i in range(10):
        digest = hashlib.md5(i.to_bytes(2, "big") + key + i.to_bytes(2, "big"), usedforsecurity=False).digest()
        if i == 0:
            assert digest.hex() == "990dd0a5692a029a98b5e01aa28f3459"
        selected.append(pool.pop(int.from_bytes(digest, "big") % len(pool)))
    assert selected == [17, 7, 2, 16, 25, 23, 8, 24, 19, 13]
