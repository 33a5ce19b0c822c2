# SPDX-License-Identifier: Apache-2.0
"""Texts about linking forms (``kasauti stats link``, ``luck``), in alphabetical order of their codes."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

LINKING = {
    "anchor_needed": ErrorText(
        N_("The method %(method)s needs an anchor."),
        N_("Name the items that both forms have with --anchor, or choose mean, linear or equipercentile."),
    ),
    "anchor_scales": ErrorText(
        N_("The anchor ends at %(x)s on form X and at %(y)s on form Y, so the two are not the same anchor."),
        N_("Name the same items in both forms, or give the ends of the scale with --scale-anchor."),
    ),
    "anchors_apart": ErrorText(
        N_("No anchor score occurs on both forms."), N_("Choose an anchor that both groups can do in part.")
    ),
    "bad_replications": ErrorText(
        N_("%(replications)s samples are too few to show a spread."), N_("Draw at least 2; 500 is usual.")
    ),
    "degree_too_high": ErrorText(
        N_("Degree %(degree)s does not fit a scale of %(points)s scores."),
        N_("Choose a degree from 1 to two less than there are scores."),
    ),
    "link_item_unestimated": ErrorText(
        N_("The item %(item)s has no difficulty (%(why)s), so its form cannot be linked by items."),
        N_("Leave the item out of the file, or choose a method that takes the total scores."),
    ),
    "luck_form_unknown": ErrorText(
        N_("Nobody took the paper %(form)s."), N_("Write the paper as it stands in the column.")
    ),
    "luck_nobody": ErrorText(
        N_("No row has both a paper and an answer."), N_("Check the column that names the paper.")
    ),
    "luck_share": ErrorText(
        N_("The share %(share)s does not lie between 0 and 1."),
        N_("Write the pass mark as 0.7, 7/10 or 70%%."),
    ),
    "no_spread": ErrorText(
        N_("The scores do not vary, or vary against each other (%(where)s), so no line can be drawn."),
        N_("Check the scores, or link by the mean alone."),
    ),
    "reference_without_spread": ErrorText(
        N_(
            "No ability earns the share %(share)s on the reference, since its items are all right or all wrong."
        ),
        N_("Choose another paper as the reference."),
    ),
    "rng_needed": ErrorText(
        N_("Drawing samples needs a seed."), N_("Give a seed, or choose errors by formula.")
    ),
    "scale_ends": ErrorText(
        N_("The scale ends at %(high)s, which is not above %(low)s, where it begins."),
        N_("Give the ends of the scale, as in 0:40."),
    ),
    "scale_too_long": ErrorText(
        N_("The scale would have %(points)s scores; at most %(most)s are linked."),
        N_("Round the scores, or give the ends of the scale."),
    ),
    "scale_without_scores": ErrorText(N_("There is no score."), N_("Check the columns of the file.")),
    "score_off_scale": ErrorText(
        N_("The score %(score)s is not on the scale from %(low)s to %(high)s in steps of %(step)s."),
        N_("Check the score, or give other ends of the scale."),
    ),
    "scores_off_grid": ErrorText(
        N_("The scores have no equal steps from %(low)s on."),
        N_("Round them to halves, tenths or hundredths."),
    ),
    "synthetic_variance": ErrorText(
        N_("In the synthetic population the variance would be %(x)s on form X and %(y)s on form Y."),
        N_("The groups differ too much for this method. Choose chained linking, or a longer anchor."),
    ),
    "synthetic_weight": ErrorText(
        N_("The weight %(weight)s does not lie between 0 and 1."),
        N_("Give the share of form X's people in the synthetic population."),
    ),
    "too_few_to_link": ErrorText(
        N_("Form X has %(x)s persons and form Y %(y)s; below %(fewest)s nothing is linked."),
        N_("Gather more answers, or leave the scores as they are."),
    ),
}
