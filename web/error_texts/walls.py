# SPDX-License-Identifier: Apache-2.0
"""Texts about the live wall: messages both ways, hints, hands, the hand-over between shifts."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

WALLS = {
    "message_number_malformed": ErrorText(
        N_("The page sent a message without a proper number."), N_("Reload the page and write it again.")
    ),
    "message_number_used": ErrorText(
        N_("Another message was already sent under this number."),
        N_("Reload the page and write it again."),
    ),
    "messages_too_fast": ErrorText(
        N_("You wrote %(highest)s messages within a minute."),
        N_("Wait a minute, then send the next one. Your test goes on."),
    ),
    "messages_too_many": ErrorText(
        N_("You wrote %(highest)s messages in this test. More are not taken."),
        N_("Raise your hand if you need somebody."),
    ),
    "nobody_listens": ErrorText(
        N_("No proctor is assigned to this sitting, so nobody would read it."),
        N_("Go on with the test. After it, tell your assessment agency."),
    ),
    "hint_unknown": ErrorText(
        N_("There is no such ready-made hint."), N_("Reload the page and press one of the buttons.")
    ),
    "attempt_not_watched": ErrorText(
        N_("No camera watches this learner, so no incident can be opened here."),
        N_("Tell the manager of the batch what you saw."),
    ),
    "watch_too_fast": ErrorText(
        N_("This page asked too often to be kept up to date."), N_("Reload the wall once and wait.")
    ),
    "hand_accuses_nobody": ErrorText(
        N_("A raised hand is a call for help."),
        N_("It cannot be made an incident. Raise what you saw yourself, with a reason."),
    ),
    "hand_over_unknown": ErrorText(
        N_("There is no such hand-over for you."), N_("Reload the page to see what is offered.")
    ),
    "hand_over_answered": ErrorText(
        N_("This hand-over was already answered."), N_("Reload the page to see where it stands.")
    ),
    "hand_over_answer_unknown": ErrorText(
        N_("This is no answer to a hand-over."), N_("Accept it, decline it, or take it back.")
    ),
    "hand_over_note_malformed": ErrorText(
        N_("The next proctor needs a note."), N_("Write %(lowest)s to %(highest)s characters in plain words.")
    ),
    "hand_over_to_nobody": ErrorText(
        N_("Choose another proctor of this sitting."),
        N_("A manager can assign one on the page of the sitting."),
    ),
    "hand_over_learners": ErrorText(
        N_("There is nobody to hand over."),
        N_("Choose all of this sitting, or have learners given to you first."),
    ),
}
