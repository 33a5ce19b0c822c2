# SPDX-License-Identifier: Apache-2.0
"""The form of what a sitting asks of browsers."""

from __future__ import annotations

from collections.abc import Mapping

from assessor import api as assessor
from core.errors import Invalid


def read_rules(form: Mapping[str, str]) -> assessor.BrowserRules:
    """What the form says. Invalid(``exam_key_malformed``, ``request_malformed``)."""
    try:
        used = assessor.SecureBrowser(form.get("secure_browser", "off"))
    except ValueError as error:
        raise Invalid("request_malformed", members=["secure_browser"]) from error
    return assessor.BrowserRules(
        full_screen=form.get("full_screen") == "yes",
        paste=form.get("no_paste") != "yes",
        secure_browser=used,
        exam_keys=assessor.read_exam_keys(form.get("exam_keys", "")[:10_000]),
    )


def rules_values(rules: assessor.BrowserRules) -> dict[str, str]:
    """The form as the rules fill it."""
    return {
        "full_screen": "yes" if rules.full_screen else "",
        "no_paste": "" if rules.paste else "yes",
        "secure_browser": rules.secure_browser.value,
        "exam_keys": "\n".join(rules.exam_keys),
    }
