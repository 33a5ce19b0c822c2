# SPDX-License-Identifier: Apache-2.0
"""What a report comes down to: a few sentences that say what to do next. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from web.presenters import analysis_words as words
from web.presenters.analysis_text import cell_text
from web.words import _, ngettext

NAMED: Final = 4
"""Most items or people that a sentence names."""
GOOD: Final = 0.8
FAIR: Final = 0.7
"""Reliabilities from which a test bears decisions about people, or nearly so (Nunnally and Bernstein 1994)."""
FOUR_FIFTHS: Final = 0.8
OFF_THE_BAR: Final = 1.0
"""From so many standard deviations between the bar and where a paper measures best it is worth a word."""


@dataclass(frozen=True, slots=True)
class Point:
    """A sentence from a ``section`` or "". Its ``tone``: a "warning" asks for an act, a "success" for none; else "info"."""

    tone: str
    text: str
    section: str


class Read:
    """A report's document by names."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.sections = {one["id"]: one for one in document["sections"]}
        self.persons = int(document["batch"].get("persons") or 0)

    def figure(self, section: str, code: str) -> Any:
        """The value of a figure; None where there is none."""
        found = (one["value"] for one in self.sections[section].get("figures") or () if one["code"] == code)
        return next(found, None)

    def rows(self, section: str) -> list[dict[str, Any]]:
        """The rows of a section's table by the codes of its columns."""
        table = self.sections[section].get("table")
        if not table:
            return []
        codes = [one["code"] for one in table["columns"]]
        return [dict(zip(codes, row, strict=True)) for row in table["rows"]]

    def there(self, section: str) -> bool:
        """Whether the section has numbers."""
        return not self.sections[section].get("unavailable")


def summary(document: Mapping[str, Any]) -> list[Point]:
    """What to do next by a report, most urgent first; one sentence at the least."""
    points = list(_OF_KIND[document["kind"]](Read(document)))
    if not points:
        text = _("These data are too few for this report. Each part below says what it needs.")
        return [Point("info", text, "")]
    urgency = {"warning": 0, "info": 1, "success": 2}
    return sorted(points, key=lambda point: urgency[point.tone])


def _names(labels: Sequence[str]) -> str:
    """Some of the names, and how many more there are."""
    known = list(dict.fromkeys(labels))
    shown = ", ".join(known[:NAMED])
    more = len(known) - NAMED
    return _("%(names)s and %(count)s more", names=shown, count=more) if more > 0 else shown


def _share(value: float) -> str:
    return cell_text(value, "share")


def _items(read: Read) -> Iterator[Point]:
    if not read.there("items"):
        return
    rows = read.rows("suspicious_keys")
    keys = [one["item"] for one in rows if one["beyond_chance"] and one["finding"] != "distractor_unused"]
    marked = [one["item"] for one in read.rows("items") if one["look_at"] and one["item"] not in keys]
    if keys:
        said = _("Check the key first: %(items)s. Strong learners choose another answer.", items=_names(keys))
        yield Point("warning", said, "suspicious_keys")
    if marked:
        said = _("Look at these items before they are used again: %(items)s.", items=_names(marked))
        yield Point("warning", said, "items")
    if not keys and not marked:
        yield Point("success", _("No item stands out. There is nothing to do."), "items")
    if unused := read.figure("suspicious_keys", "options_unused"):
        said = ngettext(
            "%(num)s wrong option is hardly ever chosen. Write a better one.",
            "%(num)s wrong options are hardly ever chosen. Write better ones.",
            unused,
        )
        yield Point("info", said, "suspicious_keys")


def _paper(read: Read) -> Iterator[Point]:
    passed, rate = read.figure("verdicts", "passed"), read.figure("verdicts", "pass_share")
    if rate is not None:
        of = passed + (read.figure("verdicts", "failed") or 0)
        said = _(
            "%(passed)s of %(people)s people passed (%(rate)s).", passed=passed, people=of, rate=_share(rate)
        )
        yield Point("info", said, "verdicts")
    value = read.figure("reliability", "reliability_over_forms")
    value = read.figure("reliability", "alpha") if value is None else value
    if value is not None:
        yield _reliability(value)
    reached = [one for one in read.rows("criteria") if one.get("at_threshold") is not None]
    if reached:
        least = min(reached, key=lambda one: one["at_threshold"])
        said = _(
            "Fewest people reach %(criterion)s: %(share)s. Look at its items and at how it was taught.",
            criterion=least["pc"],
            share=_share(least["at_threshold"]),
        )
        yield Point("info", said, "criteria")


def _reliability(value: float) -> Point:
    shown = cell_text(value, "number")
    if value >= GOOD:
        said = _("The test tells people apart well: reliability %(value)s.", value=shown)
        return Point("success", said, "reliability")
    if value >= FAIR:
        said = _(
            "The test tells people apart fairly well: reliability %(value)s. Take care near the bar.",
            value=shown,
        )
        return Point("info", said, "reliability")
    said = _(
        "The test hardly tells people apart: reliability %(value)s. Mend weak items or use more of them.",
        value=shown,
    )
    return Point("warning", said, "reliability")


def _certainty(read: Read) -> Iterator[Point]:
    hangs = read.figure("borderline", "verdict_hangs")
    if hangs:
        said = ngettext(
            "%(num)s verdict hangs on luck. A viva or a few more items would settle it.",
            "%(num)s verdicts hang on luck. A viva or a few more items would settle them.",
            hangs,
        )
        yield Point("warning", said, "borderline")
    elif hangs == 0:
        yield Point("success", _("No verdict hangs on luck."), "borderline")
    known = [one["accuracy"] for one in read.rows("decisions") if one["accuracy"] is not None]
    if known:
        said = _(
            "On one bar for the total, about %(share)s get the verdict that they deserve.",
            share=_share(known[0]),
        )
        yield Point("info", said, "decisions")
    doubted = [one for one in read.rows("criteria") if one["in_doubt"]]
    if doubted:
        most = max(doubted, key=lambda one: one["in_doubt"])
        said = ngettext(
            "%(criterion)s leaves most people in doubt: %(num)s. More items on it would help most.",
            "%(criterion)s leaves most people in doubt: %(num)s. More items on it would help most.",
            most["in_doubt"],
            criterion=most["pc"],
        )
        yield Point("info", said, "criteria")


def _model(read: Read) -> Iterator[Point]:
    if not read.there("models"):
        return
    if read.figure("models", "converged") is False:
        yield Point("warning", _("The fitting did not settle. Do not use these numbers yet."), "models")
    misfits = [one["item"] for one in read.rows("parameters") if one["look_at"]]
    if misfits:
        said = _("These items do not follow the scale: %(items)s. Look at them first.", items=_names(misfits))
        yield Point("warning", said, "parameters")
    elif read.rows("parameters"):
        yield Point("success", _("All items follow the scale as far as these data tell."), "parameters")
    if pairs := read.figure("dependence", "pairs_dependent"):
        said = ngettext(
            "%(num)s pair of items hangs together. One may give the other away.",
            "%(num)s pairs of items hang together. One may give the other away.",
            pairs,
        )
        yield Point("warning", said, "dependence")
    yield from _where_it_measures(read)


def _where_it_measures(read: Read) -> Iterator[Point]:
    bar = read.figure("information", "ability_at_bar")
    best = [one["best_at"] for one in read.rows("information") if one["best_at"] is not None]
    if bar is None or not best:
        return
    off = sum(best) / len(best) - bar
    if off < -OFF_THE_BAR:
        said = _("The test measures best far below the bar. Harder items would make verdicts surer.")
    elif off > OFF_THE_BAR:
        said = _("The test measures best far above the bar. Easier items would make verdicts surer.")
    else:
        said = _("The test measures well near the bar, where it matters.")
    yield Point("info", said, "information")


def _diagnosis(read: Read) -> Iterator[Point]:
    known, of = read.figure("can_tell", "criteria_identified"), read.figure("can_tell", "criteria")
    if of and known < of:
        said = _(
            "These items can tell %(known)s of %(all)s criteria. Add items on the others.",
            known=known,
            all=of,
        )
        yield Point("warning", said, "can_tell")
    elif of:
        yield Point("success", _("These items can tell every criterion."), "can_tell")
    if moved := read.figure("suggestions", "items_other_pc"):
        said = ngettext(
            "%(num)s item may test another criterion. An expert should look.",
            "%(num)s items may test another criterion. An expert should look.",
            moved,
        )
        yield Point("warning", said, "suggestions")
    masters = [one for one in read.rows("criteria") if one["masters"] is not None]
    if masters:
        least = min(masters, key=lambda one: one["masters"])
        said = _(
            "Fewest people master %(criterion)s: %(share)s. It is the one to teach again.",
            criterion=least["pc"],
            share=_share(least["masters"]),
        )
        yield Point("info", said, "criteria")


def _fairness(read: Read) -> Iterator[Point]:
    by = {name: f"dif_{name}" for name in ("language", "gender", "centre", "device")}
    tested = {name: section for name, section in by.items() if read.there(section)}
    named: set[tuple[str, str]] = set()
    for name, section in tested.items():
        flagged = [one["item"] for one in read.rows(section) if one["flagged"]]
        if flagged:
            named |= {(name, item) for item in flagged}
            said = _(
                "By %(grouping)s, look at: %(items)s. People who can do equally much do not fare alike.",
                grouping=words.value_word(name),
                items=_names(flagged),
            )
            yield Point("warning", said, section)
    regressed = {(one["grouping"], one["item"]): None for one in read.rows("slopes")}
    if again := [item for name, item in regressed if (name, item) not in named]:
        said = _(
            "By logistic regression, look at: %(items)s. People who can do equally much do not fare alike.",
            items=_names(again),
        )
        yield Point("warning", said, "slopes")
    if tested and not named and not regressed:
        said = _("Where groups could be compared, no item was found to favour one of them.")
        yield Point("success", said, next(iter(tested.values())))
    low = [one for one in read.rows("groups") if (one["impact_ratio"] or 1) < FOUR_FIFTHS]
    if low:
        said = _(
            "Fewer than four fifths as many pass as in the best group: %(groups)s. Find out why.",
            groups=_names([words.group_word(one["group"]) for one in low]),
        )
        yield Point("warning", said, "groups")


def _hanging(read: Read) -> int:
    """How many people whose total would turn have the other result, or none yet."""
    return sum(int(read.figure("turned", code) or 0) for code in ("against_result", "without_result"))


def _forms(read: Read) -> Iterator[Point]:
    turned = read.figure("turned", "turned")
    hanging = _hanging(read)
    if hanging:
        said = ngettext(
            "%(num)s verdict hangs on the paper that was drawn. Review it before results are declared.",
            "%(num)s verdicts hang on the paper that was drawn. Review them before results are declared.",
            hanging,
        )
        yield Point("warning", said, "turned")
    elif turned:
        said = _(
            "If all papers were equally hard, some totals would stand on the other side of the bar, but every "
            "result already says so."
        )
        yield Point("info", said, "turned")
    elif turned == 0:
        yield Point("success", _("No verdict hangs on the paper that was drawn."), "turned")
    low, high = read.figure("forms", "shift_lowest"), read.figure("forms", "shift_highest")
    if low is not None and high is not None and (read.figure("overlap", "forms") or 0) > 1:
        said = _(
            "Paper %(hard)s is the hardest and paper %(easy)s the easiest; at the bar they differ by %(marks)s marks.",
            hard=read.figure("forms", "hardest"),
            easy=read.figure("forms", "easiest"),
            marks=cell_text(round(high - low, 2), "marks"),
        )
        yield Point("info", said, "forms")


def _forensics(read: Read) -> Iterator[Point]:
    if not read.there("signs"):
        return
    named = sorted(read.rows("signs"), key=lambda one: -one["signs"])
    if named:
        said = _("Look into these attempts: %(people)s.", people=_names([one["person"] for one in named]))
        yield Point("warning", said, "signs")
    else:
        yield Point("success", _("No attempt looks unusual enough to look into."), "signs")
    if drifted := read.figure("drift", "items_flagged"):
        said = ngettext(
            "%(num)s item became easier while the batch went on. Replace it if it may be known.",
            "%(num)s items became easier while the batch went on. Replace them if they may be known.",
            drifted,
        )
        yield Point("warning", said, "drift")
    if late := read.figure("changes", "persons_late"):
        said = ngettext(
            "%(num)s person changed answers after the end.",
            "%(num)s people changed answers after the end.",
            late,
        )
        yield Point("warning", said, "changes")


_OF_KIND: Final[Mapping[str, Callable[[Read], Iterator[Point]]]] = {
    "items": _items,
    "paper": _paper,
    "certainty": _certainty,
    "model": _model,
    "diagnosis": _diagnosis,
    "fairness": _fairness,
    "forms": _forms,
    "forensics": _forensics,
}
