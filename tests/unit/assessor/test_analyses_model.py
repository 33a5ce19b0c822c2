# SPDX-License-Identifier: Apache-2.0
"""The states of a report, its progress and its hash; when a batch is closed."""

from __future__ import annotations

import pytest

from assessor.analyses.model import (
    REPORT_TRANSITIONS,
    BatchStanding,
    ReportKind,
    ReportState,
    document_digest,
    move_report,
    person_label,
    thousandths,
)
from core.errors import Conflict


def test_only_a_waiting_or_running_report_is_under_way() -> None:
    assert [state for state in ReportState if state.under_way] == [ReportState.QUEUED, ReportState.RUNNING]


def test_a_settled_report_never_moves_again() -> None:
    for before in (ReportState.DONE, ReportState.FAILED, ReportState.CANCELLED):
        for after in ReportState:
            with pytest.raises(Conflict) as refused:
                move_report(before, after)
            assert (refused.value.code, refused.value.facts) == ("report_settled", {"state": before.value})


def test_a_report_is_done_only_after_it_was_running() -> None:
    assert move_report(ReportState.QUEUED, ReportState.RUNNING) is ReportState.RUNNING
    assert move_report(ReportState.RUNNING, ReportState.DONE) is ReportState.DONE
    assert ReportState.DONE not in REPORT_TRANSITIONS[ReportState.QUEUED]


def test_only_forensics_are_about_conduct() -> None:
    assert [kind for kind in ReportKind if kind.about_conduct] == [ReportKind.FORENSICS]


@pytest.mark.parametrize(
    ("share", "stored"), [(0.0, 0), (0.5, 500), (1.0, 1000), (-1.0, 0), (7.0, 1000), (float("nan"), 0)]
)
def test_progress_stays_between_nothing_and_all(share: float, stored: int) -> None:
    assert thousandths(share) == stored


def test_the_hash_of_a_document_does_not_depend_on_the_order_of_its_members() -> None:
    assert document_digest({"a": 1.5, "b": [1]}) == document_digest({"b": [1], "a": 1.5})
    assert document_digest({"a": 1.5}) != document_digest({"a": 1.25})
    assert len(document_digest({})) == 71


def test_a_number_that_is_none_is_no_part_of_a_document() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        document_digest({"a": float("nan")})


def test_labels_have_as_many_digits_as_the_batch_needs() -> None:
    assert person_label(12, of=300) == "Candidate 012"
    assert person_label(12, of=20_000) == "Candidate 00012"


def _standing(**changes: int) -> BatchStanding:
    held = {"entries": 10, "handed_in": 7, "absent": 2, "withdrawn": 1, "open_sittings": 0}
    return BatchStanding(**{**held, **changes})


def test_a_batch_is_closed_when_everybody_is_accounted_for_and_no_sitting_is_open() -> None:
    assert _standing().closed
    assert not _standing(open_sittings=1).closed
    assert not _standing(handed_in=6).closed
    assert _standing(handed_in=6).outstanding == 1
    assert not _standing(entries=0, handed_in=0, absent=0, withdrawn=0).closed
