"""The verbs of the command line that programs may ask a node for, and who may: one line each.

A verb that is missing here is not offered, and says why in `LEFT_OUT`; a test holds the two to the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from repatria.cli.main import NOUNS
from repatria.cli.verb import Registered
from repatria.exchange.authority import INTERVIEWER, LIAISON, OFFICER, PHYSICIAN, SIGNATORY, SUPERVISOR

_ALL = frozenset({OFFICER, SIGNATORY, SUPERVISOR, INTERVIEWER, PHYSICIAN, LIAISON})
_OFFICE = frozenset({OFFICER})
_READ = frozenset({OFFICER, SIGNATORY, SUPERVISOR})
_CLEAR = frozenset({INTERVIEWER})
_LIAISON = frozenset({LIAISON})

ROLES: Mapping[str, frozenset[str]] = {
    "exchange status": _ALL, "exchange calendar": _ALL, "exchange activate": _OFFICE, "exchange time": _OFFICE,
    "exchange suspend": _OFFICE | {SUPERVISOR}, "exchange resume": _OFFICE, "exchange withdraw": _OFFICE,
    "exchange dispute": _OFFICE, "exchange settle": _OFFICE, "exchange transcribe": _OFFICE,
    "exchange close-round": _OFFICE, "exchange close": _OFFICE,
    "register list": _READ, "register import": _OFFICE, "register export": _OFFICE, "register disclose": _OFFICE,
    "register preview": _OFFICE, "register check": _OFFICE, "register erase": _OFFICE, "register forget": _OFFICE,
    "link find": _OFFICE, "link list": _OFFICE, "link judge": _OFFICE, "link undo": _OFFICE, "link confirm": _OFFICE,
    "link why-not": _OFFICE,
    "answer give": _OFFICE, "answer export": _OFFICE,
    "law review": _OFFICE, "law tell": _OFFICE,
    "terms open": _OFFICE, "terms propose": _OFFICE, "terms offer": _OFFICE, "terms offers": _OFFICE,
    "terms release": _OFFICE, "terms agree": _OFFICE, "terms draft": _OFFICE, "terms sign": _OFFICE,
    "terms show": _ALL, "terms check": _READ,
    "task set": _OFFICE, "task done": _OFFICE, "task list": _ALL,
    "list draft": _OFFICE, "list sign": _OFFICE, "list show": _READ, "list export": _OFFICE,
    "clear places": _CLEAR, "clear people": _CLEAR, "clear visit": _CLEAR, "clear seen": _CLEAR, "clear form": _CLEAR,
    "clear typed": _CLEAR, "clear refused": _CLEAR, "clear board": frozenset({PHYSICIAN}),
    "clear boards": frozenset({PHYSICIAN}),
    "lottery commit": _OFFICE, "lottery share": _OFFICE, "lottery hold": _OFFICE, "lottery reveal": _OFFICE,
    "lottery open": _OFFICE, "lottery receipt": frozenset({OFFICER, LIAISON}),
    "plan propose": _OFFICE, "plan sign": _OFFICE, "plan show": _READ, "plan explain": _OFFICE, "plan page": _READ,
    "stage open": _OFFICE, "stage grant": _OFFICE, "stage dark": _OFFICE, "stage confirm": frozenset({SUPERVISOR}),
    "stage reconcile": _OFFICE, "stage abort": _OFFICE,
    "family take": _LIAISON, "family match": _OFFICE, "family check": _LIAISON, "family list": _OFFICE | _LIAISON,
    "family status": _LIAISON, "family hand": _LIAISON, "family end": _LIAISON, "family release": _LIAISON,
    "public claim": _OFFICE, "public counts": _OFFICE, "public show": _ALL, "public prove": _READ,
    "remains identify": _OFFICE, "remains list": _READ,
    "node show": _READ, "node notices": _READ, "node vkeys": _ALL, "node card": _READ,
}  # fmt: skip

# What gives rows of people away, by the values that it is called with: only with the consent of a second person, as at
# the pages (`web.exports`). `register check` gives back the file that came with it.
EXPORTING: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "register export": lambda values: True, "register preview": lambda values: True,
    "answer export": lambda values: True, "list export": lambda values: True, "link list": lambda values: True,
    "plan explain": lambda values: bool(values["all_"]), "plan page": lambda values: bool(values["numbers"]),
    "clear people": lambda values: True, "clear form": lambda values: True,
}  # fmt: skip

LEFT_OUT: Mapping[str, str] = {
    "exchange open": "before there is an exchange there is no role and no token",
    "exchange join": "before there is an exchange there is no role and no token",
    "exchange set-aside": "before a member has joined there is no role and no token",
    "link review": "a conversation at a keyboard; judge and undo are its parts",
    "link evaluate": "of tables of a study, not of an exchange",
    "register trace": "writes what one outside service may see; a person looks at it first",
    "family letter": "writes what a person takes away, code and all; done at a page or beside the machine",
    "family about": "writes what a person takes away after showing who they are; done at a page or beside the machine",
    "node delegate": "makes a key, which belongs on no server; a desk made elsewhere is appointed at a page",
    "node revoke": "changes who may ask; done by the keeper at a page",
    "node rotate": "makes a key, which belongs on no server",
    "node compromised": "changes who may ask; done by the keeper at a page",
    "node object": "a signatory's own word, signed at home",
    "node succeed": "hands the log on; done by the keeper beside the machine",
    "node hand-over": "hands the log on; done by the keeper beside the machine",
    "public site": "writes a folder of pages; they stand at the node under /public/, for everybody",
    "stage desk": "makes a desk's folder with its key, which belongs on no server; its equipment leaves at a page",
    "sync export": "writes on a stick beside the machine",
    "sync import": "reads a stick beside the machine",
    "sync desk": "reads a desk's folder beside the machine",
}


def verbs() -> dict[str, Registered]:
    """Every verb that works at a node, by "noun verb"."""
    found = {}
    for noun, _ in NOUNS:
        module = import_module(f"repatria.cli.{noun}")
        for command in getattr(getattr(module, "app", None), "registered_commands", ()):
            registered = getattr(command.callback, "registered", None)
            if registered is not None and registered.place in ("AtNode", "AtNode | None"):
                found[f"{noun} {command.name}"] = registered
    return found
