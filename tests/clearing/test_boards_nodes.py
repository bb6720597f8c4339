"""A finding from the board to the list, by the commands that officers type, with real keys and seals."""

from __future__ import annotations

import shutil
from pathlib import Path

from repatria.rehearsal.nodes import PASSPHRASE, Rehearsal
from repatria.store.node import NodeFolder


def test_whom_a_commission_finds_to_be_a_case_for_direct_repatriation_the_next_list_takes_out_of_the_ratio(
    listed: Path,
) -> None:
    shutil.copytree(listed / "listed", listed / "found")
    at = Rehearsal(listed / "found")
    at.on("2025-12-03")
    with NodeFolder.open(Path(at.node("south")), PASSPHRASE) as node:
        persons = node.state().persons
        ill = next(p.number for p in persons.values() if p.holder == "south" and p.counts)
        people = sum(p.holder == "south" for p in persons.values())
    found = at.folder / "keys" / "found.csv"
    found.write_text(f"number,finding\n{ill},direct_repatriation\n", encoding="utf-8")
    words = ("clear", "board", at.node("cross"), "--place", "camp-1", "--on", "2025-12-03", "--holder", "south",
             "--findings", str(found), "--mixed")  # fmt: skip
    doctors = [("--key-file", at.key(f"cross/doctor-{n}")) for n in (1, 2)]
    at.do(*words, *doctors[0], fails="authority.quorum")
    at.do(*words, *doctors[0], *doctors[1])
    at.carry()
    told = at.run("clear", "boards", at.node("south"))
    assert told["findings"] == {"direct_repatriation": 1, "in_the_ratio_still": 1}
    assert [(board["tell_by"], board["carry_out_by"]) for board in told["boards"]] == [("2026-01-03", "2026-03-03")]
    draft = at.signed("south", "list", "draft")
    assert (draft["version"], draft["people"], draft["left_the_ratio"]) == (2, people, 1)
    at.carry()
    at.signed("north", "list", "sign", "--holder", "south")
    at.carry()
    with NodeFolder.open(Path(at.node("gulf")), PASSPHRASE) as node:
        person = node.state().persons[ill]
        assert (person.account, person.to, person.counts) == ("repatriation", "north", False)
    assert at.run("clear", "boards", at.node("south"))["findings"]["in_the_ratio_still"] == 0
    places = at.run("clear", "places", at.node("cross"))["places"]
    assert sum(row["people"] for row in places if row["holder"] == "south") == people
