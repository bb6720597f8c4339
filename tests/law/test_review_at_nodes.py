"""At a node: a list, a plan and a stage that the law stops are not signed; facts are told where they may be kept."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from repatria.deal.classes import PersonClass, encode_classes
from repatria.deal.commands.lists import SignList, sign_list
from repatria.deal.terms import EXAMPLE, encode_terms, parse_terms
from repatria.exchange.commands import By
from repatria.exchange.documents import write
from repatria.exchange.events import Day, FinalListSigned, RegisterCommitted, Sha256, Slug, Suspended
from repatria.files.law import figures
from repatria.handover.commands import OpenStage, open_stage
from repatria.office import Given, Outcome, Record
from repatria.problem import Problem
from tests.cli.test_main import answered, problems, said
from tests.exchange.world import NORTH, ROUND, SOUTH, World, final_list, opaque, register_of, row_of, sha, world_at
from tests.sync.nodes import NOW, PASSPHRASE, Nodes, make_nodes

PRISONER = {"person_category": "prisoner_of_war", "medical_category": "fit", "capture_date": "2024-05"}


def given_at(
    world: World, rows: dict[str, dict[str, str]], listed: str, sought: dict[str, dict[str, dict[str, str]]]
) -> Given:
    """North's node: the sealed rows of south's list have come, and north keeps a register of those it seeks."""
    terms, _ = parse_terms(EXAMPLE, b"0" * 32)
    assert terms is not None
    said = world.state.offered_lists.get(listed)
    letters = {
        f"mail/rows/south/{sha('rows') if said is None else said.sealed}": {
            "data": {"list": listed, "rows": [{"number": n, "fields": fields} for n, fields in rows.items()]}
        },
        f"annex/{terms.annex}": {"annex": terms.annex, "salt": (b"0" * 32).hex(), "text": EXAMPLE},
    }
    documents = {name: json.dumps(letter).encode() for name, letter in letters.items()}
    own = {name: [Record(name, row, fields, {}) for row, fields in sought[name].items()] for name in sought}
    return Given(
        NOW, lambda size: b"r" * size, lambda author: None, world.attachments.get, documents.get,
        lambda prefix: [name for name in documents if name.startswith(prefix)],
        lambda register: own.get(register, []), lambda data, to: data,
    )  # fmt: skip


def waiting_list(world: World) -> str:
    """South drafts and signs its half; its hash."""
    listed = final_list(world, SOUTH)
    table = {row.class_id: PersonClass(row.class_id, 1, 1, True, False) for row in listed.rows}
    classes = world.attach(encode_classes(table.values()))
    event = FinalListSigned(
        ROUND, SOUTH, 1, world.attach(write(listed)), Sha256(listed.tree.root().hex()), classes, sha("sealed rows"),
        sha("places"),
    )  # fmt: skip
    world.must(SOUTH, event)
    return event.list


def at_the_signature(changed: dict[str, str], corrected: dict[str, str] | None = None) -> Outcome | list[Problem]:
    """What comes of north's signature where its register has this of one person, and then, if it is, corrected."""
    world = world_at("answered")
    terms, _ = parse_terms(EXAMPLE, b"0" * 32)
    assert terms is not None
    world.state.terms_text = encode_terms(terms).decode()  # with an annex that is here
    name = waiting_list(world)
    rows = {str(number): dict(PRISONER) for number in world.scenario.numbers(SOUTH)}
    of_one, newer = {"record_id": "NS-1"}, opaque("the next register of north")
    rows_sought = {row_of(SOUTH, 0): {"person_category": "prisoner_of_war"}, row_of(SOUTH, 1): {**of_one, **changed}}
    sought = {str(register_of(NORTH)): {str(row): fields for row, fields in rows_sought.items()}}
    if corrected is not None:
        world.must(NORTH, RegisterCommitted(newer, Slug("sought"), 2, 1, sha("root")))
        sought[str(newer)] = {"0000000a": {**of_one, **corrected}}
    return sign_list(world.state, SignList(By(NORTH), SOUTH, figures()), given_at(world, rows, name, sought))


def test_a_list_is_signed_where_our_own_register_agrees_with_its_classes() -> None:
    done = at_the_signature({"person_category": "prisoner_of_war"})
    assert isinstance(done, Outcome), done
    assert done.answer["people"] == 2


@pytest.mark.parametrize(
    ("record", "code", "article"),
    [
        ({"person_category": "retained_personnel"}, "law.retained_counted", "GC III 33"),
        ({"person_category": "civilian_internee"}, "law.civilians_counted", "GC IV 34"),
        ({"medical_category": "seriously_wounded"}, "law.seriously_ill_counted", "GC III 109(1)"),
    ],
)
def test_a_list_whose_class_disagrees_with_our_own_register_is_not_signed(
    record: dict[str, str], code: str, article: str
) -> None:
    found = at_the_signature(record)
    assert isinstance(found, list)
    assert [(each.code, (each.article or "").partition(",")[0]) for each in found] == [(code, article)]
    assert found[0].where == f"category, number {World(world_at('answered').scenario).scenario.numbers(SOUTH)[1]}"


def test_a_slip_in_our_own_register_is_put_right_by_its_next_version() -> None:
    medic, prisoner = {"person_category": "retained_personnel"}, {"person_category": "prisoner_of_war"}
    assert isinstance(at_the_signature(medic), list)
    assert isinstance(at_the_signature(medic, prisoner), Outcome)
    assert isinstance(at_the_signature(prisoner, medic), list)


def test_a_stage_whose_chances_are_too_old_is_not_opened_and_one_that_is_suspended_says_so() -> None:
    world = world_at("planned")
    given = given_at(world, {}, "", {})
    request = OpenStage(By(NORTH), "s1", figures())
    assert isinstance(open_stage(world.state, request, given), Outcome)
    world.state.stages["s1"] = replace(world.state.stages["s1"], date=Day("2025-12-20"))
    found = open_stage(world.state, request, given)
    assert isinstance(found, list)
    assert {(each.code, each.article) for each in found} == {("law.chance_fresh", "Non-refoulement")}
    assert len(found) == 4
    world.must(SOUTH, Suspended(ROUND))
    assert isinstance(open_stage(world.state, request, given), Outcome)  # for the fold to refuse


# --- told, at the command line ---------------------------------------------------------------------------------------


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> Nodes:
    monkeypatch.setenv("REPATRIA_PASSPHRASE", PASSPHRASE)
    return make_nodes(round_open=True)


def tell(folder: Path, about: str, of: str, **facts: object) -> Path:
    path = folder / "told.json"
    path.write_text(json.dumps([{"about": about, "of": of, "facts": facts}]), encoding="utf-8")
    return path


def open_questions(nodes: Nodes, member: str) -> dict[str, Any]:
    shown = answered("law", "review", nodes.path(member), "--at", NOW)
    return {row["check"]: [fact["fact"] for fact in row["facts"]] for row in shown["to_find_out"]}


def test_what_was_told_is_kept_in_the_node_and_taken_back_by_null(nodes: Nodes, tmp_path: Path) -> None:
    assert open_questions(nodes, "north")["law.plan_at_the_end"] == ["hostilities_active"]
    answered("law", "tell", nodes.path("north"), tell(tmp_path, "round", "*", hostilities_active=True), "--at", NOW)
    assert "law.plan_at_the_end" not in open_questions(nodes, "north")
    assert "law.plan_at_the_end" in open_questions(nodes, "south")
    answered("law", "tell", nodes.path("north"), tell(tmp_path, "round", "*", hostilities_active=None), "--at", NOW)
    assert "law.plan_at_the_end" in open_questions(nodes, "north")


def test_what_the_ledger_says_is_not_told_otherwise_and_a_wish_only_to_the_neutral(
    nodes: Nodes, tmp_path: Path
) -> None:
    number = "0" * 32
    wish = tell(tmp_path, "release", f"number {number}", wish_to_return="unwilling")
    for member in ("north", "south", "straits"):
        assert problems("law", "tell", nodes.path(member), wish, "--at", NOW) == ["law.told.neutral"]
    answered("law", "tell", nodes.path("cross"), wish, "--at", NOW)
    ledger = tell(tmp_path, "release", "*", neutral_word="cleared")
    assert problems("law", "tell", nodes.path("cross"), ledger, "--at", NOW) == ["law.told.ledger"]
    strange = tell(tmp_path, "release", "*", shoe_size=43)
    assert problems("law", "tell", nodes.path("cross"), strange, "--at", NOW) == ["law.fact.unknown"]
    (tmp_path / "told.json").write_text("[[]]", encoding="utf-8")
    assert problems("law", "tell", nodes.path("cross"), tmp_path / "told.json", "--at", NOW) == ["law.fact.form"]


def test_a_review_is_read_as_a_page_with_who_can_tell_what_is_not_known(nodes: Nodes) -> None:
    code, out, _ = said("law", "review", nodes.path("north"), "--at", NOW)
    assert code == 0
    assert out.startswith("Questions asked: 3; of round: 1.\nWhat stops what it is about: 0.\n")
    assert "GC III 118, law.plan_at_the_end: open for 1; about: round\n    hostilities_active (" in out
    assert "Left to the neutral:\n  GC III 109(3), law.against_will\n" in out
    _, out, _ = said("law", "review", nodes.path("cross"), "--at", NOW)
    assert "Left to the neutral" not in out


def test_a_told_stop_ends_the_review_with_1(nodes: Nodes, tmp_path: Path) -> None:
    fire = tell(tmp_path, "stage", "s1", route_under_fire=True)
    answered("law", "tell", nodes.path("north"), fire, "--at", NOW)
    assert problems("law", "review", nodes.path("north"), "--at", NOW) == ["law.route_under_fire"]


def test_a_wish_told_in_the_neutrals_node_changes_no_byte_of_any_other_review(nodes: Nodes, tmp_path: Path) -> None:
    def reviews() -> dict[str, str]:
        nodes.carry()
        others = ("north", "south", "straits", "gulf")
        return {member: said("law", "review", nodes.path(member), "--at", NOW, "--json")[1] for member in others}

    before = reviews()
    for wish in ("unwilling", "willing"):
        file = tell(tmp_path, "release", "number " + "0" * 32, wish_to_return=wish)
        answered("law", "tell", nodes.path("cross"), file, "--at", NOW)
        assert reviews() == before
    assert "wish" not in "".join(before.values())
    assert "release" in str(answered("law", "review", nodes.path("cross"), "--at", NOW)["subjects"])
