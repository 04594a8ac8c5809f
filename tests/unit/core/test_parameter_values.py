"""Every setting of the rule book is there with its default, and nothing else than its kind is accepted."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.parameters import PARAMETERS, shown_value

DEFAULTS = {
    "approval.chain": "assistant, rep, manager, finance",
    "credit.default_limit": "1000.00",
    "credit.equal_passes": "yes",
    "credit.freeze_overdue_days": "30",
    "guarantee.default_quota": "0.00",
    "guarantee.topup": "remainder",
    "no_slip.use_credit": "no",
    "deferral.with_partial_slip": "yes",
    "commitment.max_days": "30",
    "commitment.overdue_blocks": "no",
    "finance.require_matched": "yes",
    "monthly.settlement_day": "",
    "monthly.arrears_release": "director_agreement",
    "invoice.min_ratio": "0.60",
    "invoice.monthly_min_ratio": "0",
    "contract.required": "contract_or_confirmation",
    "stock.reserve_at": "finance_approval",
    "price.tax_mode": "exclusive",
    "grade.A": "500000.00",
    "grade.B": "100000.00",
    "grade.window": "trailing_12_months_quarterly",
    "survey.days": "3",
    "master.days": "3",
    "archive.day": "5",
    "overdue.rate": "0.0005",
    "kpi.delay_alert": "10",
    "return.days_no_fault": "30",
    "return.days_quality": "365",
    "remittance.tolerance": "0.00",
    "order.lookalike_hours": "24",
    "oral.confirmation_days": "3",
    "review.level_days": "1",
    "grade.review_below": "3.00",
    "discount.rep": "0",
    "discount.manager": "5",
    "discount.director": "10",
    "enquiry.response_days": "1",
    "quote.valid_days": "30",
    "contract.legal_from": "100000.00",
    "contract.analysis_months": "3",
    "care_plan.days": "5",
}


def test_every_setting_has_the_default_of_the_rule_book() -> None:
    assert {key: shown_value(parameter.default) for key, parameter in PARAMETERS.items()} == DEFAULTS


@pytest.mark.parametrize("key", PARAMETERS)
def test_a_default_survives_being_stored(key: str) -> None:
    parameter = PARAMETERS[key]
    assert parameter.parse(parameter.stored(parameter.default)) == parameter.default


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("credit.default_limit", "-1"),
        ("credit.default_limit", "1000.001"),
        ("credit.default_limit", "NaN"),
        ("credit.default_limit", 1000.5),
        ("overdue.rate", "1.5"),
        ("kpi.delay_alert", "101"),
        ("survey.days", "3.5"),
        ("survey.days", "0"),
        ("survey.days", "²"),
        ("survey.days", True),
        ("credit.equal_passes", "maybe"),
        ("guarantee.topup", "half"),
        ("approval.chain", "assistant, assistant"),
        ("approval.chain", "assistant, janitor"),
        ("survey.days", ""),
    ],
)
def test_what_does_not_fit_the_kind_is_refused(key: str, wrong: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        PARAMETERS[key].parse(wrong)


def test_values_typed_by_people_are_understood() -> None:
    assert PARAMETERS["credit.default_limit"].parse("1500") == Decimal("1500.00")
    assert PARAMETERS["credit.equal_passes"].parse("no") is False
    assert PARAMETERS["approval.chain"].parse("assistant, finance") == ("assistant", "finance")
    assert PARAMETERS["monthly.settlement_day"].parse("") is None
