"""The API: the verbs of the command line, for programs with a token. OpenAPI is made from the verbs themselves.

    POST /api/v1/terms/propose          Authorization: Bearer repatria-…
    {"clause": "total-south", "value": "1200"}
    -> {"ok": true, "answer": {…}, "events": ["…"], "problems": []}

The answer is the command line's --json. 200: done; 422: problems, all of them; 202: kept until persons have signed,
with whose signatures are wanted; 400: not understood; 401: no good token; 403: not for the token's role. A file that a
verb reads is given as {"name": "list.xlsx", "base64": "…"}; what a verb writes comes back in "files" alike. It lies
meanwhile in memory (tmpfs), never on a disk.

What gives rows of people away says its "purpose", and is answered 202 with the export that waits until a second person
of the member has consented at a page; asked again with the same words it is then given, once (`web.exports`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import inspect
import json
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from django.http import HttpRequest, JsonResponse
from django.utils.translation import get_language
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.security import HttpBearer
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model

from repatria import __version__
from repatria.cli.show import Said, plain
from repatria.cli.verb import Registered
from repatria.files.locales import load_retelling
from repatria.problem import Problem, Problems
from repatria.web import checkin, exports, signing, tokens
from repatria.web.access import current, on_record
from repatria.web.served import AtWeb, Wanted
from repatria.web.uploads import folder_in_memory
from repatria.web.verbs import EXPORTING, ROLES, verbs

_BOUNDS = (("ge", "min"), ("le", "max"))  # as pydantic and as typer call them
_WRITES = ("out", "pdf", "annotated")  # parameters that name a file to be written
_FILE_MOST = 64 * 2**20
_WHOLE_MOST = 2 * _FILE_MOST  # bytes of a request: base64 makes four of three
_NAME_MOST = 255  # bytes of a file's name, on the file systems that there are


def _a_files(name: str) -> str:
    """The name, if a file can be called so; refuses what stands for a folder."""
    if name in (".", "..") or len(name.encode()) > _NAME_MOST:
        raise ValueError("not what a file is called")
    return name


Named = Annotated[str, Field(pattern=r"^[^/\\\x00-\x1f\x7f]{1,100}$"), AfterValidator(_a_files)]


class File(BaseModel):
    """A file: its name, which says its kind, and its bytes."""

    model_config = ConfigDict(extra="forbid")

    name: Named
    base64: str


class InWords(BaseModel):
    """The problem in the language of Accept-Language; `english` is what that language does not say."""

    language: str
    where: str
    what: str
    do: str
    english: str | None = None


class Told(BaseModel):
    """A problem: what is wrong, where, and what to do; in English, and in words where another language is accepted."""

    code: str
    where: str
    what: str
    do: str
    article: str | None = None
    in_words: InWords | None = None


class Answer(BaseModel):
    """What a verb says."""

    ok: bool
    answer: dict[str, Any] = {}
    events: list[str] = []
    problems: list[Told] = []
    files: list[File] = []
    waits: list[str] = []  # authors whose signatures are wanted


class Entries(BaseModel):
    """What a desk signed or heard, in that order; each entry's bytes in base64."""

    model_config = ConfigDict(extra="forbid")

    entries: list[str] = Field(min_length=1, max_length=checkin.MOST)


class Kept(BaseModel):
    """What became of one entry: `kept` durably, and whether it takes effect."""

    event: str | None
    kept: bool
    applied: bool
    problem: Told | None


class Checked(BaseModel):
    """What became of every entry, in the order in which they were sent."""

    ok: bool  # all of them are kept
    entries: list[Kept] = []
    problems: list[Told] = []


class TooLarge(Exception):
    """More than this API reads of one request."""


class NotForRole(Exception):
    """The token is good, and bound to a role that may not ask for this."""


class Bearer(HttpBearer):
    """A token in the header, of a role that may ask; nothing else opens the API, no session of a browser either.

    It is asked before the form is looked at: whoever may not ask learns nothing about forms.
    """

    def __init__(self, name: str, roles: frozenset[str], reads: bool = True) -> None:
        """`reads`: whether the answer says anything that the asker has not sent; then it is on the record of reads."""
        super().__init__()
        self.name, self.roles, self.reads = name, roles, reads

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        served = current()
        held = tokens.found(served, token)
        if held is None:
            return None
        who = tokens.bearer(served, held)
        if who is None:  # its role has ended, and the refusal is on record as every other
            on_record(served.who(held.name), f"api {self.name}", allowed=False)
        else:
            allowed = bool(who.roles & self.roles)
            if self.reads or not allowed:
                on_record(who, f"api {self.name}", allowed)
            if not allowed:
                do = f"ask somebody who is {' or '.join(sorted(self.roles))}"
                raise NotForRole(Problem("api.role", self.name, f"not for {who.role}", do))
            _read_whole(request)
        return who


def _read_whole(request: HttpRequest) -> None:
    """The request's body, of whoever may ask: files are in it, so that the limit is theirs and not that of forms."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > _WHOLE_MOST:
        raise TooLarge
    request._body = request.read(_WHOLE_MOST)  # where Django keeps what it has read by its own limit


api = NinjaAPI(
    title="Repatria", version=__version__, urls_namespace="api", docs_url=None,
    description="The verbs of the command line, for programs with a token bound to a role and an exchange.",
)  # fmt: skip


@api.exception_handler(ValidationError)
def _not_understood(request: HttpRequest, error: ValidationError) -> JsonResponse:
    """Every field that is wrong, at once; never what was given in it."""
    rows = [
        _told(Problem("api.form", ".".join(str(part) for part in each["loc"][1:]) or "body", each["msg"],
                      "send it as the OpenAPI document says"))
        for each in error.errors
    ]  # fmt: skip
    return JsonResponse({"ok": False, "problems": rows}, status=400)


@api.exception_handler(NotForRole)
def _not_for_role(request: HttpRequest, error: NotForRole) -> JsonResponse:
    return _answer(403, problems=error.args)


@api.exception_handler(TooLarge)
def _too_large(request: HttpRequest, error: TooLarge) -> JsonResponse:
    return _answer(400, problems=[Problem("api.file", "the request", "larger than 128 MiB", "send it in parts")])


@api.post(
    "/v1/desk/check-in", auth=Bearer("desk check-in", checkin.DEVICES, reads=False), tags=["desk"],
    operation_id="desk_check_in", response=dict.fromkeys((200, 400, 403, 422, 503), Checked),
    summary="What a desk or a gate has signed or heard comes in, and is kept before the answer.",
    description=f"For: {', '.join(sorted(checkin.DEVICES))}.",
)  # fmt: skip
def check_in(request: HttpRequest, body: Entries) -> JsonResponse:
    """200: all of them are kept; 422: some are not, and why; 503: the disk has failed, and nothing is acknowledged."""
    entries, problems = checkin.decoded(body.entries)
    if problems:
        return _checked(400, problems=problems)
    try:
        found = checkin.counter(current()).bring(entries)
    except Problems as error:
        return _checked(503, problems=error.problems)
    rows = [
        {"event": each.event, "kept": each.kept, "applied": each.applied,
         "problem": None if each.problem is None else each.problem.as_json()}
        for each in found
    ]  # fmt: skip
    return _checked(200 if all(each.kept for each in found) else 422, rows)


def _checked(status: int, entries: Any = (), problems: Any = ()) -> JsonResponse:
    told = [each.as_json() for each in problems]
    return JsonResponse({"ok": status == 200, "entries": list(entries), "problems": told}, status=status)


def _offer(name: str, verb: Registered) -> None:
    noun, _, word = name.partition(" ")
    form = _form(name, verb)
    roles = ROLES[name]

    def view(request: Any, body: Any) -> JsonResponse:
        who = request.auth
        try:
            with folder_in_memory() as folder:
                values, written = _values(verb, body, folder)
                with current().at(who) as at:
                    answer = _said(verb.call(at, values), {each: folder / each for each in written})
                    leaves = answer.status_code == 200 and name in EXPORTING and EXPORTING[name](values)
                    return _let(at, name, body, answer) if leaves else answer
        except Problems as error:
            return _answer(422, problems=error.problems)
        except typer.BadParameter as error:
            problem = Problem("api.usage", name, str(error), "send it as the OpenAPI document says")
            return _answer(400, problems=[problem])
        except Wanted as wanted:
            with current().at(who) as at:
                kept = signing.keep(at, wanted, None)
            waits = sorted({author for each in wanted.prepared.events for author in each.waits_for()})
            return _answer(202, {"waiting": kept.id}, waits=waits)

    view.__annotations__ = {"request": HttpRequest, "body": form, "return": Answer}
    view.__name__ = name.replace(" ", "_").replace("-", "_")
    text = (verb.function.__doc__ or "").partition("\n\n")
    api.post(
        f"/v1/{noun}/{word}", auth=Bearer(name, roles), tags=[noun], operation_id=view.__name__,
        response=dict.fromkeys((200, 202, 400, 403, 422), Answer), summary=text[0].strip(),
        description=f"For: {', '.join(sorted(roles))}.",
    )(view)  # fmt: skip


def _let(at: AtWeb, name: str, body: Any, answer: JsonResponse) -> JsonResponse:
    """What gives rows of people away, if a second person has consented to exactly this; else what waits for them."""
    said = body.model_dump(mode="json", by_alias=True)
    purpose = str(said.pop("purpose")).strip()
    about = name, hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    people = json.loads(answer.content)["answer"].get("people")
    count = people if isinstance(people, int) else None if people is None else len(people)
    found = exports.let(at, f"api {name}", about, purpose, answer.content, count)
    if found is None:
        return answer
    if isinstance(found, list):
        return _answer(422, problems=found)
    return _answer(202, {"export": found.id, "until": found.until}, waits=exports.consenters(at, found))


def _form(name: str, verb: Registered) -> type[BaseModel]:
    """The verb's own parameters as a form; a path becomes a file, or the name of one that is wanted."""
    fields: dict[str, Any] = {}
    for each in verb.parameters:
        annotation, help = _bare(each.annotation)
        writes = each.name in _WRITES
        kind = _in_json(annotation, Named if writes else File)
        default = ... if each.default is inspect.Parameter.empty else each.default
        bounds = _bounds(each.annotation)
        told = Field(default, alias=each.name, description=help, **bounds)
        fields[f"{each.name}_"] = (kind, told)  # `register` is pydantic's
    if name in EXPORTING:
        help = "What the people's rows are for; it is kept on record."
        fields["purpose_"] = (str, Field("", alias="purpose", max_length=exports.PURPOSE_MOST, description=help))
    title = "".join(part.title() for part in name.replace("-", " ").split())
    return create_model(title, __config__=ConfigDict(extra="forbid"), **fields)


def _bare(annotation: Any) -> tuple[Any, str]:
    """The type under typer's annotation, and its help."""
    if typing.get_origin(annotation) is Annotated:
        inner, *rest = typing.get_args(annotation)
        return inner, next((each.help for each in rest if getattr(each, "help", None)), "")
    return annotation, ""


def _bounds(annotation: Any) -> dict[str, Any]:
    """Between which numbers the verb takes a value, as typer's annotation says."""
    given = [(name, getattr(each, of, None)) for each in typing.get_args(annotation) for name, of in _BOUNDS]
    return {name: value for name, value in given if value is not None}


def _in_json(annotation: Any, path: Any) -> Any:
    """The type in JSON: with `path` wherever a path stands."""
    if annotation is Path:
        return path
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return typing.Union[tuple(_in_json(each, path) for each in inner)]  # noqa: UP007 - made of a tuple
    if origin is list:
        return list[_in_json(inner[0], path)]  # type: ignore[misc]
    return annotation


def _values(verb: Registered, body: Any, folder: Path) -> tuple[dict[str, Any], list[str]]:
    """What the verb is called with, and the names of the files that it is asked to write."""
    values: dict[str, Any] = {}
    written: list[str] = []
    for each in verb.parameters:
        value = getattr(body, f"{each.name}_")
        holds_path = Path in _types(_bare(each.annotation)[0])
        if holds_path and each.name in _WRITES and value is not None:
            written.append(value)
            value = folder / value
        elif isinstance(value, File):
            value = _put(value, folder, each.name)
        elif isinstance(value, list) and value and isinstance(value[0], File):
            value = [_put(one, folder, f"{each.name}-{at}") for at, one in enumerate(value)]
        values[each.name] = value
    return values, written


def _types(annotation: Any) -> set[Any]:
    return {annotation, *(one for inner in typing.get_args(annotation) for one in _types(inner))}


def _put(file: File, folder: Path, under: str) -> Path:
    try:
        data = base64.b64decode(file.base64, validate=True)
    except (binascii.Error, ValueError):
        raise Problems([Problem("api.base64", under, "not base64", "encode the file's bytes as base64")]) from None
    if len(data) > _FILE_MOST:
        raise Problems([Problem("api.file", under, "larger than 64 MiB", "send it in parts")])
    place = folder / "in" / under
    place.mkdir(parents=True)
    (place / file.name).write_bytes(data)
    return place / file.name


def _said(said: Said, files: Mapping[str, Path]) -> JsonResponse:
    status = 200 if not said.problems else 400 if said.unasked else 422
    made = [
        {"name": name, "base64": base64.b64encode(path.read_bytes()).decode()}
        for name, path in files.items()
        if path.is_file()
    ]
    return _answer(status, plain(said.answer), said.events, said.problems, made)


def _answer(
    status: int, answer: Any = None, events: Any = (), problems: Any = (), files: Any = (), waits: Any = ()
) -> JsonResponse:
    whole = {
        "ok": status in (200, 202), "answer": answer or {}, "events": list(events),
        "problems": [_told(each) for each in problems], "files": list(files), "waits": list(waits),
    }  # fmt: skip
    return JsonResponse(json.loads(json.dumps(whole, default=str)), status=status)


def _told(problem: Problem) -> dict[str, Any]:
    """The problem as it was found, and retold where the request accepts one of our other languages."""
    telling = load_retelling(get_language() or "en")
    if telling.in_english:
        return dict(problem.as_json())
    told = telling.problem(problem)
    words = {"where": told.where, "what": told.what, "do": told.do, "english": told.english}
    return {**problem.as_json(), "in_words": {"language": telling.language.code, **words}}


for _name, _verb in verbs().items():
    if _name in ROLES:
        _offer(_name, _verb)
