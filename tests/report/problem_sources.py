"""Every sentence that a problem can say, read out of the source: what is wrong, what to do, a place for each value.

Problems are said in English where they are found, mostly by f-strings; the sentence in the code is the text that is
translated. This reads the code as a tree and follows what a problem is made with back to where it is written: a name
to what is bound to it, a parameter to its calls, a call to what it returns, a choice to all it may choose. A value that
is not written in the code (a count, a file's name) becomes a place, `{rows}`. What cannot be followed is `open`: a
sentence of another library, say. Its code then needs a general text (`report/problem_texts.py`).
"""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import product
from math import prod
from pathlib import Path

import repatria
from repatria.exchange.advice import ADVICE
from repatria.law.book import LAW
from repatria.law.facts import FACTS, SUBJECTS
from repatria.law.sources import SOURCES
from repatria.report.problem_texts import IN_GENERAL, PARTS, WHERE, WORDS

ROOT = Path(repatria.__file__).parent
MADE_BY = {  # what is made, and what it is made with
    "Problem": ("code", "where", "what", "do", "article"),
    "Refuse": ("code", "what"),
    "Refusal": ("status", "what"),  # of a witness
    "Elsewhere": ("code", "what", "do"),  # people who are known elsewhere, by whom
    "replace": (),  # a problem with other words
}
ALTERNATIVES_MOST = 12  # of a value within a sentence: more of them are a value, not wordings
SENTENCES_MOST = 16  # of one way to say it
Texts = frozenset[str]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Site:
    """A place in the source that makes a problem: the codes and sentences that it can have, and what stays open."""

    at: str
    codes: Texts
    what: Texts
    do: Texts
    parts: Texts = frozenset()  # of a sentence that is put together from many
    open: frozenset[str] = frozenset()


class _Open(Exception):
    """A text that is not written in the source."""


@dataclass
class _Module:
    name: str
    file: str
    tree: ast.Module
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    constants: dict[str, ast.expr] = field(default_factory=dict)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)
    nodes: list[ast.AST] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.nodes.append(self.tree)
        for node in self.nodes:  # grows as it goes: every node, the outer ones first
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node
                self.nodes.append(child)
            if isinstance(node, Function):
                self.functions[node.name] = node
            elif isinstance(node, ast.ImportFrom) and node.module:
                self.imports |= {each.asname or each.name: (node.module, each.name) for each in node.names}
        for statement in self.tree.body:
            if isinstance(statement, ast.AnnAssign | ast.Assign) and statement.value is not None:
                targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                for name, value in _bound(targets[0], statement.value):
                    self.constants[name] = value

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        while node in self.parents:
            node = self.parents[node]
            yield node

    def around(self, node: ast.AST) -> Iterator[Function]:
        return (each for each in self.above(node) if isinstance(each, Function))


class Sources:
    """The source of the package, to be asked for the sentences of its problems."""

    def __init__(self, root: Path = ROOT) -> None:
        self.modules: dict[str, _Module] = {}
        for file in sorted(root.rglob("*.py")):
            parts = ("repatria", *file.relative_to(root).with_suffix("").parts)
            name = ".".join(parts).removesuffix(".__init__")
            self.modules[name] = _Module(name, "/".join(parts[1:]) + ".py", ast.parse(file.read_text("utf-8")))
        self._calls: dict[str, list[tuple[_Module, ast.Call]]] = defaultdict(list)
        for module in self.modules.values():
            for node in module.nodes:
                if isinstance(node, ast.Call) and (called := _called(node)):
                    self._calls[called].append((module, node))
        self._missed: set[str] = set()
        self._parts: set[str] = set()
        self._within = 0  # how many sentences are being followed in which nothing may stay open

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """Every place that makes a problem, in the order of the source."""
        return tuple(self._sites())

    def _sites(self) -> Iterator[Site]:
        for module in self.modules.values():
            for node in module.nodes:
                names = MADE_BY.get(_called(node) or "") if isinstance(node, ast.Call) else None
                if names is not None and isinstance(node, ast.Call) and _says(node):
                    yield self._site(module, node, names)

    def _site(self, module: _Module, call: ast.Call, names: tuple[str, ...]) -> Site:
        given = {name: each for name, each in zip(names, call.args, strict=False) if not isinstance(each, ast.Starred)}
        given |= {each.arg: each.value for each in call.keywords if each.arg is not None}
        found: dict[str, Texts] = {}
        open_ = set()
        self._parts = set()
        for name in ("code", "what", "do"):
            self._missed = set()
            found[name] = self._soft(module, given[name], 0, frozenset()) if name in given else frozenset()
            if self._missed or (name in names and name not in given):
                open_.add(name)
        whole = next(module.around(call), None)
        at = f"{module.file}:{whole.name if whole else ''}"
        what, do, parts = (frozenset(map(_numbered, texts)) for texts in (found["what"], found["do"], self._parts))
        return Site(at, found["code"], what, do, parts, frozenset(open_))

    # --- following ----------------------------------------------------------------------------------------------------

    def _soft(self, module: _Module, node: ast.expr, depth: int, seen: frozenset[Function]) -> Texts:
        """What a text can be; what stays open is noted and left out, unless a sentence around it needs to know."""
        try:
            return self._texts(module, node, depth, seen)
        except _Open as open_:
            if self._within:
                raise
            self._missed.add(f"{module.file}:{node.lineno}: {open_}")
            return frozenset()

    def _texts(self, module: _Module, node: ast.expr, depth: int, seen: frozenset[Function]) -> Texts:
        if depth > 14:
            raise _Open("too deep")
        match node:
            case ast.Constant(value=str(text)):
                return frozenset({text.replace("{", "{{").replace("}", "}}")})
            case ast.Constant(value=None):
                return frozenset()
            case ast.JoinedStr(values=parts):
                return self._joined([self._part(module, each, depth, seen) for each in parts], parts)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._joined([self._part(module, each, depth, seen) for each in (left, right)], (left, right))
            case ast.IfExp(body=body, orelse=orelse):
                return self._any(module, (body, orelse), depth, seen)
            case ast.BoolOp(values=values):
                return self._any(module, values, depth, seen)
            case ast.NamedExpr(value=value):
                return self._texts(module, value, depth + 1, seen)
            case ast.Name():
                return self._named(module, node, depth, seen)
            case ast.Subscript(value=ast.Name() as pair, slice=ast.Constant(value=int(at))):
                return self._picked(module, pair, at, depth + 1, seen)
            case ast.Subscript(value=ast.Name(id=name)):
                home, table = self._constant(module, name)
                if isinstance(table, ast.Dict):
                    return self._any(home, table.values, depth, seen)
            case ast.Call(func=ast.Name(id="next"), args=[ast.GeneratorExp(elt=first), *rest]):
                return self._any(module, (first, *rest), depth, seen)
            case ast.Subscript(value=ast.Dict(values=values)):
                return self._any(module, values, depth, seen)
            case ast.Call(func=ast.Name(id="advice")):  # its tables are read as they are
                return frozenset()
            case ast.Call(func=ast.Name(id=name)):
                home, function = self._function(module, name, seen)
                return self._any(home, _returned(home, function), depth, seen | {function})
        raise _Open(ast.unparse(node)[:60])

    def _any(
        self, module: _Module, nodes: Iterable[ast.expr], depth: int, seen: frozenset[Function]
    ) -> Texts:  # fmt: skip
        return frozenset[str]().union(*(self._soft(module, each, depth + 1, seen) for each in nodes))

    def _part(self, module: _Module, node: ast.expr, depth: int, seen: frozenset[Function]) -> Texts:
        """A part of a sentence: a few wordings, or a place for a value."""
        inner = node.value if isinstance(node, ast.FormattedValue) else node
        self._within += 1
        try:
            texts = self._texts(module, inner, depth + 1, seen)
        except _Open:
            texts = frozenset()
        finally:
            self._within -= 1
        wordings = 0 < len(texts) <= ALTERNATIVES_MOST and (
            not any("{" in each for each in texts) or any(map(_has_words, texts))
        )  # fmt: skip
        return texts if wordings else frozenset({f"{{{_place(inner)}}}"})

    def _named(self, module: _Module, node: ast.Name, depth: int, seen: frozenset[Function]) -> Texts:
        for function in module.around(node):
            bound = list(_bindings(function, node.id))
            if bound:
                return self._assigned(module, bound, depth, seen)
            if node.id in _parameters(function):
                return self._given(module, function, node.id, depth, seen)
        home, value = self._constant(module, node.id)
        if value is None:
            raise _Open(node.id)
        return self._texts(home, value, depth + 1, seen)

    def _assigned(
        self, module: _Module, bound: list[tuple[str, ast.expr | None, int | None]], depth: int,
        seen: frozenset[Function],
    ) -> Texts:  # fmt: skip
        texts: Texts = frozenset()
        for how, value, at in bound:
            if value is None:
                raise _Open("bound by a pattern")
            if how == "one":
                texts |= self._soft(module, value, depth + 1, seen)
            elif how == "each":
                texts |= self._items(module, value, at, depth + 1, seen)
            elif at is not None:
                texts |= self._picked(module, value, at, depth + 1, seen)
        for how, value, _ in bound:
            if how == "more" and value is not None:
                texts |= frozenset("{sentence}" + more for more in self._part(module, value, depth + 1, seen))
        return texts

    def _given(
        self, module: _Module, function: Function, name: str, depth: int, seen: frozenset[Function],
        part: int | None = None,
    ) -> Texts:  # fmt: skip
        """What a parameter is given wherever its function is called; `part` of it, where it is given a tuple."""

        def told(home: _Module, node: ast.expr) -> Texts:
            within = seen | {function}
            if part is None:
                return self._soft(home, node, depth + 1, within)
            return self._picked(home, node, part, depth + 1, within)

        if function in seen:
            raise _Open("calls itself")
        order = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
        method = order[:1] in (["self"], ["cls"])
        within = module.parents[function]
        called = within.name if function.name == "__init__" and isinstance(within, ast.ClassDef) else function.name
        texts: Texts = frozenset()
        found = False
        for home, call in self._calls[called]:
            if not self._means(home, call, module, within, called, method):
                continue
            at = order.index(name) - method if name in order else len(call.args)
            by_name = next((each.value for each in call.keywords if each.arg == name), None)
            starred = next((n for n, each in enumerate(call.args) if isinstance(each, ast.Starred)), None)
            if by_name is not None:
                texts |= told(home, by_name)
            elif starred is not None and starred <= at:
                unpacked = call.args[starred]
                assert isinstance(unpacked, ast.Starred)
                texts |= self._picked(home, unpacked.value, at - starred, depth + 1, seen | {function})
            elif at < len(call.args):
                texts |= told(home, call.args[at])
            else:
                texts |= self._any(module, _default(function, name), depth + 1, seen)
            found = True
        if not found:
            raise _Open(f"{function.name} is called from nowhere")
        return texts

    def _means(
        self, home: _Module, call: ast.Call, module: _Module, within: ast.AST, called: str, method: bool
    ) -> bool:  # fmt: skip
        """Whether a call is of this function: of its module, or one that brings it in; a method by its own class."""
        if not method:
            imported = home.imports.get(called, ("", ""))[0] == module.name
            qualified = isinstance(call.func, ast.Attribute) and _called_of(call) in _last_names(home, module.name)
            return home is module or imported or qualified
        owner = within.name if isinstance(within, ast.ClassDef) else ""
        if called == owner:
            return home is module or owner in home.imports
        around = next((each for each in home.above(call) if isinstance(each, ast.ClassDef)), None)
        if _called_of(call) == "self":
            return around is within
        return home is module or any(each[0] == module.name for each in home.imports.values())

    def _picked(
        self, module: _Module, node: ast.expr, at: int, depth: int, seen: frozenset[Function]
    ) -> Texts:  # fmt: skip
        """What stands at a place of a pair, or a longer tuple."""
        if depth > 14:
            raise _Open("too deep")
        match node:
            case ast.Tuple(elts=parts) | ast.List(elts=parts) if at < len(parts):
                return self._soft(module, parts[at], depth + 1, seen)
            case ast.Constant(value=None):
                return frozenset()
            case ast.IfExp(body=body, orelse=orelse):
                return self._picked(module, body, at, depth + 1, seen) | self._picked(
                    module, orelse, at, depth + 1, seen
                )  # fmt: skip
            case ast.Subscript(value=ast.Dict(values=values)):
                pairs = (self._picked(module, each, at, depth + 1, seen) for each in values)
                return frozenset[str]().union(*pairs)
            case ast.Subscript(value=ast.Name(id=name)):
                home, table = self._constant(module, name)
                if isinstance(table, ast.Dict):
                    pairs = (self._picked(home, each, at, depth + 1, seen) for each in table.values)
                    return frozenset[str]().union(*pairs)
            case ast.Name(id=name):
                for function in module.around(node):
                    if bound := list(_bindings(function, name)):
                        pairs = (
                            self._picked(module, value, at, depth + 1, seen) if how == "one"
                            else self._items(module, value, at, depth + 1, seen, whole=True)
                            for how, value, _ in bound if value is not None
                        )  # fmt: skip
                        return frozenset[str]().union(*pairs)
                    if name in _parameters(function):
                        return self._given(module, function, name, depth, seen, at)
            case ast.Call(func=ast.Name(id=name)):
                home, function = self._function(module, name, seen)
                pairs = (
                    self._picked(home, each, at, depth + 1, seen | {function}) for each in _returned(home, function)
                )  # fmt: skip
                return frozenset[str]().union(*pairs)
        return self._open(module, node)

    def _items(
        self, module: _Module, node: ast.expr, at: int | None, depth: int, seen: frozenset[Function],
        whole: bool = False,
    ) -> Texts:  # fmt: skip
        """What a loop over this goes through; `at` a place of each, or each itself."""

        def one(home: _Module, each: ast.expr, seen: frozenset[Function] = seen) -> Texts:
            if at is None:
                return self._soft(home, each, depth + 1, seen)
            return self._picked(home, each, at, depth + 1, seen)

        if depth > 14:
            raise _Open("too deep")
        match node:
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
                texts: Texts = frozenset()
                for each in parts:
                    inner = each.value if isinstance(each, ast.Starred) else each
                    texts |= self._items(module, inner, at, depth + 1, seen) if inner is not each else one(module, each)
                return texts
            case ast.Dict(keys=keys, values=values):
                return self._any(module, values if at == 1 else [key for key in keys if key is not None], depth, seen)
            case ast.ListComp(elt=element) | ast.GeneratorExp(elt=element):
                return one(module, element)
            case ast.BinOp(left=left, op=ast.Add(), right=right) | ast.IfExp(body=left, orelse=right):
                return self._items(module, left, at, depth + 1, seen) | self._items(module, right, at, depth + 1, seen)
            case ast.Call(func=ast.Attribute(value=value, attr="items")):
                return self._items(module, value, at, depth + 1, seen)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)) | ast.Call(func=ast.Name(id=name)):
                if name in ("sorted", "list", "tuple", "chain") and isinstance(node, ast.Call):
                    inside = (self._items(module, each, at, depth + 1, seen) for each in node.args)
                    return frozenset[str]().union(*inside)
                home, function = self._function(module, name, seen)
                texts = frozenset()
                for each, many in _yielded(home, function):
                    if many:
                        texts |= self._items(home, each, at, depth + 1, seen | {function})
                    else:
                        texts |= one(home, each, seen | {function})
                return texts
            case ast.Name(id=name):
                for function in module.around(node):
                    if bound := list(_bindings(function, name)):
                        pairs = (
                            self._items(module, value, at, depth + 1, seen)
                            for how, value, _ in bound if value is not None and how in ("one", "more")
                        )  # fmt: skip
                        return frozenset[str]().union(*pairs, self._appended(module, function, name, one))
                home, value = self._constant(module, name)
                if value is not None:
                    return self._items(home, value, at, depth + 1, seen)
        return self._open(module, node)

    def _appended(self, module: _Module, function: Function, name: str, one: object) -> Texts:
        texts: Texts = frozenset()
        for node in _within(function):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr="append"), args=[each]):
                    if owner == name and callable(one):
                        texts |= one(module, each)
        return texts

    def _joined(self, parts: list[Texts], nodes: Sequence[ast.expr]) -> Texts:
        """A sentence of these parts; where that makes many, one of them is told of its own and has a place in it."""
        parts = list(parts)
        while prod(map(len, parts)) > SENTENCES_MOST:
            most = max(range(len(parts)), key=lambda at: (len(parts[at]), at))
            self._parts |= parts[most]
            inner = nodes[most].value if isinstance(nodes[most], ast.FormattedValue) else nodes[most]
            parts[most] = frozenset({f"{{{_place(inner)}}}"})
        return frozenset(map("".join, product(*parts)))

    def _open(self, module: _Module, node: ast.expr) -> Texts:
        if self._within:
            raise _Open(ast.unparse(node)[:60])
        self._missed.add(f"{module.file}:{node.lineno}: {ast.unparse(node)[:60]}")
        return frozenset()

    def _constant(self, module: _Module, name: str) -> tuple[_Module, ast.expr | None]:
        if name in module.constants:
            return module, module.constants[name]
        home = self.modules.get(module.imports.get(name, ("", ""))[0])
        return (module, None) if home is None else (home, home.constants.get(module.imports[name][1]))

    def _function(self, module: _Module, name: str, seen: frozenset[Function]) -> tuple[_Module, Function]:
        home: _Module | None = module
        function = module.functions.get(name)
        if function is None and name in module.imports:
            home = self.modules.get(module.imports[name][0])
            function = home.functions.get(module.imports[name][1]) if home is not None else None
        if home is None or function is None or function in seen:
            raise _Open(name)
        return home, function


@cache
def package() -> Sources:
    """Read once in a process, and where it is asked for: it takes some seconds."""
    return Sources()


@cache
def sentences() -> Mapping[str, str]:
    return sentences_of(package())


def sentences_of(sources: Sources) -> dict[str, str]:
    """Every text of problems that is translated, each by itself, in the order of the source."""
    said = [
        text
        for site in sources.sites
        for text in (*sorted(site.what | site.parts), *sorted(site.do))
        if _has_words(text) and " " in text.strip()
    ]
    return {text: text for text in (*said, *ADVICE, *IN_GENERAL.values(), *PARTS, *WORDS, *WHERE, *_of_law())}


def _of_law() -> Iterator[str]:
    """What the law's checks ask, find and advise, with the facts that they read and who knows these."""
    for check in LAW.checks.values():
        yield from map(_numbered, (check.asks, check.wrong, check.do))
    yield from (fact.meaning for fact in FACTS.values())
    for source in SOURCES.values():
        yield from (source.kind, source.how)
    yield from SUBJECTS.values()


# --- reading the tree -------------------------------------------------------------------------------------------------


def _called(node: ast.AST) -> str | None:
    match node:
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name
    return None


def _says(call: ast.Call) -> bool:
    """Whether a call says something of a problem: `replace` is of anything."""
    return _called(call) != "replace" or any(each.arg in ("what", "do") for each in call.keywords)


def _called_of(call: ast.Call) -> str:
    """What the called thing is an attribute of, by name."""
    match call.func:
        case ast.Attribute(value=ast.Name(id=name)):
            return name
    return ""


def _last_names(home: _Module, name: str) -> set[str]:
    """The names under which a module stands in another."""
    return {as_ for as_, (of, each) in home.imports.items() if f"{of}.{each}" == name}


def _bound(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    match target, value:
        case ast.Name(id=name), _:
            yield name, value
        case ast.Tuple(elts=names), ast.Tuple(elts=values):
            for each, one in zip(names, values, strict=True):
                yield from _bound(each, one)


@cache
def _within(function: Function) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(function))


def _bindings(function: Function, name: str) -> Iterator[tuple[str, ast.expr | None, int | None]]:
    """What is bound to a name within a function: how, of what, and at which place of it."""
    for node in _within(function):
        match node:
            case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
                yield from _at(target, name, "one", value)
            case ast.NamedExpr(target=ast.Name(id=bound), value=value) if bound == name:
                yield "one", value, None
            case ast.AugAssign(target=ast.Name(id=bound), value=value) if bound == name:
                yield "more", value, None
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                yield from _at(target, name, "each", value)
            case ast.MatchAs(name=bound) | ast.ExceptHandler(name=bound) if bound == name:
                yield "one", None, None  # what it is bound to is not written


def _at(
    target: ast.expr, name: str, how: str, value: ast.expr
) -> Iterator[tuple[str, ast.expr | None, int | None]]:  # fmt: skip
    match target:
        case ast.Name(id=bound) if bound == name:
            yield how, value, None
        case ast.Tuple(elts=parts):
            for at, each in enumerate(parts):
                if isinstance(each, ast.Name) and each.id == name:
                    yield "each" if how == "each" else "part", value, at


def _returned(module: _Module, function: Function) -> list[ast.expr]:
    returns = [
        node.value
        for node in _within(function)
        if isinstance(node, ast.Return) and node.value is not None and next(module.around(node), None) is function
    ]
    if not returns:
        raise _Open(f"{function.name} returns nothing")
    return returns


def _yielded(module: _Module, function: Function) -> Iterator[tuple[ast.expr, bool]]:
    """What a function yields, one by one or many at once."""
    for node in _within(function):
        match node:
            case ast.Yield(value=ast.expr() as value):
                yield value, False
            case ast.YieldFrom(value=value):
                yield value, True
            case ast.Return(value=ast.expr() as value):
                yield value, True


def _parameters(function: Function) -> list[str]:
    return [each.arg for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]


def _default(function: Function, name: str) -> list[ast.expr]:
    order = [*function.args.posonlyargs, *function.args.args]
    pairs = [*zip(reversed(order), reversed(function.args.defaults), strict=False)]
    pairs += [(arg, value) for arg, value in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
              if value is not None]  # fmt: skip
    return [value for arg, value in pairs if arg.arg == name]


def _has_words(text: str) -> bool:
    """Whether there is anything to translate in a text, beside its places."""
    return re.search(r"[A-Za-z]{2}", re.sub(r"\{\w+\}", "", text)) is not None


def _numbered(text: str) -> str:
    """Places of one name told apart: {days} and {days2}."""
    count: Counter[str] = Counter()

    def name(found: re.Match[str]) -> str:
        count[found[1]] += 1
        return f"{{{found[1]}{count[found[1]] if count[found[1]] > 1 else ''}}}"

    return re.sub(r"(?<!\{)\{([a-z_]+)\}(?!\})", name, text)


_OF_ITS_LAST = ("len", "sum", "str", "sorted", "min", "max", "map", "list")


def _place(node: ast.expr) -> str:
    """The name of a place, by the value that is put there."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.strip("_").lower() or "it"
        case ast.Call(func=ast.Name(id=name), args=[*_, last]) if name in _OF_ITS_LAST:
            return _place(last)
        case ast.Call(func=ast.Attribute(attr="join"), args=[arg, *_]):
            return _place(arg)
        case ast.Call(func=ast.Attribute(value=value, attr="replace" | "lower" | "isoformat" | "hex" | "get")):
            return _place(value)
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name.strip("_").lower()
        case ast.Subscript(value=value) | ast.BinOp(left=value) | ast.IfExp(body=value):
            return _place(value)
        case ast.BoolOp(values=[value, *_]):
            return _place(value)
        case ast.GeneratorExp(generators=[first, *_]) | ast.ListComp(generators=[first, *_]):
            return _place(first.iter)
    return "it"
