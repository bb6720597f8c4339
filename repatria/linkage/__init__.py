"""SAME PERSON? Candidates are found by rules, compared field by field, and become links by a person's word only.

For lists with no exchange around them: `from repatria.linkage import link, dedupe` (tables.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from repatria.linkage.tables import dedupe, link

__all__ = ["dedupe", "link"]


def __getattr__(name: str) -> Any:
    """Loaded when asked for: the numbers behind them are heavy, and a desk needs none."""
    if name in __all__:
        from repatria.linkage import tables

        return getattr(tables, name)
    raise AttributeError(name)
