# SPDX-License-Identifier: Apache-2.0
"""Long lists of candidates: enrolled in a thread, a few rows at a time, so that answers of running tests are never held up.

Each row's access code is drawn and sealed before the first row is enrolled. Who is enrolled can be told by the codes, so a run
that was cut off goes on where it stopped and enrols nobody twice. Nothing here knows of requests.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog

from assessor import api as assessor
from core.errors import Conflict, Invalid, KasautiError, NotFound, Unavailable
from core.identity.model import Role
from core.ids import access_code
from core.sealing import Sealer
from core.uow import Actor, ActorKind
from web.candidate_files import KeptList, kept_list
from web.notices.queueing import send_codes
from web.wiring import Services

LARGE: Final = 300
"""A list of more rows is enrolled here."""
CHUNK: Final = 10
"""Rows of one transaction: some tenths of a second on a slow machine."""
BREATH_SECONDS: Final = 0.05
"""Between two transactions, so that whoever waits for the one writer has a turn."""
ACTIVE: Final = frozenset({"reading", "checking", "enrolling"})
_log = structlog.get_logger()
_running: dict[str, threading.Thread] = {}
_starting = threading.Lock()
State = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asked for when they pressed the button."""

    reasons: dict[str, str]
    entry_requirement_met: bool
    only_good: bool
    send: bool

    @property
    def approval(self) -> assessor.Approval:
        """What the enrolling person confirmed."""
        return assessor.Approval(entry_requirement_met=self.entry_requirement_met, reasons=self.reasons)


def start(parts: Services, actor: Actor, kept: KeptList, order: Order) -> None:
    """Enrol a kept list in a thread, or go on with it; ``state_of`` says how far it is. Once ordered, the order stands."""
    file = _file(parts, kept.token, "job")
    with _starting:
        found = _read(file)
        if found is None or found["stage"] == "failed":
            _file(parts, kept.token, "codes").unlink(missing_ok=True)
            _write(file, _new_state(actor, kept, order))
    go_on(parts, actor, kept.token)


def go_on(parts: Services, actor: Actor, token: str) -> None:
    """Take up a run that is not at its end and that no thread of this process carries out."""
    with _starting:
        state = _own(parts, actor, token)
        if token in _running or state["stage"] not in (*ACTIVE, "stopped"):
            return
        _file(parts, token, "stop").unlink(missing_ok=True)
        if state["stage"] == "stopped":
            state.update(stage="reading", code="", facts={})
            _write(_file(parts, token, "job"), state)
        thread = threading.Thread(
            target=_work, args=(parts, actor, token, state), name=f"enrol-{token[:6]}", daemon=True
        )
        _running[token] = thread
        thread.start()


def go_on_with_all(parts: Services) -> int:
    """Take up every run that an earlier process left behind; how many there were."""
    found = 0
    for file in sorted((parts.config.var / "uploads").glob("*.job")):
        state = _read(file)
        if state is not None and state["stage"] in ACTIVE:
            go_on(parts, _actor_of(state), file.stem)
            found += 1
    return found


def stop(parts: Services, actor: Actor, token: str) -> None:
    """Ask a run to end after the rows that it is at; who is enrolled stays enrolled."""
    state = _own(parts, actor, token)
    if state["stage"] in ACTIVE:
        _file(parts, token, "stop").touch()
        if token not in _running:
            state.update(stage="stopped")
            _write(_file(parts, token, "job"), state)


def wait(token: str, seconds: float = 60) -> None:
    """Until a run of this process is over."""
    thread = _running.get(token)
    if thread is not None:
        thread.join(seconds)


def state_of(parts: Services, actor: Actor, token: str, *, sitting_id: str) -> State:
    """How far a run is; a run that was cut off goes on. NotFound ``upload_gone`` for an unknown or foreign one.

    ``stage`` is ``reading``, ``checking``, ``enrolling``, ``stopped`` (some may be enrolled), ``failed`` (nobody is) or
    ``done``; ``done`` of ``all`` rows, ``refused`` as [row, code, facts].
    """
    state = _own(parts, actor, token)
    if state["sitting_id"] != sitting_id:
        raise NotFound("upload_gone")
    if state["stage"] in ACTIVE:
        go_on(parts, actor, token)
    return state


def is_ordered(parts: Services, actor: Actor, token: str) -> bool:
    """Whether this list was given to a run that enrolled somebody or still may."""
    state = _read(_file(parts, token, "job"))
    return state is not None and state["owner"] == actor.id and state["stage"] != "failed"


def codes_of(parts: Services, actor: Actor, token: str) -> dict[str, str]:
    """The access codes of those whom a run has enrolled, by entry id."""
    state = _own(parts, actor, token)
    codes = _codes(parts, token)
    with parts.store.read(actor) as uow:
        return assessor.entries_of_codes(
            uow,
            state["sitting_id"],
            list(codes.values()),
            organisation_id=actor.organisation_id or "",
            pepper=parts.code_pepper,
        )


def forget(parts: Services, token: str) -> None:
    """Delete what a run keeps: its order, its progress, its codes."""
    for ending in ("job", "codes", "stop"):
        _file(parts, token, ending).unlink(missing_ok=True)


def _work(parts: Services, actor: Actor, token: str, state: State) -> None:
    try:
        _carry_out(parts, actor, token, state)
        state["enrolled"] = len(codes_of(parts, actor, token))
        if state["stage"] == "failed" and state["enrolled"]:
            state["stage"] = "stopped"
        _write(_file(parts, token, "job"), state)
    except (
        KasautiError,
        OSError,
    ):  # nothing can be read or written now: whoever looks next takes the run up again
        _log.exception("enrolment_cut_off")
    finally:
        _running.pop(token, None)


def _carry_out(parts: Services, actor: Actor, token: str, state: State) -> None:
    try:
        _enrol(parts, actor, token, state)
    except KasautiError as refusal:
        facts = json.loads(json.dumps(refusal.facts, default=str))
        state.update(stage="failed", code=refusal.code, facts=facts)
    except Exception:  # noqa: BLE001 - the thread's last line: the page must hear of it
        _log.exception("enrolment_failed")
        state.update(stage="failed", code=Unavailable("enrolment_failed").code, facts={})


def _enrol(parts: Services, actor: Actor, token: str, state: State) -> None:
    file = _file(parts, token, "job")
    order = Order(**state["order"])
    kept = kept_list(parts, actor, token, sitting_id=state["sitting_id"])
    with parts.store.read(actor) as uow:
        sitting = assessor.sitting(uow, state["sitting_id"], organisation_id=actor.organisation_id or "")
        rows = kept.parse(today=uow.now.astimezone(ZoneInfo(sitting.time_zone)).date()).rows
    readable = [row for row in rows if row.plan is not None]
    state["refused"] = [_refused(row.row, row.problems[0].error) for row in rows if row.plan is None]
    codes = _codes(parts, token) or _draw_codes(parts, token, readable)
    if not order.only_good and not codes_of(parts, actor, token):
        _require_good(parts, actor, rows, state, order)
    state.update(stage="enrolling", done=0, all=len(readable))
    _write(file, state)
    pause = threading.Event()
    for place in range(0, len(readable), CHUNK):
        if _file(parts, token, "stop").exists():
            state.update(stage="stopped", code="", facts={})
            return
        _enrol_chunk(parts, actor, readable[place : place + CHUNK], codes, state)
        _write(file, state)
        pause.wait(BREATH_SECONDS)
    if not codes_of(parts, actor, token):
        raise Invalid("list_without_good_rows")
    state.update(stage="done", code="", facts={})


def _enrol_chunk(
    parts: Services,
    actor: Actor,
    rows: Sequence[assessor.ListedCandidate],
    codes: dict[int, str],
    state: State,
) -> None:
    order = Order(**state["order"])
    with parts.store.write(actor) as uow:
        made = assessor.enrol_chunk(
            uow,
            state["sitting_id"],
            rows,
            organisation_id=actor.organisation_id or "",
            pepper=parts.code_pepper,
            person_key=parts.person_key,
            codes=codes,
            approval=order.approval,
            only_good=order.only_good,
        )
        if order.send and made.enrolled:
            new = {one.entry.id: one.code for one in made.enrolled}
            send_codes(uow, parts, new, organisation_id=actor.organisation_id or "")
    state["refused"] += [_refused(row.row, refusal) for row, refusal in made.refused]
    state["done"] += len(rows)


def _require_good(
    parts: Services, actor: Actor, rows: Sequence[assessor.ListedCandidate], state: State, order: Order
) -> None:
    """The dry run of "all or nothing"; Conflict ``candidates_refused``."""
    file = _file(parts, state["token"], "job")

    def tell(done: int, everything: int) -> None:
        state.update(stage="checking", done=done, all=everything)
        _write(file, state)

    with parts.store.read(actor) as uow:
        checked = assessor.check_candidates(
            uow,
            state["sitting_id"],
            rows,
            organisation_id=actor.organisation_id or "",
            person_key=parts.person_key,
            entry_requirement_met=order.entry_requirement_met,
            progress=tell,
        )
    bad = [row.row for row in rows if row.plan is None]
    bad += [one.listed.row for one in checked if not one.stands(order.approval)]
    if bad:
        raise Conflict("candidates_refused", rows=sorted(bad)[:50])


def _new_state(actor: Actor, kept: KeptList, order: Order) -> State:
    return {
        "token": kept.token,
        "owner": actor.id,
        "organisation": actor.organisation_id,
        "roles": sorted(role.value for role in actor.roles),
        "sitting_id": kept.settings.sitting_id,
        "order": {
            "reasons": dict(order.reasons),
            "entry_requirement_met": order.entry_requirement_met,
            "only_good": order.only_good,
            "send": order.send,
        },
        "stage": "reading",
        "done": 0,
        "all": 0,
        "enrolled": 0,
        "refused": [],
        "code": "",
        "facts": {},
    }


def _refused(row: int, refusal: KasautiError) -> list[Any]:
    """A refused row as the order keeps it; of its facts only numbers, which name nobody."""
    return [row, refusal.code, {name: fact for name, fact in refusal.facts.items() if isinstance(fact, int)}]


def _actor_of(state: State) -> Actor:
    roles = frozenset(Role(name) for name in state["roles"])
    return Actor(ActorKind.PERSON, state["owner"], state["organisation"], roles)


def _own(parts: Services, actor: Actor, token: str) -> State:
    state = _read(_file(parts, token, "job"))
    if state is None or (state["owner"], state["organisation"]) != (actor.id, actor.organisation_id):
        raise NotFound("upload_gone")
    return state


def _draw_codes(parts: Services, token: str, rows: Sequence[assessor.ListedCandidate]) -> dict[int, str]:
    codes = {row.row: access_code() for row in rows}
    sealed = Sealer(parts.config.key("candidate-lists")).seal(json.dumps(codes).encode(), scope=token)
    _write_bytes(_file(parts, token, "codes"), sealed)
    return codes


def _codes(parts: Services, token: str) -> dict[int, str]:
    try:
        sealed = _file(parts, token, "codes").read_bytes()
    except OSError:
        return {}
    plain = Sealer(parts.config.key("candidate-lists")).open(sealed, scope=token)
    return {int(row): str(code) for row, code in json.loads(plain).items()}


def _file(parts: Services, token: str, ending: str) -> Path:
    if not token.replace("-", "").replace("_", "").isalnum() or len(token) > 64:
        raise NotFound("upload_gone")
    return parts.config.var / "uploads" / f"{token}.{ending}"


def _write(file: Path, value: State) -> None:
    _write_bytes(file, json.dumps(value, ensure_ascii=False).encode())


def _write_bytes(file: Path, data: bytes) -> None:
    """All of it or nothing: a reader never sees half a file."""
    beside = file.with_suffix(f"{file.suffix}.new")
    beside.write_bytes(data)
    beside.replace(file)


def _read(file: Path) -> State | None:
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None
