"""What the next pair of a match review costs where registers are large: a word is kept, and the next pair comes.

    python -m benchmarks.web.review [--sought N] [--held N] [--words N]

The node is the scenario's, with N invented records put into its vault and a pair for each of the sought, three for one
in ten; `--words` of them have been judged before. Each of 100 pages is a POST as the browser's key makes it: the word
is tried and kept durably, and the answer is the next pair. Told are CPU-seconds of the whole process per page (Django,
vault, template), of the first page, which reads everything, and of the others: the middle and the 95th of a hundred.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.web.world import World, application, client

application()

from repatria.ledger.canonical import encode  # noqa: E402 - Django is set up first
from repatria.linkage import commands  # noqa: E402

PAGES = 100
FIELDS = ("family_name", "given_names", "father_name", "date_of_birth", "place_of_birth", "sex", "unit",
          "service_number", "nationality", "capture_date", "capture_place")  # fmt: skip
KIND = {"family_name": "family", "given_names": "given", "father_name": "father", "date_of_birth": "date",
        "place_of_birth": "place", "sex": "word", "nationality": "word", "capture_date": "date",
        "capture_place": "place"}  # fmt: skip


def person(draw: random.Random) -> dict[str, str]:
    """An invented record: what it says does not matter here, only how much it is."""
    return {name: "male" if name == "sex" else f"Invented{draw.randrange(10**6):06}" for name in FIELDS}


def fill(world: World, sought: int, held: int, words: int) -> str:
    """The register whose review is measured."""
    draw = random.Random(1)
    with world.serving("south") as served:
        state = served.state()
        register = next(name for name, fact in state.registers.items() if "south" in fact.asked)
        own = next(
            name for name, fact in state.registers.items() if (fact.owner, fact.list_kind) == ("south", "held")
        )
        vault = served.node.vault
        rows = [f"{at:016x}" for at in draw.sample(range(1 << 60), sought + held)]
        vault.put_records(own, [(row, person(draw), {}) for row in rows[sought:]])
        people = [{"row": row, "fields": person(draw)} for row in rows[:sought]]
        data = {"register": register, "rows": people}
        letter = next(name for name in vault.documents("mail/register/"))
        vault.put_document(letter, encode({"kind": "register", "from": "north", "data": data}))
        pairs = [
            (row, rows[sought + draw.randrange(held)])
            for row in rows[:sought]
            for _ in range(3 if draw.random() < 0.1 else 1)
        ]
        evidence = [
            {"column": name, "kind": KIND.get(name, "number"), "level": 1, "absent": "", "worth": 3.1}
            for name in FIELDS
        ]
        vault.put_document(f"candidates/{register}", json.dumps([
            {"sought": one, "held": other, "rule": "evidence", "grade": "possible", "contested": False,
             "probability": 0.5, "found": draw.random(), "second": False, "evidence": evidence}
            for one, other in pairs
        ]).encode())  # fmt: skip
        said = [
            [one, other, draw.choice(("link", "non_link")), f"officer-{draw.randrange(3)}", "both records looked at",
             500_000, []]
            for one, other in {one: (one, other) for one, other in pairs[:words]}.values()
        ]  # fmt: skip
        pages = [said[at : at + commands.PAGE] for at in range(0, len(said), commands.PAGE)]
        for at, page in enumerate(pages):
            vault.put_document(f"judgements/{register}" + (f"/{at}" if at else ""), encode(page))
    return register


def measure(world: World, register: str) -> list[float]:
    """CPU-seconds of each page, the first one first."""
    clerk = client("clerk")
    spent = []
    with world.serving("south"):
        begun = time.process_time()
        page = clerk.get(f"/uk/matches/{register}/").content.decode()
        spent.append(time.process_time() - begun)
        for at in range(PAGES):
            pair = re.search(r'name="pair" value="([0-9a-f-]+)"', page)
            assert pair is not None
            asked: dict[str, Any] = {"pair": pair[1], "verdict": ("link", "non_link", "undecided")[at % 3]}
            begun = time.process_time()
            page = clerk.post(f"/uk/matches/{register}/", asked, headers={"hx-request": "true"}).content.decode()
            spent.append(time.process_time() - begun)
    return spent


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--sought", type=int, default=50_000)
    asked.add_argument("--held", type=int, default=100_000)
    asked.add_argument("--words", type=int, default=5_000)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        world = World.after("lists", Path(folder))
        world.appoint("south", "clerk", "officer")
        register = fill(world, given.sought, given.held, given.words)
        first, *spent = measure(world, register)
    spent.sort()
    print(f"{given.sought:,} sought, {given.held:,} held, {given.words:,} words before, {PAGES} pages")
    print(f"first page {first:.2f} s; next pair: middle {spent[PAGES // 2] * 1000:.0f} ms, "
          f"95th {spent[PAGES * 95 // 100] * 1000:.0f} ms, slowest {spent[-1] * 1000:.0f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
