"""docs/access.md, made from the tables in the code: `python -m tests.web.access_page` writes it again."""

from __future__ import annotations

from pathlib import Path

from repatria.exchange.authority import EVERYONE, INTERVIEWER, LIAISON, OFFICER, PHYSICIAN, SIGNATORY, SUPERVISOR
from repatria.web.served import KEEPER
from tests.web.world import application

PAGE = Path(__file__).parents[2] / "docs" / "access.md"
COLUMNS = (OFFICER, SIGNATORY, SUPERVISOR, INTERVIEWER, PHYSICIAN, LIAISON, KEEPER)

HEAD = """# Who may open what

Made from `repatria/web/access.py`, the pages and `repatria/web/verbs.py` by `python -m tests.web.access_page`; a test
fails where it is old. Another table, written by hand, stands in `tests/web/test_access.py`: both are changed together.

- A person's role is the ledger's, at each request (`docs/authority.md`); the **keeper** is whoever unlocked the node,
  and no role of the ledger. Desks and gates work with their folders and open no page.
- A cell says at members of which role the page is for that person: `all`, or those that are named; `anybody` where
  nobody has to log in.
- Every refusal stands in the node's record of reads, by page and person; so does every reading about people.
- Whoever is not logged in comes to the login from every page, and stands in no record: anybody could fill it so.
- Whoever is logged in sees to their own login, whatever their role; what waits for signatures is there for whom it
  concerns.

## Pages
"""


def page() -> str:
    application()
    from repatria.web import urls
    from repatria.web.access import PAGES
    from repatria.web.urls import ACCOUNT
    from repatria.web.verbs import LEFT_OUT, ROLES

    assert urls.urlpatterns
    lines = [HEAD, "| page | address | " + " | ".join(COLUMNS) + " |", "|---|---|" + "---|" * len(COLUMNS)]
    for found in sorted(PAGES.values(), key=lambda each: each.path):
        at = "all" if found.members == frozenset(EVERYONE) else ", ".join(m for m in EVERYONE if m in found.members)
        at = "anybody" if found.everybody else at
        cells = [at if role in found.roles else "" for role in COLUMNS]
        lines.append(f"| {found.name} | `/{found.path}` | " + " | ".join(cells) + " |")
    own = ", ".join(f"`/account/{each.pattern}`" for each in ACCOUNT)
    lines += ["", "Around a login, for whoever comes or about oneself: " + own + ".", "", "## Verbs of the API", ""]
    people = COLUMNS[:-1]
    lines += ["| verb | " + " | ".join(people) + " |", "|---|" + "---|" * len(people)]
    for name, roles in sorted(ROLES.items()):
        lines.append(f"| {name} | " + " | ".join("yes" if role in roles else "" for role in people) + " |")
    lines += ["", "Not offered to programs:", ""]
    lines += [f"- {name}: {why}" for name, why in sorted(LEFT_OUT.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
