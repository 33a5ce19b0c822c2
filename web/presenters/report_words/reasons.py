# SPDX-License-Identifier: Apache-2.0
"""Why there is no number: a few words for a cell, and a sentence ("" where the words do).

A literal per cent sign is doubled in sentences.
"""

from __future__ import annotations

from typing import Final

from web.error_texts.text import N_

REASONS: Final = {
    "ability_not_centred": (N_("ability not settled"), ""),
    "alpha_not_between_0_and_1": (N_("alpha is not between 0 and 1"), ""),
    "alpha_not_positive": (N_("alpha is not above 0"), ""),
    "anchor": (N_("is matched on"), ""),
    "bar_without_ability": (N_("no ability earns the bar"), ""),
    "covariances_singular": (N_("items say the same"), ""),
    "diagnosis_few_persons": (N_("too few people"), N_("There are too few people for this model.")),
    "edge": (N_("at the edge"), ""),
    "few_answers_an_item": (N_("too few answers"), N_("No item has at least %(fewest)s answers.")),
    "few_choice_items": (
        N_("too few items with options"),
        N_("There are too few items with options to compare people."),
    ),
    "few_focal": (N_("group too small"), ""),
    "few_in_groups": (
        N_("too few people in the groups"),
        N_("This needs an item that at least %(fewest)s people of each group were given."),
    ),
    "few_items": (N_("too few items"), N_("There are too few items for this.")),
    "few_persons": (N_("too few people"), N_("There are too few people for this.")),
    "fewer_than_three_items": (N_("fewer than three items"), ""),
    "fixed_at_one": (N_("fixed at 1"), N_("This model fixes the spread at 1.")),
    "group_single": (
        N_("one group only"),
        N_("There are no two groups that are known and large enough to compare."),
    ),
    "group_too_small": (N_("group too small"), N_("The group is too small to show.")),
    "groups_not_apart": (N_("the groups do not differ"), ""),
    "groups_not_comparable": (N_("groups not comparable"), ""),
    "guessing_at_zero": (N_("nobody guesses"), ""),
    "information_not_positive": (N_("not determined"), ""),
    "item_all_alike": (N_("all items alike"), ""),
    "item_all_right": (N_("everybody right"), ""),
    "item_all_wrong": (N_("everybody wrong"), ""),
    "item_does_not_vary": (N_("everybody got the same"), N_("Everybody got the same marks on it.")),
    "item_never_answered": (N_("nobody answered it"), ""),
    "item_without_variance_of_its_own": (N_("an item has no spread of its own"), ""),
    "item_without_variation": (N_("everybody got the same"), N_("Everybody got the same marks on it.")),
    "items_too_few": (N_("too few items"), N_("There are too few items for this.")),
    "items_with_parts": (
        N_("items give parts of marks"),
        N_("Some items give parts of their marks; this needs right or wrong."),
    ),
    "marks_differ": (N_("questions carry different marks"), ""),
    "model_too_large": (N_("too large"), N_("The model would need more numbers than these data can give.")),
    "moments_dependent": (N_("cannot be told apart"), ""),
    "more_than_400_items": (N_("more than 400 items"), N_("This is computed for at most 400 items.")),
    "negative_covariance_with_total": (N_("runs against the total"), ""),
    "no_attribute": (N_("no criterion"), ""),
    "no_choice_items": (
        N_("no items with options"),
        N_("No item of these papers has options to choose from."),
    ),
    "no_common_persons": (N_("nobody had both"), ""),
    "no_comparable_strata": (N_("nobody comparable"), ""),
    "no_complete_rows": (N_("nobody had all items"), N_("Nobody has an answer to every item.")),
    "no_degrees_of_freedom": (N_("too few items"), N_("There are too few items for this test.")),
    "no_error": (N_("no error known"), ""),
    "no_evidence": (N_("no items"), ""),
    "no_finite_ability": (N_("no end to it"), ""),
    "no_finite_maximum": (N_("no end to it"), ""),
    "no_instants": (N_("times not known"), N_("It is not known when people sat the test.")),
    "no_item": (N_("no items"), ""),
    "no_item_drifted": (
        N_("no item became easier"),
        N_("No item became easier, so there is nothing to compare."),
    ),
    "no_items": (N_("no items"), N_("There is no item to look at.")),
    "no_marks_reached": (N_("no marks earned"), ""),
    "no_pairs": (N_("no pairs"), ""),
    "no_persons": (N_("nobody handed in"), N_("Nobody has handed in yet.")),
    "no_responses": (N_("no answers"), ""),
    "no_results": (N_("no results"), N_("Nobody has a result yet. Results come when everything is marked.")),
    "no_scores": (N_("no answers"), ""),
    "no_splits": (N_("cannot be halved"), N_("There are too few items to halve the test.")),
    "no_threshold": (N_("no threshold"), N_("The rule has no threshold for this.")),
    "no_threshold_there": (N_("no such step"), ""),
    "no_times": (N_("no times"), N_("The log of answers tells no times.")),
    "no_total_bar": (N_("no bar for the whole"), N_("The rule has no bar for the whole test.")),
    "no_true_variance": (N_("no spread but by chance"), ""),
    "no_variation": (N_("no spread"), ""),
    "nobody": (N_("nobody"), ""),
    "nobody_chose": (N_("nobody chose it"), ""),
    "not_binary": (N_("not right or wrong"), N_("This needs items that are right or wrong.")),
    "not_computable": (N_("cannot be computed"), N_("These data do not give this number.")),
    "not_identified": (N_("cannot be told"), N_("These items cannot tell who masters the criteria.")),
    "not_in_largest_paper": (N_("not in the largest paper"), ""),
    "odds_ratio_without_bound": (N_("nobody of a group is wrong"), ""),
    "one_decision_for_all": (N_("one verdict for all"), N_("Everybody gets the same verdict.")),
    "one_form": (N_("only one paper"), N_("There is only one paper, so there is nothing to compare.")),
    "one_instant": (N_("all at one moment"), ""),
    "one_item": (N_("only one item"), ""),
    "one_person": (N_("only one person"), N_("One person has no spread.")),
    "one_stratum": (N_("people do not differ"), ""),
    "option_does_not_vary": (N_("chosen by all or none"), ""),
    "own_paper_for_everybody": (
        N_("too many papers"),
        N_("There are so many papers (%(forms)s) that no single one has enough people."),
    ),
    "pair_never_seen_together": (
        N_("never in one paper"),
        N_("Some items never stood in one paper together."),
    ),
    "paper_too_small": (
        N_("too few people on one paper"),
        N_("This needs a paper that at least %(fewest)s people had in full; here the most are %(persons)s."),
    ),
    "parameters_alike": (N_("cannot be told apart"), ""),
    "persons_too_few_to_compare": (N_("too few people"), N_("There are too few people to compare.")),
    "profiles_alike": (N_("cannot be told apart"), ""),
    "responses_certain": (N_("answers leave no doubt"), ""),
    "rest_does_not_vary": (N_("the rest does not vary"), ""),
    "slope_without_end": (N_("no end to it"), ""),
    "too_few_answers": (N_("too few answers"), ""),
    "too_few_degrees_of_freedom": (N_("too few items"), N_("There are too few items for this test.")),
    "too_few_items": (N_("too few items"), N_("There are too few items for this.")),
    "too_few_persons": (
        N_("too few people"),
        N_("There are too few people for a number that means something."),
    ),
    "too_few_responses": (N_("too few answers"), ""),
    "too_few_times": (N_("too few times"), ""),
    "too_few_to_link": (
        N_("too few people"),
        N_(
            "Only %(forms)s papers have at least %(fewest)s people; a link between smaller ones would"
            " be chance."
        ),
    ),
    "too_large": (N_("too large"), N_("There are too many criteria for this.")),
    "too_many_items": (
        N_("too many items"),
        N_("There are %(items)s items; this is computed for at most %(most)s."),
    ),
    "total_does_not_vary": (N_("everybody has the same total"), N_("Everybody has the same total.")),
    "undetermined": (N_("not determined"), ""),
}
COUNTED: Final = {
    "diagnosis_few_persons": N_("There are %(persons)s people; this needs at least %(fewest)s."),
    "too_few_persons": N_("There are %(persons)s people; this needs at least %(fewest)s."),
}
"""The sentence in place of that of `REASONS` where it is known how many there are and how many are needed."""
