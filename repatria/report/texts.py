"""Every text that can be translated, by id: a part of the project that speaks adds its table here.

The tests hold each `.po` file to exactly these; `docs/adr/0036` says how a message is added.

    >>> "status.title" in ALL
    True
"""

from __future__ import annotations

from repatria.deal import terms_texts
from repatria.message import Texts
from repatria.plan import why_texts
from repatria.report import (
    audit_texts,
    claims_texts,
    copy_texts,
    family_texts,
    form_texts,
    law_texts,
    link_texts,
    list_texts,
    plan_texts,
    public_texts,
    receipt_texts,
    status_texts,
)

ALL: Texts = {
    **status_texts.TEXTS, **form_texts.TEXTS, **list_texts.TEXTS, **link_texts.TEXTS, **plan_texts.TEXTS,
    **receipt_texts.TEXTS, **family_texts.TEXTS, **why_texts.TEXTS, **terms_texts.TEXTS, **copy_texts.TEXTS,
    **public_texts.TEXTS, **claims_texts.TEXTS, **audit_texts.TEXTS, **law_texts.TEXTS,
}  # fmt: skip
