# SPDX-License-Identifier: Apache-2.0
"""Documents for the tests of standards: one with elements, and one that uses every member there is."""

from __future__ import annotations

from typing import Any

from tests.unit.item_bank.builders import both, changed, credential, pc, share, without


def with_elements(**changes: Any) -> dict[str, Any]:
    """Two elements: marks on the first itself, on the PCs of the second."""
    first = {
        "id": "E1",
        "title": both("Group"),
        "marks": {"theory": "4.5", "practical": "16"},
        "pcs": [{"id": f"N1.PC{n}", "label": f"PC{n}", "title": both("Do"), "knowledge": []} for n in (1, 2)],
        **changes,
    }
    second = {"id": "E2", "title": both("Other"), "pcs": [pc("N1.PC3")]}
    document = changed(
        credential(), "nos", 0, to={**credential()["nos"][0], "elements": [first, second], "total": "30.5"}
    )
    document = without(document, "nos", 0, "pcs")
    document = without(without(document, "practical"), "viva")
    return changed(document, "rule", "rule", to=share({"nos": "SDP/N0701"}))


def rich() -> dict[str, Any]:
    """A document that uses every member there is."""
    nested = {
        "all_of": [
            share({"pc": "PC1"}),
            share({"pc": "PC2", "nos": "SDP/N0701"}),
            {"any_of": [
                share({"credential": True}, "1/2"),
                {"share": {**share({"nos": "SDP/N0701"})["share"], "basis": "weighted"}},
            ]},
            {"at_least": {"k": 1, "of": [
                {"share": {**share({"credential": True}, "0.4")["share"], "component": ["viva", "theory"]}},
                {"share": {**share({"credential": True}, "0.3")["share"], "component": ["practical"]}},
                {"share": {**share({"element": "E1", "nos": "SDP/N0702"}, "0.3")["share"], "component": "theory"}},
            ]}},
            {"critical": {"pc": "PC2", "at_least": "7/10"}},
            {"critical": {"pc": "PC1", "nos": "SDP/N0701", "component": "theory", "at_least": "1/4"}},
        ]
    }  # fmt: skip
    element = {
        "id": "E1",
        "title": both("Group"),
        "marks": {"theory": "2.5", "practical": "0"},
        "threshold": "1/2",
        "pcs": [
            {
                "id": "N0702.PC1",
                "label": "PC1",
                "title": both("More"),
                "knowledge": [],
                "mandatory": False,
                "hours": "0.5",
            }
        ],
    }
    document = credential(
        kind="micro_credential",
        sector="Finance",
        nqr_code="QG-06",
        future_skill=False,
        review_date="2027-07-31",
        usage=["alone", "multi_skill"],
        sources=["One", "  Two lines\nof text"],
        entry_routes=["class 10", "class 8 + 2 years"],
        purpose=both("To pay"),
        formative_assessment=both("Practice"),
        accreditation=both("None"),
        statutory_needs={"none": False, "text": both("A licence")},
        rule={"version": 1, "rule": nested},
        adoption={
            "parent": {
                "awarding_body": "A",
                "code": "A1/B1",
                "version": "1.0",
                "sha256": "sha256:" + "a" * 64,
            },
            "duplicates": [{"pc": "PC9", "same_as": "PC1", "reason": "The same"}],
        },
    )
    document["nos"][0] |= {"weight": "60", "credits": "0.15", "total": "20", "hours": "4"}
    document["nos"].append(
        {"code": "SDP/N0702", "title": both("More"), "weight": "40", "elements": [element]}
    )
    document["components"][1] |= {"online": False, "reason": both("At a desk")}
    document["industry_validations"][0].pop("file")
    return document
