# SPDX-License-Identifier: Apache-2.0
"""Texts about standard setting, in alphabetical order of their codes."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

STANDARD_SETTING = {
    "beuk_judgement": ErrorText(
        N_("Judgement %(judge)s is not a cut on the scale with a share of passes."),
        N_("Write the cut in marks and the passes between 0 and 1."),
    ),
    "bookmark_page": ErrorText(
        N_("The page %(page)s cannot be marked; pages go from %(first)s to %(last)s."),
        N_("Mark a page of the booklet."),
    ),
    "bookmarks_missing": ErrorText(N_("No judge has placed a bookmark."), N_("Wait for the judges.")),
    "cost_range": ErrorText(
        N_("A false pass cannot cost %(cost)s."), N_("Write a number above 0; 1 is as much as a false fail.")
    ),
    "group_few": ErrorText(
        N_("The group “%(group)s” has too few people: %(people)s."), N_("At least 2 are needed.")
    ),
    "group_scores": ErrorText(
        N_("Somebody of the group “%(group)s” has no score that can be used."),
        N_("Leave out people without a score or rating."),
    ),
    "groups_few": ErrorText(
        N_("There are %(groups)s tables for %(judges)s judges."),
        N_("Give each judge a table, and use at least 2 tables."),
    ),
    "hofstee_box": ErrorText(
        N_(
            "These limits form no box: cuts %(lowest_cut)s to %(highest_cut)s, fails %(lowest_fails)s to %(highest_fails)s."
        ),
        N_("The lowest must lie below the highest; shares of fails lie between 0 and 1."),
    ),
    "item_unjudged": ErrorText(
        N_("No judge has looked at the item %(item)s."), N_("Ask for a judgement, or leave the item out.")
    ),
    "judgements_few": ErrorText(
        N_("There are too few judgements: %(judges)s judges, %(items)s items."),
        N_("At least 2 judges are needed."),
    ),
    "judgements_missing": ErrorText(
        N_("%(missing)s judgements are missing."), N_("Agreement needs every judge's view of every item.")
    ),
    "judgements_outside": ErrorText(
        N_("The judgement of %(judge)s on the item %(item)s does not lie between 0 and %(maximum)s."),
        N_("Ask for it again."),
    ),
    "judgements_shape": ErrorText(
        N_("The judgements do not fit the %(judges)s judges and %(items)s items."),
        N_("Give one line for each judge, one column for each item, and maxima above 0."),
    ),
    "mastered_range": ErrorText(
        N_("The chance %(mastered)s is not between 0 and 1."), N_("Two in three (2/3) is usual.")
    ),
    "mastered_unreachable": ErrorText(
        N_(
            "The item %(item)s is never right with this chance: guessing alone is better, or the best are not."
        ),
        N_("Choose another chance, count without guessing, or leave the item out."),
    ),
    "ratings_equal": ErrorText(
        N_("Everybody has the same rating."), N_("A line needs at least two different ratings.")
    ),
    "step_range": ErrorText(
        N_("The step %(step)s between marks is not above 0."), N_("Write for example 1 or 0.5.")
    ),
}
