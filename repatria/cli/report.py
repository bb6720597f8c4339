"""`repatria report LEDGER --vkeys FILE --out FOLDER`: verify a ledger, and write what people read of it.

Nothing is written about a ledger whose bytes are not all signed. Where the bytes hold and another check does not, the
page is written, says so at its top, and the command ends with 1. Ends with 2 where it could not be asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from repatria import __version__
from repatria.cli.show import USAGE, Said, show
from repatria.cli.verb import AsJson
from repatria.cli.verify import Ledger, Vkeys, audited, notes, opened, problems_of
from repatria.files.whole import part_of, write_whole
from repatria.problem import Problem, Problems

Out = Annotated[
    Path,
    typer.Option(
        "--out", metavar="FOLDER", help="Where to write; an older report is replaced.", show_default=False
    ),
]
FILES = ("index.html", "report.css", "places.csv", "states.csv", "balance.csv", "report.json")


def command(ledger: Ledger, vkeys: Vkeys, out: Out, as_json: AsJson = False) -> int:
    """Verify a ledger and write the reconciliation of its round: a page, its figures as CSV, and as JSON.

    Example: repatria report stick/ledger --vkeys ledger.vkeys --out report
    """
    try:
        _check_out(out)
        folder, keys = opened(ledger, vkeys)
    except Problems as error:
        show(Said(problems=error.problems), as_json)
        return USAGE
    audit = audited(folder, keys)
    checks = list(audit.checks)
    problems = problems_of(folder, checks)
    if not audit.verdicts:
        what = "nothing was written: the ledger's bytes are not all there and signed"
        refused = Problem("report.bytes", out.name, what, "verify another copy of the ledger")
        return show(Said(problems=[*problems, refused]), as_json)
    from repatria.report.audit_texts import told
    from repatria.report.tables import figures

    counted = figures(
        audit.reading, audit.state, audit.verdicts, audit.bodies,
        ((point.index, dict(point.ahead)) for point in audit.points),
        ((check.name, told(check.what), check.ok) for check in checks), map(told, notes(audit, checks)), len(problems),
    )  # fmt: skip
    _write(out, _files(counted))
    received = {each.holder: each.received + each.outside_received for each in counted.directions}
    answer = {"round": counted.round, "verified": counted.yes, "received": received, "files": list(FILES)}
    return show(Said(answer, problems=problems), as_json)


def _files(counted: Any) -> Mapping[str, bytes]:
    """Every file of the report, by name; the data first, the page that speaks of them last."""
    from repatria.files.tables import format_csv
    from repatria.report.pages import index
    from repatria.report.style import CSS
    from repatria.report.tables import COUNTED, DIFFERENCES
    from repatria.report.words import Words

    about = ("stage", "date", "place", "holder", "to", "status")
    columns = (*about, *COUNTED, *DIFFERENCES)
    places = [[str(getattr(place, name)) for name in columns] for place in counted.places]
    states = [[each.holder, each.account, each.state, str(each.people)] for each in counted.accounts]
    leads = [
        [lead.stage, lead.date, side, str(most), str(counted.bound)]
        for lead in counted.stage_leads
        for side, most in lead.most
    ]
    data = [name for name in FILES if name.endswith((".csv", ".json"))]
    return {
        "places.csv": format_csv(columns, places),
        "states.csv": format_csv(("holder", "account", "state", "people"), states),
        "balance.csv": format_csv(("stage", "date", "side", "furthest_ahead", "bound"), leads),
        "report.json": (json.dumps(counted.as_json(), indent=1, ensure_ascii=False) + "\n").encode(),
        "report.css": CSS.encode(),
        "index.html": index(counted, Words("en"), __version__, data).encode(),
    }


def _check_out(out: Path) -> None:
    """A new folder, an empty one, or one that holds a report and nothing else."""
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise Problems([Problem("report.out", out.name, "not a folder", "name a new or empty folder")])
    ours = {name for file in FILES for name in (file, part_of(out / file).name)}
    strange = sorted(path.name for path in out.iterdir() if path.name not in ours) if out.is_dir() else []
    if strange:
        what = f"holds {len(strange)} files that are not a report's"
        raise Problems([Problem("report.out", out.name, what, "name a new or empty folder")])


def _write(out: Path, files: Mapping[str, bytes]) -> None:
    """Each file whole or not at all, readable by its owner alone."""
    out.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        write_whole(out / name, data)
