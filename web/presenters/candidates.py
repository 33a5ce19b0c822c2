# SPDX-License-Identifier: Apache-2.0
"""What the pages of lists of candidates, access codes and notices show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from assessor import api as assessor
from core.notices.model import Channel, Failure, NoticeKind, NoticeState
from core.notices.queries import Notice
from item_bank import api as bank
from web.candidate_files import KeptList
from web.error_texts import text_of
from web.i18n import language
from web.slips import AttendanceLine, Slip
from web.words import _

SHOWN: Final = 200
"""Problems on one page; the downloaded table has them all."""
PREVIEW_ROWS: Final = 3
Row = dict[str, Any]


def column_label(column: assessor.Column) -> str:
    """A field as the template calls it."""
    texts = assessor.HEADINGS[column]
    return texts.get(language(), texts["en"])


def columns_page(kept: KeptList, chosen: Mapping[str, assessor.Column]) -> Row:
    """The columns of a list with what they are taken for and their first cells."""
    sheet = kept.sheet
    return {
        "columns": [
            {
                "heading": heading,
                "field": chosen[heading].value if heading in chosen else "",
                "cells": [row.cells.get(name, "") for row in sheet.rows[:PREVIEW_ROWS]],
            }
            for name, heading in zip(sheet.columns, sheet.headings, strict=True)
        ],
        "fields": [(column.value, column_label(column)) for column in assessor.Column],
        "rows": len(sheet.rows),
    }


def problem_rows(listed: assessor.CandidateList, checked: Sequence[assessor.CheckedCandidate]) -> list[Row]:
    """Everything that keeps a row from being enrolled, by row: in the cells, and by the rules."""
    found = [
        {
            "row": problem.row,
            "name": row.name,
            "column": problem.heading,
            "code": problem.error.code,
            **_said(problem.error.code, problem.error.facts),
        }
        for row in listed.rows
        for problem in row.problems
    ]
    for one in checked:
        row = {"row": one.listed.row, "name": one.listed.name, "column": ""}
        if one.taken:
            found.append({**row, "code": "agency_number_taken", **_said("agency_number_taken", {})})
        for finding in one.findings:
            if finding.severity is bank.Severity.BLOCK:
                text, advice = finding.in_language(language())
                found.append({**row, "code": finding.rule, "text": text, "advice": advice})
    return sorted(found, key=lambda one: int(one["row"]))


def warning_rows(checked: Iterable[assessor.CheckedCandidate]) -> list[Row]:
    """The rules that warn, each once, with the rows that they are about; a reason is asked for each."""
    found: dict[str, Row] = {}
    for one in checked:
        if one.blocked:
            continue
        for finding in one.findings:
            if finding.severity is bank.Severity.WARN:
                text, advice = finding.in_language(language())
                warning = found.setdefault(
                    finding.rule, {"rule": finding.rule, "text": text, "advice": advice, "rows": []}
                )
                warning["rows"].append(one.listed.row)
    return list(found.values())


def report_page(
    kept: KeptList,
    listed: assessor.CandidateList,
    checked: Sequence[assessor.CheckedCandidate],
    *,
    requirement: str,
) -> Row:
    """The dry run of a list."""
    problems = problem_rows(listed, checked)
    good = [one.listed for one in checked if not one.blocked]
    return {
        "token": kept.token,
        "filename": kept.filename,
        "pasted": kept.settings.pasted,
        "rows": len(listed.rows),
        "good": len(good),
        "bad": len(listed.rows) - len(good),
        "problems": problems[:SHOWN],
        "not_shown": max(0, len(problems) - SHOWN),
        "reasons": [
            {"code": code, "count": count}
            for code, count in Counter(one["code"] for one in problems).most_common()
        ],
        "warnings": warning_rows(checked),
        "columns": [(heading, column_label(column)) for heading, column in listed.columns.items()],
        "unread": listed.unread,
        "requirement": requirement,
        "without_address": sum(not (row.plan and (row.plan.email or row.plan.phone)) for row in good),
        "minors": sum(row.plan is not None and row.plan.guardian is not None for row in good),
        "preview": [_preview(row) for row in good[:5]],
    }


def candidate_rows(
    entries: Sequence[assessor.BatchLine],
    contacts: Mapping[str, assessor.Contact],
    sent: Mapping[str, Notice],
) -> list[Row]:
    """The candidates of a sitting with how they can be reached and what became of their last code."""
    rows = []
    for line in entries:
        entry, contact = line.entry, contacts.get(line.entry.id)
        notice = sent.get(entry.id)
        stands = entry.state is assessor.EntryState.ENROLLED
        rows.append(
            {
                "id": entry.id,
                "name": entry.candidate_name,
                "number": entry.agency_number,
                "language": entry.language.value,
                "extra_minutes": entry.extra_minutes,
                "state": entry.state.value,
                "begun": line.attempt.state is not assessor.AttemptState.CREATED,
                "handed_in": line.attempt.state is assessor.AttemptState.SUBMITTED,
                "email": bool(contact and contact.email),
                "phone": bool(contact and contact.phone),
                "code_issued_at": entry.code_issued_at,
                "notice": None if notice is None else notice_row(notice),
                "may_get_code": stands and line.attempt.state is not assessor.AttemptState.SUBMITTED,
            }
        )
    return rows


def notice_row(notice: Notice) -> Row:
    """One notice as people read it."""
    tone = {
        NoticeState.WAITING: "info",
        NoticeState.SENT: "success",
        NoticeState.FAILED: "danger",
        NoticeState.WITHDRAWN: "neutral",
    }[notice.state]
    paper = notice.failure in (Failure.NO_ADDRESS, Failure.NO_CHANNEL)
    return {
        "id": notice.id,
        "kind": kind_label(notice.kind),
        "state": state_label(notice),
        "tone": "warning" if notice.state is NoticeState.FAILED and paper else tone,
        "advice": failure_advice(notice),
        "to": notice.masked,
        "channel": {Channel.EMAIL: _("e-mail"), Channel.PHONE: _("text message"), None: _("paper")}[
            notice.channel
        ],
        "language": notice.language,
        "queued_at": notice.queued_at,
        "ended_at": notice.ended_at,
        "tries": notice.tries,
        "again": notice.can_be_sent_again,
        "subject_id": notice.subject_id,
    }


def kind_label(kind: NoticeKind) -> str:
    """A kind of notice in words."""
    return {
        NoticeKind.ACCESS_CODE: _("Access code"),
        NoticeKind.SITTING_CHANGED: _("New time or place"),
        NoticeKind.SITTING_CANCELLED: _("Sitting cancelled"),
        NoticeKind.RESULT_DECLARED: _("Result is there"),
        NoticeKind.DECISION_MADE: _("Decision"),
        NoticeKind.ERASURE_NOTICE: _("Data will be deleted"),
        NoticeKind.ERASURE_DONE: _("Data is deleted"),
        NoticeKind.STAFF_INVITATION: _("Invitation"),
        NoticeKind.PASSWORD_RESET: _("New password"),
        NoticeKind.SECOND_FACTOR_RESET: _("Second sign-in step reset"),
        NoticeKind.GUARDIAN_CODE: _("Code for a guardian"),
        NoticeKind.PANEL_NEWS: _("News of a panel"),
    }[kind]


def state_label(notice: Notice) -> str:
    """Where a notice is, in words."""
    match notice.state:
        case NoticeState.WAITING:
            return _("Waiting") if not notice.tries else _("Trying again")
        case NoticeState.SENT:
            return _("Sent")
        case NoticeState.WITHDRAWN:
            return _("Taken back")
        case _:
            return _("Print it") if notice.failure is Failure.NO_ADDRESS else _("Not sent")


def failure_advice(notice: Notice) -> str:
    """Why a notice did not leave, and what to do."""
    if notice.failure is None or notice.state in (NoticeState.SENT, NoticeState.WITHDRAWN):
        return ""
    return {
        Failure.NO_ADDRESS: _("There is no e-mail address and no phone number."),
        Failure.NO_CHANNEL: _("Sending is not set up here. Tell the person who runs this platform."),
        Failure.REJECTED: _("The address does not exist, or does not take messages. Check it."),
        Failure.UNREADABLE: _("The platform's secret was changed. Make it anew."),
        Failure.UNREACHABLE: _("The mail or message server cannot be reached."),
        Failure.TIMED_OUT: _("The mail or message server does not answer."),
        Failure.PORT_ERROR: _("The mail or message server does not take it now."),
    }[notice.failure]


def slip_of(contact: assessor.Contact, code: str, *, number: str, agency: str, title: bank.LocalText) -> Slip:
    """A slip with a code that was just made."""
    texts = dict(title.by_language)
    return Slip(
        name=contact.name,
        number=number,
        language=contact.language.value,
        agency=agency,
        test=texts.get(contact.language.value) or next(iter(texts.values()), ""),
        place=contact.place,
        opens_at=contact.opens_at,
        closes_at=contact.closes_at,
        time_zone=contact.time_zone,
        code=code,
    )


def attendance_lines(entries: Sequence[assessor.BatchLine]) -> list[AttendanceLine]:
    """The standing candidates of a sitting, by name."""
    standing = [line.entry for line in entries if line.entry.state is assessor.EntryState.ENROLLED]
    return [
        AttendanceLine(
            name=entry.candidate_name,
            number=entry.agency_number,
            date_of_birth=f"{entry.date_of_birth:%d-%m-%Y}" if entry.date_of_birth else "",
            note=_("+%(minutes)s min", minutes=entry.extra_minutes) if entry.extra_minutes else "",
        )
        for entry in sorted(standing, key=lambda one: (one.candidate_name.casefold(), one.id))
    ]


def _said(code: str, facts: Mapping[str, Any]) -> dict[str, str]:
    text = text_of(code, facts)
    return {"text": text.title, "advice": text.advice}


def _preview(row: assessor.ListedCandidate) -> Row:
    plan = row.plan
    born = plan.date_of_birth if plan else None
    return {
        "row": row.row,
        "name": row.name,
        "born": f"{born:%d-%m-%Y}" if born else "",
        "language": plan.language.value if plan else "",
        "reach": [_("e-mail")] * bool(plan and plan.email) + [_("phone")] * bool(plan and plan.phone),
        "extra_minutes": row.extra_minutes,
    }
