"""The people who work at nodes' pages, each in a browser of their own: they do what stands written there.

Everything is found by its role and its name in the language of whoever looks (a button, a field, a heading), from the
same tables that the pages are made from: a text that is missing, or stands at another thing, is not found.

    with sync_playwright() as playwright, browser(playwright, nodes) as chromium:
        clerk = Officer(Desk(node, "uk", chromium), "clerk")
        clerk.enrol(code)
        clerk.agrees("total-south")
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from repatria.message import Message
from repatria.rehearsal.nodes import PASSPHRASE
from repatria.report.language import Language
from repatria.web.texts import language_of
from tests.shared import require_tool
from tests.web.nodes import Heard, Node, arguments

KEPT = os.environ.get("REPATRIA_SCREENSHOTS")
SECONDS = 30  # for whatever a page is waited for
JOB_SECONDS = 180
_BETWEEN = r"[\s\u2068\u2069\u200e\u200f]*"  # what isolates words of another direction, and is no word


@contextmanager
def browser(playwright: Any, nodes: Sequence[Node]) -> Iterator[Any]:
    """One Chromium that finds these nodes by their names and trusts their own authorities; a skip without one."""
    found = playwright.chromium.launch(executable_path=require_tool("chromium"), args=arguments(*nodes))
    try:
        yield found
    finally:
        found.close()


def written(words: Language, id: str, after: str = "") -> re.Pattern[str]:
    """What a text looks like on a page, whatever stands in its places and in whichever plural form.

    Args:
        after: what stands after it, such as the name of whom a button is about; nothing by default.
    """
    entry = words.catalogue.entries.get(id) if words.catalogue is not None else None
    english = words.english[id]
    forms = entry.translated if entry is not None and entry.translated else english
    texts = (forms,) if isinstance(forms, str) else tuple(forms)
    shown = "|".join(".*".join(map(_plain, re.split(r"\{\w+\}", text))) for text in texts)
    return re.compile(f"^{_BETWEEN}(?:{shown}){_BETWEEN}{_plain(after)}{_BETWEEN}$", re.DOTALL | re.IGNORECASE)


def _plain(text: str) -> str:
    """As a pattern of this text alone, in the browser's language of patterns, too."""
    return re.escape(text).replace("/", r"\/")


@dataclass
class Desk:
    """Where a member's people work: its node, their language, a browser; and what was seen there, in order."""

    node: Node
    language: str
    browser: Any
    seen: list[str] = field(default_factory=list)

    @property
    def member(self) -> str:
        return self.node.folder.name


class Person:
    """Somebody at a member's pages. Every act ends at a page that has no problem on it, or raises."""

    def __init__(self, desk: Desk, name: str, width: int = 1200, dark: bool = False) -> None:
        self.desk, self.name = desk, name
        self.words = language_of(desk.language)
        self.context = desk.browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light", accept_downloads=True,
            locale=desk.language,
        )  # fmt: skip
        self.page = self.context.new_page()
        self.page.set_default_timeout(SECONDS * 1000)
        self.heard = Heard(self.page)
        self._device = self.context.new_cdp_session(self.page)
        self._device.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        added = self._device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self._authenticator = added["authenticatorId"]

    @property
    def author(self) -> str:
        return f"{self.desk.member}/{self.name}"

    def passkeys(self) -> list[dict[str, Any]]:
        """What this person's device holds."""
        asked = {"authenticatorId": self._authenticator}
        return list(self._device.send("WebAuthn.getCredentials", asked)["credentials"])

    def hold(self, passkeys: Sequence[dict[str, Any]]) -> None:
        """These are in this person's device, too."""
        for each in passkeys:
            added = {"authenticatorId": self._authenticator, "credential": each}
            self._device.send("WebAuthn.addCredential", added)

    # --- what stands on a page ------------------------------------------------------------------------------------

    def text(self, id: str, after: str = "") -> re.Pattern[str]:
        return written(self.words, id, after)

    def button(self, id: str, within: Any = None, after: str = "") -> Any:
        return (within or self.page).get_by_role("button", name=self.text(id, after))

    def link(self, id: str, within: Any = None) -> Any:
        return (within or self.page).get_by_role("link", name=self.text(id))

    def field(self, id: str, within: Any = None) -> Any:
        """A field by its label, in which what can be chosen may stand, too."""
        label = self.text(id).pattern.removesuffix("$")
        return (within or self.page).get_by_label(re.compile(label, re.DOTALL | re.IGNORECASE))

    def heading(self, id: str) -> Any:
        return self.page.get_by_role("heading", name=self.text(id))

    def part(self, id: str, kind: str = "section") -> Any:
        """The part of the page that has this heading."""
        return self.page.locator(kind, has=self.heading(id)).last

    def problems(self) -> list[str]:
        """The codes of the problems that the page shows."""
        return list(self.page.locator("main .problems:visible li code").all_inner_texts())

    # --- what one does with it ------------------------------------------------------------------------------------

    def open(self, title: str) -> None:
        """A page by its entry in the menu, as the address that everybody has: its title is the page's heading."""
        self.going(self.link(title, self.page.get_by_role("navigation", name=self.text("web.menu"))).click)

    def going(self, act: Callable[[], object]) -> None:
        """Whatever leads to another page, and no problem on that."""
        with self.page.expect_navigation(timeout=SECONDS * 1000):
            act()
        self.unhindered()

    def press(self, id: str, within: Any = None, after: str = "") -> None:
        self.going(self.button(id, within, after).click)

    def unfold(self, id: str, within: Any = None) -> None:
        """Open a part that is folded away."""
        folded = (within or self.page).locator("details", has=self.page.locator("summary", has_text=self.text(id))).last
        if folded.get_attribute("open") is None:
            folded.locator("summary").first.click()

    def unhindered(self) -> None:
        """The page says nothing of a problem; the codes of those it shows are told."""
        if found := self.problems():
            raise AssertionError(f"{self.author} at {self.title()}: {found}")
        assert self.page.locator("main h1").count() == 1, f"{self.author}: {self.page.inner_text('body')[:200]}"

    def title(self) -> str:
        return str(self.page.locator("h1").first.inner_text())

    def said(self) -> str:
        """What the page says of what was done."""
        return " ".join(self.page.locator("main .told").all_inner_texts())

    # --- coming in ------------------------------------------------------------------------------------------------

    def enrol(self, code: str) -> None:
        """With the code or link that was handed over, and a passkey."""
        start = f"/{self.desk.language}/account/enrol/"
        if code.startswith("https://"):
            self.page.goto(code.replace("/en/account/", f"/{self.desk.language}/account/"))
            self.page.wait_for_url(re.compile("/enrol/$"))  # the code has left the address
        else:
            self.page.goto(self.desk.node.url(start))
            self.field("account.enrol.code").fill(code)
        self.press("account.go_on")
        self.heading("account.ways.title").wait_for()
        self.press("account.ways.passkey.button")
        self.heading("account.recovery.title").wait_for()

    def log_in(self) -> None:
        """With the passkey of this device."""
        self.page.goto(self.desk.node.url(f"/{self.desk.language}/account/login/"))
        self.press("account.login.passkey.button")
        self.button("web.logout").wait_for()

    def begin(self) -> None:
        """The first page, with the menu of whatever they may do by now."""
        self.page.goto(self.desk.node.url(f"/{self.desk.language}/"))
        self.unhindered()

    def log_out(self) -> None:
        self.press("web.logout")

    def leave(self) -> None:
        self.context.close()

    # --- what a page is like --------------------------------------------------------------------------------------

    def look(self, what: str) -> None:
        """Keep a picture of the page as it is now, where that is asked for."""
        self.desk.seen.append(what)
        if KEPT:
            folder = Path(KEPT) / "walk"
            folder.mkdir(parents=True, exist_ok=True)
            at = len(list(folder.glob("*.png")))
            name = f"{at:03}-{self.desk.language}-{self.desk.member}-{self.name}-{what}.png"
            # Hiding the caret would leave styles in the page, which its policy reports once htmx copies them.
            self.page.screenshot(path=folder / name, full_page=True, caret="initial")

    def read_aloud(self) -> None:
        """Axe finds nothing, with every folded part of the page open, and nothing is wider than the page."""
        from axe_playwright_python.sync_playwright import Axe

        self.page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        found = Axe().run(self.page).response["violations"]
        over = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        wrong = [f"{each['id']}: {node['target']}" for each in found for node in each["nodes"]]
        assert not wrong, f"{self.author} at {self.title()}: {wrong}"
        assert over <= 0, f"{self.author} at {self.title()}: {over} pixels too wide"

    # --- what any of them may do ----------------------------------------------------------------------------------

    def take_bundle(self, out: Path) -> None:
        """What a stick would bear away, as a file."""
        self.open("web.carry.title")
        with self.page.expect_download() as coming:
            self.button("web.carry.download").click()
        coming.value.save_as(out)

    def bring_bundle(self, file: Path) -> None:
        """What somebody has brought on a stick."""
        self.open("web.carry.title")
        self.field("web.carry.file").set_input_files(file)
        self.press("web.carry.take")

    def sign_all(self, key: Path | None = None) -> int:
        """Everything that waits for this person's signature, in their browser; how much that was.

        Args:
            key: the key file, opened the first time and kept in the browser; none for one that the browser made.
        """
        signed = 0
        self.open("web.signing.title")
        while (waiting := self.page.locator("section", has=self.page.locator("#yours")).get_by_role("link")).count():
            self.going(waiting.first.click)
            self.sign_this(key)
            signed += 1
            self.open("web.signing.title")
        return signed

    def sign_this(self, key: Path | None = None) -> None:
        """What the page shows, by the key of this browser or out of its file."""
        form = self.page.locator("form[data-signing]")
        sign = self.button("web.signing.sign.do", form)
        sign.wait_for()
        if key is not None and form.locator("[data-part=open]").is_visible():
            self.field("web.signing.key", form).set_input_files(key)
            self.field("web.signing.passphrase", form).fill(PASSPHRASE)
            self.field("web.signing.keep", form).check()
        self.going(sign.click)


class Keeper(Person):
    """Who keeps the node: invites people, and appoints them."""

    def take_card(self, out: Path) -> None:
        """This member's card, as a file for the others."""
        self.open("web.begin.title")
        with self.page.expect_download() as coming:
            self.button("web.begin.card.take").click()
        coming.value.save_as(out)

    def bring_cards(self, *files: Path) -> None:
        self.open("web.begin.title")
        self.field("web.begin.cards.files").set_input_files(list(files))
        self.press("web.begin.cards.add")

    def open_exchange(self, origin: str) -> None:
        """After reading what is signed, as this exchange's secretariat."""
        self.open("web.begin.title")
        self.field("web.begin.origin").fill(origin)
        self.press("web.begin.look")
        self.look("opening")
        self.read_aloud()
        self.field("web.begin.compared").check()
        self._again(self.button("web.begin.sign.do").click)

    def join(self) -> None:
        """The exchange whose ledger is here, with the founders' figures compared."""
        self.open("web.begin.title")
        self.look("joining")
        self.read_aloud()
        self.field("web.begin.compared").check()
        self._again(self.button("web.begin.join.do").click)

    def invite(self, name: str) -> str:
        """The code for that name, to be handed over."""
        self.open("members.title")
        known = self.button("members.invite", after=f"{self.desk.member}/{name}")
        if known.count():
            self._again(known.click)
        else:
            self.field("members.invite.name").fill(name)
            self._again(self.button("members.invite").click)
        self.heading("members.invited.title").wait_for()
        return str(self.page.locator(".code").inner_text())

    def appoint(self, name: str, role: str) -> None:
        """By the key that came from their browser; `role` as the ledger calls it."""
        self.open("members.title")
        card = self.page.locator("li", has=self.page.get_by_role("heading", name=re.compile(f"^{name}$")))
        self.field("members.appoint.as", card).select_option(label=self.words.sentence(Message(f"web.role.{role}")))
        self._again(self.button("members.appoint", card, after=name).click)

    def _again(self, act: Callable[[], object]) -> None:
        """An act before which the pages may ask whether it is still the same person."""
        self.going(act)
        if self.heading("account.again.title").count():
            self.press("account.again.passkey")


class Officer(Person):
    """Prepares what their member says, and does what needs nobody's signature."""

    # consultation

    def announce(self, round_: str, target: str) -> None:
        self.open("web.consult.title")
        self.unfold("web.consult.activate")
        self.field("web.consult.round.name").fill(round_)
        self.field("web.consult.target").fill(target)
        self.press("web.consult.activate.do")

    def propose(self, clause: str, value: str) -> None:
        self.open("web.consult.title")
        self.unfold("web.consult.new")
        form = self.page.locator("form", has=self.page.get_by_text(self.text("web.consult.new.value")))
        self.field("web.consult.clause", form).fill(clause)
        self.field("web.consult.value", form).fill(value)
        self.press("web.consult.propose", form)

    def carry_offer(self, clause: str, value: str, to: str, maker: str) -> None:
        self.open("web.consult.title")
        form = self.page.locator("form", has=self.heading("web.consult.carry"))
        self.field("web.consult.clause", form).fill(clause)
        self.field("web.consult.value", form).fill(value)
        self.field("web.consult.to", form).select_option(to)
        self.field("web.consult.maker", form).select_option(maker)
        self.press("web.consult.carry.do", form)

    def release_offer(self) -> None:
        self.open("web.consult.title")
        self.press("web.consult.release")

    def set_task(self, task: str, due: str) -> None:
        self.open("web.consult.title")
        self.unfold("web.consult.task.set")
        form = self.page.locator("form", has=self.button("web.consult.task.set.do"))
        self.field("web.consult.task", form).select_option(task)
        self.field("web.consult.due", form).fill(due)
        self.press("web.consult.task.set.do", form)

    def agree(self) -> bool:
        """To the first clause that is open to it; whether there was one."""
        self.open("web.consult.title")
        open_ = self.button("web.consult.agree")
        if open_.count():
            self.going(open_.first.click)
            return True
        return False

    # terms

    def draft_terms(self, file: Path) -> None:
        self.open("web.terms.title")
        self.field("web.terms.file").set_input_files(file)
        self.press("web.terms.check.do")
        self.heading("web.terms.draft").wait_for()
        self.look("terms-looked-through")
        self.press("web.terms.draft.do")

    def sign_terms(self) -> None:
        self.open("web.terms.title")
        self.press("web.terms.sign.do")

    # lists

    def bring_list(self, file: Path, kind: str) -> None:
        """A register, looked through and imported in the background."""
        self.open("web.registers.title")
        self.field("web.registers.file").set_input_files(file)
        self.page.get_by_role("radio", name=self.text(f"web.list.{kind}")).check()
        self.press("web.registers.look")
        self.look("list-at-work")
        self.go_on()
        self.look("list-looked-through")
        self.press("web.draft.import")
        self.go_on()

    def go_on(self) -> None:
        """To what came of background work, once it is over."""
        then = self.link_or_button("web.job.then")
        then.wait_for(timeout=JOB_SECONDS * 1000)
        self.unhindered()
        self.going(then.click)

    def link_or_button(self, id: str) -> Any:
        """A link that looks like a button and says that it is one."""
        return self.button(id).or_(self.link(id))

    def disclose(self, kind: str, to: str) -> None:
        """Our own list of that kind, after looking at what the other will see."""
        self.open("web.registers.title")
        own = self.page.locator("tr", has=self.page.get_by_role("cell", name=self._member(self.desk.member)))
        self.going(own.get_by_role("link", name=self.text(f"web.list.{kind}")).click)
        self.field("web.register.reader").select_option(to)
        self.press("web.register.show")
        self.look("what-another-will-see")
        self.press("web.register.disclose")

    def _member(self, slug: str) -> re.Pattern[str]:
        name = re.escape(self.words.names.get(slug, slug))
        return re.compile(f"^{_BETWEEN}{name}{_BETWEEN}$")

    # matches

    def find_matches(self) -> None:
        self.open("web.matches.title")
        self.press("web.matches.find")
        self.go_on()

    def review(self, most: int, judge: Callable[[Any], str]) -> int:
        """Pairs by keyboard, as many as there are up to `most`; how many. `judge` says the key for what it sees."""
        self.open("web.matches.title")
        self.going(self.link_or_button("web.matches.review").first.click)
        self.look("pair")
        judged = 0
        while judged < most and self.page.locator("#pair input[name=pair]").count():
            self._key(judge(self.page))
            if self.page.locator("#pair .problems").count():  # linked already to somebody else
                self._key("KeyN")
            judged += 1
        return judged

    def _key(self, key: str) -> None:
        """A key of that place on the keyboard; the next pair has come afterwards, or the page says what is wrong."""
        shown = self.page.locator("#pair input[name=pair]").get_attribute("value")
        self.page.keyboard.press(key)
        self.page.locator(
            f"#pair:focus input[name=pair]:not([value='{shown}']), #pair:focus .problems, #pair:focus:not(:has(table))"
        ).first.wait_for(state="attached")

    def sign_judgements(self) -> None:
        self.open("web.matches.title")
        self.going(self.link_or_button("web.matches.review").first.click)
        if self.button("web.match.sign").count():
            self.press("web.match.sign")

    def confirm_sure(self) -> None:
        self.open("web.matches.title")
        if self.button("web.matches.bulk").count():
            self.press("web.matches.bulk")

    # answers and final lists

    def answer(self) -> None:
        self.open("web.answers.title")
        self.press("web.answers.give")

    def draft_list(self) -> None:
        self.open("web.lists.title")
        self.press("web.lists.draft")

    def sign_list(self) -> None:
        self.open("web.lists.title")
        self.press("web.lists.sign")

    # draw and plan

    def draw(self, step: str) -> None:
        self.open("web.draw.title")
        self.press(f"web.draw.{step}")

    def propose_plan(self) -> None:
        self.open("web.plan.title")
        self.going(self.button("web.plan.propose").or_(self.button("web.plan.revise")).click)
        self.look("plan-at-work")
        self.go_on()
        self.look("plan")

    def sign_plan(self) -> None:
        self.open("web.plan.title")
        self.press("web.plan.sign")

    # stages

    def stage(self, name: str) -> None:
        self.open("web.stages.title")
        self.going(self.page.get_by_role("rowheader", name=self._member(name)).get_by_role("link").click)

    def open_stage(self, name: str) -> None:
        self.stage(name)
        self.press("web.stages.open")

    def grant(self, stage: str, place: str, desk: str) -> None:
        self.stage(stage)
        part = self.page.locator(f"section[aria-labelledby='place-{place}']")
        self.unfold("web.stages.grant", part)
        form = part.locator("form", has=self.button("web.stages.grant"))
        self.field("web.stages.desk_or_sheet", form).fill(desk)
        self.press("web.stages.grant", form)

    def bring_desk(self, file: Path) -> None:
        self.open("web.stages.title")
        self.field("web.stages.desk.file").set_input_files(file)
        self.press("web.carry.take")

    def reconcile(self, stage: str, place: str) -> None:
        self.stage(stage)
        part = self.page.locator(f"section[aria-labelledby='place-{place}']")
        self.unfold("web.stages.tallies", part)
        self.press("web.stages.reconcile", part)


    # the end

    def withdraw(self, number: str, reason: str) -> None:
        """Somebody taken off the list, after looking at what it would do."""
        self.open("web.lists.title")
        self.going(self.link("web.withdraw.title").first.click)
        self.field("web.withdraw.number").fill(number)
        self.field("web.withdraw.reason").fill(reason)
        self.press("web.withdraw.look")
        self.look("withdrawal-looked-at")
        form = self.page.locator("form", has=self.button("web.withdraw.do"))
        self.field("web.confirm", form).check()
        self.press("web.withdraw.do", form)

    def accounts(self) -> int:
        """How many people the accounts of the round tell of."""
        self.open("web.ending.title")
        return int(re.sub(r"\D", "", self.page.locator("tfoot td").inner_text()))

    def close(self, what: str) -> None:
        """The round (`close_round`) or the exchange (`close`)."""
        self.open("web.ending.title")
        form = self.page.locator("form", has=self.button(f"web.ending.{what}"))
        self.field("web.confirm", form).check()
        self.press(f"web.ending.{what}", form)


class Signatory(Person):
    """Signs for their member with a key file that opens in their browser only."""


class Interviewer(Person):
    """The neutral's: asks each person in private."""

    def places(self) -> list[tuple[str, str]]:
        """Each place of detention with its holder, as the page names it."""
        self.open("web.interviews.title")
        rows = self.part("web.interviews.places").locator("tbody tr").all()
        return [(row.locator("th").inner_text(), row.locator("td").first.inner_text()) for row in rows]

    def at(self, place: str) -> None:
        self.open("web.interviews.title")
        self.going(self.page.get_by_role("link", name=place, exact=True).click)

    def each(self, place: str, day: str, declining: int = 0) -> list[str]:
        """Everybody at a place, an answer each; the numbers of those who decline."""
        self.at(place)
        self.going(self.link("web.interviews.each").click)
        self.field("web.interviews.day").fill(day)
        people = self.page.locator("fieldset.choices")
        numbers = []
        for at in range(people.count()):
            one = people.nth(at)
            word = "no" if at < declining else "yes"
            one.get_by_role("radio", name=self.text(f"web.interviews.answer.{word}")).check()
            if at < declining:
                name = one.get_by_role("radio").first.get_attribute("name")
                numbers.append(name.removeprefix("answer-"))
        self.look("interviews-each")
        self.press("web.interviews.visit.do")
        return numbers

    def planned(self) -> int:
        """How many of the place that is shown have a place in the plan and are to be asked."""
        row = self.page.locator("dl.counts div", has=self.page.get_by_text(self.text("web.interviews.planned_n")))
        return int(row.locator("dd").inner_text())

    def visit(self, place: str, day: str, planned: bool = False) -> None:
        """A day at a place at which everybody is willing, in one form."""
        self.at(place)
        self.unfold("web.interviews.file.title")
        form = self.page.locator("form", has=self.button("web.interviews.visit.do"))
        self.field("web.interviews.day", form).fill(day)
        if planned:
            self.field("web.interviews.planned", form).check()
        self.press("web.interviews.visit.do", form)

    def refused(self, place: str, day: str) -> None:
        self.at(place)
        form = self.page.locator("form", has=self.button("web.interviews.refused.do"))
        self.field("web.interviews.day", form).fill(day)
        self.press("web.interviews.refused.do", form)
