"""SAME PERSON? Candidates are found by rules, compared field by field, and become links by a person's word only.

For lists with no exchange around them: `from repatria.linkage import link, dedupe` (tables.py), and for more people
than one machine holds `link_on_spark` (spark.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from repatria.linkage.spark import link_on_spark
    from repatria.linkage.tables import dedupe, link, train

__all__ = ["dedupe", "link", "link_on_spark", "train"]


def __getattr__(name: str) -> Any:
    """Loaded when asked for: the numbers behind them are heavy, and a desk needs none."""
    if name == "link_on_spark":
        from repatria.linkage import spark

        return spark.link_on_spark
    if name in __all__:
        from repatria.linkage import tables

        return getattr(tables, name)
    raise AttributeError(name)
