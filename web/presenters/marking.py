# SPDX-License-Identifier: Apache-2.0
"""What assessors see: their tasks, and a rubric in both languages because the viva is held in the learner's."""

from __future__ import annotations

from typing import Any

from assessor import api as assessor
from item_bank import api as bank
from web.presenters.common import bilingual


def task_rows(tasks: list[assessor.TaskOverview]) -> list[dict[str, Any]]:
    """The tasks as a list."""
    return [
        {
            "id": task.id,
            "candidate_name": task.entry.candidate_name,
            "language": task.entry.language.value,
            "component": task.component.value,
            "state": task.state.value,
            "sitting_place": task.entry.sitting.place,
            "opens_at": task.entry.sitting.opens_at,
            "marked": task.marked,
            "criteria": task.criteria,
        }
        for task in tasks
    ]


def task_page(task: assessor.Task, credential: bank.CredentialDocument) -> dict[str, Any]:
    """One task: ``task``, ``brief``, ``criteria`` and the last note."""
    titles = {pc.id: bilingual(pc.title) for pc in credential.pcs}
    notes = [mark.note for mark in task.marks.values() if mark.note]
    return {
        "task": {
            "id": task.id,
            "candidate_name": task.entry.candidate_name,
            "language": task.entry.language.value,
            "component": task.component.value,
            "state": task.state.value,
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
                "value": task.marks[line.criterion.id].marks if line.criterion.id in task.marks else None,
            }
            for line in task.rubric.lines
        ],
        "note": notes[-1] if notes else "",
    }
