# SPDX-License-Identifier: Apache-2.0
"""One-time codes by the published vectors, sealing, and which passwords are taken."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Invalid, Unavailable
from core.identity import totp
from core.identity.model import OrganisationKind, Role, SignOnProvider, roles_of
from core.identity.passwords import check_password_rules
from core.identity.secrets import password_matches
from core.sealing import Sealer

# RFC 6238, appendix B, the rows of SHA-1.
VECTORS = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]
SECRET = base64.b32encode(b"12345678901234567890").decode()
AT = datetime(2026, 11, 20, 6, 30, 10, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert totp.code_of(SECRET, totp.step_of(at), digits=8) == code
    assert totp.code_of(SECRET, totp.step_of(at)) == code[-6:]


@pytest.mark.parametrize("drift", [-1, 0, 1])
def test_a_clock_may_be_one_step_off(drift: int) -> None:
    step = totp.step_of(AT) + drift
    assert totp.fitting_step(SECRET, totp.code_of(SECRET, step), at=AT, after=0) == step


@pytest.mark.parametrize("drift", [-3, -2, 2, 3])
def test_a_clock_may_not_be_two_steps_off(drift: int) -> None:
    code = totp.code_of(SECRET, totp.step_of(AT) + drift)
    assert totp.fitting_step(SECRET, code, at=AT, after=0) is None


def test_a_code_and_those_before_it_serve_only_once() -> None:
    step = totp.step_of(AT)
    code, earlier = totp.code_of(SECRET, step), totp.code_of(SECRET, step - 1)
    assert totp.fitting_step(SECRET, code, at=AT, after=step) is None
    assert totp.fitting_step(SECRET, earlier, at=AT, after=step) is None
    later = AT + timedelta(seconds=totp.PERIOD_SECONDS)
    assert totp.fitting_step(SECRET, totp.code_of(SECRET, step + 1), at=later, after=step) == step + 1


@pytest.mark.parametrize("typed", ["", "12345", "１２３４５６", "000000 OR 1=1", "é" * 6])
def test_what_is_no_code_fits_nothing(typed: str) -> None:
    assert totp.fitting_step(SECRET, typed, at=AT, after=0) is None


def test_secrets_are_long_and_differ() -> None:
    first, second = totp.new_secret(), totp.new_secret()
    assert first != second
    assert len(base64.b32decode(first)) == 20


def test_the_picture_carries_account_and_issuer() -> None:
    address = totp.address_of(SECRET, account="a@b.example", issuer="Kasauti")
    assert address.startswith("otpauth://totp/Kasauti:a%40b.example?")
    assert f"secret={SECRET}" in address


def test_what_is_sealed_opens_under_the_same_key_and_scope_only() -> None:
    sealed = Sealer(b"k" * 32).seal(b"plain", scope="one")
    assert b"plain" not in sealed
    assert Sealer(b"k" * 32).open(sealed, scope="one") == b"plain"
    for key, scope, data in (
        (b"x" * 32, "one", sealed),
        (b"k" * 32, "two", sealed),
        (b"k" * 32, "one", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (b"k" * 32, "one", b""),
    ):
        with pytest.raises(Unavailable, match="secret_unreadable"):
            Sealer(key).open(data, scope=scope)


def test_an_account_without_a_password_is_opened_by_none() -> None:
    for typed in ("", "no such account"):
        assert not password_matches("", typed)
        assert not password_matches(None, typed)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("elevenchars", "password_short"),
        ("x" * 1001, "password_short"),
        ("Password 1234", "password_common"),
        ("qwertyuiop12", "password_common"),
        ("abababababab", "password_common"),
        ("meera.deshpande", "password_personal"),
        ("Deshpande-2026!", "password_personal"),
        ("parakh assessments 1", "password_personal"),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused_by_name(password: str, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        check_password_rules(
            password, personal=["Meera Deshpande", "meera@parakh.example", "Parakh Assessments"]
        )


@pytest.mark.parametrize(
    "password", ["seven brass lanterns hum", "नीला पतंग ऊँचा उड़ता", "meera likes yellow kites"]
)
def test_a_sentence_is_taken_in_any_script(password: str) -> None:
    check_password_rules(password, personal=["Meera Deshpande", "meera@parakh.example"])


def test_roles_exist_where_they_belong_and_administrators_everywhere() -> None:
    assert roles_of(OrganisationKind.AWARDING_BODY) == [Role.AWARDING_BODY, Role.ADMINISTRATOR]
    assert roles_of(OrganisationKind.OPERATOR) == [Role.OPERATOR, Role.ADMINISTRATOR]
    assert set(roles_of(OrganisationKind.ASSESSMENT_AGENCY)) == set(Role) - {
        Role.AWARDING_BODY,
        Role.OPERATOR,
    }


def test_an_address_is_admitted_by_its_whole_domain() -> None:
    provider = SignOnProvider("o", "s", "https://id.example", "c", ("parakh.example",))
    assert provider.admits_address("A@Parakh.example")
    for other in (
        "a@evil-parakh.example",
        "a@parakh.example.evil.org",
        "a@sub.parakh.example",
        "parakh.example",
    ):
        assert not provider.admits_address(other)
