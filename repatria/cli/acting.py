"""Who acts in a verb: the node's member with its unlocked signatories, or an unlocked delegate of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repatria.exchange.authority import SIGNATORY
from repatria.exchange.commands import By
from repatria.problem import Problem, Problems

if TYPE_CHECKING:
    from repatria.cli.verb import AtNode


def member(at: AtNode) -> By:
    """The member, and every signatory of it whose key file was given."""
    own = at.node.member
    state = at.node.state()
    signatories = tuple(
        author
        for author, grants in sorted(state.keys.items())
        if author.startswith(own + "/") and grants[-1].role == SIGNATORY and at.can_sign(author)
    )
    return By(own, signatories)


def alone(at: AtNode) -> By:
    """The member's own key, whatever else is unlocked."""
    return By(at.node.member)


def unlocked(at: AtNode, role: str) -> list[str]:
    """Every delegate in that role, of whichever member, whose key file was given."""
    state = at.node.state()
    return [
        author
        for author, grants in sorted(state.keys.items())
        if grants[-1].role == role and at.can_sign(author)
    ]


def delegate(at: AtNode, *roles: str) -> By:
    """The unlocked delegate of this member that has one of these roles.

    Raises:
        Problems: no key file of such a delegate was given.
    """
    state = at.node.state()
    for author, grants in sorted(state.keys.items()):
        if author.startswith(at.node.member + "/") and grants[-1].role in roles and at.can_sign(author):
            return By(author)
    raise Problems(
        [
            Problem(
                "key.role", at.node.member, f"no key of a delegate in the role {' or '.join(roles)} is unlocked",
                "give it with --key-file",
            )
        ]
    )  # fmt: skip
