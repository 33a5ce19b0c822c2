# SPDX-License-Identifier: Apache-2.0
"""Texts about models of ability: items with several marks, tests of fit, and scales brought together; in alphabetical order."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

ABILITY_MODELS = {
    "common_items_differ": ErrorText(
        N_("The item %(item)s does not have the same kind of marks in both forms."),
        N_("Give it another name in one of the forms, or fit both with the same model."),
    ),
    "difficulties_alike": ErrorText(
        N_("The %(items)s common items are all equally difficult, so this method finds no scale."),
        N_("Choose another method, or more common items."),
    ),
    "item_parameters": ErrorText(
        N_("The numbers of the item %(item)s are no item of this model."),
        N_("Look at how many there are, and that the intercepts of graded marks fall."),
    ),
    "link_not_found": ErrorText(
        N_("The common items do not bring the two scales together."),
        N_("Look at the common items one by one: they may have changed between the forms."),
    ),
    "map_edges": ErrorText(
        N_("The ends of the map are in the wrong order, or it has no bars."),
        N_("Give a low end below the high end, and one bar or more."),
    ),
    "mark_without_category": ErrorText(
        N_("Nobody had %(mark)s marks on item %(item)s when the model was fitted."),
        N_("Fit the model again with these persons."),
    ),
    "no_common_items": ErrorText(
        N_("The two forms have no item in common."), N_("Name the common items alike in both forms.")
    ),
    "no_items": ErrorText(N_("One of the forms has no items."), N_("Give one item or more for each form.")),
    "nominal_without_difficulty": ErrorText(
        N_("The item %(item)s has options without an order, so it has no difficulty to compare."),
        N_("Choose the method haebara or stocking-lord."),
    ),
    "slopes_not_positive": ErrorText(
        N_("Common items do not rise with ability."), N_("Look at their keys, or leave them out.")
    ),
    "too_many_categories": ErrorText(
        N_("The item %(item)s has %(categories)s different marks; this model takes at most %(most)s."),
        N_("Join marks that lie close together."),
    ),
    "true_score_not_rising": ErrorText(
        N_("The item %(item)s does not rise with ability, so a total has no single ability."),
        N_("Look at its key, or leave it out."),
    ),
    "weight_not_a_share": ErrorText(
        N_("A weight of %(weight)s is not between 0 and 1."), N_("Give the share of the new form's learners.")
    ),
}
