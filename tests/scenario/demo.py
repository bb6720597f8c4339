"""`make demo`: the whole exchange at full size, from four files to a verified record, and what it leaves behind.

demo/nodes/<member>/   the five nodes          demo/ledger/        the ledger as carried by stick
demo/registers/        the lists as files      demo/ledger.vkeys   the log's key, then the witnesses'
demo/desks/            the desks' folders      demo/report/        what people read
demo/plan.html, .pdf   the plan in force
"""

from __future__ import annotations

import argparse
import gc
import json
import shutil
import sys
import time
from pathlib import Path

from repatria.cli import COLLECTED_EVERY
from repatria.cli.main import main as repatria
from repatria.rehearsal.nodes import Unexpected
from repatria.rehearsal.terms import FULL, TEST
from tests.scenario.exchange import Scenario


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path("demo"), help="where to play it (replaced)")
    parser.add_argument("--small", action="store_true", help="forty for forty instead of full size")
    options = parser.parse_args(argv)
    gc.set_threshold(*COLLECTED_EVERY)  # as in each command's own process
    began = time.monotonic()
    shutil.rmtree(options.folder, ignore_errors=True)
    options.folder.mkdir(parents=True)
    folder = options.folder
    print("A whole exchange: two parties, two mediators, one neutral; invented people; folders and a stick only.\n")
    scenario = Scenario(folder, TEST if options.small else FULL, lambda line: print("  " + line, flush=True))
    try:
        scenario.play()
    except Unexpected as error:
        print(f"\nThe exchange stopped at an unexpected end of a command:\n{error}", file=sys.stderr)
        return 1
    log = folder / "commands.txt"
    log.write_text("".join(f"{code} {command}\n" for command, code in scenario.at.commands), encoding="utf-8")
    print(f"\n{len(scenario.at.commands):,} commands in {time.monotonic() - began:.0f} s\n")
    ledger, vkeys = str(folder / "ledger"), str(folder / "ledger.vkeys")
    verified = repatria(["verify", ledger, "--vkeys", vkeys])
    reported = repatria(["report", ledger, "--vkeys", vkeys, "--out", str(folder / "report")])
    if verified or reported:
        return 1
    plan = (str(folder / "plan.html"), "--pdf", str(folder / "plan.pdf"))
    scenario.at.run("plan", "page", scenario.at.node("north"), "--out", *plan)
    _table(json.loads((folder / "report" / "report.json").read_text(encoding="utf-8")))
    print(f"\nThe report: {folder / 'report' / 'index.html'}")
    print(f"The plan: {folder / 'plan.html'}, and for print {folder / 'plan.pdf'}")
    print(f"Verify it again, offline: .venv/bin/repatria verify {ledger} --vkeys {vkeys}")
    return 0


def _table(report: object) -> None:
    """The round in one table, as the report counts it."""
    assert isinstance(report, dict)
    columns = ("stage", "place", "holder", "agreed", "brought", "identified", "not_going", "received")
    rows = [[str(row[name]) for name in columns] for row in report["places"]]
    widths = [max(len(line[i]) for line in [list(columns), *rows]) for i in range(len(columns))]
    print()
    for line in [list(columns), *rows]:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


if __name__ == "__main__":
    sys.exit(main())
