# SPDX-License-Identifier: Apache-2.0
"""The learner's channel: frames up, "your attempt changed" down. An answer never travels here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask_socketio import join_room

from core.errors import Conflict, Invalid, NotFound
from core.uow import Actor
from proctor import api as proctor
from web.device_files import help_of
from web.login import CurrentUser
from web.sockets.chain_fields import read_claim, read_commit, read_frame, read_number, require_integer
from web.sockets.guard import GuardedNamespace, require_mapping, services, sid
from web.watch_starts import plan_rechecks
from web.wiring import Services

Told = proctor.ChainBroken | proctor.CameraFacts | proctor.SpeechHeard
PICTURES = frozenset(("frame", "claim"))  # which are counted where they are taken in
HIGHEST_SIDE = 20_000
HIGHEST_RATE = 1000
OLDEST_SPEECH_MS = 3_600_000
LONGEST_SPEECH_MS = 60_000


@dataclass(slots=True)
class Watched:
    """One connection of a watched learner: at most 80 messages at once and 10 a second in the long run.

    `asks`: the plan asks the device for something; `help`: what of it the learner agreed to when the connection began.
    """

    session_id: str
    connection: int
    line: proctor.Line
    help: dict[str, str]
    asks: bool = False
    bucket: proctor.TokenBucket = field(
        default_factory=lambda: proctor.TokenBucket(per_second=10.0, burst=80.0)
    )


class Frames(GuardedNamespace):
    """All are acknowledged; the page is told ``demand`` ({seq}) when the server wants a picture that was not sent.

    ``frame`` ({seq, at_ms[, segment, link, since]}, jpeg), ``claim`` (the same and digest, faces), ``commit`` ({segment, first,
    link, since}), ``late`` ({seq}, jpeg), ``gone`` ({seq}), ``camera`` ({state}), ``facts``,
    ``helps`` ({what, able, why, ms}), ``speech`` ({ago_ms, lasted_ms}) and ``shown`` ({}).
    """

    EVENTS = {  # noqa: RUF012 - a table per class
        name: name
        for name in (
            *("frame", "claim", "commit", "late", "gone", "camera", "facts"),
            *("helps", "speech", "shown"),
        )
    }

    FREQUENT = frozenset(("frame", "claim", "camera"))

    def __init__(self, namespace: str) -> None:
        super().__init__(namespace)
        self._watched: dict[str, Watched] = {}

    def admit(self, parts: Services, user: CurrentUser) -> None:
        """Only a learner whose session is being watched; the session is the login's own, never named by the page."""
        if user.attempt_id is None:
            raise NotFound("session_unknown")
        with parts.store.read(Actor.system()) as uow:
            session = proctor.session_of_attempt(uow, user.attempt_id)
            if session is None or session.state is not proctor.SessionState.ACTIVE:
                raise NotFound("session_not_active")
            if session.plan.rechecks:
                plan_rechecks(uow, parts, session, entry_id=user.entry_id)
        connection = parts.pipeline.connected(session.id, at=parts.clock.now())
        line = parts.pipeline.line(session.id)
        line.connected(connection)
        self._watched[sid()] = Watched(
            session.id,
            connection,
            line,
            help_of(session),
            asks=session.plan.prefilter or session.plan.voice,
        )
        join_room(user.attempt_id)

    def leave(self, parts: Services, user: CurrentUser) -> None:
        """The line is gone; that accuses nobody."""
        watched = self._watched.pop(sid(), None)
        if watched is not None:
            parts.pipeline.disconnected(watched.session_id, connection=watched.connection)

    def limit(self, event: str) -> None:
        """A page of ours never sends so much."""
        watched = self._watched[sid()]
        if not watched.bucket.take(services().clock.now()):
            watched.line.flooded()
            raise Conflict("event_too_fast")
        if event not in PICTURES and not _is_connected(watched):
            watched.line.disbelieved()
            raise Conflict("frame_old_connection")

    def malformed(self, event: str) -> None:
        """Counted where the proctor sees it."""
        if sid() in self._watched:
            self._watched[sid()].line.disbelieved()

    def frame(self, _user: CurrentUser, meta: Any, jpeg: Any) -> dict[str, Any]:
        """Take one picture in; the answer says whether, and how many were dropped for newer ones."""
        seq, picture, batch = read_frame(meta, jpeg)
        watched, at = self._watched[sid()], services().clock.now()
        if batch is None:
            watched.line.unchained()
        elif _is_connected(watched):
            self._commit(watched, watched.line.commit(batch, at=at, sent=True))
        ack = services().pipeline.offer(watched.session_id, seq, picture, at, connection=watched.connection)
        return self._answer(watched, ack)

    def claim(self, _user: CurrentUser, claim: Any) -> dict[str, Any]:
        """What the page's own detector sees on a picture that it keeps, unless the answer says that it is ``wanted``."""
        seq, faces, batch = read_claim(claim)
        parts, watched = services(), self._watched[sid()]
        at = parts.clock.now()
        if _is_connected(watched):
            self._commit(watched, watched.line.commit(batch, at=at, sent=False, draw=False))
        ack = parts.pipeline.claim(watched.session_id, seq, faces, at, connection=watched.connection)
        view = parts.pipeline.view(watched.session_id)
        mode = proctor.Mode.FULL if view is None else view.mode
        if ack.wanted and mode is not proctor.Mode.FULL:
            watched.line.ask(seq, at=at)
        return {**self._answer(watched, ack), "wanted": ack.wanted, "mode": mode.value}

    def commit(self, _user: CurrentUser, commit: Any) -> dict[str, Any]:
        """Pictures that were taken and not sent: many, after a while without a line."""
        watched = self._watched[sid()]
        done = watched.line.commit(read_commit(commit), at=services().clock.now(), sent=False)
        self._commit(watched, done)
        return {"ok": True, "chain": watched.line.chain.tip.number}

    def late(self, _user: CurrentUser, meta: Any, jpeg: Any) -> dict[str, Any]:
        """A picture that was committed to earlier: taken without a line, or asked for."""
        seq = read_number(require_mapping(meta, "seq")["seq"])
        if not isinstance(jpeg, bytes):
            raise Invalid("event_malformed")
        parts, watched = services(), self._watched[sid()]
        at = parts.clock.now()
        if not parts.pipeline.late_room(watched.session_id):
            watched.line.put_off(seq, at=at)
            raise Conflict("frame_too_fast")
        try:
            arrived = watched.line.receive(seq, jpeg, at=at)
        except Invalid:
            broken = proctor.ChainBroken(at=at, kind=proctor.ChainBreak.ALTERED, frames=1)
            self._tell(watched, (broken,))
            raise
        return self._answer(watched, parts.pipeline.offer_late(watched.session_id, seq, jpeg, arrived.at))

    def gone(self, _user: CurrentUser, meta: Any) -> dict[str, Any]:
        """The page has a picture no longer that it was asked for."""
        watched, at = self._watched[sid()], services().clock.now()
        seq = read_number(require_mapping(meta, "seq")["seq"])
        self._tell(watched, watched.line.gone(seq, at=at))
        return {"ok": True}

    def camera(self, _user: CurrentUser, report: Any) -> dict[str, Any]:
        """The browser's own report of its camera; also its sign of life."""
        try:
            state = proctor.CameraState(require_mapping(report, "state")["state"])
        except ValueError as error:
            raise Invalid("event_malformed") from error
        parts = services()
        parts.pipeline.camera(self._watched[sid()].session_id, state, at=parts.clock.now())
        return {"ok": True}

    def facts(self, user: CurrentUser, facts: Any) -> dict[str, Any]:
        """What the page knows of its camera; of the device's name only whether it is one of a virtual camera's."""
        told = require_mapping(facts, "virtual", "width", "height", "fps", "jitter_ms")
        if not isinstance(told["virtual"], bool):
            raise Invalid("event_malformed")
        event = proctor.CameraFacts(
            at=services().clock.now(),
            virtual_name=told["virtual"],
            width=require_integer(told["width"], 0, HIGHEST_SIDE),
            height=require_integer(told["height"], 0, HIGHEST_SIDE),
            frames_per_second=_measure(told["fps"], HIGHEST_RATE),
            jitter_ms=_measure(told["jitter_ms"], proctor.MAXIMUM_MS),
        )
        watched = self._watched[sid()]
        self._tell(watched, (event,))
        return {"ok": True, "help": _help_now(user)} if watched.asks else {"ok": True}

    def helps(self, user: CurrentUser, told: Any) -> dict[str, Any]:
        """Whether the device does what the plan asks of it; what it does not do is done here, or not available."""
        asked = require_mapping(told, "what", "able", "why", "ms")
        watched = self._watched[sid()]
        what, able = asked["what"], asked["able"]
        if what not in ("faces", "voice") or what not in watched.help or not isinstance(able, bool):
            raise Invalid("event_malformed")
        ms = require_integer(asked["ms"], 0, proctor.MAXIMUM_MS)
        if not isinstance(asked["why"], str) or asked["why"] not in proctor.UNABLE:
            raise Invalid("event_malformed")
        if what == "voice" and able:
            _require_voice(user)
        device = proctor.Device(able=able, why=asked["why"], ms=ms)
        services().pipeline.device(watched.session_id, what, device)
        return {"ok": True}

    def speech(self, user: CurrentUser, told: Any) -> dict[str, Any]:
        """From when to when somebody spoke; of the sound nothing comes. Only from who agreed to it and still does."""
        span = require_mapping(told, "ago_ms", "lasted_ms")
        watched, now = self._watched[sid()], services().clock.now()
        if "voice" not in watched.help:
            raise Invalid("event_malformed")
        _require_voice(user)
        ended = now - timedelta(milliseconds=require_integer(span["ago_ms"], 0, OLDEST_SPEECH_MS))
        lasted = timedelta(milliseconds=require_integer(span["lasted_ms"], 1, LONGEST_SPEECH_MS))
        event = proctor.SpeechHeard(at=now, started_at=ended - lasted, ended_at=ended)
        self._tell(watched, (event,))
        return {"ok": True}

    def shown(self, _user: CurrentUser, told: Any) -> dict[str, Any]:
        """The card that asks for a movement is on the screen: from now on it is waited for."""
        require_mapping(told)
        parts = services()
        parts.rechecks.shown(self._watched[sid()].session_id, at=parts.clock.now())
        return {"ok": True}

    def _commit(self, watched: Watched, done: proctor.Committed) -> None:
        if done.another_page:
            services().pipeline.another_page(watched.session_id)
        self._tell(watched, done.broken)
        for number in done.demands:
            self.emit("demand", {"seq": number}, room=sid())

    @staticmethod
    def _tell(watched: Watched, events: Iterable[Told]) -> None:
        for event in events:
            if not services().pipeline.tell(watched.session_id, event):
                raise NotFound("session_not_active")

    @staticmethod
    def _answer(watched: Watched, ack: proctor.Ack) -> dict[str, Any]:
        """The acknowledgement: what came of it, up to which picture the chain is known, what the server would like."""
        answer: dict[str, Any] = {"ok": ack.ok, "seq": ack.seq, "dropped": ack.dropped}
        if watched.line.chain.segments:
            answer["chain"] = watched.line.chain.tip.number
        if ack.code is not None:
            return {**answer, "code": ack.code}
        asked = services().rechecks.asked(watched.session_id, at=services().clock.now())
        if asked is not None:
            answer["ask"] = asked
        wish = watched.line.sent(dropped=ack.dropped)
        if wish.every_ms or wish.width:
            answer["pace"] = {"every_ms": wish.every_ms, "width": wish.width}
        return answer


def _help_now(user: CurrentUser) -> dict[str, str]:
    """What the device may do by the consent as it stands; empty ends all of it."""
    with services().store.read(Actor.system()) as uow:
        session = None if user.attempt_id is None else proctor.session_of_attempt(uow, user.attempt_id)
    return help_of(session) if proctor.is_active(session) and session is not None else {}


def _is_connected(watched: Watched) -> bool:
    """Whether this is the learner's last connection; an older one has nothing to say any more."""
    return watched.line.connection == watched.connection


def _require_voice(user: CurrentUser) -> None:
    """Whether the learner still agrees to the noting of speech, asked anew each time. Conflict `consent_missing`."""
    with services().store.read(Actor.system()) as uow:
        session = None if user.attempt_id is None else proctor.session_of_attempt(uow, user.attempt_id)
    if session is None or "voice" not in session.agreed:
        raise Conflict("consent_missing")


def _measure(value: Any, highest: float) -> float | None:
    """A finite number from zero on, or None."""
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= highest:
        raise Invalid("event_malformed")
    return float(value)
