# SPDX-License-Identifier: Apache-2.0
"""What a reader must know of the data, and how a section was computed. A literal per cent sign is doubled in each of them."""

from __future__ import annotations

from typing import Final

from web.error_texts.text import N_

NOTES: Final = {
    "advice_changes_no_verdict": N_(
        "This advice changes no verdict. The rule of the credential alone decides."
    ),
    "anchor_scores_unseen": N_("Some scores on the common items were reached by nobody."),
    "anchors_purified": N_("Matched on %(anchors)s items without a sign, chosen in %(rounds)s rounds."),
    "by_results": N_("By the newest results; people without one are not counted."),
    "categories_hardly_chosen": N_("Some steps of marks were hardly reached."),
    "controlled_together": N_(
        "The list is controlled (Benjamini and Hochberg 1995) over all items and %(groupings)s "
        "groupings at once: of the items it names, about %(level_percent)s at most are there by chance."
    ),
    "criteria_in_parts": N_("The criteria are looked at in %(parts)s parts of at most %(most)s."),
    "criteria_left_out": N_("Criteria without a number of their own: %(names)s."),
    "cut_from_criteria": N_(
        "The rule has no bar for the whole. The share that it asks for in every criterion, %(share_percent)s, "
        "stands in for it here."
    ),
    "cut_from_mean": N_(
        "The rule has no bar for the whole, and it asks for different shares in different parts. Their mean by "
        "marks, %(share_percent)s, stands in for it here; nobody is judged by it."
    ),
    "cut_from_nos": N_(
        "The rule has no bar for the whole. The share that it asks for in every NOS, %(share_percent)s, "
        "stands in for it here."
    ),
    "drawn_to_prior": N_(
        "With %(persons)s people the estimates are drawn towards what is usual, so that they stay"
        " between 0 and 1."
    ),
    "drift_has_many_causes": N_(
        "An item may become easier because it became known, or because later people were taught "
        "better. Compare with the calendar."
    ),
    "eap": N_("Abilities are means of what each person's answers leave likely (EAP)."),
    "effort_bound": N_("Little effort: fewer than %(bound_percent)s of the answers took enough time."),
    "errors_by_brennan": N_("Each person's own spread over the items gives the error (Brennan 1998)."),
    "evidence_not_finding": N_(
        "This is evidence for a person to look into. It is no finding, and it changes no result."
    ),
    "exposed_after_drift": N_("Compared on the items that became easier: %(items)s."),
    "false_alarms": N_(
        "The list is controlled (Benjamini and Hochberg 1995): of the people or pairs on it, at "
        "most %(rate_percent)s are expected to be there by chance."
    ),
    "few_answers_an_item": N_("Items with fewer than %(fewest)s answers are left out."),
    "few_answers_for_nominal": N_(
        "There are few answers for the nominal model, so smoothed shares of the options stand in for it."
    ),
    "few_focal": N_("A group has few people, so that real differences may go unseen."),
    "few_persons": N_("There are few people for this comparison."),
    "few_persons_for_alpha": N_(
        "For a steady alpha %(needed)s people are advised; here are %(has)s (%(source)s)."
    ),
    "few_persons_for_items": N_(
        "For steady figures of items %(needed)s people are advised; here are %(has)s (%(source)s)."
    ),
    "few_persons_for_nominal": N_(
        "There are few people for the nominal model, so smoothed shares of the options stand in for it."
    ),
    "few_persons_per_item": N_(
        "%(needed)s people are advised for so many items; here are %(has)s (%(source)s)."
    ),
    "fewer_persons_than_advised": N_("There are fewer people than this model needs for steady numbers."),
    "fewest_for_model": N_("The model needs at least %(fewest)s people."),
    "fifths_by_total": N_(
        "Fifths are by the share of the marks on everything; people with equal shares are divided."
    ),
    "first_papers_only": N_("The first %(shown)s of %(forms)s papers are drawn."),
    "forms_share_no_item": N_(
        "Some papers share no item with the others; only the equal mean of the people ties them together."
    ),
    "four_fifths": N_(
        "A pass rate below %(bound_percent)s of the best group's is a sign to look into (four-fifths "
        "rule, EEOC 1978)."
    ),
    "group_differences_are_no_bias": N_(
        "A difference between groups is no proof of an unfair test. The sections below compare "
        "people who can do equally much."
    ),
    "group_single": N_("There are no two groups that are known and large enough to compare."),
    "groups_by_lot": N_(
        "Mean, linear and equipercentile trust that papers were drawn by lot; the other methods correct by common questions."
    ),
    "groups_of_27": N_(
        "Weak and strong are the 27 in 100 with the lowest and the highest totals (Kelley 1939)."
    ),
    "honest_not_drawn": N_("Honest sittings were not drawn for these data."),
    "item_bounds": N_(
        "Marked for a look: facility of at least %(easy_percent)s or at most %(hard_percent)s, "
        "discrimination below %(weak)s, left out by more than %(blank_percent)s of the people."
    ),
    "items_not_estimated": N_("%(count)s items could not be estimated; the table says why."),
    "items_with_parts": N_(
        "%(count)s items give parts of their marks; figures for right and wrong leave them out."
    ),
    "items_without_marks": N_(
        "%(count)s items were in nobody's paper, or are worth nothing, and are left out."
    ),
    "late_answers_count_only_if_admitted": N_(
        "Answers after the end count only where a named person admitted them."
    ),
    "limit_nt10": N_("A tenth of the mean time of the item, at most 10 seconds (Wise and Ma 2012)."),
    "links_to_reference": N_("Only papers with at least %(fewest)s people are linked."),
    "luck_by_rasch": N_("By a Rasch model over all papers, at a bar of %(share_percent)s."),
    "map_and_ml": N_(
        "MAP is the likeliest ability of each person. ML looks at the person's own answers alone and has "
        "no end where all are right or all are wrong."
    ),
    "mastery_by_model": N_(
        "These chances come from a model of all answers. They stand beside the rule and change no verdict."
    ),
    "matched_on": N_("People are compared with those of the same %(by)s."),
    "mean_square_bounds": N_(
        "Infit and outfit should lie between %(low)s and %(high)s (Wright and Linacre 1994)."
    ),
    "negative_reliability": N_(
        "A negative reliability is shown as it is: the items do not go together. Check the keys first."
    ),
    "no_curves_for_few": N_("Curves need more people than this."),
    "no_effort_no_dishonesty": N_(
        "Rapid answers are a sign of little effort, haste or a broken line, rarely of knowing the"
        " answers before."
    ),
    "no_total_bar": N_("The rule has no bar for the whole test."),
    "nobody_to_compare": N_("Nobody sat together with somebody else."),
    "not_converged": N_("The fitting did not settle; read these numbers with care."),
    "not_identified": N_(
        "These items cannot tell all profiles apart. Other numbers would fit the answers equally well."
    ),
    "observed_by_ability": N_("Dots are %(groups)s groups of like ability with at least 5 people each."),
    "of_largest_paper": N_("Tested on the largest paper, with the %(persons)s people who had it in full."),
    "one_bar_only": N_("Computed for one bar on the total. The rule may ask for more than that."),
    "one_criterion_each": N_(
        "Every question here tests one criterion, and then the models DINA, DINO and G-DINA say the same."
    ),
    "one_form": N_("There is only one paper."),
    "one_mark_each": N_("Every item counts as one mark here, whatever it is worth."),
    "open_batch": N_("The batch was still open: people may hand in after this."),
    "option_prior": N_(
        "Slopes are drawn a little towards 0 (normal, spread %(sd)s), so that options chosen by few have "
        "one too."
    ),
    "option_slopes": N_(
        "The key should have the highest slope: the more able people are, the more of them choose it. "
        "Slopes and intercepts of an item add up to 0."
    ),
    "pairs_within_sitting": N_("Compared are people of one sitting whose times overlap."),
    "papers_left_out": N_(
        "%(count)s papers are left out of Lee and Rudner: too few of their items have a difficulty, because "
        "everybody or nobody who had the others got them right."
    ),
    "papers_sampled": N_(
        "Lee and Rudner: %(shown)s of the %(forms)s papers, evenly chosen, stand for all; the difficulties of "
        "items come from everybody."
    ),
    "patterns_have_many_causes": N_(
        "Odd patterns come from gaps in what was taught, from language, from guessing, and "
        "sometimes from copying."
    ),
    "people_decide_suggestions": N_("A suggestion is for an expert to decide; nothing is moved by itself."),
    "persons_untested": N_("%(count)s people were not tested: %(reason)s."),
    "persons_without_marks": N_("%(count)s people have no mark on any item and are not counted."),
    "persons_without_result": N_("%(count)s people have no result yet."),
    "prior_flat": N_("Before the answers every ability counts as equally likely."),
    "profiles_not_shown": N_("%(count)s rarer profiles are not shown."),
    "purification_open": N_("The choice of the items to match on did not settle."),
    "q3_bound": N_(
        "Listed: pairs whose Q3 is surely more than %(bound)s above the mean (Christensen and others 2017)."
    ),
    "reliability_by_form_instead": N_("People had different items, so see the reliability of each paper."),
    "rest_raised": N_(
        "Some items never stood in one paper. Their discrimination is over the people who had "
        "them, the rest raised to the whole test."
    ),
    "rmsea_interval_90": N_("The range of RMSEA is one of 90 in 100."),
    "s_x2_of_largest_paper": N_(
        "S-X2 is of the largest paper alone, with the %(persons)s people who had it in full."
    ),
    "signs_not_independent": N_("The lists are not independent: one cause can put a person on several."),
    "slopes_by_logistic": N_(
        "By logistic regression, twice for each item: once for a difference that is the same at every "
        "ability, once for one that changes with ability (Swaminathan and Rogers 1990)."
    ),
    "small_groups_hidden": N_(
        "%(groups)s groups have fewer than %(fewest)s people; only their number is shown."
    ),
    "standard_scale": N_("The scale is in standard deviations of the people; 0 is their mean."),
    "sure": N_("Sure means a chance of at least %(share_percent)s."),
    "suspicion_is_no_finding": N_(
        "A suspicion is no finding: about %(error_percent)s of sound items are listed by chance."
    ),
    "theory_items_only": N_("From the items of the test alone; marks of other components are not in it."),
    "three_items_each": N_("Three items on each criterion alone are enough to tell it (Xu and Zhang 2016)."),
    "times_from_log": N_(
        "From the log of answers: the time between one answer and the next. Waiting and thinking "
        "about another item count too."
    ),
    "too_large_for_nominal": N_(
        "These data are too large for the nominal model, so smoothed shares of the options stand in for it."
    ),
    "too_many_forms_to_show": N_(
        "With %(forms)s papers there is no picture; it would need at most %(most)s."
    ),
    "unequal_marks": N_("Items of unequal worth count as one each where right answers are counted."),
}
