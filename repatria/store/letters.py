"""What a letter of each kind looks like. Anybody who knows a member's recipient, which the ledger tells everybody, can
seal a letter to it: what is not of this form is not kept, so that nothing stumbles over it later.

    >>> is_whole("visits", {"holder": "north", "list": "0" * 64, "places": {"1f": "camp-1"}})
    True
    >>> is_whole("visits", {"places": ["camp-1"]}), is_whole("rows", None)
    (False, False)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_HEX = re.compile(r"[0-9a-f]{1,64}")


def is_whole(kind: str, data: Any) -> bool:
    """Whether this can be the data of a letter of that kind; of kinds that nobody reads here, anything can."""
    form = _FORMS.get(kind)
    return isinstance(data, dict) and (form is None or form(data))


def _texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())


def _rows(value: Any, *names: str) -> bool:
    return isinstance(value, list) and all(
        isinstance(row, dict) and _texts(row.get("fields")) and all(_hex(row.get(name)) for name in names)
        for row in value
    )


def _hex(value: Any) -> bool:
    return isinstance(value, str) and _HEX.fullmatch(value) is not None


_FORMS: Mapping[str, Callable[[dict[str, Any]], bool]] = {
    "register": lambda data: _hex(data.get("register")) and _rows(data.get("rows"), "row"),
    "rows": lambda data: _hex(data.get("list")) and _rows(data.get("rows"), "number", "row"),
    "visits": lambda data: _hex(data.get("list")) and _texts(data.get("places")) and all(map(_hex, data["places"])),
    "annex": lambda data: (
        _hex(data.get("salt")) and len(data["salt"]) % 2 == 0 and isinstance(data.get("text"), str)
    ),
}
