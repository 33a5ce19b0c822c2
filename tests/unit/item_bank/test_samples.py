# SPDX-License-Identifier: Apache-2.0
"""The sample comes out of the package as documents."""

from __future__ import annotations

import pytest

from core.errors import NotFound
from item_bank.samples import load_sample


def test_an_unknown_sample_is_named_with_those_that_are_there() -> None:
    with pytest.raises(NotFound) as refusal:
        load_sample("nothing")
    assert refusal.value.code == "sample_unknown"
    assert refusal.value.facts["known"] == [
        "amh_q0301",
        "con_q0103",
        "con_q0602",
        "secure_digital_payments",
    ]


def test_the_sample_has_a_credential_and_a_bank() -> None:
    sample = load_sample()
    assert sample.credential["code"] == "SDP/MC/0701"
    assert len(sample.items) >= 72
    assert {item["pc"] for item in sample.items} == {f"PC{number}" for number in range(1, 7)}
