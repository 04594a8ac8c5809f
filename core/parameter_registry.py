"""Every setting of the rule book with its kind, default and rule. Pure: how values come into force is
`core.parameters`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.money import to_decimal

Value = Decimal | int | bool | str | tuple[str, ...] | None
INTEGER = re.compile(r"\d{1,6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One setting. `kind`: amount (CNY), rate (a fraction, 0.13 = 13 %), percent, integer, yes_no, choice,
    list.

    `choices` are the slugs a choice or a list may contain. An optional setting may be empty (None).
    """

    key: str
    label: Any
    kind: str
    default: Value
    rule: str = ""
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 9999
    is_optional: bool = False

    def parse(self, raw: Any) -> Value:
        """The typed value of what a person typed or the database keeps. Raises ValueError."""
        if raw is None or raw == "":
            if self.is_optional:
                return None
            raise ValueError("empty")
        return _PARSERS[self.kind](self, raw)

    def stored(self, value: Value) -> Any:
        """The value as JSON keeps it: exact, so decimals as text."""
        if isinstance(value, Decimal):
            return str(value)
        return list(value) if isinstance(value, tuple) else value


def _parse_amount(parameter: Parameter, raw: Any) -> Decimal:
    value = to_decimal(raw)
    if value < 0 or value != value.quantize(Decimal("0.01")):
        raise ValueError("an amount has at most 2 places and is not negative")
    return value.quantize(Decimal("0.01"))


def _parse_rate(parameter: Parameter, raw: Any) -> Decimal:
    value = to_decimal(raw)
    if not 0 <= value <= 1:
        raise ValueError("a rate lies between 0 and 1")
    return value


def _parse_percent(parameter: Parameter, raw: Any) -> Decimal:
    value = to_decimal(raw)
    if not 0 <= value <= 100:
        raise ValueError("a percentage lies between 0 and 100")
    return value


def _parse_integer(parameter: Parameter, raw: Any) -> int:
    if isinstance(raw, bool) or not INTEGER.fullmatch(str(raw)):
        raise ValueError("not a whole number")
    if not parameter.least <= int(raw) <= parameter.most:
        raise ValueError("out of range")
    return int(raw)


def _parse_yes_no(parameter: Parameter, raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    if str(raw) in ("yes", "no"):
        return str(raw) == "yes"
    raise ValueError("yes or no")


def _parse_choice(parameter: Parameter, raw: Any) -> str:
    if raw not in parameter.choices:
        raise ValueError("not one of the choices")
    return str(raw)


def _parse_list(parameter: Parameter, raw: Any) -> tuple[str, ...]:
    parts = [part.strip() for part in raw.split(",")] if isinstance(raw, str) else list(raw)
    if not parts or len(set(parts)) != len(parts) or any(part not in parameter.choices for part in parts):
        raise ValueError("not a list of the choices, each at most once")
    return tuple(parts)


_PARSERS: dict[str, Callable[[Parameter, Any], Value]] = {
    "amount": _parse_amount,
    "rate": _parse_rate,
    "percent": _parse_percent,
    "integer": _parse_integer,
    "yes_no": _parse_yes_no,
    "choice": _parse_choice,
    "list": _parse_list,
}


_REGISTERED = (
    Parameter(
        "approval.chain",
        _("Review levels of an order"),
        "list",
        ("assistant", "rep", "manager", "finance"),
        "AP-01",
        choices=("assistant", "rep", "manager", "marketing", "finance"),
    ),
    Parameter(
        "credit.default_limit", _("Credit limit of a new customer"), "amount", Decimal("1000.00"), "RM-06"
    ),
    Parameter("credit.equal_passes", _("An amount equal to the limit passes"), "yes_no", True, "RM-02"),
    Parameter(
        "credit.freeze_overdue_days",
        _("Credit is frozen when overdue by more than (days)"),
        "integer",
        30,
        "CR-08",
    ),
    Parameter(
        "guarantee.default_quota", _("Guarantee quota of a salesperson"), "amount", Decimal("0.00"), "RM-06"
    ),
    Parameter(
        "guarantee.topup",
        _("Top-up asked when the guarantee quota falls short"),
        "choice",
        "remainder",
        "RM-03",
        choices=("remainder", "whole"),
    ),
    Parameter("no_slip.use_credit", _("Credit may be used without a slip"), "yes_no", False, "RM-04"),
    Parameter(
        "deferral.with_partial_slip",
        _("A deferral may be combined with a partial slip"),
        "yes_no",
        True,
        "RM-05",
    ),
    Parameter(
        "commitment.max_days",
        _("Longest term of a payment commitment (days)"),
        "integer",
        30,
        "CR-05",
        least=1,
    ),
    Parameter(
        "commitment.overdue_blocks", _("An overdue commitment blocks new orders"), "yes_no", False, "CR-05"
    ),
    Parameter(
        "finance.require_matched",
        _("Final approval needs every slip matched to the bank"),
        "yes_no",
        True,
        "AP-04",
    ),
    Parameter(
        "monthly.settlement_day",
        _("Settlement day of monthly customers without one"),
        "integer",
        None,
        "MS-01",
        least=1,
        most=31,
        is_optional=True,
    ),
    Parameter(
        "monthly.arrears_release",
        _("What releases an order held for arrears"),
        "choice",
        "director_agreement",
        "",
        choices=("director_agreement", "payment_only"),
    ),
    Parameter(
        "invoice.min_ratio",
        _("Share received before an invoice is issued"),
        "rate",
        Decimal("0.60"),
        "IV-01",
    ),
    Parameter(
        "invoice.monthly_min_ratio", _("The same for monthly customers"), "rate", Decimal("0"), "IV-01"
    ),
    Parameter(
        "contract.required",
        _("Paper needed before final approval"),
        "choice",
        "contract_or_confirmation",
        "AP-04",
        choices=("contract_or_confirmation", "contract", "none"),
    ),
    Parameter(
        "stock.reserve_at",
        _("When stock is reserved"),
        "choice",
        "finance_approval",
        "ST-01",
        choices=("finance_approval", "submission"),
    ),
    Parameter(
        "price.tax_mode",
        _("Unit prices are"),
        "choice",
        "exclusive",
        "G-02",
        choices=("exclusive", "inclusive"),
    ),
    Parameter("grade.A", _("Grade A from (purchases)"), "amount", Decimal("500000.00"), "CM-05"),
    Parameter("grade.B", _("Grade B from (purchases)"), "amount", Decimal("100000.00"), "CM-05"),
    Parameter(
        "grade.window",
        _("Period a grade looks back on"),
        "choice",
        "trailing_12_months_quarterly",
        "CM-06",
        choices=("trailing_12_months_quarterly", "calendar_year"),
    ),
    Parameter("survey.days", _("Survey due after delivery (working days)"), "integer", 3, "SV-01", least=1),
    Parameter("master.days", _("Customer file due (working days)"), "integer", 3, "CM-04", least=1),
    Parameter(
        "archive.day",
        _("Day of the month on which the month is archived"),
        "integer",
        5,
        "AR-01",
        least=1,
        most=28,
    ),
    Parameter("overdue.rate", _("Interest on overdue amounts per day"), "rate", Decimal("0.0005"), "CO-02"),
    Parameter(
        "kpi.delay_alert",
        _("Late deliveries raise an alert above (percent)"),
        "percent",
        Decimal("10"),
        "KP-05",
    ),
    Parameter(
        "return.days_no_fault", _("Returns without a fault accepted within (days)"), "integer", 30, "RT-02"
    ),
    Parameter(
        "return.days_quality", _("Returns for quality accepted within (days)"), "integer", 365, "RT-02"
    ),
    Parameter(
        "remittance.tolerance",
        _("Difference tolerated between slip and bank line"),
        "amount",
        Decimal("0.00"),
        "PM-03",
    ),
    Parameter(
        "order.lookalike_hours", _("Warn of a look-alike order within (hours)"), "integer", 24, "IN-04"
    ),
    Parameter(
        "oral.confirmation_days",
        _("Written confirmation of an oral order due (working days)"),
        "integer",
        3,
        "IN-02",
    ),
    Parameter(
        "grade.review_below",
        _("Satisfaction below this asks for a review of the grade"),
        "amount",
        Decimal("3.00"),
        "CM-07",
    ),
    Parameter(
        "discount.rep", _("Discount a salesperson may give (percent)"), "percent", Decimal("0"), "QT-03"
    ),
    Parameter(
        "discount.manager", _("Discount a sales manager may give (percent)"), "percent", Decimal("5"), "QT-03"
    ),
    Parameter(
        "discount.director",
        _("Discount the marketing director may give (percent)"),
        "percent",
        Decimal("10"),
        "QT-03",
    ),
    Parameter(
        "enquiry.response_days",
        _("First response to an enquiry due (working days)"),
        "integer",
        1,
        "EN-01",
        least=1,
    ),
    Parameter("quote.valid_days", _("A quotation is valid for (days)"), "integer", 30, "QT-01", least=1),
    Parameter(
        "contract.legal_from",
        _("Legal review of a contract from (tax included)"),
        "amount",
        Decimal("100000.00"),
        "CT-03",
    ),
    Parameter(
        "contract.analysis_months",
        _("Months of the performance and credit analysis"),
        "integer",
        3,
        "CT-05",
        least=1,
        most=12,
    ),
    Parameter(
        "care_plan.days",
        _("Care plan of a new A customer due (working days)"),
        "integer",
        5,
        "CM-08",
        least=1,
    ),
    Parameter("review.level_days", _("Working days for each review level"), "integer", 1, "AP-08", least=1),
)
PARAMETERS: dict[str, Parameter] = {parameter.key: parameter for parameter in _REGISTERED}


def shown_value(value: Value) -> str:
    """A value as people type it: yes, no, 1000.00, assistant, rep; empty for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) else str(value)
