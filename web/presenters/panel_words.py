# SPDX-License-Identifier: Apache-2.0
"""Words for panels: methods, parts of a credential, shares, reasons. What pages show is in `panels` and `judging`."""

from __future__ import annotations

from fractions import Fraction

from item_bank import api as bank
from scoring.api import Level, Scope
from web.presenters.common import bilingual
from web.words import _


def method_word(method: str) -> str:
    """A method in words."""
    return {
        "angoff": _("Angoff: out of 100 such learners"),
        "yes_no": _("Yes or no for each item"),
        "bookmark": _("Bookmark in an ordered booklet"),
        "contrasting_groups": _("Contrasting groups of learners"),
        "borderline_group": _("Borderline group of learners"),
        "hofstee": _("Hofstee: limits for the whole test"),
        "beuk": _("Beuk: a cut and how many pass"),
    }[method]


def methods() -> list[dict[str, str]]:
    """The methods to choose from, with what each asks of judges."""
    does = {
        "angoff": _(
            "For each item judges say how many of 100 learners who are just good enough get it right."
        ),
        "yes_no": _("For each item judges say whether a learner who is just good enough gets it right."),
        "bookmark": _(
            "Items stand from easy to hard; judges mark the first that such a learner would not master."
        ),
        "contrasting_groups": _(
            "Judges say of learners whom they know who can do the work; the scores stay hidden."
        ),
        "borderline_group": _(
            "Judges say which learners are just at the border; the middle of their scores is the cut."
        ),
        "hofstee": _(
            "Each judge says the lowest and highest cut, and how few and how many may fail. Real results decide in between."
        ),
        "beuk": _(
            "Each judge says a cut and how many of 100 learners pass. What judges agree on more counts more."
        ),
    }
    return [
        {"value": one.value, "name": method_word(one.value), "does": does[one.value]}
        for one in bank.PanelMethod
    ]


def reason_word(reason: str | None) -> str:
    """Why there is no number."""
    known = {
        "judgements_few": _("too few judges or items"),
        "judgements_missing": _("some judgements are missing"),
        "no_variance": _("all judgements are the same"),
        "one_judgement_each": _("each judge sets one bookmark only"),
        "group_few": _("a group has fewer than two learners"),
        "border_few": _("fewer than two learners are at the border"),
        "impact_missing": _("first take what real learners reached from a batch"),
        "fails_too_many": _("even the lowest cut fails more learners than the judges accept: it is taken"),
        "fails_too_few": _("even the highest cut fails fewer learners than the judges expect: it is taken"),
        "numbers_of_the_whole": _("each judge says a few numbers only"),
        "groups_separate": _("the groups do not overlap: the middle between them"),
        "slope_not_positive": _("higher scores do not go with the judges' yes"),
    }
    return known.get(reason or "", "")


def number_word(name: str) -> str:
    """What a judge is asked about the test as a whole."""
    return {
        "lowest_cut": _("The lowest share of the marks that could be enough, in per cent"),
        "highest_cut": _("The highest share of the marks that you would ask for, in per cent"),
        "lowest_fails": _("Of 100 learners, at least so many should fail"),
        "highest_fails": _("Of 100 learners, at most so many may fail"),
        "cut": _("The share of the marks that is enough to pass, in per cent"),
        "passes": _("Of 100 learners, so many should pass"),
    }[name]


def number_label(name: str) -> str:
    """The same in short, for tables."""
    return {
        "lowest_cut": _("Lowest cut"),
        "highest_cut": _("Highest cut"),
        "lowest_fails": _("Fewest fails"),
        "highest_fails": _("Most fails"),
        "cut": _("Cut"),
        "passes": _("Passes"),
    }[name]


def object_label(one: bank.PanelObject) -> str:
    """What is judged, as it is named on pages."""
    return number_label(one.reference) if one.kind is bank.ObjectKind.NUMBER else one.label


def scope_label(scope: Scope, document: bank.CredentialDocument) -> str:
    """A part of a credential in words."""
    match scope.level:
        case Level.CREDENTIAL:
            return _("The whole credential")
        case Level.NOS:
            return _("NOS %(code)s", code=scope.name)
        case Level.ELEMENT:
            return _("Element %(name)s of %(nos)s", name=scope.name, nos=scope.nos or "")
        case _:
            pc = document.pc(scope.name)
            return pc.printed if pc is not None else scope.name


def share_word(value: float | None) -> str:
    """A share as people read it; an en dash for none."""
    return "–" if value is None else f"{value * 100:.0f} %"


def pc_title(document: bank.CredentialDocument, pc_id: str) -> dict[str, str]:
    """The title of a PC in all its languages."""
    pc = document.pc(pc_id)
    return bilingual(pc.title) if pc is not None else {}


def pc_printed(document: bank.CredentialDocument, pc_id: str) -> str:
    """The name that people know a PC by."""
    pc = document.pc(pc_id)
    return pc.printed if pc is not None else pc_id


def number_of(text: str) -> float | None:
    """An exact number as a float, None for none."""
    return float(Fraction(text)) if text else None
