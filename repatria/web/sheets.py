"""The style sheet of the reports inside a page that has its own: the same rules, held to one part of the page.

    >>> scoped("p, td { margin: 0; }", ".document")
    '.document p, .document td { margin: 0; }'
"""

from __future__ import annotations

import re

_RULE = re.compile(r"([^{}]+)\{")
_WHOLE = ("html", "body", ":root", "main", "*")


def scoped(css: str, scope: str) -> str:
    """The style sheet with every selector below `scope`; what stands for the whole page stands for `scope` itself.

    Args:
        css: rules without nesting but for `@media`.
    """

    def one(selector: str) -> str:
        first, space, rest = selector.strip().partition(" ")
        if first in _WHOLE and first != "*":
            return f"{scope}{space}{rest}" if rest not in ("",) else scope
        return f"{scope} {selector.strip()}"

    def rule(found: re.Match[str]) -> str:
        text = found[1]
        lead = text[: len(text) - len(text.lstrip())]
        if text.strip().startswith("@"):
            return found[0]
        return f"{lead}{', '.join(one(each) for each in text.split(','))} {{"

    return _RULE.sub(rule, css)
