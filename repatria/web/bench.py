"""A review in progress: pairs in the order in which they come, kept at hand so that the next one is there at once.

The rules are those of `linkage/review.py`, asked anew for the pairs of one sought row whenever a word was given on it:
what else is said never changes the order of other rows. Documents are read again when the vault has changed
otherwise, and everything is made anew where they are not the same.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from weakref import WeakKeyDictionary

from repatria.linkage import commands
from repatria.linkage.block import Candidate
from repatria.linkage.judgement import Judgement, confirm_sure, last_words, words_on
from repatria.linkage.review import Open, Pair, queue
from repatria.office import Given
from repatria.problem import Problem
from repatria.store.node import NodeFolder
from repatria.web.served import AtWeb

TOP = 3  # candidates beside one person
_MOST = 4  # registers that are kept at hand


@dataclass
class Bench:
    """What is known of one register's review."""

    register: str
    raw: Mapping[str, bytes | None] = field(default_factory=dict)
    changes: int = -1
    candidates: dict[Pair, Candidate] = field(default_factory=dict)
    of_sought: dict[int, list[Pair]] = field(default_factory=dict)
    sought: dict[int, Mapping[str, str]] = field(default_factory=dict)
    words: dict[int, list[Judgement]] = field(default_factory=dict)  # by sought row
    said: list[Judgement] = field(default_factory=list)
    orders: dict[str | None, list[Open]] = field(default_factory=dict)  # by reviewer; None: whoever it waits for
    sure: Sequence[Candidate] = ()  # those that one word on all of them could settle, as long as nobody speaks on them
    shown: tuple[list[str], int] = field(default_factory=lambda: ([], -1))

    # --- what is next ------------------------------------------------------------------------------------------------

    def order(self, who: str | None) -> list[Open]:
        """What waits for this reviewer, or for anybody, the decision worth most first."""
        if who not in self.orders:
            self.orders[who] = queue(self.candidates.values(), self.said, who)
        return self.orders[who]

    def figures(self) -> Mapping[str, int]:
        """How far the review is: pairs that are open, wait for a second word, are split, have changed since."""
        waits = Counter(each.waits for each in self.order(None))
        return {
            "open": waits.total(), "waiting_for_second": waits["second"], "split": waits["split"],
            "changed_since": waits["again"],
        }  # fmt: skip

    def sure_for(self, who: str) -> int:
        """How many sure and uncontested pairs this reviewer could confirm with one word."""
        found = confirm_sure(self.sure, who, "-", self.said)
        return 0 if isinstance(found, Problem) else len(found)

    def beside(self, pair: Pair) -> list[Candidate]:
        """The pair's candidate, then the others of the same person: three at the most, the likeliest first."""
        others = [self.candidates[each] for each in self.of_sought.get(pair[0], ()) if each != pair]
        others.sort(key=lambda each: (-(each.probability or 0.0), each.held_row))
        return [*([self.candidates[pair]] if pair in self.candidates else []), *others][:TOP]

    def last(self, who: str) -> Pair | None:
        """The pair on which this reviewer spoke last, if that word still stands."""
        for word in reversed(self.said):
            if word.reviewer == who and word.verdict not in ("taken_back", "moved", "reopened"):
                stands = who in last_words(words_on(self.words.get(word.sought_row, ())).get(word.pair, ()))
                if stands and word.pair in self.candidates:
                    return word.pair
        return None

    # --- keeping up --------------------------------------------------------------------------------------------------

    def given(self, at: AtWeb) -> Given:
        """What a command may use here: the pairs of this review as they are at hand."""
        self._look(at)
        return replace(at.given, document=lambda name: self.raw[name] if name in self.raw else at.given.document(name))

    def told(self, at: AtWeb, pair: Pair) -> None:
        """A word was kept on this pair, here and now: the order of its person is made anew."""
        self.changes = at.node.vault.changes
        self.said = commands.judgements_on(at.given, self.register)
        self.words[pair[0]] = [word for word in self.said if word.sought_row == pair[0]]
        these = [self.candidates[each] for each in self.of_sought.get(pair[0], ())]
        for who, order in self.orders.items():
            order[:] = [each for each in order if each.sought_row != pair[0]]
            for each in queue(these, self.words[pair[0]], who):
                insort(order, each, key=_place)

    def _look(self, at: AtWeb) -> None:
        if self.changes == at.node.vault.changes:
            return
        name = f"candidates/{self.register}"
        raw = {name: at.given.document(name)}
        said = commands.judgements_on(at.given, self.register)
        letters = list(at.given.documents("mail/register/"))
        state = at.node.seen_state()
        shown = letters, len(state.letters)
        if self.shown != shown:
            self.shown = shown
            self.sought = {each.row: each.fields for each in commands.disclosed(state, at.given, self.register) or ()}
        if raw != self.raw or said != self.said:
            self.raw, self.said = raw, said
            found = commands.candidates(replace(at.given, document=raw.get), self.register)
            self.candidates = {(each.sought_row, each.held_row): each for each in found}
            self.of_sought, self.words, self.orders = defaultdict(list), defaultdict(list), {}
            self.sure = [each for each in found if each.grade == "sure" and not each.contested]
            for pair in self.candidates:
                self.of_sought[pair[0]].append(pair)
            for word in self.said:
                self.words[word.sought_row].append(word)
        self.changes = at.node.vault.changes

    def held(self, at: AtWeb, row: int) -> Mapping[str, str]:
        """The record of a held row, from the newest version that has it."""
        for register in reversed(commands.own_versions(at.node.seen_state(), at.node.member, "held")):
            found = at.node.vault.record(register, commands.row_text(row))
            if found is not None:
                return found[0]
        return {}


_benches: WeakKeyDictionary[NodeFolder, dict[str, Bench]] = WeakKeyDictionary()


def bench(at: AtWeb, register: str) -> Bench:
    """The register's review, at hand for this node; up to date. Whoever calls holds the node (`Served.at`)."""
    own = _benches.setdefault(at.node, {})
    found = own.pop(register, None) or Bench(register)
    own[register] = found
    while len(own) > _MOST:
        own.pop(next(iter(own)))
    found.given(at)
    return found


def _place(each: Open) -> tuple[float, Pair]:
    return -each.value, each.pair
