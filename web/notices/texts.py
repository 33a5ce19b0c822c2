# SPDX-License-Identifier: Apache-2.0
"""The text of every kind of notice, in the language that is in force. Who gets one and how it travels is not decided here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from core.notices.model import DecisionAbout, NoticeKind, PanelNews
from web.i18n import DEFAULT_ZONE, language, show_zone
from web.words import _


@dataclass(frozen=True, slots=True)
class Text:
    """A subject and paragraphs for an e-mail, and the same in one paragraph for a short message."""

    subject: str
    paragraphs: tuple[str, ...]
    short: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What every text may name: the notice's own words, the organisation that writes, where people reach the platform."""

    words: Mapping[str, str]
    organisation: str
    home: str

    def instant(self, name: str) -> str:
        """An instant among the words in the sitting's zone, which is named: ``22 Nov 2026, 11:30 am, India Time``."""
        zone = self.words.get("time_zone") or DEFAULT_ZONE
        at = datetime.fromisoformat(self.words[name])
        shown = format_datetime(at, "d MMM y, h:mm a", ZoneInfo(zone), language())
        return f"{shown}, {show_zone(at, zone)}"

    @property
    def place(self) -> str:
        return self.words["place"]


def text_of_notice(kind: NoticeKind, facts: Facts) -> Text:
    """The text of a notice; needs an application context with a language in force."""
    return _TEXTS[kind](facts)


def body_of(text: Text, facts: Facts) -> str:
    """The whole e-mail: greeting, paragraphs, who writes."""
    greeting = _("Hello %(name)s,", name=facts.words["name"])
    signature = _(
        "%(organisation)s, with Kasauti. Nobody reads answers to this message.",
        organisation=facts.organisation,
    )
    return "\n\n".join((greeting, *text.paragraphs, signature)) + "\n"


def _access_code(facts: Facts) -> Text:
    code, title = facts.words["code"], facts.words["title"]
    opens_at = facts.instant("opens_at")
    return Text(
        _("Your access code for %(title)s", title=title),
        (
            _("Your access code is: %(code)s", code=code),
            _("Open %(link)s and type the code.", link=facts.home),
            _("Test: %(title)s", title=title),
            _("Place: %(place)s", place=facts.place),
            _(
                "You can start from %(opens_at)s to %(closes_at)s.",
                opens_at=opens_at,
                closes_at=facts.instant("closes_at"),
            ),
            _("The code is only for you. Do not give it to anybody."),
        ),
        _(
            "%(title)s: your access code is %(code)s. Open %(link)s from %(opens_at)s. Do not give the code to anybody.",
            title=title,
            code=code,
            link=facts.home,
            opens_at=opens_at,
        ),
    )


def _sitting_changed(facts: Facts) -> Text:
    title, opens_at = facts.words["title"], facts.instant("opens_at")
    return Text(
        _("Your test %(title)s has a new time or place", title=title),
        (
            _(
                "The time or the place of your test %(title)s was changed. This is what counts now:",
                title=title,
            ),
            _("Place: %(place)s", place=facts.place),
            _(
                "You can start from %(opens_at)s to %(closes_at)s.",
                opens_at=opens_at,
                closes_at=facts.instant("closes_at"),
            ),
            _("Your access code stays the same, unless you get a new one."),
        ),
        _(
            "%(title)s has a new time or place: %(place)s, from %(opens_at)s. "
            "Your access code stays the same, unless you get a new one.",
            title=title,
            place=facts.place,
            opens_at=opens_at,
        ),
    )


def _sitting_cancelled(facts: Facts) -> Text:
    title, opens_at = facts.words["title"], facts.instant("opens_at")
    return Text(
        _("Your test %(title)s is cancelled", title=title),
        (
            _(
                "Your test %(title)s at %(place)s on %(opens_at)s does not take place.",
                title=title,
                place=facts.place,
                opens_at=opens_at,
            ),
            _("You need do nothing. Your assessment agency tells you about another date."),
        ),
        _(
            "Your test %(title)s on %(opens_at)s is cancelled. Your agency tells you about another date.",
            title=title,
            opens_at=opens_at,
        ),
    )


def _result_declared(facts: Facts) -> Text:
    title = facts.words["title"]
    return Text(
        _("Your result for %(title)s is there", title=title),
        (
            _("Your result for %(title)s is declared.", title=title),
            _("Open %(link)s and type your access code to see it.", link=facts.home),
        ),
        _(
            "Your result for %(title)s is there. Open %(link)s and type your access code.",
            title=title,
            link=facts.home,
        ),
    )


def _decision_made(facts: Facts) -> Text:
    title = facts.words["title"]
    about = {
        DecisionAbout.INCIDENT: _(
            "A person has looked at what happened during your test %(title)s and has decided.", title=title
        ),
        DecisionAbout.APPEAL: _(
            "Another person has decided your appeal about the test %(title)s.", title=title
        ),
        DecisionAbout.LATE_ANSWERS: _(
            "A person has decided about your late answers in the test %(title)s.", title=title
        ),
        DecisionAbout.REASSESSMENT: _("Your request for another try at %(title)s was decided.", title=title),
        DecisionAbout.RESULT_CORRECTED: _(
            "A question of your test %(title)s was marked by a wrong key. Your result was computed again and is declared anew "
            "soon; the one before no longer counts.",
            title=title,
        ),
    }[DecisionAbout(facts.words["about"])]
    link = _("Open %(link)s and type your access code to read it.", link=facts.home)
    return Text(_("A decision about your test %(title)s", title=title), (about, link), f"{about} {link}")


def _erasure_notice(facts: Facts) -> Text:
    erase_at = facts.instant("erase_at")
    return Text(
        _("We will delete your personal data"),
        (
            _("On %(erase_at)s we will delete your personal data from this platform.", erase_at=erase_at),
            _(
                "Save what you still need before then: open %(link)s and type your access code.",
                link=facts.home,
            ),
            _("If you do not want this, tell your assessment agency before that time."),
        ),
        _(
            "On %(erase_at)s we will delete your personal data. To save it first, open %(link)s.",
            erase_at=erase_at,
            link=facts.home,
        ),
    )


def _erasure_done(facts: Facts) -> Text:
    reference, erased_at = facts.words["reference"], facts.instant("erased_at")
    return Text(
        _("Your personal data is deleted"),
        (
            _("On %(erased_at)s we deleted your personal data from this platform.", erased_at=erased_at),
            _("Your receipt has the number %(reference)s. Keep it.", reference=reference),
            _(
                "What the law asks us to keep stays without your name: your result with the awarding body, "
                "that you had agreed, and who looked at your data."
            ),
            _("Your access code opens nothing any more. This is the last message to you."),
        ),
        _(
            "We deleted your personal data on %(erased_at)s. Receipt: %(reference)s. Your access code opens nothing any more.",
            erased_at=erased_at,
            reference=reference,
        ),
    )


def _staff_invitation(facts: Facts) -> Text:
    organisation, link = facts.words["organisation"], facts.words["link"]
    return Text(
        _("Your account at %(organisation)s", organisation=organisation),
        (
            _("%(organisation)s has made an account for you on Kasauti.", organisation=organisation),
            _("Choose your password here: %(link)s", link=link),
            _("The link works once, until %(expires_at)s.", expires_at=facts.instant("expires_at")),
        ),
        _(
            "%(organisation)s invites you to Kasauti. Choose your password: %(link)s",
            organisation=organisation,
            link=link,
        ),
    )


def _password_reset(facts: Facts) -> Text:
    link = facts.words["link"]
    return Text(
        _("Choose a new password"),
        (
            _("Somebody asked for a new password for your account."),
            _("Choose it here: %(link)s", link=link),
            _("The link works once, until %(expires_at)s.", expires_at=facts.instant("expires_at")),
            _("If it was not you, do nothing: your password stays as it is."),
        ),
        _("Choose a new password here: %(link)s. If you did not ask for it, do nothing.", link=link),
    )


def _second_factor_reset(facts: Facts) -> Text:
    organisation = facts.words["organisation"]
    return Text(
        _("Your second sign-in step was reset"),
        (
            _(
                "An administrator of %(organisation)s has reset the second step of your sign-in.",
                organisation=organisation,
            ),
            _("At your next sign-in you set it up again: %(link)s", link=facts.home),
            _("If you did not ask for this, tell your administrator at once."),
        ),
        _(
            "Your second sign-in step at %(organisation)s was reset. If this was not you, tell your administrator at once.",
            organisation=organisation,
        ),
    )


def _guardian_code(facts: Facts) -> Text:
    words, expires_at = facts.words, facts.instant("expires_at")
    return Text(
        _("Do you agree to how %(learner)s is watched in a test?", learner=words["learner"]),
        (
            _(
                "%(learner)s, who is under 18, wants to take the test %(title)s. %(organisation)s needs your consent first, as "
                "parent or guardian.",
                learner=words["learner"],
                title=words["title"],
                organisation=facts.organisation,
            ),
            _("It is about: %(items)s.", items=words["items"]),
            _(
                "%(learner)s can show you the whole notice: what is recorded, what for, how long it is kept and who sees it.",
                learner=words["learner"],
            ),
            _(
                "If you agree, tell %(learner)s this code: %(code)s",
                learner=words["learner"],
                code=words["code"],
            ),
            _("The code works until %(expires_at)s.", expires_at=expires_at),
            _(
                "If you do not agree, do nothing. Then a person watches in the room instead of a camera, and nothing is lost."
            ),
            _(
                "You can take it back at any time: tell %(organisation)s. Then no picture is taken any more.",
                organisation=facts.organisation,
            ),
        ),
        _(
            "%(learner)s (under 18) wants to take the test %(title)s, watched by camera. If you agree as parent or guardian, "
            "tell %(learner)s the code %(code)s. If not, do nothing.",
            learner=words["learner"],
            title=words["title"],
            code=words["code"],
        ),
    )


def _panel_news(facts: Facts) -> Text:
    panel, link = facts.words["panel"], facts.words["link"]
    news = {
        PanelNews.INVITED: (
            _("You are asked to judge: %(panel)s", panel=panel),
            _("The panel %(panel)s asks you to help decide how much is enough to pass.", panel=panel),
        ),
        PanelNews.ROUND_OPENED: (
            _("A round is open: %(panel)s", panel=panel),
            _("The panel %(panel)s waits for your judgements. You can stop and go on later.", panel=panel),
        ),
        PanelNews.GIVEN_BACK: (
            _("Your judgements are open again: %(panel)s", panel=panel),
            _(
                "The chair of %(panel)s gave your judgements back. Change them and hand in again.",
                panel=panel,
            ),
        ),
        PanelNews.CONCLUDED: (
            _("The panel is over: %(panel)s", panel=panel),
            _("The panel %(panel)s has a recommendation. Thank you for your judgement.", panel=panel),
        ),
        PanelNews.CANCELLED: (
            _("The panel was ended: %(panel)s", panel=panel),
            _(
                "The chair ended the panel %(panel)s without a recommendation. Nothing is left to do.",
                panel=panel,
            ),
        ),
    }
    subject, told = news[PanelNews(facts.words["news"])]
    return Text(subject, (told, _("You find it here: %(link)s", link=link)), f"{told} {link}")


_TEXTS: Final[Mapping[NoticeKind, Callable[[Facts], Text]]] = {
    NoticeKind.ACCESS_CODE: _access_code,
    NoticeKind.SITTING_CHANGED: _sitting_changed,
    NoticeKind.SITTING_CANCELLED: _sitting_cancelled,
    NoticeKind.RESULT_DECLARED: _result_declared,
    NoticeKind.DECISION_MADE: _decision_made,
    NoticeKind.ERASURE_NOTICE: _erasure_notice,
    NoticeKind.STAFF_INVITATION: _staff_invitation,
    NoticeKind.PASSWORD_RESET: _password_reset,
    NoticeKind.SECOND_FACTOR_RESET: _second_factor_reset,
    NoticeKind.ERASURE_DONE: _erasure_done,
    NoticeKind.GUARDIAN_CODE: _guardian_code,
    NoticeKind.PANEL_NEWS: _panel_news,
}
