"""Keeping the customer files: agreed prices, part numbers, changes reported, a grading, cover of a desk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from core.clock import today
from core.money import round_half_up
from core.parameters import confirm_parameter, propose_parameter
from customers.models import CarePlan
from customers.services.care import write_care_plan
from customers.services.changes import apply_change, report_change, withdraw_change
from customers.services.desks import delegate_desk
from customers.services.grading import confirm_grades, run_grading
from inventory.models import PriceList
from inventory.rows import PriceRow
from inventory.services.part_numbers import PartNumberRow, set_part_numbers
from inventory.services.price_lists import approve_price_list, copy_price_list, create_price_list
from reports.demo.company import Company
from reports.demo.stage import Life

AGREED_WITH = 2
"""The place in the list of the customer whose prices are agreed."""

AGREED = (("A1004", 6), ("B1016", 6), ("G1007", 4), ("J1015", 4))
"""Code, and the quantity at which it gets cheaper. No order of the past weeks holds them, so none is repriced."""

PARTS = (("HX-0417", "A1004", "主轴电机"), ("HX-0418", "B1016", "风机变频器"), ("HX-0502", "F1003", ""))
GRADES = {"grade.A": "100000", "grade.B": "60000"}
"""A young firm's customers have bought for a few weeks only when the first quarter is graded."""

CHEAPER, CHEAPEST = Decimal("0.96"), Decimal("0.93")


@dataclass(frozen=True, slots=True)
class Report:
    """A change somebody heard of, and what became of it: open, applied or withdrawn."""

    place: int
    days_ago: int
    kind: str
    text: str
    ends: str = "open"


REPORTS = (
    Report(3, 9, "contact", "采购负责人换人，新联系人电话待确认"),
    Report(6, 2, "need", "新增一条灌装线，明年起需要气动元件"),
    Report(10, 12, "need", "改用光电开关，不再采购接近开关", "applied"),
    Report(15, 7, "other", "开票地址变更", "withdrawn"),
)


def all_keeping(company: Company, days: Sequence[date]) -> Iterator[Life]:
    """What is kept beside the orders, in the last working days."""

    def ago(count: int) -> date:
        return days[-1 - min(count, len(days) - 1)]

    yield prices_life(company, ago(10))
    yield grading_life(company, ago(4))
    yield cover_life(company, ago(1))
    for number, report in enumerate(REPORTS):
        yield change_life(company, report, ago(report.days_ago), minutes=25 + 11 * number)


def prices_life(company: Company, day: date) -> Life:
    """Prices agreed with one customer, cheaper by quantity, and next year's list waiting for approval (QT-03)."""
    yield company.hours.morning(day, 20)
    people, customer = company.people, company.customers[AGREED_WITH]
    agreed = create_price_list(
        code=f"CP{day:%Y%m}", name="年度协议价", valid_from=day, valid_until=day + timedelta(days=364),
        customer=customer, prices=[row for sku, least in AGREED for row in _agreed(company, sku, least)],
        actor=people["baili"],
    )  # fmt: skip
    set_part_numbers(
        customer,
        rows=[PartNumberRow(number, sku, name) for number, sku, name in PARTS],
        actor=people["baili"],
    )
    yield company.hours.morning(day, 150)
    approve_price_list(agreed, actor=people["zhengguo"])
    yield company.hours.morning(company.calendar.after(day, 6), 40)
    _draft_next_year(company)


def _draft_next_year(company: Company) -> None:
    standard = PriceList.objects.filter(customer=None).latest("id")
    copy_price_list(
        standard, code=f"PL{today().year + 1}", name=f"{today().year + 1} 年标准价目表",
        valid_from=date(today().year + 1, 1, 1), percent=Decimal(3), actor=company.people["baili"],
    )  # fmt: skip


def _agreed(company: Company, sku: str, least: int) -> Iterator[PriceRow]:
    price = company.articles[sku].price
    yield PriceRow(sku, round_half_up(price.unit_price * CHEAPER), price.floor_price)
    yield PriceRow(sku, round_half_up(price.unit_price * CHEAPEST), minimum_quantity=Decimal(least))


def grading_life(company: Company, day: date) -> Life:
    """The quarter is graded; the sales manager has confirmed some and one plan is written (CM-07, CM-08)."""
    yield company.hours.morning(day, 30)
    people, manager = company.people, company.people["wangqiang"]
    for key, limit in GRADES.items():
        proposed = propose_parameter(
            key, limit, effective_from=today(), reason="开业首季，门槛从低", actor=people["admin"]
        )
        confirm_parameter(proposed, actor=people["wuhao"])
    run = run_grading(actor=manager)
    yield company.hours.morning(day, 200)
    bought = run.proposals.filter(needs_review=False).order_by("-purchases").values_list("pk", flat=True)
    confirm_grades(run, proposals=list(bought[:6]), actor=manager)
    yield company.hours.morning(company.calendar.after(day, 1), 100)
    plan = CarePlan.objects.open().select_related("owner").first()
    if plan is not None:
        write_care_plan(
            plan, visit_every_days=30, measures="每月拜访一次，季度回顾交期与质量；紧缺型号优先备货",
            has_priority_supply=True, actor=plan.owner,
        )  # fmt: skip


def cover_life(company: Company, day: date) -> Life:
    """An assistant goes on leave next week and is covered (RG-02)."""
    yield company.hours.morning(day, 60)
    leaves = company.calendar.after(today(), 5)
    delegate_desk(
        company.people["liumei"], region=company.regions["S"], starts_on=leaves,
        ends_on=company.calendar.after(leaves, 4), reason="陈丽年假", actor=company.people["wangqiang"],
    )  # fmt: skip


def change_life(company: Company, report: Report, day: date, *, minutes: int) -> Life:
    """Heard by the salesperson; the assistant writes it into the file, or nobody has yet (CM-04)."""
    yield company.hours.morning(day, minutes)
    customer = company.customers[report.place]
    found = report_change(
        customer, kind=report.kind, description=report.text, actor=company.rep_for(customer)
    )
    yield company.hours.morning(company.calendar.after(day, 1), minutes)
    assistant = company.assistant_for(customer)
    if report.ends == "applied":
        apply_change(found, changes={"core_needs": report.text}, note="已与客户核对", actor=assistant)
    elif report.ends == "withdrawn":
        withdraw_change(found, reason="与上一条重复", actor=assistant)
