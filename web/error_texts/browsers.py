# SPDX-License-Identifier: Apache-2.0
"""Texts about browsers at a test: Safe Exam Browser, and what a browser notes."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

BROWSERS = {
    "safe_browser_needed": ErrorText(
        N_("This test has to be taken in Safe Exam Browser."),
        N_(
            "Open it with the link on the page of your test. If that does not work, call the proctor, who can let you in."
        ),
    ),
    "safe_browser_wrong_key": ErrorText(
        N_("Safe Exam Browser was opened with other settings than those of this test."),
        N_(
            "Close it and open it again with the link of this test. If that fails too, call the proctor, who can let you in."
        ),
    ),
    "exam_key_malformed": ErrorText(
        N_("Browser Exam Key number %(number)s is not one, or there are too many."),
        N_("A key has 64 characters, 0 to 9 and a to f. Write at most %(highest)s, one a line."),
    ),
    "telemetry_malformed": ErrorText(
        N_("What the browser noted could not be read."),
        N_("Nothing is wrong with your answers. Go on with the test."),
    ),
}
