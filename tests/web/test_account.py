"""Logging in: by invitation only, never with a password alone, locked after five wrong attempts; nothing lives in
Django's tables only."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from repatria.report.language import CODES
from repatria.web.served import Served
from tests.web.world import HOST, World, application, client

PASSWORD = "four plain words here"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World.after("consult", tmp_path_factory.mktemp("web"))


@pytest.fixture(scope="module")
def north(world: World) -> Iterator[Served]:
    application()
    from repatria.web.mirror import kept

    with world.serving("north") as found, kept(found):
        yield found


@pytest.fixture
def served(north: Served) -> Served:
    """The node, with nobody in it and nobody locked out."""
    from axes.models import AccessAttempt
    from django.core.cache import cache

    from repatria.web.models import Login

    cache.clear()
    AccessAttempt.objects.all().delete()
    Login.objects.all().delete()
    return north


def browser() -> Any:
    from django.test import Client

    return Client(SERVER_NAME=HOST)


def code_of(secret: str, steps: int = 0) -> str:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def wrong_code_of(secret: str) -> str:
    right = {code_of(secret, steps) for steps in (-1, 0, 1, 2)}
    return next(code for code in ("000000", "111111", "222222", "333333", "444444") if code not in right)


def enrolled(served: Served, name: str, keeper: bool = False) -> tuple[Any, str]:
    """Somebody who has just enrolled with a password and an app: their browser, and the app's secret."""
    from repatria.web import invitations

    who = browser()
    who.post("/en/account/enrol/", {"code": invitations.invite(served, name, keeper)})
    page = who.get("/en/account/enrol/ways/").content.decode()
    secret = re.search(r">([A-Z2-7]{32})<", page).group(1)  # type: ignore[union-attr]
    said = {"way": "password", "password": PASSWORD, "again": PASSWORD, "code": code_of(secret), "key": "ab" * 32}
    answer = who.post("/en/account/enrol/ways/", said)
    assert (answer.status_code, answer["Location"]) == (302, "/en/account/ways/recovery/")
    return who, secret


@contextmanager
def forgetting_used_codes() -> Iterator[None]:
    """An app's code counts once; a test has no thirty seconds to wait for the next one."""
    from django.core.cache import cache

    cache.clear()
    yield


# --- enrolment ------------------------------------------------------------------------------------------------------


def test_a_code_makes_one_login_with_password_app_and_recovery_codes(served: Served) -> None:
    from repatria.web import invitations

    who, _ = enrolled(served, "anna")
    page = who.get("/en/account/ways/recovery/").content.decode()
    assert len(re.findall(r"<li><code dir=\"ltr\">(?:\d{4} ?){4}</code></li>", page)) == 10
    assert who.get("/en/").status_code == 403  # in, and without a role until the ledger gives one
    assert [each.name for each in invitations.waiting(served)] == []


def test_a_code_works_once_and_for_a_day_and_a_newer_one_replaces_it(world: World, served: Served) -> None:
    from repatria.web import invitations

    code = invitations.invite(served, "boris")
    assert invitations.by_code(served, code.lower().replace("-", " ")) is not None
    newer = invitations.invite(served, "boris")
    assert invitations.by_code(served, code) is None
    found = invitations.by_code(served, newer)
    assert found is not None
    assert invitations.spend(served, found)
    assert not invitations.spend(served, found)
    late = invitations.invite(served, "boris")
    before = world.at.now
    try:
        world.at.now = found.until
        assert invitations.by_code(served, late) is None
        answer = browser().post("/uk/account/enrol/", {"code": late})
        assert answer.status_code == 422
        assert "login.code" in answer.content.decode()
    finally:
        world.at.now = before


def test_the_vault_holds_no_code_only_its_hash(served: Served) -> None:
    from repatria.web import invitations

    code = invitations.invite(served, "boris")
    held = (served.node.vault.document(invitations.DOCUMENT) or b"").decode()
    assert code not in held
    assert code.replace("-", "") not in held


def test_whoever_stops_half_way_begins_again_with_the_same_code(served: Served) -> None:
    from repatria.web import invitations

    code = invitations.invite(served, "clara")
    who = browser()
    who.post("/en/account/enrol/", {"code": code})
    assert who.get("/en/account/enrol/ways/").status_code == 200
    assert who.get("/en/").status_code == 302  # a code alone is no login
    other = browser()
    assert other.post("/en/account/enrol/", {"code": code})["Location"] == "/en/account/enrol/ways/"


def test_two_browsers_with_one_code_make_one_login(served: Served) -> None:
    from repatria.web import invitations
    from repatria.web.models import Login

    code = invitations.invite(served, "dora")
    answers = []
    for who, password in ((browser(), PASSWORD), (browser(), "other plain words here")):
        who.post("/en/account/enrol/", {"code": code})
        answers.append((who, password, who.get("/en/account/enrol/ways/").content.decode()))
    for who, password, page in answers:
        secret = re.search(r">([A-Z2-7]{32})<", page).group(1)  # type: ignore[union-attr]
        said = {"way": "password", "password": password, "again": password, "code": code_of(secret)}
        who.post("/en/account/enrol/ways/", said)
    assert Login.objects.get(name="dora").check_password(PASSWORD)
    assert answers[1][0].get("/en/").status_code == 302


def test_every_problem_with_a_password_is_said_at_once(served: Served) -> None:
    from repatria.web import invitations

    who = browser()
    who.post("/tr/account/enrol/", {"code": invitations.invite(served, "emil")})
    who.get("/tr/account/enrol/ways/")
    answer = who.post("/tr/account/enrol/ways/", {"way": "password", "password": "1234", "again": "5", "code": "x"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count('class="errorlist"') == 2  # the password's three, and the code's
    assert "En az 12 karakter" in page
    assert "Bu kod şu anda geçerli değil." in page


def test_an_invitation_of_somebody_who_has_a_login_ends_what_they_had(served: Served) -> None:
    before, _ = enrolled(served, "anna")
    assert before.get("/en/account/ways/").status_code == 200
    enrolled(served, "anna")
    assert before.get("/en/account/ways/").status_code == 302


# --- logging in -----------------------------------------------------------------------------------------------------


def test_a_password_alone_opens_nothing_and_with_a_code_it_does(served: Served) -> None:
    _, secret = enrolled(served, "keeper", keeper=True)
    with forgetting_used_codes():
        who = browser()
        answer = who.post("/ru/account/login/", {"login": "keeper", "password": PASSWORD})
        assert answer["Location"] == "/ru/account/login/code/"
        assert who.get("/ru/").status_code == 302
        assert who.post("/ru/account/login/code/", {"code": code_of(secret)})["Location"] == "/ru/"
        assert who.get("/ru/").status_code == 200


def test_five_wrong_passwords_lock_the_login_and_the_right_one_is_not_looked_at(served: Served) -> None:
    enrolled(served, "fedir")
    who = browser()
    wrong = [who.post("/uk/account/login/", {"login": "fedir", "password": f"guess {n}"}) for n in range(5)]
    assert [answer.status_code for answer in wrong] == [200] * 4 + [429]
    assert "Цей вхід тут заблоковано на 15 хвилин." in wrong[-1].content.decode()
    assert who.post("/uk/account/login/", {"login": "fedir", "password": PASSWORD}).status_code == 429


def test_nobody_who_tried_stands_in_a_log(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("fedir", "what somebody took for their name"):
        for _ in range(5):
            browser().post("/uk/account/login/", {"login": name, "password": "a guess"})
        assert name not in caplog.text


def test_five_wrong_codes_lock_the_login_and_the_right_one_is_not_looked_at(served: Served) -> None:
    _, secret = enrolled(served, "fedir")
    with forgetting_used_codes():
        who = browser()
        who.post("/uk/account/login/", {"login": "fedir", "password": PASSWORD})
        wrong = [who.post("/uk/account/login/code/", {"code": wrong_code_of(secret)}) for _ in range(5)]
        assert [answer.status_code for answer in wrong] == [200] * 4 + [429]
        assert "Забагато помилкових спроб" in wrong[-1].content.decode()
        assert who.post("/uk/account/login/code/", {"code": code_of(secret)}).status_code == 429
        assert who.get("/uk/").status_code == 302
        assert browser().post("/uk/account/login/", {"login": "fedir", "password": PASSWORD}).status_code == 429


def test_a_code_of_the_app_counts_once(served: Served) -> None:
    _, secret = enrolled(served, "anna")
    code = code_of(secret, 1)
    for expected in (302, 200):
        who = browser()
        who.post("/en/account/login/", {"login": "anna", "password": PASSWORD})
        assert who.post("/en/account/login/code/", {"code": code}).status_code == expected


def test_a_recovery_code_stands_for_the_app_once(served: Served) -> None:
    first, _ = enrolled(served, "anna")
    page = first.get("/en/account/ways/recovery/").content.decode()
    code = re.search(r"<code dir=\"ltr\">([\d ]+)</code>", page).group(1)  # type: ignore[union-attr]
    for expected in (302, 200):
        who = browser()
        who.post("/en/account/login/", {"login": "anna", "password": PASSWORD})
        assert who.post("/en/account/login/code/", {"code": code}).status_code == expected


def test_whoever_has_lost_their_only_passkey_comes_in_with_a_recovery_code_once(served: Served) -> None:
    from allauth.mfa.models import Authenticator

    from repatria.web.models import Login

    enrolled(served, "anna")
    anna = Login.objects.get(name="anna")
    Authenticator.objects.filter(user=anna, type="totp").update(type="webauthn")  # as if it had been a passkey
    anna.set_unusable_password()
    anna.save()
    codes = Authenticator.objects.get(user=anna, type="recovery_codes").wrap().get_unused_codes()
    for expected in ("/en/account/ways/", None):
        answer = browser().post("/en/account/login/recovery/", {"name": "anna", "code": codes[0]})
        assert answer.headers.get("Location") == expected


def test_a_recovery_code_alone_is_not_enough_where_there_is_a_password_and_five_wrong_ones_lock(
    served: Served
) -> None:
    from allauth.mfa.models import Authenticator

    enrolled(served, "anna")
    codes = Authenticator.objects.get(user__name="anna", type="recovery_codes").wrap().get_unused_codes()
    who = browser()
    answers = [who.post("/en/account/login/recovery/", {"name": "anna", "code": code}) for code in codes[:6]]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 2


def test_a_session_ends_after_twelve_hours_and_unused_after_thirty_minutes(served: Served) -> None:
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    who, _ = enrolled(served, "anna")
    assert who.get("/en/account/ways/").status_code == 200
    kept_for = Session.objects.get(session_key=who.session.session_key).expire_date - timezone.now()
    assert 29 * 60 < kept_for.total_seconds() <= 30 * 60
    session = who.session
    session["since"] = int(time.time()) - 12 * 3600 - 1
    session.save()
    assert who.get("/en/account/ways/")["Location"] == "/en/account/login/"
    assert "_auth_user_id" not in who.session


def test_a_session_without_a_second_factor_opens_nothing(served: Served) -> None:
    from allauth.mfa.models import Authenticator

    who = client("keeper", keeper=True)
    assert who.get("/en/").status_code == 200
    Authenticator.objects.filter(user__name="keeper").delete()
    assert who.get("/en/")["Location"] == "/en/account/enrol/"
    assert who.get("/en/")["Location"] == "/en/account/login/"


def test_the_last_way_in_cannot_be_taken_away(served: Served) -> None:
    from allauth.mfa.models import Authenticator

    who, _ = enrolled(served, "anna")
    page = who.post("/uk/account/ways/app/remove/").content.decode()
    assert "Це ваш останній спосіб входу." in page
    assert Authenticator.objects.filter(user__name="anna", type="totp").exists()


# --- the pages around it ---------------------------------------------------------------------------------------------

OPEN = ("login/", "login/recovery/", "enrol/", "inactive/")
OWN = ("ways/", "ways/app/remove/", "ways/recovery/", "ways/recovery/new/", "ways/passkeys/add/", "password/",
       "again/password/", "again/code/", "logout/", "key/")  # fmt: skip


def test_every_page_of_logging_in_looks_like_ours_in_every_language(served: Served) -> None:
    who, _ = enrolled(served, "anna")
    stranger = browser()
    for code in CODES:
        for by, path in [*((stranger, path) for path in OPEN), *((who, path) for path in OWN)]:
            answer = by.get(f"/{code}/account/{path}")
            page = answer.content.decode()
            assert answer.status_code == 200, (code, path)
            assert f'<html lang="{code}"' in page, (code, path)
            assert 'href="#content"' in page, (code, path)
            assert "signup" not in page, (code, path)
            assert "allauth" not in page, (code, path)
            assert "placeholder" not in page, (code, path)  # where a label of allauth's would stand


@pytest.mark.parametrize(
    "path", ["signup/", "password/reset/", "email/", "confirm-email/", "login/code/confirm/", "trust/"]
)
def test_nobody_signs_up_or_resets_a_password_by_mail(served: Served, path: str) -> None:
    assert browser().get(f"/en/account/{path}").status_code == 404


# --- the vault has it all ---------------------------------------------------------------------------------------------


def tables() -> list[Any]:
    from repatria.web.mirror import _logins

    return _logins()


def test_dropping_the_tables_loses_no_login(served: Served) -> None:
    from allauth.mfa.models import Authenticator

    from repatria.web.mirror import restore
    from repatria.web.models import Login

    _, secret = enrolled(served, "keeper", keeper=True)
    enrolled(served, "anna")
    before = tables()
    for model in (Authenticator, Login):
        model.objects.all()._raw_delete("default")  # as if another database had been put in its place: nothing is told
    assert tables() == []
    restore(served)
    assert tables() == before
    with forgetting_used_codes():
        who = browser()
        who.post("/en/account/login/", {"login": "keeper", "password": PASSWORD})
        assert who.post("/en/account/login/code/", {"code": code_of(secret)})["Location"] == "/en/"


def test_an_old_copy_of_the_tables_brings_back_neither_a_login_nor_a_used_recovery_code(served: Served) -> None:
    from allauth.mfa.models import Authenticator
    from django.db import transaction

    from repatria.web.mirror import restore
    from repatria.web.models import Login

    enrolled(served, "anna")
    enrolled(served, "boris")
    codes = Authenticator.objects.get(user__name="anna", type="recovery_codes")
    old = dict(codes.data)
    assert codes.wrap().validate_code(codes.wrap().get_unused_codes()[0])
    Login.objects.get(name="boris").delete()
    truth = tables()
    with transaction.atomic():  # the old copy, put back past everything that would notice
        Authenticator.objects.filter(pk=codes.pk).update(data=old)
        Login.objects.bulk_create([Login(name="boris", password="!")])
    assert tables() != truth
    restore(served)
    assert tables() == truth


def test_no_secret_of_an_app_or_of_recovery_codes_stands_in_the_tables_in_clear(served: Served) -> None:
    from allauth.mfa.models import Authenticator

    _, secret = enrolled(served, "anna")
    rows = {way.type: way for way in Authenticator.objects.filter(user__name="anna")}
    assert secret not in str(rows["totp"].data)
    assert rows["totp"].wrap().validate_code(code_of(secret, 1))
    assert not re.search(r"[0-9a-f]{80}", str(rows["recovery_codes"].data))


def test_logging_in_writes_nothing_into_the_vault(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    from repatria.web import mirror

    _, secret = enrolled(served, "anna")
    written: list[Any] = []
    monkeypatch.setattr(mirror, "remember", written.append)
    with forgetting_used_codes():
        who = browser()
        who.post("/en/account/login/", {"login": "anna", "password": PASSWORD})
        assert who.post("/en/account/login/code/", {"code": code_of(secret)}).status_code == 302
    assert written == []


# --- rehearsals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("origin", "said"), [("straits.example/winter", True), ("straits.int/winter", False)])
def test_every_page_of_a_rehearsal_says_that_everybody_is_invented(
    served: Served, monkeypatch: pytest.MonkeyPatch, origin: str, said: bool
) -> None:
    state = served.node.state()
    state.origin = origin
    monkeypatch.setattr(served, "state", lambda: state)
    for language, words in (("en", "everybody here is invented"), ("ar", "مختلقون")):
        assert (words in browser().get(f"/{language}/account/login/").content.decode()) is said


def test_a_rehearsals_people_log_in_with_what_is_printed(served: Served) -> None:
    from repatria.web.rehearsal import known_logins

    found = {each.name: each for each in known_logins(served)}
    assert {"keeper", "sig-1", "sig-2", "sig-3", "supervisor"} <= set(found)
    assert not any(name.startswith("desk-") for name in found)
    for name in ("keeper", "sig-1"):
        who = browser()
        who.post("/en/account/login/", {"login": name, "password": found[name].password})
        assert who.post("/en/account/login/code/", {"code": code_of(found[name].secret)})["Location"] == "/en/"
        assert who.get("/en/").status_code == 200


def test_known_logins_are_refused_where_the_log_can_be_somebodys(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    from repatria.problem import Problems
    from repatria.web.models import Login
    from repatria.web.rehearsal import is_rehearsal, known_logins

    real = served.node.state()
    for origin in ("", "straits.int/winter-2025", "example.straits.int/x", "notexample.int"):
        assert not is_rehearsal(origin)
        real.origin = origin
        monkeypatch.setattr(served, "state", lambda: real)
        with pytest.raises(Problems, match="rehearsal"):
            known_logins(served)
    assert Login.objects.count() == 0
