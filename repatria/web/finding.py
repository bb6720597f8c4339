"""Somebody found by what an office calls them: the row of a record number, and the number of a row on the lists.

A register's records are opened once for this, and again when it has changed; what is kept at hand is numbers and rows,
no name. Whoever calls holds the node (`Served.at`).
"""

from __future__ import annotations

from collections.abc import Mapping
from weakref import WeakKeyDictionary

from repatria.exchange.state import State
from repatria.store.node import NodeFolder
from repatria.web.served import AtWeb

_MOST = 4  # registers at hand
_rows: WeakKeyDictionary[NodeFolder, dict[str, tuple[int, Mapping[str, str]]]] = WeakKeyDictionary()
_listed: WeakKeyDictionary[NodeFolder, tuple[tuple[str, ...], Mapping[tuple[str, str], str]]] = WeakKeyDictionary()


def row_of(at: AtWeb, register: str, asked: str) -> str | None:
    """The row of this register that is called so, by its row or by the office's own record number."""
    own = _rows.setdefault(at.node, {})
    changes, kept = at.node.vault.changes_of(register), own.pop(register, None)
    if kept is None or kept[0] != changes:
        rows: dict[str, str] = {}
        for record in at.given.records(register):
            rows.setdefault(record.row, record.row)
            if number := record.fields.get("record_id"):
                rows.setdefault(number, record.row)
        kept = changes, rows
    own[register] = kept
    while len(own) > _MOST:
        own.pop(next(iter(own)))
    return kept[1].get(asked)


def listed(at: AtWeb, state: State) -> Mapping[tuple[str, str], str]:
    """The number of everybody on the lists, by register and row: counted again when a list is another."""
    lists = tuple(sorted(str(fact.list) for fact in state.lists.values()))
    found = _listed.get(at.node)
    if found is None or found[0] != lists:
        numbers = {(str(each.register), str(each.row)): str(each.number) for each in state.persons.values()}
        found = _listed[at.node] = lists, numbers
    return found[1]
