"""What people read: the page's bytes against a golden file, its figures against an independent count, and what must
never stand on it."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from repatria.audit import recount
from repatria.audit.ledger import Audit, audit_ledger
from repatria.cli.main import main
from repatria.cli.report import FILES
from repatria.files.whole import part_of
from repatria.ledger.note import format_vkey
from repatria.report.audit_texts import told
from repatria.report.pages import index
from repatria.report.style import CSS
from repatria.report.svg import balance
from repatria.report.tables import COUNTED, DIFFERENCES, Cosigner, Count, Dispute, Figures, Lead, Paper, figures
from repatria.report.words import EN, TABLES, Words
from tests.audit.world import World, eventful, vkeys

GOLDEN = Path(__file__).parent / "golden"


@cache
def world() -> World:
    return eventful().world


@cache
def audit() -> Audit:
    files = world().files()
    return audit_ledger(files.get, lambda: files, vkeys())


@cache
def counted() -> Figures:
    found = audit()
    return figures(
        found.reading, found.state, found.verdicts, found.bodies,
        ((point.index, dict(point.ahead)) for point in found.points),
        ((check.name, told(check.what), check.ok) for check in found.checks), map(told, found.warnings),
        len(found.problems),
    )  # fmt: skip


def page(of: Figures | None = None) -> str:
    return index(of or counted(), Words("en"), "0.0.0", ["places.csv", "report.json"])


def scrubbed(text: str) -> str:
    """Hashes change with every signature; what people read does not."""
    return re.sub(r"\b[0-9a-f]{64}\b", "(hash)", text)


# --- golden ---------------------------------------------------------------------------------------------------------


def test_the_page_is_the_golden_one() -> None:
    """REPATRIA_REWRITE_GOLDEN=1 writes it anew; read the difference as text before you keep it."""
    found = scrubbed(page())
    if os.environ.get("REPATRIA_REWRITE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        (GOLDEN / "index.html").write_text(found, encoding="utf-8")
    assert found == (GOLDEN / "index.html").read_text(encoding="utf-8")


def test_the_same_ledger_gives_the_same_page() -> None:
    again = eventful().world
    assert again.entries == world().entries
    found = audit_ledger(again.files().get, lambda: again.files(), vkeys())
    assert found.points == audit().points
    assert page() == page()


# --- figures --------------------------------------------------------------------------------------------------------


def test_every_figure_equals_the_independent_count() -> None:
    watch = audit().watch
    assert watch is not None
    for row in counted().places:
        stage = watch.stages[row.stage]
        people = [watch.persons[number] for number in stage.places[row.place].manifest]
        tallies = recount.place(people, (row.stage, row.place), stage.date, watch.authority.parties)
        (own,) = [tally for tally in tallies if tally.holder == row.holder]
        for name in (*COUNTED, *DIFFERENCES[:-1]):
            assert getattr(row, name) == getattr(own, name), (row.stage, row.holder, name)
    final = {(account.holder, account.account, account.state): account.people for account in counted().accounts}
    assert final == dict(recount.final(watch.persons.values()))
    assert sum(final.values()) == len(watch.persons) == 30
    leads = {lead.index: lead.ahead for lead in counted().leads}
    assert leads == {point.index: point.ahead for point in audit().points}


def test_the_round_told_in_figures() -> None:
    """The eventful round by hand: who was absent, substituted, declining, dark and withdrawn."""
    rows = {(row.stage, row.holder): row for row in counted().places}
    first = rows["s1", "north"]
    assert (first.agreed, first.brought, first.received, first.absent, first.substituted) == (5, 4, 3, 1, 1)
    assert rows["s1", "south"].not_going == rows["s2", "south"].not_going == 1
    assert rows["s2", "north"].withheld == 4
    assert [(b.member, b.name, b.count) for b in counted().breaches] == [("south", "access-refused", 2)]
    assert [(paper.member, paper.kind, paper.by) for paper in counted().papers] == [
        ("south", "StageReconciled", ("ankara", "gulf"))
    ]
    assert [(each.name, each.count) for each in counted().refused] == [("chain.replayed", 1), ("entry.malformed", 1)]
    assert counted().status == "closed"
    assert len(counted().pauses) == 1


def test_a_row_accounts_for_everybody_agreed() -> None:
    for row in (*counted().places, *counted().totals):
        settled = row.received + row.not_going + sum(getattr(row, name) for name in DIFFERENCES)
        assert settled == row.agreed


# --- what must never stand on it ------------------------------------------------------------------------------------


def test_no_number_row_or_hash_of_a_person_is_in_any_file(tmp_path: Path) -> None:
    write(tmp_path)
    out = tmp_path / "report"
    assert main(["report", str(tmp_path / "ledger"), "--vkeys", str(tmp_path / "vkeys"), "--out", str(out)]) == 0
    text = "".join(path.read_text(encoding="utf-8-sig") for path in out.iterdir())
    persons = world().state.persons.values()
    for secret in (*(p.number for p in persons), *(p.row for p in persons), *(p.class_id for p in persons)):
        assert secret not in text


def test_a_paper_is_never_shown_as_its_members_signature() -> None:
    text = page()
    at = text.index("Papers entered for a member")
    assert "not that member&#x27;s electronic signature" in text[at : at + 600]
    assert "ankara, gulf" in text[at : at + 1200]


class Strict(HTMLParser):
    """Fails on what a strict content policy would block, and on tags that do not close."""

    VOID = ("meta", "link", "rect", "line", "path")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        assert tag not in ("script", "style", "iframe", "object", "img"), tag
        assert not {name for name in names if name == "style" or name.startswith("on")}, (tag, names)
        for name, value in attrs:
            if name in ("href", "src"):
                assert value is not None
                assert re.fullmatch(r"[a-z]+\.(css|csv|json)", value), value
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_needs_no_script_no_inline_style_and_nothing_from_outside() -> None:
    strict = Strict()
    strict.feed(page())
    assert strict.open == []
    assert "default-src 'none'; style-src 'self'" in page()
    assert "url(" not in CSS
    assert "@import" not in CSS


def test_whatever_a_ledger_says_is_escaped() -> None:
    evil = '"><script>alert(1)</script>'
    bad = replace(
        counted(), round=evil, origin=evil, root=evil, parties=(evil, "south"), notes=(evil,),
        breaches=(Count(evil, 1, evil),), refused=(Count(evil, 1),),
        disputes=(Dispute(evil, evil, evil), Dispute(evil, evil, evil, evil, evil)),
        papers=(Paper(evil, evil, (evil,), evil),), cosigners=(Cosigner(evil, evil),),
        places=tuple(replace(row, stage=evil, place=evil, holder=evil, to=evil) for row in counted().places),
        leads=tuple(Lead(lead.index, evil, ((evil, 1), ("south", 2))) for lead in counted().leads),
        stage_leads=tuple(
            replace(lead, stage=evil, most=((evil, 1), ("south", 2)), end=((evil, 1), ("south", 2)))
            for lead in counted().stage_leads
        ),
    )  # fmt: skip
    text = page(bad)
    assert "<script" not in text
    Strict().feed(text)


# --- words ----------------------------------------------------------------------------------------------------------


def test_every_word_comes_from_the_table_and_every_key_of_it_is_used() -> None:
    package = Path(__file__).parents[2] / "repatria" / "report"
    source = "".join((package / name).read_text().replace("'", '"') for name in ("pages.py", "svg.py"))
    dynamic = ("status.", "column.", "place.", "difference.", "meaning.", "state.", "breach.", "rule.", "act.",
               "check.", "outcome.", "members.", "verdict.", "ledger.")  # fmt: skip
    unused = [
        key for key in EN
        if f'"{key}"' not in source and not key.startswith(dynamic) and key not in ("yes", "no", "unasked")
    ]  # fmt: skip
    assert unused == []


def test_a_translation_that_lacks_a_key_shows_the_english_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLES, "xx", ("rtl", {"kicker": "REPORT-XX"}))
    text = index(counted(), Words("xx"), "0.0.0")
    assert '<html lang="xx" dir="rtl">' in text
    assert "REPORT-XX" in text
    assert "The round in one table" in text


def test_every_check_has_a_name_for_people() -> None:
    assert [check.name for check in audit().checks if f"check.{check.name}" not in EN] == []


# --- the picture ----------------------------------------------------------------------------------------------------


def test_the_picture_stays_inside_its_frame_and_keeps_every_peak() -> None:
    many = tuple(Lead(i, "s1", (("north", 20 * (i % 7 == 3)), ("south", -3))) for i in range(5000))
    picture = balance(replace(counted(), leads=many, bound=20), Words(), 330)
    numbers = [float(n) for n in re.findall(r"[HVM ](\d+(?:\.\d)?)", "".join(re.findall(r' d="([^"]+)"', picture)))]
    assert min(numbers) >= 0
    assert max(numbers) <= 330
    assert "V30H" in picture.replace(" ", "")  # the bound itself, reached again and again
    assert len(picture) < 60_000


def test_a_round_in_which_nobody_was_released_has_no_picture() -> None:
    assert balance(replace(counted(), leads=()), Words(), 330) == ""
    assert "Nobody has been released yet." in page(replace(counted(), leads=()))


# --- the command ----------------------------------------------------------------------------------------------------


def write(folder: Path) -> None:
    for path, data in world().files().items():
        (folder / "ledger" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "ledger" / path).write_bytes(data)
    (folder / "vkeys").write_text("".join(format_vkey(key) + "\n" for key in vkeys()))


def report(folder: Path, capsys: pytest.CaptureFixture[str], out: str = "report") -> tuple[int, dict[str, object]]:
    words = ["report", str(folder / "ledger"), "--vkeys", str(folder / "vkeys"), "--out", str(folder / out), "--json"]
    return main(words), json.loads(capsys.readouterr().out)


def test_the_report_is_a_page_and_the_same_figures_as_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path)
    code, said = report(tmp_path, capsys)
    assert (code, said["problems"]) == (0, [])
    out = tmp_path / "report"
    assert sorted(path.name for path in out.iterdir()) == [
        "balance.csv", "index.html", "places.csv", "report.css", "report.json", "states.csv",
    ]  # fmt: skip
    data = json.loads((out / "report.json").read_text(encoding="utf-8"))
    rows = list(csv.DictReader(io.StringIO((out / "places.csv").read_text(encoding="utf-8-sig"))))
    assert [(row["stage"], row["holder"], int(row["received"])) for row in rows] == [
        (row["stage"], row["holder"], row["received"]) for row in data["places"]
    ]
    for name in (path.name for path in out.glob("*.csv")):
        heading, *lines = csv.reader(io.StringIO((out / name).read_text(encoding="utf-8-sig")))
        assert {len(line) for line in lines} <= {len(heading)}, name
    assert data["yes"] is True
    assert report(tmp_path, capsys)[0] == 0  # an older report is replaced


def test_a_report_of_a_ledger_that_breaks_a_rule_says_so_at_its_top(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path)
    (tmp_path / "ledger" / "attachments" / "names.csv").write_text("names")
    code, _ = report(tmp_path, capsys)
    text = (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    assert code == 1
    assert text.index("Not verified") < text.index("The round in one table")


def test_nothing_is_written_of_a_ledger_whose_bytes_are_not_signed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path)
    (tmp_path / "ledger" / "checkpoint").unlink()
    code, said = report(tmp_path, capsys)
    assert code == 1
    assert isinstance(said["problems"], list)
    assert [problem["code"] for problem in said["problems"]][-1] == "report.bytes"
    assert not (tmp_path / "report").exists()


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path)
    code, said = report(tmp_path, capsys, out="ledger")
    assert (code, isinstance(said["problems"], list)) == (2, True)


def test_what_a_report_cut_short_has_left_does_not_stop_the_next_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path)
    (tmp_path / "report").mkdir()
    part_of(tmp_path / "report" / "states.csv").write_bytes(b"holder,sta")
    assert report(tmp_path, capsys)[0] == 0
    assert sorted(path.name for path in (tmp_path / "report").iterdir()) == sorted(FILES)
