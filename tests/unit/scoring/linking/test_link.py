# SPDX-License-Identifier: Apache-2.0
"""Links by name: the table they give, their standard errors, their cautions and refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scoring.errors import StatisticsError
from scoring.linking.api import (
    Choice,
    Distribution,
    Errors,
    Joint,
    LinkMethod,
    LinkSettings,
    Scale,
    anchor_gap,
    equipercentile,
    link,
    random_groups,
)
from scoring.linking.precision import delta_errors, equipercentile_errors, linear_errors
from tests.unit.scoring.linking.kolen_brennan import act_mathematics, common_items, made_up


@pytest.mark.parametrize("method", list(LinkMethod))
def test_every_method_links_a_form_to_itself_by_the_identity(method: LinkMethod) -> None:
    x, _ = common_items()
    found = link(x, x, LinkSettings(method, errors=Errors.NONE))
    inside = x.total.counts.cumsum() > 0
    assert found.equivalents[inside] == pytest.approx(found.scores[inside], abs=1e-8)
    assert (found.line is None) is method.curved
    assert found.errors is None


def test_methods_say_what_they_need() -> None:
    assert [method for method in LinkMethod if not method.needs_anchor] == [
        "identity",
        "mean",
        "linear",
        "equipercentile",
    ]
    assert [method for method in LinkMethod if method.curved] == [
        "equipercentile",
        "frequency",
        "chained-equipercentile",
    ]


def test_a_line_comes_with_its_table() -> None:
    x, y = common_items()
    found = link(x, y, LinkSettings(LinkMethod.TUCKER))
    assert found.line is not None
    assert found.line.slope == pytest.approx(1.0292, abs=5e-5)
    assert found.equivalents[20] == pytest.approx(found.line.slope * 20 + found.line.intercept)
    assert found.weight == pytest.approx(1655 / 3293)
    assert found.moments is not None
    assert found.moments.gamma_x == pytest.approx(2.3751, abs=5e-5)
    assert link(x, y, LinkSettings(LinkMethod.CHAINED)).weight is None
    one = link(x, y, LinkSettings(LinkMethod.TUCKER, weight=1.0, errors=Errors.NONE))
    assert one.line is not None
    assert one.line.intercept == pytest.approx(0.5368, abs=5e-5)


def test_methods_for_equal_groups_take_the_totals_and_say_that_the_anchor_is_not_used() -> None:
    x, y = common_items()
    found = link(x, y, LinkSettings(LinkMethod.LINEAR))
    assert found.line == random_groups(x.total, y.total, mean_only=False)
    assert "anchor_not_used" in found.cautions
    assert link(x.total, y.total, LinkSettings(LinkMethod.LINEAR)).cautions == ()


# Kolen & Brennan (2014), table 3.2: standard errors of unsmoothed equipercentile equating at X = 1 … 12
ERRORS = [0.8306, 0.5210, 0.8210, 0.2950, 0.1478, 0.2541, 0.1582, 0.1969, 0.1761, 0.1731, 0.1952, 0.1800]


def test_standard_errors_of_equipercentile_equating_are_those_of_table_3_2() -> None:
    found = link(*act_mathematics(), LinkSettings(LinkMethod.EQUIPERCENTILE)).errors
    assert found is not None
    assert np.isnan(found[0])
    assert found[1:13] == pytest.approx(ERRORS, abs=5e-5)


def test_lords_formula_is_a_little_above_the_delta_method() -> None:
    x, y = act_mathematics()
    found = delta_errors(
        (x.counts, y.counts),
        lambda counts: equipercentile(Distribution(x.scale, counts[0]), Distribution(y.scale, counts[1])),
    )
    # Lord takes P(1 - P) / n for the variance of a percentile rank, which for a midpoint is a quarter of a cell too much
    share = found[5:38] / equipercentile_errors(x, y)[5:38]
    assert 0.85 < share.min() < share.max() < 1.001


def test_the_formula_for_a_line_is_the_delta_method() -> None:
    x, y = act_mathematics()

    def line(counts: list[np.ndarray]) -> np.ndarray:
        forms = Distribution(x.scale, counts[0]), Distribution(y.scale, counts[1])
        return random_groups(*forms, mean_only=False).at(x.scale.points)

    assert delta_errors((x.counts, y.counts), line) == pytest.approx(linear_errors(x, y), rel=1e-3)


@pytest.mark.parametrize(
    ("method", "degree"),
    [(LinkMethod.MEAN, None), (LinkMethod.LINEAR, None), (LinkMethod.TUCKER, None), (LinkMethod.LEVINE, None),
     (LinkMethod.CHAINED, None), (LinkMethod.EQUIPERCENTILE, 3), (LinkMethod.FREQUENCY, 3),
     (LinkMethod.CHAINED_EQUIPERCENTILE, 3)],
)  # fmt: skip
def test_errors_by_the_delta_method_are_what_drawing_again_shows(
    method: LinkMethod, degree: int | None
) -> None:
    forms = common_items() if method.needs_anchor else act_mathematics()
    settings = LinkSettings(method, degree=degree, replications=100 if method.curved else 400)
    formula = link(*forms, settings).errors
    drawn = link(*forms, replace(settings, errors=Errors.BOOTSTRAP), rng=np.random.default_rng(4)).errors
    assert formula is not None
    assert drawn is not None
    # an error drawn r times is itself uncertain by 1 / sqrt(2 r): 7 % and 3.5 %
    assert formula[8:32:4] == pytest.approx(drawn[8:32:4], rel=0.25 if method.curved else 0.11)


def test_the_same_seed_draws_the_same_errors() -> None:
    settings = LinkSettings(LinkMethod.TUCKER, errors=Errors.BOOTSTRAP, replications=5)
    first, again, other = (
        link(*common_items(), settings, rng=np.random.default_rng(seed)).errors for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_identity_has_no_error() -> None:
    assert link(*act_mathematics(), LinkSettings(LinkMethod.IDENTITY)).errors is None


def test_smoothing_keeps_the_unsmoothed_equivalents_beside() -> None:
    x, y = act_mathematics()
    found = link(x, y, LinkSettings(LinkMethod.EQUIPERCENTILE, degree=Choice.AIC))
    assert found.smoothed is not None
    assert [fit.degree for fit in found.smoothed] == [6, 6]
    assert found.unsmoothed == pytest.approx(equipercentile(x, y))
    # Kolen & Brennan (2014), table 3.3, degree 6: close to the unsmoothed ones in the middle
    assert np.abs(found.equivalents - found.unsmoothed)[5:38].max() < 0.45
    assert found.errors is not None
    assert np.nanmean(found.errors) < np.nanmean(equipercentile_errors(x, y))


def test_anchored_curves_are_smoothed_in_both_scores() -> None:
    forms = common_items()
    by_rule = link(*forms, LinkSettings(LinkMethod.FREQUENCY, degree=Choice.BIC, errors=Errors.NONE))
    assert by_rule.smoothed is not None
    by_number = link(
        *forms, LinkSettings(LinkMethod.FREQUENCY, degree=by_rule.smoothed[0].degree, errors=Errors.NONE)
    )
    assert by_number.smoothed is not None
    assert by_rule.smoothed[0].deviance == pytest.approx(by_number.smoothed[0].deviance)
    assert link(*forms, LinkSettings(LinkMethod.TUCKER, degree=3)).smoothed is None
    totals = link(*forms, LinkSettings(LinkMethod.EQUIPERCENTILE, degree=2, errors=Errors.NONE))
    assert totals.smoothed is not None
    assert totals.smoothed[0].counts.shape == (37,)


# ---------------------------------------------------------------------------------------------- cautions


def shrunk(form: Joint, persons: float) -> Joint:
    return Joint(form.totals, form.anchors, form.counts * persons / form.n)


def test_groups_that_differ_on_the_anchor_are_told() -> None:
    x, y = common_items()
    assert anchor_gap(x, y) == pytest.approx(-0.3132, abs=5e-5)
    assert "groups_differ" in link(x, y, LinkSettings(LinkMethod.TUCKER, errors=Errors.NONE)).cautions
    flat = Joint(x.totals, Scale(0.0, 1.0, 2), np.column_stack([x.total.counts, np.zeros(37)]))
    assert anchor_gap(flat, flat) == 0


@pytest.mark.parametrize(
    ("method", "persons", "caution"),
    [
        (LinkMethod.TUCKER, 399, "few_for_a_line"),
        (LinkMethod.FREQUENCY, 1499, "few_for_a_curve"),
        (LinkMethod.MEAN, 30, "few_for_a_line"),
    ],
)
def test_few_persons_are_told(method: LinkMethod, persons: float, caution: str) -> None:
    x, y = common_items()
    settings = LinkSettings(method, errors=Errors.NONE)
    assert caution in link(shrunk(x, persons), y, settings).cautions
    assert caution not in link(shrunk(x, 1500), y, settings).cautions


def test_a_short_anchor_and_unseen_anchor_scores_are_told() -> None:
    x, y = common_items()
    short = [Joint(form.totals, Scale(0.0, 0.5, 13), form.counts) for form in (x, y)]
    assert "short_anchor" in link(*short, LinkSettings(LinkMethod.TUCKER, errors=Errors.NONE)).cautions
    cut = np.where(np.arange(13) > 6, 0.0, x.counts)
    holed = Joint(x.totals, x.anchors, cut)
    assert (
        "anchor_scores_unseen"
        in link(holed, y, LinkSettings(LinkMethod.FREQUENCY, errors=Errors.NONE)).cautions
    )


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (LinkSettings(LinkMethod.TUCKER, weight=1.5), "synthetic_weight"),
        (LinkSettings(LinkMethod.TUCKER, errors=Errors.BOOTSTRAP), "rng_needed"),
        (LinkSettings(LinkMethod.TUCKER, errors=Errors.BOOTSTRAP, replications=1), "bad_replications"),
        (LinkSettings(LinkMethod.FREQUENCY, degree=12), "degree_too_high"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: LinkSettings, code: str) -> None:
    with pytest.raises(StatisticsError, match=code):
        link(*common_items(), settings)


def test_an_anchor_is_asked_for_where_it_is_needed() -> None:
    with pytest.raises(StatisticsError, match="anchor_needed"):
        link(*act_mathematics(), LinkSettings(LinkMethod.TUCKER))


def test_four_persons_are_too_few_to_link() -> None:
    x, y = made_up()
    with pytest.raises(StatisticsError, match="too_few_to_link"):
        link(shrunk(x, 4), y, LinkSettings(LinkMethod.MEAN))


def test_a_curve_has_no_error_where_its_rank_is_0() -> None:
    found = link(*made_up(), LinkSettings(LinkMethod.CHAINED_EQUIPERCENTILE)).errors
    assert found is not None
    x, y = act_mathematics()
    ends = link(x, y, LinkSettings(LinkMethod.EQUIPERCENTILE)).errors
    assert ends is not None
    assert np.isnan(ends[0])


def test_a_general_mean_can_be_asked_of_every_line() -> None:
    x, y = common_items()
    for method in (
        LinkMethod.TUCKER,
        LinkMethod.LEVINE,
        LinkMethod.BRAUN_HOLLAND,
        LinkMethod.CHAINED,
        LinkMethod.LINEAR,
    ):
        found = link(x, y, LinkSettings(method, mean_only=True))
        assert found.line is not None
        assert found.line.slope == 1
    external = link(x, y, LinkSettings(LinkMethod.LEVINE, internal=False, errors=Errors.NONE))
    assert external.line is not None
    assert external.line.slope == pytest.approx(1.0168, abs=5e-5)
