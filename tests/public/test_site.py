"""The static site and its files: whole, alike each time, without script or outside, each figure with all it needs."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

import pytest

from repatria import __version__
from repatria.exchange.documents import PublicCounts
from repatria.exchange.documents import read as read_document
from repatria.files.dataset import DATASET, PACKAGE, PROOF, Files, export
from repatria.files.formulas import plain
from repatria.files.locales import load_language
from repatria.files.public import load_chronology
from repatria.files.site import check_folder, site, write_folder
from repatria.problem import Problems
from repatria.public import record as public
from repatria.public.chronology import Chosen, Range
from repatria.public.claims import said
from repatria.public.record import Agreed, Ledger, Record, View, figure, views
from repatria.report.language import CODES
from tests.cli.test_main import answered, problems
from tests.exchange.world import CROSS, world_at
from tests.public.test_published import claim, publish
from tests.shared import require_tool
from tests.web.browser import ARGUMENTS

PICTURES = {"timeline", "returned", "gaps", "mediators"}


@pytest.fixture(scope="module")
def record() -> Record:
    world = world_at("reconciled", people=(12, 11))
    world.must(CROSS, claim())
    event = publish(world)
    table = read_document(PublicCounts, world.attachments[event.table])
    agreed = (Agreed("north", 12), Agreed("south", 11))
    ledger = Ledger(world.state.exchange, table, agreed, tuple(said(world.state)), b'{"proof":1}')
    return Record(load_chronology(), ledger, "0.1.0")


@pytest.fixture(scope="module")
def files(record: Record) -> Files:
    return export(record)


@pytest.fixture(scope="module")
def made(record: Record, files: Files) -> dict[str, bytes]:
    return site(record, {code: load_language(code) for code in CODES}, files)


def pages(made: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    yield from ((path, data.decode()) for path, data in made.items() if path.endswith(".html"))


# --- pages ----------------------------------------------------------------------------------------------------------


def test_every_view_is_a_page_in_every_language_and_every_link_leads_somewhere(
    record: Record, made: dict[str, bytes]
) -> None:
    assert len([path for path, _ in pages(made)]) == 5 * len(views(record)) + 1
    lost = []
    for path, text in pages(made):
        for address in re.findall(r'href="([^"]+)"', text):
            where = os.path.normpath(os.path.join(os.path.dirname(path), urldefrag(unescape(address))[0]))
            if where not in made:
                lost.append((path, address))
    assert lost == []


def test_no_page_has_a_script_a_style_of_its_own_or_anything_from_elsewhere(made: dict[str, bytes]) -> None:
    for path, text in pages(made):
        assert "<script" not in text, path
        assert "default-src 'none'; style-src 'sha256-" in text, path
        assert " style=" not in text, path
        assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', text), path


def test_every_figure_has_a_picture_a_table_its_csv_an_address_a_citation_and_what_it_does_not_mean(
    record: Record, files: Files, made: dict[str, bytes]
) -> None:
    english = load_language("en")
    for view in views(record):
        if view.page in ("index", "data"):
            continue
        text = made[f"en/{view.slug}.html"].decode()
        if view.page in PICTURES or view.page == "exchange":
            # nothing is drawn where all figures are withheld, or are of the dead alone
            drawn = '<svg xmlns="http://www.w3.org/2000/svg" class="chart' in text
            rows = figure(record, view).rows
            known = view.page != "timeline" or any(row[5] == "came-home" and (row[7] or row[9]) for row in rows)
            assert drawn or not known
            assert not drawn or 'role="img" aria-label="' in text
        assert "<table" in text, view
        assert files.named[f"{view.slug}.csv"] in text, view
        assert f'href="{view.slug}.html"' in text, view
        assert english.english["public.not"] in text
        assert "To cite: “" in text
        assert record.hash in text


def test_the_last_line_of_the_sums_is_the_total_by_that_rule(record: Record) -> None:
    for rule in public.rules_of(record, "ua"):
        made = public.returned(record, View("returned", "ua", counted=rule))
        last = made.rows[-1]
        for side in ("ukraine", "russia"):
            sums = tuple(last[made.columns.index(f"{side}_{end}")] for end in ("sum_least", "sum_most"))
            assert Range(*sums) == record.chronology.sum(rule, side, Chosen("ua")).range  # type: ignore[arg-type]


def test_claims_stand_beside_the_line_and_never_in_it(record: Record, made: dict[str, bytes]) -> None:
    text = made["en/returned-ua-came-home.html"].decode()
    line = public.returned(record, View("returned", "ua", counted="came-home"))
    assert max(int(row[5] or 0) for row in line.rows) == 6212
    assert "over 7,000" in text  # what the president said
    assert text.count('class="claim c0"') == 2 * len([
        each for each in record.compared
        if (each.total.conflict, each.total.counted, each.total.since) == ("ua", "came-home", "2022-02-24")
    ])  # fmt: skip


def test_the_exchanges_page_has_agreed_beside_done_and_claims_beside_signed_counts(made: dict[str, bytes]) -> None:
    text = made["en/exchange.html"].decode()
    cells = re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", text)
    at = cells.index("North") if "North" in cells else cells.index("north")
    assert cells[at : at + 3] == [cells[at], "12", "12"]
    claim = cells.index("307")  # the claim, which differs
    assert cells[claim + 1] == "Said by one side"
    assert "nobody, or fewer than ten; told with those who follow" in text.lower()


def test_an_arabic_page_reads_from_the_right_and_no_line_is_torn(made: dict[str, bytes]) -> None:
    text = made["ar/timeline-ua-2025.html"].decode()
    assert '<html lang="ar" dir="rtl">' in text
    assert "2025" in text


# --- files ----------------------------------------------------------------------------------------------------------


def test_each_file_bears_the_hash_of_its_content_and_the_edition(files: Files) -> None:
    for name, data in files.data.items():
        if name in (PACKAGE, DATASET):
            continue
        assert f"-{files.edition}-{hashlib.sha256(data).hexdigest()[:12]}." in name


def test_the_same_record_gives_the_same_bytes(record: Record, files: Files, made: dict[str, bytes]) -> None:
    again = Record(load_chronology(), record.ledger, record.version)
    assert export(again).data == files.data
    english = {"en": load_language("en")}
    assert site(again, english, export(again)) == site(record, english, files)


def test_another_process_with_another_hash_seed_writes_the_same_site(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from repatria.cli import entry\nentry()", "public", "site", "--language", "tr"]
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    told = {**os.environ, "PYTHONHASHSEED": seed}
    subprocess.run([*command, "--out", str(tmp_path / "site")], check=True, capture_output=True, env=told)
    here = Record(load_chronology(), None, __version__)
    files = site(here, {"tr": load_language("tr")}, export(here))
    there = {path.relative_to(tmp_path / "site").as_posix(): path.read_bytes()
             for path in (tmp_path / "site").rglob("*") if path.is_file()}  # fmt: skip
    assert there == files
    assert len(there) > 100


def test_csv_workbook_and_database_say_the_same(record: Record, files: Files) -> None:
    connection = sqlite3.connect(":memory:")
    connection.deserialize(files.data[files.named["public.sqlite3"]])
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    for table in public.whole(record):
        rows = connection.execute(f'SELECT * FROM "{table.name}"').fetchall()
        assert [tuple(row) for row in rows] == list(table.rows)
        text = files.data[files.named[f"{table.name}.csv"]].decode("utf-8-sig")
        heading, *below = csv.reader(io.StringIO(text, newline=""))
        assert tuple(heading) == table.columns
        wanted = [["" if value is None else str(value) for value in row] for row in table.rows]
        assert [list(map(plain, row)) for row in below] == wanted
    total = connection.execute(
        "SELECT sum(value) FROM chronology WHERE cell = 'came-home' AND of = 'ukraine' AND said_by = 'ukraine'"
        " AND exchange LIKE 'ua-2025-05-2%'"
    ).fetchone()
    assert total == (1000,)
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(files.data[files.named["public.xlsx"]]))
    assert book.sheetnames == [table.name for table in public.whole(record)]
    assert book["chronology"].max_row == len(record.chronology.statements) + 1


def test_the_package_and_the_dataset_describe_each_file_as_it_is(files: Files) -> None:
    package = json.loads(files.data[PACKAGE])
    assert package["profile"] == "tabular-data-package"
    for resource in package["resources"]:
        data = files.data[resource["path"]]
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        assert resource["bytes"] == len(data)
        heading = data.decode(resource["encoding"]).splitlines()[0].split(",")
        assert [each["name"] for each in resource["schema"]["fields"]] == heading
    dataset = json.loads(files.data[DATASET])
    assert (dataset["@context"], dataset["@type"]) == ("https://schema.org/", "Dataset")
    listed = {each["contentUrl"]: each["sha256"] for each in dataset["distribution"]}
    assert listed == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.data.items() if name not in (PACKAGE, DATASET)
    }
    assert PROOF in files.named


def test_parquet_says_the_same_where_the_extra_is_there(record: Record, files: Files) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra scale is absent")
    found = export(record, parquet=True)
    assert found.data == export(record, parquet=True).data
    for table in public.whole(record):
        rows = parquet.read_table(io.BytesIO(found.data[found.named[f"{table.name}.parquet"]])).to_pylist()
        assert [tuple(row.values()) for row in rows] == list(table.rows)


def test_nothing_that_a_spreadsheet_would_run_is_in_a_file(files: Files) -> None:
    for name, data in files.data.items():
        if name.endswith(".csv"):
            assert not re.findall(r'(?:^|,)"?[=+@]', data.decode("utf-8-sig"), re.MULTILINE), name


# --- on a disk ------------------------------------------------------------------------------------------------------


def test_a_site_is_written_again_over_an_older_one_and_over_nothing_else(
    tmp_path: Path, made: dict[str, bytes]
) -> None:
    few = {path: data for path, data in made.items() if path.startswith(("en/", "data/")) or "/" not in path}
    folder = tmp_path / "site"
    write_folder(folder, few)
    (folder / "data" / "old-1-000000000000.csv").write_bytes(b"of an edition before")
    check_folder(folder)
    write_folder(folder, few)
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == set(few)
    (folder / "letters.txt").write_bytes(b"somebody's own")
    with pytest.raises(Problems, match=r"public\.out"):
        check_folder(folder)
    assert problems("public", "site", "--out", folder) == ["public.out"]
    assert problems("public", "site", "--out", tmp_path / "x", "--language", "xx") == ["public.language"]


@pytest.mark.parametrize("path", ["data/mine.csv", "data/2025/list.csv", "en/notes.txt", "uk/index.htm", "data"])
def test_nobodys_own_files_are_deleted_where_a_folder_is_called_as_one_of_a_site(tmp_path: Path, path: str) -> None:
    folder, own = tmp_path / "work", tmp_path / "work" / path
    own.parent.mkdir(parents=True)
    if path == "data":  # a way into another folder
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "elsewhere" / "mine.csv").write_bytes(b"somebody's own")
        own.symlink_to(tmp_path / "elsewhere")
        own = own / "mine.csv"
    else:
        own.write_bytes(b"somebody's own")
    assert problems("public", "site", "--out", folder, "--language", "en") == ["public.out"]
    assert own.read_bytes() == b"somebody's own"


def test_the_command_writes_one_language_where_one_is_asked_for(tmp_path: Path) -> None:
    told = answered("public", "site", "--out", tmp_path / "site", "--language", "uk")
    assert (tmp_path / "site" / "uk" / "index.html").exists()
    assert not (tmp_path / "site" / "en").exists()
    assert "../en/" not in (tmp_path / "site" / "uk" / "index.html").read_text(encoding="utf-8")
    assert told["pages"] > 40


# --- in a browser ---------------------------------------------------------------------------------------------------


def test_the_site_opens_from_a_disk_without_a_network_and_axe_finds_nothing(
    tmp_path: Path, made: dict[str, bytes]
) -> None:
    """In Ukrainian at a desk, and in Arabic on a phone in the dark."""
    chromium = require_tool("chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is absent")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is absent")
    write_folder(tmp_path / "site", made)
    read = ("index", "timeline-ua-2025", "returned-ua-civilians-home", "exchange", "data")  # by axe: one of each shape
    shown = (*read, "gaps-ua", "mediators-ua", "totals-ua", "returned-ua-came-home")
    wrong: list[str] = []

    def heard(message: Any) -> None:
        wrong.append(message.text)

    def asked(request: Any) -> None:
        if not request.url.startswith("file:"):
            wrong.append(request.url)

    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for code, width, scheme in (("uk", 1200, "light"), ("ar", 360, "dark")):
            context = browser.new_context(
                viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True, bypass_csp=True
            )
            page = context.new_page()
            page.on("console", heard)
            page.on("request", asked)
            for name in shown:
                page.goto((tmp_path / "site" / code / f"{name}.html").as_uri())
                over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                wrong += [f"{code}/{name}: {over} pixels too wide"] if over > 0 else []
                found = axe.Axe().run(page).response["violations"] if name in read else []
                wrong += [f"{code}/{name}: {each['id']} {node['target']}" for each in found for node in each["nodes"]]
            context.close()
        browser.close()
    assert wrong == []


def test_zip_of_the_workbook_holds_no_clock(files: Files) -> None:
    archive = zipfile.ZipFile(io.BytesIO(files.data[files.named["public.xlsx"]]))
    assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
