# SPDX-License-Identifier: Apache-2.0
"""What a candidate's fields may hold, at their edges."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from assessor.scheduling.candidates import (
    CandidatePlan,
    Disability,
    Guardian,
    Language,
    Qualification,
    age_on,
    candidate_problems,
    is_minor,
    normal_candidate,
    require_guardian,
    training_minutes,
)
from core.errors import Conflict, Invalid

TODAY = date(2026, 11, 22)
PLAN = CandidatePlan(name="Asha Rao", language=Language.HINDI)


def problems(**fields: Any) -> list[tuple[str, str]]:
    found = candidate_problems(replace(PLAN, **fields), today=TODAY)
    return [(one.field, one.error.code) for one in found]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", " ", "name_malformed"),
        ("name", "x" * 201, "name_malformed"),
        ("date_of_birth", date(2026, 11, 23), "birth_date_malformed"),
        ("date_of_birth", date(1915, 11, 22), "birth_date_malformed"),
        ("disabilities", (Disability.AUTISM,), "disability_malformed"),
        ("email", "asha", "email_malformed"),
        ("email", "a" * 189 + "@example.org", "email_malformed"),
        ("phone", "12345", "phone_malformed"),
        ("apaar", "1234 5678 901", "apaar_malformed"),
        ("apaar", "१२३४५६७८९०१२", "apaar_malformed"),
        ("agency_number", "x" * 41, "agency_number_malformed"),
        ("agency_number", "a\u202eb", "agency_number_malformed"),
        ("qualification", Qualification(level="9"), "qualification_malformed"),
        ("qualification", Qualification(school_class=13), "qualification_malformed"),
        ("qualification", Qualification(experience_years=61), "qualification_malformed"),
        ("training_minutes", -1, "training_malformed"),
        ("training_minutes", 120_001, "training_malformed"),
        ("guardian", Guardian(name="", contact="9876543210"), "guardian_malformed"),
        ("guardian", Guardian(name="Sita", contact="nobody"), "guardian_malformed"),
        ("guardian", Guardian(name="Sita", contact="s" * 189 + "@example.org"), "guardian_malformed"),
    ],
)
def test_a_wrong_field_is_named(field: str, value: Any, code: str) -> None:
    assert problems(**{field: value}) == [(field, code)]
    with pytest.raises(Invalid) as info:
        normal_candidate(replace(PLAN, **{field: value}), today=TODAY)
    assert info.value.code == code


def test_every_wrong_field_is_named_at_once() -> None:
    assert [name for name, _ in problems(email="x", phone="x", apaar="x")] == ["email", "phone", "apaar"]


def test_fields_are_stored_in_one_form() -> None:
    plan = replace(
        PLAN,
        name="  Asha Rao ",
        date_of_birth=date(1916, 11, 23),
        disabled=True,
        disabilities=(Disability.LOW_VISION, Disability.AUTISM, Disability.LOW_VISION),
        email=" asha@example.org ",
        phone="098765 43210",
        apaar="1234-5678 9012",
        agency_number=" PA-1 ",
        qualification=Qualification(level="4.5", school_class=12, experience_years=0),
        training_minutes=450,
        guardian=Guardian(name=" Sita ", contact="sita@example.org"),
    )
    stored = normal_candidate(plan, today=TODAY)
    assert (stored.name, stored.phone, stored.apaar) == ("Asha Rao", "+919876543210", "123456789012")
    assert stored.disabilities == (Disability.AUTISM, Disability.LOW_VISION)
    assert (stored.email, stored.agency_number) == ("asha@example.org", "PA-1")
    assert stored.guardian == Guardian(name="Sita", contact="sita@example.org")
    assert "123456789012" not in repr(stored)


def test_a_candidate_of_whom_only_the_name_is_known_is_fine() -> None:
    assert normal_candidate(PLAN, today=TODAY) == PLAN
    assert Qualification().empty
    assert not Qualification(level="3").empty


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2008, 11, 22), date(2026, 11, 21), 17),
        (date(2008, 11, 22), date(2026, 11, 22), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
    ],
)
def test_a_birthday_is_the_first_day_of_the_new_age(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age
    assert is_minor(born, day) is (age < 18)


def test_a_minor_needs_a_guardian_on_that_day() -> None:
    minor = replace(PLAN, date_of_birth=date(2010, 1, 1))
    with pytest.raises(Conflict) as info:
        require_guardian(minor, day=TODAY)
    assert info.value.code == "guardian_missing"
    require_guardian(replace(minor, guardian=Guardian(name="Sita", contact="9876543210")), day=TODAY)
    require_guardian(PLAN, day=TODAY)


def test_training_hours_are_read_exactly() -> None:
    assert [training_minutes(text) for text in ("7.5", "30", " 0.25 ")] == [450, 1_800, 15]
    for text in ("", "-1", "7,5", "1e3", "७"):
        with pytest.raises(Invalid):
            training_minutes(text)
