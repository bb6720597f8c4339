"""The ledger, entry by entry, each with the proof that it stands in the signed tree; and all of it verified on request.

An entry is shown as it is: kind, author, place in its author's chain, its data, whose keys signed it, and what became
of it. No entry holds a name. Entries are read from the log by index, a page at a time, whatever its size.
"""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from repatria.exchange.codec import decode_body
from repatria.ledger.entry import decode_entry
from repatria.ledger.tree import check_inclusion, leaf_hash
from repatria.message import Day, Message, Name
from repatria.web.access import PAGES, Asked, may_open, page
from repatria.web.verifying import verified

PER_PAGE = 50


@page("ledger/", name="ledger")
def ledger(request: Asked) -> HttpResponse:
    """The latest entries, and back from there; `before` is the index after the last one that is shown."""
    with request.served.lock:
        log = request.served.node.ledger
        size = 0 if log is None else log.size
        stop = min(size, _whole(request.GET.get("before"), size))
        start = max(0, stop - PER_PAGE)
        entries = [] if log is None else list(log.entries(start, stop))
        checkpoint = None if log is None else log.checkpoint()
        cosigners = tuple(map(Name, request.served.node.cosigners()))
        refused = {refusal.index: str(refusal.rule) for refusal in request.served.node.ledger_state().refusals}
    rows = [_row(index, entry, refused.get(index)) for index, entry in zip(range(start, stop), entries, strict=True)]
    return render(request, "web/ledger.html", {
        "rows": list(reversed(rows)), "size": size, "start": start, "newer": min(size, stop + PER_PAGE), "stop": stop,
        "root": "" if log is None else log.root().hex(), "checkpoint": checkpoint, "cosigners": cosigners,
    })  # fmt: skip


@page("ledger/<int:index>/", name="ledger-entry")
def entry(request: Asked, index: int) -> HttpResponse:
    """One entry with its inclusion proof in the present tree (RFC 6962, 2.1.1)."""
    with request.served.lock:
        log = request.served.node.ledger
        if log is None or not 0 <= index < log.size:
            raise Http404
        (data,) = log.entries(index, index + 1)
        size, root, proof = log.size, log.root(), log.tree.prove_inclusion(index)
        refused = {refusal.index: str(refusal.rule) for refusal in request.served.node.ledger_state().refusals}
    check_inclusion(proof, index, size, leaf_hash(data), root)  # raises: a page never shows a proof that does not hold
    row = _row(index, data, refused.get(index))
    try:
        body = decode_entry(data).body
        row["text"] = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
        row["keys"] = [sig.keyid for sig in decode_entry(data).sigs]
    except ValueError:
        row["text"], row["keys"] = "", []
    return render(request, "web/entry.html", {
        "row": row, "leaf": leaf_hash(data).hex(), "proof": [each.hex() for each in proof], "size": size,
        "root": root.hex(), "bytes": len(data),
        "may_dispute": row["text"] and may_open(PAGES["dispute-entry"], request.who, request.served.node.role),
    })  # fmt: skip


@page("ledger/verify/", name="ledger-verify")
def verify(request: Asked) -> HttpResponse:
    """Every byte, signature and rule, from the files on."""
    if request.method != "POST":
        return redirect("ledger")
    found = verified(request.served)
    context: dict[str, Any] = {"found": found}
    if found is not None:
        context |= {
            "checks": found.checks, "size": found.audit.reading.size, "root": found.audit.reading.root.hex(),
            "problems": found.problems, "notes": found.notes,
        }  # fmt: skip
    return render(request, "web/verified.html", context)


def _row(index: int, data: bytes, refused: str | None) -> dict[str, Any]:
    try:
        body = decode_body(decode_entry(data).body)
        return {
            "index": index, "kind": Message(f"event.kind.{body.kind}"), "code": body.kind, "author": body.author,
            "day": Day(body.at[:10], full=True), "refused": refused,
        }  # fmt: skip
    except ValueError:
        return {"index": index, "kind": None, "author": "", "day": None, "refused": refused or "entry.malformed"}


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 12 else otherwise


