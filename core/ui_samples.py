"""Sample values for the living page of components. Made up; nothing is read or stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.components import (
    Action,
    Badge,
    Change,
    Column,
    Facet,
    FacetValue,
    FileLink,
    Gate,
    GatePart,
    Meter,
    Moment,
    NextStep,
    Row,
    RowResult,
    Shortcut,
    Step,
    Tab,
    Table,
)
from core.errors import FieldProblem, InvalidInput
from core.templatetags.figures import duration_text
from core.widgets import AmountInput, Combobox, DateInput, QuantityInput

MORNING = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)
NOON = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)


class SampleForm(forms.Form):
    customer = forms.ChoiceField(
        label=gettext_lazy("Customer"),
        choices=[("1", "华信电子有限公司"), ("2", "宏图贸易有限公司"), ("3", "天合光电科技有限公司")],
        widget=Combobox(),
    )
    amount = forms.DecimalField(
        label=gettext_lazy("Stated amount"),
        widget=AmountInput(),
        help_text=gettext_lazy("As on the customer's paper."),
    )
    quantity = forms.DecimalField(label=gettext_lazy("Quantity"), widget=QuantityInput())
    wanted_on = forms.DateField(label=gettext_lazy("Wanted date"), widget=DateInput(), required=False)
    source = forms.ChoiceField(
        label=gettext_lazy("Source"),
        choices=[("phone", gettext_lazy("Telephone")), ("form", gettext_lazy("Order form"))],
    )
    payment = forms.ChoiceField(
        label=gettext_lazy("Payment terms"),
        choices=[
            ("cash", gettext_lazy("Cash before delivery")),
            ("monthly", gettext_lazy("Monthly settlement")),
        ],
        widget=forms.RadioSelect(),
    )
    is_urgent = forms.BooleanField(label=gettext_lazy("Deliver as soon as possible"), required=False)
    note = forms.CharField(label=gettext_lazy("Note"), widget=forms.Textarea({"rows": 2}), required=False)
    slip = forms.FileField(label=gettext_lazy("Remittance slip"), required=False)


@dataclass(frozen=True)
class SampleJob:
    uid: UUID
    state: str
    done: int
    total: int
    label: str
    error: str = ""
    result: None = None
    finished_at: datetime | None = None

    def get_state_display(self) -> str:
        return self.label


def finished_job() -> SampleJob:
    return SampleJob(UUID(int=1), "done", 200, 200, _("Finished"), finished_at=NOON)


def samples() -> dict[str, Any]:
    wrong = SampleForm(
        {"amount": "12 thousand", "customer": "1", "quantity": "3", "source": "phone"}, auto_id="wrong_%s"
    )
    return {
        "form": SampleForm(
            initial={
                "quantity": Decimal("12.500"),
                "amount": Decimal("12800"),
                "wanted_on": date(2026, 12, 3),
            }
        ),
        "wrong_form": wrong,
        "error": InvalidInput(
            _("The order form could not be read."),
            rule="XL-02",
            problems=[
                FieldProblem("#/lines/3/quantity", "negative", _("Row 7, column Quantity: −3 is below zero."))
            ],
        ),
        "badges": _badges(),
        "statuses": [
            Badge(_("Draft")),
            Badge(_("Being checked"), "waiting"),
            Badge(_("Part paid"), "waiting"),
        ],
        "step": _next_step(),
        "acts": _acts(),
        "steps": _steps(),
        "moments": _moments(),
        "table": _table(),
        "empty_table": _empty_table(),
        "facets": _facets(),
        "tabs": [
            Tab(_("All"), "?tab=all", 318, True),
            Tab(_("Waiting for review"), "?tab=review", 20),
            Tab(_("Mine"), "?tab=mine", 7),
        ],
        "gate": _gate(),
        "closed_gate": _gate(is_open=False),
        "meters": _meters(),
        "results": _results(),
        "jobs": [
            SampleJob(UUID(int=2), "running", 86, 200, _("Running")),
            finished_job(),
            SampleJob(
                UUID(int=3),
                "failed",
                12,
                200,
                _("Failed"),
                _("The file ended in row 13. Upload it again; rows 1 to 12 are kept."),
            ),
        ],
        "shortcuts": [Shortcut("A", _("Approve")), Shortcut("Ctrl S", _("Save draft"))],
        "two_hours": duration_text(timedelta(hours=2, minutes=10)),
        "one_day": duration_text(timedelta(days=1)),
        "figures": {
            "amount": Decimal("1234.50"),
            "large": Decimal("88000"),
            "credit": Decimal("-800"),
            "nought": Decimal("0.00"),
            "price": Decimal("0.1234"),
            "quantity": Decimal("1200.500"),
            "rate": Decimal("12.50"),
            "day": date(2026, 11, 21),
            "stamp": NOON,
        },
    }


def _badges() -> list[Badge]:
    return [
        Badge(_("Draft"), "neutral"),
        Badge(_("Awaiting payment"), "waiting"),
        Badge(_("Picking"), "moving"),
        Badge(_("Delivered"), "done"),
        Badge(_("Returned for correction"), "blocked"),
        Badge(_("Guarantee"), "promise"),
        Badge(_("Reserved"), "stock"),
    ]


def _next_step() -> NextStep:
    return NextStep(
        what=_("Upload the commitment letter (¥800.00 short)"),
        owner="李敏",
        since=MORNING,
        actions=[
            Action(_("Upload letter"), "?", method="get", icon="upload", key="U", is_primary=True),
            Action(_("Approve order"), "?", disabled_reason=_("Finance has not matched the slip yet.")),
        ],
    )


def _acts() -> list[Action]:
    return [
        Action(_("Print order"), "?", method="get", icon="printer"),
        Action(_("Return for correction"), "?", icon="arrow-back-up", wants_reason=True),
        Action(
            _("Cancel order"), "?", is_danger=True, wants_reason=True, confirm=_("The reservation is freed.")
        ),
    ]


def _steps() -> list[Step]:
    return [
        Step(_("Entry"), "done"),
        Step(_("Payment"), "blocked", _("letter missing")),
        Step(_("Review")),
        Step(_("Stock")),
        Step(_("Dispatch")),
        Step(_("Sign-off")),
        Step(_("Settled")),
    ]


def _moments() -> list[Moment]:
    return [
        Moment(
            NOON,
            _("Submitted for review"),
            "李敏",
            meaning="waiting",
            note=_("Customer asks for delivery before Friday."),
        ),
        Moment(NOON, _("Stock reserved"), _("System"), meaning="stock", channel="system"),
        Moment(
            MORNING,
            _("Quantity changed"),
            "李敏",
            changes=[Change(_("Quantity"), "8", "10"), Change(_("Wanted date"), "", "2026-12-03")],
        ),
        Moment(
            MORNING,
            _("Order received"),
            "华信电子",
            channel="api",
            files=[FileLink("fax-0231.pdf", "?", 184_320)],
        ),
        Moment(MORNING, _("Approval refused"), "王强", meaning="blocked", note="AP-06"),
    ]


def _table() -> Table:
    lines = [
        (
            "SO202611-0042",
            "华信电子有限公司",
            Badge(_("Being checked"), "waiting"),
            "12800.00",
            "24",
            date(2026, 11, 28),
        ),
        (
            "SO202611-0043",
            "宏图贸易有限公司",
            Badge(_("Being prepared"), "moving"),
            "9300.00",
            "120.5",
            date(2026, 11, 30),
        ),
        (
            "SO202611-0044",
            "Northwind Instruments Trading (Shenzhen) Co., Ltd.",
            Badge(_("Settled"), "done"),
            "88000.00",
            "8",
            date(2026, 12, 3),
        ),
        ("SO202611-0051", "天合光电科技有限公司", Badge(_("Rejected"), "blocked"), "0.00", "0", None),
    ]
    keys = ("number", "customer", "status", "amount", "quantity", "wanted")
    return Table(
        caption=_("Orders"),
        columns=[
            Column("number", _("Number"), sort="number"),
            Column("customer", _("Customer"), sort="customer"),
            Column("status", _("Status"), kind="badge"),
            Column("amount", _("Amount"), kind="amount", sort="amount"),
            Column("quantity", _("Quantity"), kind="quantity"),
            Column("wanted", _("Wanted date"), kind="day", sort="wanted"),
        ],
        rows=[
            Row(
                {
                    **dict(zip(keys, line, strict=True)),
                    "amount": Decimal(line[3]),
                    "quantity": Decimal(line[4]),
                },
                url="?open",
                pk=place,
                peek_url="/ui/job/",
            )
            for place, line in enumerate(lines)
        ],
        sort="-amount",
        totals={"number": _("Total"), "amount": Decimal("110100.00"), "quantity": Decimal("152.5")},
        selects=True,
    )


def _empty_table() -> Table:
    return Table(
        caption=_("Orders"),
        columns=[],
        rows=[],
        empty_title=_("No order matches"),
        empty_text=_("Region South and status Settled together exclude everything."),
        empty_action=Action(_("Clear filters"), "?", method="get"),
    )


def _facets() -> list[Facet]:
    return [
        Facet(
            _("Status"),
            [
                FacetValue(_("Being checked"), "?status=checking", 12, True),
                FacetValue(_("Settled"), "?status=settled", 240),
            ],
        ),
        Facet(
            _("Region"),
            [FacetValue(_("South"), "?region=south", 160), FacetValue(_("North"), "?region=north", 158)],
        ),
    ]


def _gate(*, is_open: bool = True) -> Gate:
    parts = [GatePart(_("Slip"), Decimal("12000.00"), "waiting", _("not yet matched"))]
    if is_open:
        parts.append(GatePart(_("Credit"), Decimal("800.00"), "promise"))
    return Gate(
        needed=Decimal("12800.00"),
        parts=parts,
        is_open=is_open,
        verdict=_("Slip and credit cover the order.") if is_open else _("The commitment letter is missing."),
        rule="RM-02",
    )


def _meters() -> list[Meter]:
    return [
        Meter(_("Credit limit"), Decimal("200"), Decimal("1000"), Decimal("300"), currency="CNY"),
        Meter(_("Available stock"), Decimal("16"), Decimal("50"), unit=_("pcs"), used_label=_("reserved")),
        Meter(_("Guarantee quota"), Decimal("4800"), Decimal("5000"), Decimal("800"), currency="CNY"),
    ]


def _results() -> list[RowResult]:
    return [
        RowResult("SO202611-0042", True, _("Approved."), "?"),
        RowResult(
            "SO202611-0051",
            False,
            _("Below the floor price: have the manager decide it alone."),
            "?",
            _("Line 3"),
            "¥310.00",
        ),
    ]
