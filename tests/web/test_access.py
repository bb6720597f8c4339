"""Who may open what: every page, every verb and every page around a login, against everybody; and who that is, by hand.

The tables of the code say who may. Those below were written by hand, from what each role is for, and are compared with
them: whoever changes one line of access changes it twice, and looks at `docs/access.md` in between.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from repatria.exchange.authority import EVERYONE, INTERVIEWER, LIAISON, OFFICER, PHYSICIAN, SIGNATORY, SUPERVISOR
from repatria.report.language import CODES
from repatria.store.reads import Reads
from repatria.web.served import KEEPER, Served
from repatria.web.uploads import folder_in_memory
from tests.web import access_page
from tests.web.everybody import EVERYBODY, Somebody, address, asked_about, furnished
from tests.web.world import HOST, World, application, client

application()

# Who may, by hand: the page; at members of which roles; for people of which roles. `all` is every role of a member,
# `everybody` every role that works at pages; a member's role with a minus is left out of all.
PAGES_BY_HAND = """
home                 all                          everybody
begin                all                          keeper
begin-card           all                          keeper
begin-cards          all                          keeper
begin-open           mediator                     keeper
begin-join           all                          keeper
begin-aside          all                          keeper
consultation         all                          everybody
timeline             all                          everybody
ledger               all                          everybody
ledger-entry         all                          everybody
ledger-verify        all                          everybody
members              all                          everybody
notices              all                          everybody
notices_before       all                          everybody
signing              all                          everybody
signing-one          all                          everybody
signing-events       all                          everybody
consult-open         party mediator               officer
consult-propose      party mediator               officer
consult-agree        party                        officer signatory
consult-offer        mediator                     officer
consult-release      party mediator               officer
consult-task         -observer                    officer
consult-task-done    -observer                    officer
consult-activate     party mediator               officer signatory
consult-time         mediator                     officer
consult-suspend      party                        officer signatory supervisor
consult-resume       party                        officer signatory
terms                -observer                    officer signatory
terms-check          party mediator               officer signatory
terms-from           party mediator               officer signatory
terms-draft          party                        officer signatory
terms-sign           -observer                    officer signatory
registers            party                        officer signatory
draft                party                        officer signatory
annotated            party                        officer signatory
register             party                        officer signatory
register-file        party                        officer signatory
template             party                        officer signatory
dictionary           party                        officer signatory
reviews              party                        officer
matches              party                        officer
find-matches         party                        officer
confirm-matches      party                        officer
answers              party                        officer signatory
answer               party                        officer signatory
lists                party mediator               officer signatory
list-file            party                        officer signatory
clearing             all                          officer signatory supervisor interviewer physician
interviews           neutral                      interviewer
interviews-at        neutral                      interviewer
interviews-people    neutral                      interviewer
boards               party neutral                physician
draw                 all                          officer signatory supervisor keeper
draw-verify          all                          officer signatory supervisor keeper
draw-step            party mediator neutral       officer
plan                 all                          officer signatory supervisor liaison keeper
plan-sheet           all                          officer signatory supervisor liaison keeper
plan-print           all                          officer signatory supervisor liaison keeper
plan-why             all                          officer signatory supervisor
plan-propose         party mediator               officer
plan-sign            all                          officer signatory
families             party                        liaison
family-case          party                        liaison
family-about         party                        liaison
family-match         party                        officer
stages               all                          officer signatory supervisor keeper
stage                all                          officer signatory supervisor keeper
stage-now            all                          officer signatory supervisor keeper
stages-desk          -observer                    officer keeper
stage-desks          party neutral host           officer
stage-desk-member    party neutral host           officer
stage-desk-card      party neutral host           officer
stage-desk-appoint   party neutral host           officer
stage-desk-token     party neutral host           officer
stage-desk-file      party neutral host           officer
stage-open           -observer                    officer
stage-grant          party                        officer
stage-dark           party mediator               officer
stage-confirm        party                        supervisor
stage-reconcile      party neutral                officer
stage-abort          party mediator               officer supervisor
withdraw             party                        officer signatory
remains              party mediator neutral       officer signatory supervisor
remains-identify     party                        officer signatory
disputes             all                          everybody
dispute-raise        -observer                    officer
dispute-entry        -observer                    officer
dispute-settle       -observer                    officer signatory
closing              all                          everybody
close-round          -observer                    officer signatory
close-exchange       -observer                    officer signatory
exports              all                          officer signatory supervisor interviewer
export-consent       all                          officer signatory supervisor interviewer
export-refuse        all                          officer signatory supervisor interviewer
export-call-off      all                          officer signatory supervisor interviewer
export-take          all                          officer signatory supervisor interviewer
reasons-file         all                          officer signatory
jobs                 all                          officer signatory
job                  all                          officer signatory
carry                all                          officer keeper
carry-bundle         all                          officer keeper
reads                all                          supervisor keeper
tokens               all                          everybody
token-issue          all                          officer signatory supervisor interviewer physician liaison
token-end            all                          everybody
members_invite       all                          keeper
members_end_login    all                          keeper
members_appoint      all                          keeper
erase                party                        officer signatory
forget               party mediator neutral       officer signatory
keys                 all                          signatory keeper
key-revoke           all                          keeper
key-compromised      all                          signatory keeper
key-object           all                          signatory
key-member           all                          signatory keeper
key-own              all                          officer signatory supervisor interviewer physician liaison
public               all                          anybody
public-sheet         all                          anybody
public-view          all                          anybody
public-file          all                          anybody
"""
# The verbs of the API, by hand: whose token opens them. Whatever is not named is for officers alone.
VERBS_BY_HAND = """
exchange status, exchange calendar, terms show, task list, public show, node vkeys: officer signatory supervisor
 interviewer physician liaison
register list, terms check, list show, plan show, plan page, remains list, node show, node notices,
 node card, public prove: officer signatory supervisor
exchange suspend: officer supervisor
clear places, clear people, clear visit, clear seen, clear form, clear typed, clear refused: interviewer
clear board, clear boards: physician
lottery receipt, family list: officer liaison
family take, family check, family status, family hand, family end, family release: liaison
stage confirm: supervisor
"""
# Around a login, by hand: for anybody who comes; every other page there is for whoever is logged in, about themselves.
ANYBODY = {"enrol", "enrol_ways", "account_login", "mfa_login_webauthn", "mfa_authenticate", "recover",
           "account_inactive"}  # fmt: skip
SENT_ON = {"account_logout": "/", "mfa_list_webauthn": "/en/account/ways/"}  # which then ask for the login

SENT_ONLY = {"find-matches", "confirm-matches", "register-file", "list-file", "reasons-file"}  # no page without a form
ONES_OWN = {"signing-one", "signing-events"}  # of those who may open it, for whom it concerns
# Of whoever asked for it or brought it, and of nobody else: test_exports.py, test_registers.py.
OF_SOMEBODY = {"export-consent", "export-refuse", "export-call-off", "export-take", "annotated"}
ABOUT_ONESELF = {"key-own"}  # its form stands among the pages around a login
NAMED_BY_ITS_BYTES = {"public-file"}  # whose address has a hash in it: test_public.py
ROLES_AT_PAGES = {OFFICER, SIGNATORY, SUPERVISOR, INTERVIEWER, PHYSICIAN, LIAISON, KEEPER}


def by_hand() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """By page: at members of which roles, and for people of which."""
    found = {}
    for line in PAGES_BY_HAND.strip().splitlines():
        name, members, roles = line[:20].strip(), line[20:49].split(), line[49:].split()
        without = [each.removeprefix("-") for each in members if each.startswith("-")]
        at = set(EVERYONE) - set(without) if without or members == ["all"] else set(members)
        of = ROLES_AT_PAGES if roles in (["everybody"], ["anybody"]) else set(roles)
        found[name] = frozenset(at), frozenset(of)
    return found


def without_a_login() -> set[str]:
    """The pages that are for anybody who comes."""
    return {line.split()[0] for line in PAGES_BY_HAND.strip().splitlines() if line.endswith(" anybody")}


def verbs_by_hand() -> dict[str, frozenset[str]]:
    """By verb: whose token opens it, for those that are not for officers alone."""
    found = {}
    for line in VERBS_BY_HAND.strip().replace("\n ", " ").splitlines():
        names, _, roles = line.partition(": ")
        found.update(dict.fromkeys(names.split(", "), frozenset(roles.split())))
    return found


def test_who_may_open_a_page_is_what_was_written_by_hand() -> None:
    from repatria.web import urls
    from repatria.web.access import PAGES

    assert urls.urlpatterns
    assert {name: (found.members, found.roles) for name, found in PAGES.items()} == by_hand()
    assert {name for name, found in PAGES.items() if found.everybody} == without_a_login()


def test_who_may_ask_for_a_verb_is_what_was_written_by_hand() -> None:
    from repatria.web.verbs import ROLES

    hand = verbs_by_hand()
    assert hand.keys() <= ROLES.keys()
    assert {name: hand.get(name, frozenset({OFFICER})) for name in ROLES} == ROLES


def test_the_page_of_who_may_open_what_is_true() -> None:
    assert access_page.PAGE.read_text(encoding="utf-8") == access_page.page()


# --- every page against everybody ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def all_there(tmp_path_factory: pytest.TempPathFactory) -> World:
    return furnished(tmp_path_factory.mktemp("access"))


@contextmanager
def serving(world: World, member: str) -> Iterator[Served]:
    """The node, with a record of reads that begins here, in memory."""
    with world.serving(member) as served, folder_in_memory() as folder:
        served.reads = Reads(folder / "reads")
        yield served


def at(member: str) -> list[Somebody]:
    return [each for each in EVERYBODY if each.member == member]


def refusals(served: Served, who: str) -> list[str]:
    return [read.what for read in served.reads.all() if (read.by, read.allowed) == (who, False)]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("member", sorted({each.member for each in EVERYBODY}))
def test_whoever_may_is_answered_and_everybody_else_refused_on_record(
    all_there: World, tmp_path: Path, member: str, method: str
) -> None:
    hand, wrong, done = by_hand(), [], set()
    world = all_there if method == "get" else all_there.copy(tmp_path)  # where forms are sent, much is done
    with serving(world, member) as served:
        for who in at(member):
            visitor, about, refused = client(who.name, who.keeper), asked_about(served, who), []
            for name, (members, roles) in hand.items():
                may = name in without_a_login() or (served.node.role in members and bool(who.roles & roles))
                if may and method == "post" and name in done:
                    continue  # once for each page, by the first of those who may
                done.update([name] if may else [])
                answer = getattr(visitor, method)(address(name, about))
                if not may:
                    refused.append(name)
                if not (answered(name, method, answer) if may else answer.status_code == 403):
                    wrong.append((str(who), name, answer.status_code))
            recorded = [what for what in refusals(served, str(who)) if what in hand]  # not what a form was refused for
            assert recorded == refused, "each refusal stands in the record of reads, in order"
        assert served.reads.intact()
    assert wrong == []


def answered(name: str, method: str, answer: Any) -> bool:
    """Whether somebody who may is answered: a page, a way on to another, or what is wrong with an empty form."""
    if answer.status_code == 302:
        around = "/account/" in answer["Location"]
        return answer["Location"].startswith("/en/") and around == (name in ABOUT_ONESELF and method == "get")
    if answer.status_code == 404:
        return name in ONES_OWN | OF_SOMEBODY | NAMED_BY_ITS_BYTES or (name in SENT_ONLY and method == "get")
    return answer.status_code == 200 or (method == "post" and answer.status_code in (400, 409, 422))


def test_what_waits_for_others_is_not_there_for_somebody_whom_it_does_not_concern(all_there: World) -> None:
    with serving(all_there, "north") as served:
        told = {}
        for who in at("north"):
            about = asked_about(served, who)
            answers = [client(who.name, who.keeper).get(address(name, about)) for name in sorted(ONES_OWN)]
            told[who.name] = {each.status_code for each in answers}
    assert {name for name, codes in told.items() if codes == {200}} == {"clerk", "sig-1"}
    assert {name for name, codes in told.items() if codes == {404}} == {"supervisor", "family", "doctor-1", "keeper"}


def test_nobody_unknown_comes_further_than_the_login(all_there: World) -> None:
    """Whoever is not logged in: sent to the login by every page, and put on no record, which anybody could fill so."""
    from django.test import Client

    wrong = []
    with serving(all_there, "north") as served:
        about = asked_about(served, EVERYBODY[0])
        for name in by_hand():
            for method in ("get", "post"):
                answer = getattr(Client(SERVER_NAME=HOST), method)(address(name, about, "uk"))
                if name in without_a_login():
                    assert answer.status_code in ((404,) if name in NAMED_BY_ITS_BYTES else (200, 405)), name
                elif (answer.status_code, answer.get("Location")) != (302, "/uk/account/login/"):
                    wrong.append((name, method, answer.status_code))
        assert list(served.reads.all()) == []
    assert wrong == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_around_a_login_nothing_is_anybodys_but_what_was_written_by_hand(all_there: World, method: str) -> None:
    from django.test import Client

    from repatria.web.urls import ACCOUNT

    names = {str(each.name): (1,) if "<" in str(each.pattern) else () for each in ACCOUNT}
    assert names.keys() >= ANYBODY
    wrong = []
    with serving(all_there, "north"):
        for name in names.keys() - ANYBODY:
            answer = getattr(Client(SERVER_NAME=HOST), method)(address(name, names))
            to = answer.get("Location", "").partition("?")[0]
            if (answer.status_code, to) != (302, SENT_ON.get(name, "/en/account/login/")):
                wrong.append((name, answer.status_code, to))
    assert wrong == []


def test_a_login_whose_role_has_ended_sees_to_itself_and_to_nothing_else(all_there: World) -> None:
    """It may still change its password; the ledger has taken everything else from it."""
    with serving(all_there, "north") as served:
        former = client("former")
        assert former.get(address("mfa_index", {})).status_code == 200
        assert former.get(address("home", {})).status_code == 403
        assert refusals(served, "north/former") == ["home"]


# --- every verb against every token ----------------------------------------------------------------------------------


def ask(token: str | None, verb: str, body: Mapping[str, Any]) -> int:
    from django.test import Client

    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    path = f"/api/v1/{verb.replace(' ', '/')}"
    sent = Client(SERVER_NAME=HOST).post(path, json.dumps(body), content_type="application/json", headers=headers)
    return int(sent.status_code)


def test_every_verb_is_for_its_roles_and_each_refusal_stands_in_the_record(all_there: World) -> None:
    """Whoever may ask gets as far as the form, which is wrong on purpose; nobody else does, with any form."""
    from repatria.web import tokens
    from repatria.web.verbs import ROLES

    hand, wrong, seen = verbs_by_hand(), [], set()
    for member in ("north", "cross"):
        with serving(all_there, member) as served:
            for who in at(member):
                if who.role not in ROLES_AT_PAGES - seen:
                    continue
                seen.add(who.role)
                token, refused = tokens.issue(served, served.who(who.name), str(who.role)), []
                for verb in ROLES:
                    may = who.role in hand.get(verb, {OFFICER})
                    status = ask(token, verb, {"nothing-of-the-kind": 1})
                    if not may:
                        refused.append(f"api {verb}")
                    if status != (400 if may else 403):
                        wrong.append((str(who), verb, status))
                tokens.end_all(served, who.name)
                assert refusals(served, str(who)) == refused
            assert served.reads.intact()
    assert (wrong, seen) == ([], ROLES_AT_PAGES - {KEEPER})


def test_a_token_whose_role_has_ended_is_refused_on_record_and_an_unknown_one_is_not(tmp_path: Path) -> None:
    from repatria.web import tokens

    world = World.after("consult", tmp_path)
    world.appoint("north", "clerk", "officer")
    with serving(world, "north") as served:
        token = tokens.issue(served, served.who("clerk"), OFFICER)
    world.at.do("node", "revoke", world.at.node("north"), "clerk")
    with serving(world, "north") as served:
        assert ask(token, "terms show", {}) == 401
        assert refusals(served, "north/clerk") == ["api terms show"]
        assert [ask(each, "terms show", {}) for each in (None, token[:-1])] == [401, 401]
        assert len(list(served.reads.all())) == 1


# --- the gate --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    found = World.after("consult", tmp_path_factory.mktemp("web"))
    found.appoint("north", "clerk", "officer")
    found.appoint("north", "family", "liaison")
    return found


def test_whoever_is_not_logged_in_is_sent_to_the_login(world: World) -> None:
    application()
    from django.test import Client

    with world.serving("north"):
        answer = Client(SERVER_NAME="testserver").get("/uk/")
    assert (answer.status_code, answer["Location"]) == (302, "/uk/account/login/")


@pytest.mark.parametrize("code", CODES)
def test_the_first_page_is_in_the_language_of_its_address(world: World, code: str) -> None:
    with world.serving("north"):
        page = client("clerk").get(f"/{code}/").content.decode()
    assert f'<html lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}">' in page


def test_a_login_without_a_role_in_the_ledger_opens_nothing_and_the_keeper_does(world: World) -> None:
    with world.serving("north"):
        assert client("stranger").get("/en/").status_code == 403
        assert client("stranger", keeper=True).get("/en/").status_code == 200


def test_a_role_ends_when_the_ledger_ends_it(world: World, tmp_path: Path) -> None:
    other = World.after("consult", tmp_path)
    other.appoint("north", "clerk", "officer")
    with other.serving("north"):
        assert client("clerk").get("/en/").status_code == 200
    other.at.do("node", "revoke", other.at.node("north"), "clerk")
    with other.serving("north"):
        assert client("clerk").get("/en/").status_code == 403


def test_no_page_is_without_a_word_on_who_may_open_it() -> None:
    from repatria.web.access import PAGES

    for found in PAGES.values():
        assert found.roles, found.name
        assert found.members <= set(EVERYONE), found.name
