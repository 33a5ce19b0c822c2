# SPDX-License-Identifier: Apache-2.0
"""What assessors see: their tasks, and a rubric in both languages because the viva is held in the learner's.

Written answers are marked without a name: a candidate is called by the end of the task's id.
"""

from __future__ import annotations

from typing import Any

from assessor import api as assessor
from item_bank import api as bank
from web.presenters.common import bilingual
from web.words import _


def task_rows(tasks: list[assessor.TaskOverview]) -> list[dict[str, Any]]:
    """The tasks as a list; those without a name stand last, in an order that tells nothing."""
    named = [task for task in tasks if not _is_blind(task.component)]
    blind = sorted((task for task in tasks if _is_blind(task.component)), key=lambda task: task.id[::-1])
    return [
        {
            "id": task.id,
            "candidate_name": _name(task.id, task.component, task.entry.candidate_name),
            "language": task.entry.language.value,
            "component": task.component.value,
            "state": task.state.value,
            "sitting_place": task.entry.sitting.place,
            "opens_at": task.entry.sitting.opens_at,
            "marked": task.marked,
            "criteria": task.criteria,
        }
        for task in (*named, *blind)
    ]


def task_page(task: assessor.Task, credential: bank.CredentialDocument) -> dict[str, Any]:
    """One task: ``task``, ``brief``, ``criteria`` with the answers of theory, and the last note."""
    titles = {pc.id: bilingual(pc.title) for pc in credential.pcs}
    notes = [mark.note for mark in task.marks.values() if mark.note]
    return {
        "task": {
            "id": task.id,
            "candidate_name": _name(task.id, task.component, task.entry.candidate_name),
            "language": task.entry.language.value,
            "component": task.component.value,
            "state": task.state.value,
            "handed_in": not _is_blind(task.component) or task.answers is not None,
            "completed_at": task.completed_at,
        },
        "brief": bilingual(task.rubric.task) or "",
        "criteria": [
            {
                "id": line.criterion.id,
                "pc": line.criterion.pc,
                "pc_title": titles.get(line.criterion.pc, {}),
                "text": bilingual(line.text),
                "expected": bilingual(line.expected) if line.expected is not None else None,
                "levels": [{"marks": level.marks, "text": bilingual(level.text)} for level in line.levels],
                "value": _value(task, line.criterion.id),
                "answer": _answer(task, line.criterion.id),
            }
            for line in task.rubric.lines
        ],
        "note": notes[-1] if notes else "",
    }


def _is_blind(component: assessor.TaskComponent) -> bool:
    return component is assessor.TaskComponent.THEORY


def _name(task_id: str, component: assessor.TaskComponent, name: str) -> str:
    return _("Candidate %(code)s", code=task_id[-5:].upper()) if _is_blind(component) else name


def _value(task: assessor.Task, criterion_id: str) -> str | None:
    """The marks so far; where nothing was answered, 0 is proposed."""
    if criterion_id in task.marks:
        return task.marks[criterion_id].marks
    answer = (task.answers or {}).get(criterion_id)
    return "0" if answer is not None and not answer.given else None


def _answer(task: assessor.Task, criterion_id: str) -> dict[str, Any] | None:
    answer = (task.answers or {}).get(criterion_id)
    if answer is None:
        return None
    file = answer.file
    return {
        "text": answer.text,
        "file": None
        if file is None
        else {"id": file.id, "name": file.name, "kilobytes": -(-file.size // 1000)},
    }
