# SPDX-License-Identifier: Apache-2.0
"""Panels that set standards: who may do what when, and what a judgement may be. The arithmetic lives in ``outcome``."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Final, assert_never

from core.errors import Conflict, Forbidden, Invalid
from item_bank.text import plain, text_problem
from scoring.api import Scope

FEWEST_JUDGES: Final = 2
MOST_JUDGES: Final = 60
MOST_OBJECTS: Final = 400
MOST_ROUNDS: Final = 9
BOOKMARK: Final = 0
"""The number under which a judge's bookmark is kept; objects count from 1."""
UNKNOWN: Final = "-"
"""What a judge says of a learner whom the judge does not know."""
SHORTEST_PORTRAIT, LONGEST_TEXT, LONGEST_NAME = 30, 4000, 120
_WHOLE = re.compile(r"[0-9]{1,4}")


class PanelMethod(StrEnum):
    """How the judges judge: items one by one, learners whom they know, or the test as a whole."""

    ANGOFF = "angoff"
    YES_NO = "yes_no"
    BOOKMARK = "bookmark"
    CONTRASTING_GROUPS = "contrasting_groups"
    BORDERLINE_GROUP = "borderline_group"
    HOFSTEE = "hofstee"
    BEUK = "beuk"

    @property
    def of_people(self) -> bool:
        """Whether learners are judged instead of items."""
        return self in {PanelMethod.CONTRASTING_GROUPS, PanelMethod.BORDERLINE_GROUP}

    @property
    def numbers(self) -> tuple[str, ...]:
        """What a judge says of the test as a whole, in per cent, where that is the method; else nothing."""
        return _NUMBERS.get(self, ())

    @property
    def of_items(self) -> bool:
        """Whether items, criteria or PCs are judged."""
        return not self.of_people and not self.numbers


_NUMBERS: Final = {
    PanelMethod.HOFSTEE: ("lowest_cut", "highest_cut", "lowest_fails", "highest_fails"),
    PanelMethod.BEUK: ("cut", "passes"),
}


class PanelState(StrEnum):
    """Where a panel stands. Concluded, it has a recommendation and never changes again."""

    SETUP = "setup"
    JUDGING = "judging"
    DISCUSSING = "discussing"
    CONCLUDED = "concluded"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing can happen any more."""
        return self in {PanelState.CONCLUDED, PanelState.CANCELLED}


class PanelCommand(StrEnum):
    """What the chair may do with a panel."""

    OPEN_ROUND = "open_round"
    CLOSE_ROUND = "close_round"
    CONCLUDE = "conclude"
    CANCEL = "cancel"


TRANSITIONS: Final[Mapping[tuple[PanelState, PanelCommand], PanelState]] = {
    (PanelState.SETUP, PanelCommand.OPEN_ROUND): PanelState.JUDGING,
    (PanelState.DISCUSSING, PanelCommand.OPEN_ROUND): PanelState.JUDGING,
    (PanelState.JUDGING, PanelCommand.CLOSE_ROUND): PanelState.DISCUSSING,
    (PanelState.DISCUSSING, PanelCommand.CONCLUDE): PanelState.CONCLUDED,
    (PanelState.SETUP, PanelCommand.CANCEL): PanelState.CANCELLED,
    (PanelState.JUDGING, PanelCommand.CANCEL): PanelState.CANCELLED,
    (PanelState.DISCUSSING, PanelCommand.CANCEL): PanelState.CANCELLED,
}


def decide(state: PanelState, command: PanelCommand) -> PanelState:
    """The state after ``command``; Conflict(``panel_state``) where the table has no such step."""
    after = TRANSITIONS.get((state, command))
    if after is None:
        raise Conflict("panel_state", state=state.value, command=command.value)
    return after


class JudgeState(StrEnum):
    """Whether somebody who was invited takes part."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    RELEASED = "released"


class ObjectKind(StrEnum):
    """What is judged: an item of a bank, a criterion or question of the document, a PC, a learner, or the test by a number."""

    ITEM = "item"
    CRITERION = "criterion"
    PC = "pc"
    PERSON = "person"
    NUMBER = "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectFacts:
    """What is known of an object beside the judges, as exact text: it is stored, hashed and shown as it came.

    ``facility`` is the mean share of the marks that ``people`` real learners reached; ``slope``, ``difficulties`` and ``guess``
    are those of a fitted model (a bookmark needs them); ``score`` is a learner's share of the credential's marks, which no
    judge sees.
    """

    facility: str = ""
    people: int = 0
    slope: str = ""
    difficulties: tuple[str, ...] = ()
    guess: str = ""
    score: str = ""

    def to_document(self) -> dict[str, object]:
        """As JSON, without what is not known."""
        known: dict[str, object] = {
            "facility": self.facility,
            "people": self.people,
            "slope": self.slope,
            "difficulties": list(self.difficulties),
            "guess": self.guess,
            "score": self.score,
        }
        return {name: value for name, value in known.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelObject:
    """One thing to judge. ``reference`` is an item version, a criterion, a PC or an entry; ``maximum`` its best marks."""

    number: int
    kind: ObjectKind
    reference: str
    label: str
    pc: str
    component: str
    maximum: Fraction
    facts: ObjectFacts = field(default_factory=ObjectFacts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Somebody who was invited, in the order of the invitations, with what they said of themselves."""

    id: str
    person_id: str
    number: int
    state: JudgeState
    expertise: str
    interest: str
    invited_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One collection of judgements. ``counted`` are the judges (ids) whose judgements count: who had handed in at its end."""

    number: int
    opened_at: datetime
    closed_at: datetime | None
    counted: tuple[str, ...]
    notes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What real learners reached: shares of the credential's marks as exact text, and of which batch they are."""

    source: str
    shares: tuple[str, ...]

    def below(self, cut: float) -> float:
        """The share (0 to 1) of these learners who would fail at ``cut``."""
        return sum(float(Fraction(share)) < cut - 1e-12 for share in self.shares) / len(self.shares)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommended:
    """A threshold that the panel recommends: a share of the marks of ``scope``; ``computed`` is what came out, to 4 places."""

    scope: Scope
    share: Fraction
    computed: str
    reason: str

    def to_document(self) -> dict[str, object]:
        """As JSON."""
        return {
            "scope": self.scope.to_document(),
            "share": str(self.share),
            "computed": self.computed,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A panel with its people and rounds, without the judgements themselves."""

    id: str
    owner_id: str
    credential_version_id: str
    name: str
    method: PanelMethod
    portrait: str
    state: PanelState
    chair_id: str
    show_facts: bool
    created_at: datetime
    ended_at: datetime | None
    objects: tuple[PanelObject, ...]
    judges: tuple[Judge, ...]
    rounds: tuple[Round, ...]
    impact: Impact | None
    recommended: tuple[Recommended, ...]
    sha256: str

    @property
    def round(self) -> Round | None:
        """The newest round."""
        return self.rounds[-1] if self.rounds else None

    @property
    def sitting(self) -> tuple[Judge, ...]:
        """The judges who take part."""
        return tuple(judge for judge in self.judges if judge.state is JudgeState.ACCEPTED)

    def knows_keys(self, judge: Judge) -> bool:
        """Whether a judge may see what is right: only when a round is closed that counts a judgement made without it."""
        return judge.state is JudgeState.ACCEPTED and any(judge.id in held.counted for held in self.rounds)

    def judge_of(self, person_id: str) -> Judge | None:
        """This person's seat, unless it was taken back."""
        return next(
            (
                judge
                for judge in self.judges
                if judge.person_id == person_id and judge.state is not JudgeState.RELEASED
            ),
            None,
        )


def require_chair(panel: Panel, *, actor_id: str, is_person: bool) -> None:
    """Forbidden(``person_needed`` | ``panel_chair_only``) unless the chair acts: a panel is led by one named person."""
    if not is_person:
        raise Forbidden("person_needed")
    if panel.chair_id != actor_id:
        raise Forbidden("panel_chair_only")


def require_state(panel: Panel, *states: PanelState) -> None:
    """Conflict(``panel_state``) unless the panel stands in one of these."""
    if panel.state not in states:
        raise Conflict("panel_state", state=panel.state.value, command="change")


def require_ready(panel: Panel) -> None:
    """Whether a round may open.

    Conflict(``panel_round_many`` | ``panel_judges_few`` | ``panel_objects_few`` | ``panel_parameters_missing``, which names
    the first object without).
    """
    if len(panel.rounds) >= MOST_ROUNDS:
        raise Conflict("panel_round_many", most=MOST_ROUNDS)
    if len(panel.sitting) < FEWEST_JUDGES:
        raise Conflict("panel_judges_few", fewest=FEWEST_JUDGES, judges=len(panel.sitting))
    fewest = _FEWEST_OBJECTS.get(panel.method, 1)
    if len(panel.objects) < fewest:
        raise Conflict("panel_objects_few", fewest=fewest, objects=len(panel.objects))
    if panel.method is PanelMethod.BOOKMARK:
        for one in panel.objects:
            if not (one.facts.slope and one.facts.difficulties):
                raise Conflict("panel_parameters_missing", item=one.label)


_FEWEST_OBJECTS: Final = {
    PanelMethod.CONTRASTING_GROUPS: 4,
    PanelMethod.BORDERLINE_GROUP: 2,
    PanelMethod.BOOKMARK: 2,
}


def number_objects(method: PanelMethod) -> tuple[PanelObject, ...]:
    """The numbers that judges say of the whole test, as what is judged; none for other methods."""
    return tuple(
        PanelObject(
            number=place,
            kind=ObjectKind.NUMBER,
            reference=name,
            label=name,
            pc="",
            component="",
            maximum=Fraction(1),
        )
        for place, name in enumerate(method.numbers, start=1)
    )


def require_box(panel: Panel, said: Mapping[int, str]) -> None:
    """Whether the least that a judge of Hofstee's method asks for is below the most; Invalid(``panel_box``)."""
    if panel.method is PanelMethod.HOFSTEE:
        low, high, fewest, most = (int(said[one.number]) for one in panel.objects)
        if low >= high or fewest >= most:
            raise Invalid("panel_box")


def read_value(text: str, *, method: PanelMethod, pages: int = 0) -> str:
    """A judgement as it is stored. Invalid(``panel_value``, with what may be said).

    Angoff, Hofstee, Beuk: whole per cent, 0 to 100. Yes-no: 1 or 0. Bookmark: a page, 1 to ``pages``. Of learners: 1 (can do
    it), 0 (cannot yet), 1/2 (just at the border), or - (does not know this learner).
    """
    value = plain(text)
    match method:
        case PanelMethod.ANGOFF | PanelMethod.HOFSTEE | PanelMethod.BEUK:
            fits, allowed = bool(_WHOLE.fullmatch(value)) and int(value) <= 100, "0 – 100"
        case PanelMethod.YES_NO:
            fits, allowed = value in {"0", "1"}, "0, 1"
        case PanelMethod.BOOKMARK:
            fits, allowed = bool(_WHOLE.fullmatch(value)) and 1 <= int(value) <= pages, f"1 – {pages}"
        case PanelMethod.CONTRASTING_GROUPS | PanelMethod.BORDERLINE_GROUP:
            fits, allowed = value in {"0", "1/2", "1", UNKNOWN}, "0, 1/2, 1, -"
        case _:
            assert_never(method)
    if not fits:
        raise Invalid("panel_value", value=value[:20], allowed=allowed)
    return str(int(value)) if _WHOLE.fullmatch(value) else value


def read_name(text: str) -> str:
    """A panel's name: one line. Invalid(``panel_name``)."""
    name = " ".join(plain(text).split())
    if not 3 <= len(name) <= LONGEST_NAME or text_problem(name) is not None:
        raise Invalid("panel_name", most=LONGEST_NAME)
    return name


def read_portrait(text: str) -> str:
    """What a learner just good enough can do. Invalid(``panel_portrait``, fewest, most)."""
    if (said := _lines(text, SHORTEST_PORTRAIT)) is None:
        raise Invalid("panel_portrait", fewest=SHORTEST_PORTRAIT, most=LONGEST_TEXT)
    return said


def read_expertise(text: str, *, fewest: int) -> str:
    """What a judge says of the own knowledge and ties. Invalid(``panel_expertise``, fewest, most)."""
    if (said := _lines(text, fewest)) is None:
        raise Invalid("panel_expertise", fewest=fewest, most=LONGEST_TEXT)
    return said


def read_notes(text: str) -> str:
    """What was said after a round; nothing too. Invalid(``panel_notes``, most)."""
    if (said := _lines(text, 0)) is None:
        raise Invalid("panel_notes", most=LONGEST_TEXT)
    return said


def _lines(text: str, fewest: int) -> str | None:
    said = plain(text)
    return said if fewest <= len(said) <= LONGEST_TEXT and text_problem(said) is None else None


def read_recommended(
    scope: Scope, share: str, *, computed: float, reason: str, known: Collection[Scope]
) -> Recommended:
    """A threshold to recommend: per cent ("65", "65.5 %") or a share ("13/20"), above 0 and at most 1.

    A reason is needed where it is not what came out, to the whole per cent. Invalid(``panel_scope`` | ``panel_share`` |
    ``panel_reason``).
    """
    if scope not in known:
        raise Invalid("panel_scope", scope=scope.label)
    value = _share(plain(share))
    said = plain(reason)
    if value is None:
        raise Invalid("panel_share", scope=scope.label)
    if abs(float(value) - computed) > _ROUNDING and len(said) < 10:
        raise Invalid("panel_reason", scope=scope.label)
    if len(said) > LONGEST_TEXT or text_problem(said) is not None:
        raise Invalid("panel_reason", scope=scope.label)
    return Recommended(scope=scope, share=value, computed=f"{computed:.4f}", reason=said)


_ROUNDING: Final = 0.005 + 1e-9


def _share(text: str) -> Fraction | None:
    per_cent = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,2})?) ?%?", text)
    ratio = re.fullmatch(r"([0-9]{1,4})/([1-9][0-9]{0,3})", text)
    if per_cent:
        value = Fraction(per_cent.group(1)) / 100
    elif ratio:
        value = Fraction(int(ratio.group(1)), int(ratio.group(2)))
    else:
        return None
    return value if 0 < value <= 1 else None
