"""`terms check` in a node: the lists that it knows, by category and in numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from repatria.deal.classes import ClassKey
from repatria.deal.commands import known, lists, terms
from repatria.deal.form import schema
from repatria.deal.terms import EXAMPLE
from repatria.exchange import events
from repatria.exchange.commands import By
from repatria.exchange.moves import moves
from repatria.files.law import figures
from repatria.files.locales import lead_times
from repatria.people import commands as people
from repatria.people.commands import letters
from tests.cli.test_main import answered, problems, said
from tests.sync.nodes import NOW, PASSPHRASE, ROUND, SIGNATORIES, Nodes, make_nodes

CATEGORIES = """
[[category]]
id = "under-25"
tier = 1
counts = true
when = { age_under = 25 }

[[category]]
id = "others"
tier = 2
counts = true
"""
WIDE = EXAMPLE[: EXAMPLE.index("[[category]]")].replace("north = 10\nsouth = 12", "north = 2\nsouth = 3") + CATEGORIES
NARROW = WIDE[: WIDE.index('[[category]]\nid = "others"')]
NAMES = ("Bondar", "Koval", "Lysenko", "Melnyk", "Shevchuk", "Tkachuk")
BORN = ("2003-04-01", "2004-05-02", "1979-06-03", "1980-07-04", "1981-08-05", "")  # the last is not known


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPATRIA_PASSPHRASE", PASSPHRASE)


@pytest.fixture
def nodes() -> Nodes:
    return make_nodes(round_open=True)


def signed(member: str) -> By:
    return By(member, tuple(f"{member}/{name}" for name in SIGNATORIES))


def in_force(nodes: Nodes, text: str) -> tuple[object, object]:
    """Both sides sign these terms; what each of them heard that cannot be met."""
    totals = (("north", 2), ("south", 3))
    for side, total in totals:
        nodes.say("north", events.ClauseProposed(ROUND, events.Slug(f"total-{side}"), total))
    nodes.carry()
    for party in ("north", "south"):
        for side, total in totals:
            nodes.say(party, events.ClauseAgreed(ROUND, events.Slug(f"total-{side}"), total), signed=True)
    nodes.carry()
    drafting = terms.DraftTerms(signed("north"), text, "terms", figures(), lead_times())
    drafted = nodes.run("north", terms.draft_terms, drafting).answer
    nodes.carry()
    signing = terms.SignTerms(signed("south"), figures(), leads=lead_times())
    done = nodes.run("south", terms.sign_terms, signing).answer
    nodes.carry()
    return drafted["cannot_be_met"], done["cannot_be_met"]


def answered_by_south(nodes: Nodes, folder: Path) -> None:
    """North seeks five people, and south answers that it holds every one of them."""
    act(nodes, "south", "register", "import", register(folder, "held", 5), "--kind", "held")
    sought = act(nodes, "north", "register", "import", register(folder, "sought", 5), "--kind", "sought")["register"]
    nodes.carry()
    nodes.run("north", people.disclose_register, people.DiscloseRegister(signed("north"), sought, ("south",)))
    nodes.carry()
    act(nodes, "south", "link", "find")
    act(nodes, "south", "link", "confirm", "--who", "officer", "--why", "number and name")
    act(nodes, "south", "answer", "give", "--others-not-held")


def file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def register(folder: Path, kind: str, people: int) -> Path:
    rows = [f"r-{at},{NAMES[at]},Ivan,{BORN[at]},PN-{at},camp" for at in range(people)]
    head = "record_id,family_name,given_names,date_of_birth,service_number,place_of_detention"
    return file(folder, f"{kind}.csv", "\n".join([head, *rows, ""]))


def act(nodes: Nodes, member: str, noun: str, verb: str, *words: object) -> dict[str, Any]:
    return answered(noun, verb, nodes.path(member), *words, "--at", NOW)


def checked(nodes: Nodes, member: str, *words: object) -> dict[str, Any]:
    return answered("terms", "check", *words, "--node", nodes.path(member), "--at", NOW)


def table(answer: dict[str, Any]) -> dict[tuple[str, str], dict[str, int]]:
    found: dict[tuple[str, str], dict[str, int]] = {}
    for row in answer["lists"]:
        found.setdefault((row["side"], row["list"]), {})[row["category"]] = row["people"]
    return found


def test_a_node_without_registers_says_so(nodes: Nodes, tmp_path: Path) -> None:
    answer = checked(nodes, "north", file(tmp_path, "terms.toml", WIDE))
    assert answer["lists"] == "no register and no list is known here, so nothing is said of any"
    assert all("[terms.unmet.total]" not in row[""] for row in answer["cannot_be_met"])


def test_own_registers_are_counted_by_category_and_nobody_is_named(nodes: Nodes, tmp_path: Path) -> None:
    terms = file(tmp_path, "terms.toml", NARROW)
    act(nodes, "north", "register", "import", register(tmp_path, "held", 2), "--kind", "held")
    act(nodes, "north", "register", "import", register(tmp_path, "sought", 6), "--kind", "sought")
    answer = checked(nodes, "north", terms)
    assert table(answer) == {
        ("north", "held"): {"under-25": 2},
        ("south", "sought"): {"under-25": 2, "(left open)": 1, "(none)": 3},
    }
    told = "\n".join(row[""] for row in answer["cannot_be_met"])
    assert "3 of them fall outside the agreed categories" in told
    assert "the total is 3, so 1 are missing, unless 1 whose records leave it open count, too" in told
    code, out, err = said("terms", "check", terms, "--node", nodes.path("north"), "--at", NOW)
    assert code == 0
    assert not any(text in out + err for text in (*NAMES, *BORN[:-1], "PN-", "r-1"))


def test_the_other_sides_list_is_shown_against_the_categories_before_it_is_signed(
    nodes: Nodes, tmp_path: Path
) -> None:  # fmt: skip
    """South's list fits the terms in force; under narrower ones most of it would fall outside."""
    drafted, signing = in_force(nodes, WIDE)
    assert [row for row in drafted if "answers_due" in row[""]]
    assert signing == drafted
    answered_by_south(nodes, tmp_path)
    assert table(checked(nodes, "south"))["south", "sought and answered held"] == {"under-25": 2, "others": 3}
    nodes.run("south", lists.draft_list, lists.DraftList(signed("south")))
    nodes.carry()
    waiting = ("south", "on the list that waits for signatures")
    assert table(checked(nodes, "north"))[waiting] == {"under-25": 2, "others": 3}
    narrow = file(tmp_path, "narrow.toml", NARROW)
    for reader in ("north", "gulf"):
        answer = checked(nodes, reader, narrow)
        assert table(answer)[waiting] == {"under-25": 2, "(none)": 3}
        assert any("3 of them fall outside the agreed categories" in row[""] for row in answer["cannot_be_met"])


def test_a_disclosure_shows_the_fields_of_the_terms_in_force_and_no_other(nodes: Nodes, tmp_path: Path) -> None:
    text = WIDE + '[disclosure]\nto = ["holder"]\nfields = ["family_name", "service_number"]\n'
    in_force(nodes, text)
    sought = act(nodes, "north", "register", "import", register(tmp_path, "sought", 3), "--kind", "sought")["register"]
    nodes.carry()
    shown = answered("register", "preview", "sought", "--node", nodes.path("north"), "--at", NOW)["rows"]
    assert {tuple(sorted(row["fields"])) for row in shown} == {("family_name", "service_number")}
    to = people.DiscloseRegister(signed("north"), sought, ("cross",))
    (refused,) = nodes.try_("north", people.disclose_register, to)  # type: ignore[misc]
    assert refused.code == "register.beyond_terms"
    nodes.run("north", people.disclose_register, people.DiscloseRegister(signed("north"), sought, ("south",)))
    nodes.carry()
    with nodes.open("south") as node:
        (letter,) = letters(nodes.given(node), "register")
    assert letter["rows"] == shown


def test_without_a_file_and_without_terms_there_is_nothing_to_check(nodes: Nodes) -> None:
    assert problems("terms", "check", "--node", nodes.path("north"), "--at", NOW) == ["terms.none"]
    assert said("terms", "check")[0] == 2


def test_quotas_are_kept_by_whoever_drafts_a_list_and_by_whoever_signs_it(nodes: Nodes, tmp_path: Path) -> None:
    quotas = '[[quota]]\ncategory = "others"\nside = "south"\nat_most = 2\n'
    in_force(nodes, WIDE + quotas)
    assert any("others: at most 2 people on the lists of south" in row[""] for row in checked(nodes, "north")["says"])
    answered_by_south(nodes, tmp_path)
    (over,) = nodes.try_("south", lists.draft_list, lists.DraftList(signed("south")))  # type: ignore[misc]
    assert (over.code, over.what) == ("deal.quota.over", '3 people of category "others"; at most 2 are agreed')
    with nodes.open("south") as node:
        given, state = nodes.given(node), node.state()
        rows = {fields["date_of_birth"]: row for (_, row), fields in known.answered_held(state, given, "south").items()}
    nobody = nodes.try_("south", lists.draft_list, lists.DraftList(signed("south"), ("00",)))
    assert [problem.code for problem in nobody] == ["list.without", "deal.quota.over"]  # type: ignore[union-attr]
    left_off = lists.DraftList(signed("south"), (rows["1979-06-03"],))
    assert nodes.run("south", lists.draft_list, left_off).answer["people"] == 4
    nodes.carry()
    nodes.run("north", lists.sign_list, lists.SignList(signed("north"), "south", figures()))


def test_a_list_over_quota_or_short_of_it_that_another_program_drafted_is_not_signed(
    nodes: Nodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quotas = '[[quota]]\ncategory = "others"\nside = "south"\nat_most = 2\n'
    quotas += '[[quota]]\ncategory = "under-25"\nside = "south"\nat_least = 3\n'
    in_force(nodes, WIDE + quotas)
    answered_by_south(nodes, tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(lists, "off_quota", lambda *counted: [])
        nodes.run("south", lists.draft_list, lists.DraftList(signed("south")))
    nodes.carry()
    found = nodes.try_("north", lists.sign_list, lists.SignList(signed("north"), "south", figures()))
    assert [problem.code for problem in found] == ["deal.quota.over", "deal.quota.under"]  # type: ignore[union-attr]


def test_nobody_of_a_category_of_which_everyone_goes_is_left_off_a_list(nodes: Nodes, tmp_path: Path) -> None:
    in_force(nodes, WIDE.replace('id = "under-25"\n', 'id = "under-25"\nall = true\n'))
    answered_by_south(nodes, tmp_path)
    with nodes.open("south") as node:
        given, state = nodes.given(node), node.state()
        rows = {fields["date_of_birth"]: row for (_, row), fields in known.answered_held(state, given, "south").items()}
    left_off = lists.DraftList(signed("south"), (rows["2003-04-01"],))
    (problem,) = nodes.try_("south", lists.draft_list, left_off)  # type: ignore[misc]
    assert (problem.code, problem.where) == ("list.without", f"row {rows['2003-04-01']}")


def test_an_officer_begins_with_a_file_that_passes_and_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "terms.toml"
    assert answered("terms", "new", "--out", path)["terms"] == "terms.toml"
    assert answered("terms", "check", path)["cannot_be_met"] == []
    before = path.read_text(encoding="utf-8")
    assert problems("terms", "new", "--out", path) == ["terms.exists"]
    assert path.read_text(encoding="utf-8") == before


def test_the_schema_is_printed_as_it_stands_in_the_docs() -> None:
    code, out, _ = said("terms", "schema")
    assert (code, json.loads(out)) == (0, schema())
    assert answered("terms", "schema") == schema()


def test_whoever_the_terms_ask_reads_what_it_signs_and_nothing_is_in_force_without_it(
    nodes: Nodes, tmp_path: Path
) -> None:
    """Gulf signs the terms, and the neutral each half of the final list; the neutral is no party and holds nobody."""
    asking = WIDE + '[signatures]\nterms = ["gulf"]\nfinal_list = ["cross"]\n'
    in_force(nodes, asking)
    assert nodes.state("north").terms is None
    assert move(nodes, "sign-terms") == ("gulf",)
    nodes.run("gulf", terms.sign_terms, terms.SignTerms(By("gulf"), figures()))
    nodes.carry()
    assert nodes.state("north").terms is not None
    answered_by_south(nodes, tmp_path)
    nodes.run("south", lists.draft_list, lists.DraftList(signed("south")))
    nodes.carry()
    nodes.run("north", lists.sign_list, lists.SignList(signed("north"), "south", figures()))
    nodes.carry()
    assert (nodes.state("north").lists, move(nodes, "sign-list")) == ({}, ("cross",))
    (refused,) = nodes.try_("straits", lists.sign_list, lists.SignList(By("straits"), "south", figures()))  # type: ignore[misc]
    assert refused.code == "asked.member"
    nodes.run("cross", lists.sign_list, lists.SignList(By("cross"), "south", figures()))
    nodes.carry()
    assert set(nodes.state("north").lists) == {"south"}


def move(nodes: Nodes, code: str) -> tuple[str, ...]:
    return next(each.who for each in moves(nodes.state("north")) if each.code == code)


def test_a_list_outside_the_agreed_categories_is_counted_first_by_whoever_drafts_it_and_whoever_signs_it(
    nodes: Nodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under terms for those under 25, south brings five people, three of them older: by another program, even so."""
    in_force(nodes, NARROW)
    answered_by_south(nodes, tmp_path)
    request = lists.DraftList(signed("south"))
    with monkeypatch.context() as patch:
        patch.setattr(lists, "classify", lambda *args, **named: ClassKey(1, 1, True, False))
        nodes.run("south", lists.draft_list, request)
    nodes.carry()
    signing = lists.SignList(signed("north"), "south", figures())
    for found in (nodes.try_("south", lists.draft_list, request), nodes.try_("north", lists.sign_list, signing)):
        assert isinstance(found, list)
        assert [problem.code for problem in found] == ["list.outside", *["deal.category.none"] * 3]
        assert found[0].what == "3 of 5 people fall outside the agreed categories"
    assert table(checked(nodes, "north"))["south", "on the list that waits for signatures"] == {
        "under-25": 2, "(none)": 3,
    }  # fmt: skip
