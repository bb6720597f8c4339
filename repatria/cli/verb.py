"""What every verb shares: where it works, at what time, with which keys, and how it ends.

A noun's file names its verbs and nothing else. A verb is a function whose first parameter says where it works, and
that gives back what `show` prints: a `Done` or a list of problems as they come from the office, an answer, or a
`Said` with both. `verb` adds the arguments and options that go with the place:

    at: AtNode          NODE, --at, --key-file, --passphrase-file, --high-water, --json
    at: AtNode | None   the same with --node NODE, for a verb that can do with none
    at: AtDesk          DESK, --at, --passphrase-file, --json
    neither             --json

A parameter whose type is a dataclass of options stands for all of its fields, so that what several verbs ask for alike
is written once (listfile.py).

    app = noun("Registers: import, look through, commit.")

    @verb(app)
    def commit(at: AtNode, register: Register) -> Done | list[Problem]:
        '''Commit a register: repatria register commit NODE sought'''
        return at.run(commands.commit_register, commands.CommitRegister(register))

The command modules are imported inside the verbs' file, and that file only when its noun is asked for.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, cast, get_type_hints

import typer

from repatria.cli.show import Said, progress, show
from repatria.problem import Problem, Problems

if TYPE_CHECKING:
    from repatria.office import Command, Done, Given
    from repatria.store.delegate import DelegateKey
    from repatria.store.desk import DeskFolder
    from repatria.store.node import NodeFolder

R = TypeVar("R")
Verb = TypeVar("Verb", bound=Callable[..., Any])
ENV_PASSPHRASE, ENV_MARK = "REPATRIA_PASSPHRASE", "REPATRIA_HIGH_WATER"

def _option(flag: str, metavar: str, help: str, variable: str | None = None) -> Any:
    return typer.Option(flag, metavar=metavar, help=help, envvar=variable, show_default=False, show_envvar=False)


NodeArgument = Annotated[Path, typer.Argument(metavar="NODE", help="The node's folder.", show_default=False)]
NodeOption = Annotated[Path | None, _option("--node", "NODE", "A node's folder: its own records and lists are read.")]
DeskArgument = Annotated[Path, typer.Argument(metavar="DESK", help="The desk's folder.", show_default=False)]
At = Annotated[str | None, _option("--at", "TIME", "When it is, such as 2025-12-01T08:00:00Z; by default now.")]
KeyFiles = Annotated[list[Path] | None, _option("--key-file", "FILE", "A signatory's or delegate's key; may repeat.")]
PassphraseFile = Annotated[
    Path | None, _option("--passphrase-file", "FILE", f"Its first line is the passphrase; else ${ENV_PASSPHRASE}.")
]
HighWater = Annotated[
    Path | None,
    _option("--high-water", "FILE", f"On another medium: the highest checkpoint signed; else ${ENV_MARK}.", ENV_MARK),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@dataclass(frozen=True)
class AtNode:
    """An open node, and what is given there."""

    node: NodeFolder
    given: Given

    @property
    def readable(self) -> Given:
        """What is given here, without what whoever asks may not be told: at the machine itself, everything."""
        return self.given

    def can_sign(self, author: str) -> bool:
        """Whether this author's signature can be had here."""
        return self.given.seed(author) is not None

    def by(self, said: str) -> str:
        """Who does what no event is signed for: whoever they say they are, at a command line."""
        return f"{self.node.member}/{said}"

    def run(self, command: Command[R], request: R) -> Done | list[Problem]:
        """Do it through the office, or every reason why not."""
        from repatria.office import run

        return run(self.node, command, request, self.given)

    def with_keys(self, files: Sequence[Path], passphrase_file: Path | None = None) -> AtNode:
        """The same place with these key files unlocked besides."""
        seeds = {key.author: key.seed for key in unlock(files, passphrase_file)}
        before = self.given.seed
        return replace(self, given=replace(self.given, seed=lambda author: seeds.get(author) or before(author)))


@dataclass(frozen=True)
class AtDesk:
    """An open desk, and what is given there."""

    desk: DeskFolder
    given: Given

    def run(self, command: Command[R], request: R) -> Done | list[Problem]:
        from repatria.office import run

        return run(self.desk, command, request, self.given)


def noun(help: str) -> typer.Typer:
    """A noun's own app; `main.NOUNS` names its module."""
    return typer.Typer(
        help=help, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    )  # fmt: skip


def verb(app: typer.Typer, name: str | None = None, without: Sequence[str] = ()) -> Callable[[Verb], Verb]:
    """Makes a verb of the noun; the function itself stays as it is.

    Args:
        without: options of the place that this verb has a meaning of its own for, such as "key_files".
    """

    def register(function: Verb) -> Verb:
        app.command(name or function.__name__.rstrip("_").replace("_", "-"))(_command(function, without))
        return function

    return register


def _command(function: Callable[..., Any], without: Sequence[str]) -> Callable[..., int]:
    """The function as typer calls it: its place made from NODE or DESK and the options, its answer shown."""
    own = list(inspect.signature(function).parameters.values())
    # Names that are only imported for types stand as their texts; the place is known by its text.
    place = str(own[0].annotation) if own else ""
    opener, all_shared = _PLACES.get(place, (_nowhere, (_JSON,)))
    shared = [each for each in all_shared if each.name not in without]
    # Resolved without the answer's type, which a noun's file may import for the type checker only.
    bare = FunctionType(function.__code__, function.__globals__)
    bare.__annotations__ = {each.name: each.annotation for each in (own[1:] if place in _PLACES else own)}
    hints = get_type_hints(bare, include_extras=True)
    own = [each.replace(annotation=hints.get(each.name, each.annotation)) for each in own]
    groups = {each.name: cast(type[Any], each.annotation) for each in own if is_dataclass(each.annotation)}
    wanted = [part for each in (own[1:] if place in _PLACES else own) for part in _options_of(each)]
    first = [each for each in shared if each.default is inspect.Parameter.empty]
    options = [each for each in shared if each.default is not inspect.Parameter.empty]

    registered = Registered(function, place, tuple(wanted), groups)

    def command(**values: Any) -> int:
        given = {each.name: values.pop(each.name) if each in shared else each.default for each in all_shared}
        telling = _telling(values.get("language", "en"))
        try:
            with ExitStack() as stack:
                said = registered.call(opener(stack, **given), values)
        except Problems as error:
            if telling is str:
                raise
            said = Said(problems=error.problems)
        return show(said, given["as_json"], telling)

    keywords = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*first, *wanted, *options)]
    command.__signature__ = inspect.Signature(keywords)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in keywords}
    command.__doc__, command.__name__ = function.__doc__, function.__name__
    command.registered = registered  # type: ignore[attr-defined]
    return command


def _telling(language: str) -> Callable[[Problem], str]:
    """How problems are told to whoever asked in this language; a language that is none of ours, the verb refuses."""
    if language == "en":
        return str
    from repatria.files.locales import load_retelling
    from repatria.report.language import CODES

    return load_retelling(language).said if language in CODES else str


@dataclass(frozen=True)
class Registered:
    """A verb as it was written: for whoever else offers the same verbs (the pages' API).

    `parameters` are its own, with dataclasses of options laid open and annotations resolved.
    """

    function: Callable[..., Any]
    place: str  # AtNode, AtNode | None, AtDesk, or nothing
    parameters: tuple[inspect.Parameter, ...]
    groups: Mapping[str, type[Any]]

    def call(self, at: Any, values: Mapping[str, Any]) -> Said:
        """What the verb says of these values, at that place."""
        values = dict(values)
        for name, group in self.groups.items():
            values[name] = group(**{each.name: values.pop(each.name) for each in fields(group)})
        return _said(self.function(at, **values) if self.place in _PLACES else self.function(**values))


def _options_of(parameter: inspect.Parameter) -> list[inspect.Parameter]:
    """The parameter itself, or the fields of the dataclass of options that it stands for."""
    group = parameter.annotation
    if not is_dataclass(group):
        return [parameter]
    hints = get_type_hints(group, include_extras=True)
    return [_parameter(each.name, hints[each.name], each.default) for each in fields(group)]


def _said(result: Any) -> Said:
    if result is None:
        return Said()
    if isinstance(result, Said):
        return result
    if isinstance(result, list):
        return Said(problems=tuple(result))
    if isinstance(result, Mapping):
        return Said(result)
    return Said(result.answer, result.events, getattr(result, "problems", ()))  # Done, and what reports like it


# --- the places --------------------------------------------------------------------------------------------------


def _parameter(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


_JSON = _parameter("as_json", AsJson, False)


def _at_node(
    stack: ExitStack, node: Path, now: str | None, key_files: list[Path] | None, passphrase_file: Path | None,
    high_water: Path | None, as_json: bool,
) -> AtNode:  # fmt: skip
    from repatria.store.node import NodeFolder

    moment = at_time(now)
    folder = stack.enter_context(
        NodeFolder.open(node, passphrase(f"the node in {node.name}", passphrase_file), high_water)
    )
    return AtNode(folder, folder.given(moment, unlock(key_files or (), passphrase_file), progress()))


def _at_node_if_any(stack: ExitStack, node: Path | None, **rest: Any) -> AtNode | None:
    return None if node is None else _at_node(stack, node, **rest)


def _at_desk(
    stack: ExitStack, desk: Path, now: str | None, passphrase_file: Path | None, as_json: bool
) -> AtDesk:  # fmt: skip
    from repatria.store.desk import DeskFolder

    moment = at_time(now)
    folder = stack.enter_context(DeskFolder.open(desk, passphrase(f"the desk in {desk.name}", passphrase_file)))
    return AtDesk(folder, folder.given(moment))


def _nowhere(stack: ExitStack, as_json: bool) -> None:
    return None


_AT = _parameter("now", At, None)
_PASSPHRASE_FILE = _parameter("passphrase_file", PassphraseFile, None)
_OF_NODE = (
    _AT, _parameter("key_files", KeyFiles, None), _PASSPHRASE_FILE, _parameter("high_water", HighWater, None), _JSON,
)  # fmt: skip
_PLACES: Mapping[str, tuple[Callable[..., Any], Sequence[inspect.Parameter]]] = {
    "AtNode": (_at_node, (_parameter("node", NodeArgument), *_OF_NODE)),
    "AtNode | None": (_at_node_if_any, (_parameter("node", NodeOption, None), *_OF_NODE)),
    "AtDesk": (_at_desk, (_parameter("desk", DeskArgument), _AT, _PASSPHRASE_FILE, _JSON)),
}  # fmt: skip


# --- what a person gives -------------------------------------------------------------------------------------------


def at_time(text: str | None) -> str:
    """The time that a verb signs with, in the ledger's form: what --at says, or now."""
    from datetime import UTC, datetime

    if text is None:
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").strftime("%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        raise Problems([
            Problem("cli.time", "--at", "not a time of the ledger's form", "write it such as 2025-12-01T08:00:00Z")
        ]) from None  # fmt: skip


def passphrase(whose: str, file: Path | None = None, new: bool = False) -> str:
    """From the file, the environment or the person at the keyboard; a new one is asked for twice."""
    if file is not None:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            raise _no_passphrase(whose, f"the file {file.name} cannot be read") from None
        if not lines or not lines[0].strip():
            raise _no_passphrase(whose, f"the file {file.name} is empty")
        return lines[0]
    if found := os.environ.get(ENV_PASSPHRASE):
        return found
    if not sys.stdin.isatty():
        raise _no_passphrase(whose, "none was given, and nobody is at a keyboard to ask")
    return str(typer.prompt(f"Passphrase of {whose}", hide_input=True, confirmation_prompt=new, err=True))


def unlock(files: Sequence[Path], passphrase_file: Path | None = None) -> list[DelegateKey]:
    """The keys in these key files, each unlocked with its own passphrase; every problem at once."""
    from repatria.store.delegate import open_key, read_public

    keys: list[DelegateKey] = []
    problems: list[Problem] = []
    for file in files:
        try:
            author, _ = read_public(file)
            keys.append(open_key(file, passphrase(author, passphrase_file)))
        except Problems as error:
            problems += error.problems
    if problems:
        raise Problems(problems)
    return keys


def _no_passphrase(whose: str, what: str) -> Problems:
    do = f"give --passphrase-file, or set {ENV_PASSPHRASE}"
    return Problems([Problem("cli.passphrase", f"the passphrase of {whose}", what, do)])
