# SPDX-License-Identifier: Apache-2.0
"""Which passwords are taken: long, not among the first that anybody tries, not one's own name. Pure but for the hashing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import Invalid
from core.identity.secrets import MINIMUM_PASSWORD, hash_password

MAXIMUM_PASSWORD = 1000
_FEWEST_LETTERS = 5
_LEAST_REST = 6
# Long enough to pass the length rule, and among the first guesses all the same; compared without case, spaces and signs.
_COMMON = frozenset(
    [
        "password1234",
        "password12345",
        "password123456",
        "passwordpassword",
        "mypassword123",
        "newpassword123",
        "changeme1234",
        "changemenow12",
        "letmein123456",
        "letmeinletmein",
        "welcome12345",
        "welcome123456",
        "administrator",
        "administrator1",
        "adminadmin123",
        "admin1234567",
        "admin12345678",
        "qwertyuiop12",
        "qwertyuiop123",
        "qwertyuiopasdf",
        "qwertyqwerty",
        "qwerty123456",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "1qaz2wsx3edc4rfv",
        "zaq12wsxcde3",
        "asdfghjkl123",
        "asdfghjklqwe",
        "zxcvbnm12345",
        "abcdefghijkl",
        "abcd12345678",
        "abc123456789",
        "123456789012",
        "1234567890123",
        "0123456789012",
        "012345678910",
        "123123123123",
        "111111111111",
        "000000000000",
        "112233445566",
        "987654321098",
        "123456789abc",
        "iloveyou1234",
        "iloveyou12345",
        "iloveyouforever",
        "india1234567",
        "indiaindia12",
        "bharat123456",
        "jaihind12345",
        "kasauti12345",
        "kasautikasauti",
        "touchstone12",
        "trustno1trustno1",
        "superman12345",
        "football12345",
        "cricket12345",
        "sachin123456",
        "mumbaiindians",
        "princess1234",
        "sunshine1234",
        "secretsecret",
        "secret123456",
        "testtesttest",
        "test12345678",
        "teacher12345",
        "student12345",
        "assessment12",
        "examination12",
        "correcthorsebatterystaple",
    ]
)


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password that passed the rules, as its hash."""

    hash: str


def new_password(password: str, *, personal: Iterable[str]) -> NewPassword:
    """Check and hash a new password; slow on purpose, so call it outside a write.

    ``personal``: texts such as the own name, address and organisation.

    Invalid(``password_short`` | ``password_common`` | ``password_personal``), Unavailable(``sign_in_busy``).
    """
    check_password_rules(password, personal=personal)
    return NewPassword(hash_password(password))


def check_password_rules(password: str, *, personal: Iterable[str]) -> None:
    """Refuse what is short, common or personal; raises as ``new_password``."""
    if not MINIMUM_PASSWORD <= len(password) <= MAXIMUM_PASSWORD:
        raise Invalid("password_short", minimum=MINIMUM_PASSWORD)
    bare = "".join(letter for letter in password.casefold() if letter.isalnum())
    if bare in _COMMON or len(set(password.casefold())) < _FEWEST_LETTERS:
        raise Invalid("password_common")
    rest = password.casefold()
    for word in sorted({word for text in personal for word in _words(text)}, key=len, reverse=True):
        rest = rest.replace(word, "")
    if rest != password.casefold() and len(re.sub(r"[\W\d_]", "", rest)) < _LEAST_REST:
        raise Invalid("password_personal")


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", text.casefold()) if len(word) >= 3]
