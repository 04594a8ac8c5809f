"""The life of one order, from the customer's call to the survey; what happens to it is decided by its fate.

Each step is one call of a service by the person whose step it is; between two steps the life waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from aftersales.services import answer_survey
from core.attachments import store_attachment
from core.clock import now, today
from core.context import acting_through
from core.money import round_half_up
from credit.models import BankLine, Remittance
from credit.services.bank import enter_bank_line, match_bank_line
from credit.services.checking import check_order
from credit.services.remittances import record_remittance
from credit.services.reviews import approve_order, cancel_order, pass_manager, pass_rep, reject_order
from orders.drafts import LineDraft, OrderDraft
from orders.models import Order
from orders.services.placing import place_order, reopen_order
from orders.services.submitting import confirm_by_customer, submit_order
from reports.demo.company import Company
from reports.demo.deliveries import Answer, deliver_order
from reports.demo.fates import Fate, Wish
from reports.demo.pictures import slip_picture, written_order
from reports.demo.stage import Life

BANKS = ("中国工商银行", "中国建设银行", "招商银行", "中国农业银行", "交通银行")
REASONS = {
    "rep_review": "规格与客户确认不一致，请核对后重新提交",
    "manager_review": "交期过紧，请与客户另行商定",
    "finance_review": "付款单位与客户名称不符，请补充说明",
    "cancelled": "客户项目推迟，要求取消",
}
NOTES = {
    "rep_review": "",
    "manager_review": "款到发货，货款足额，不占用信用额度；交期可行",
    "finance_review": "",
}


def order_life(company: Company, wish: Wish, fate: Fate, starts: datetime, chance: Random) -> Life:
    """From intake to survey, or to where the fate lets it end."""
    yield starts
    order = _place(company, wish, chance)
    if fate.ends == "draft":
        return
    yield company.hours.soon(now(), 10, 150)
    submit_order(_fresh(order), actor=company.assistant_for(wish.customer))
    yield from _funding(company, order, fate, chance)
    if fate.cancelled:
        yield company.hours.soon(now(), 60, 900)
        cancel_order(_fresh(order), reason=REASONS["cancelled"], actor=company.people["wangqiang"])
        return
    passed = yield from _review(company, order, fate, chance)
    if not passed:
        return
    signed = yield from deliver_order(company, order, fate, chance)
    if signed:
        yield from _afterwards(company, order, fate, chance)


def _afterwards(company: Company, order: Order, fate: Fate, chance: Random) -> Life:
    """The call about satisfaction, and the rest of the money where only a part was due in advance."""
    if fate.ends != "unasked":
        yield company.hours.soon(now() + timedelta(days=chance.randint(1, 3)), 30, 400)
        _survey(company, _fresh(order), chance)
    order = _fresh(order)
    if order.unpaid:
        yield company.hours.soon(now() + timedelta(days=chance.randint(6, 15)), 30, 400)
        _pay(company, order, order.unpaid, chance)


def _place(company: Company, wish: Wish, chance: Random) -> Order:
    lines = tuple(
        LineDraft(sku, quantity, discount_percent=discount) for sku, quantity, discount in wish.lines
    )
    total = company.worth_of(wish.lines)
    paper = (
        store_attachment(
            written_order(
                f"{wish.customer.number}-{now():%m%d%H%M}",
                [("客户", wish.customer.name), ("日期", f"{today()}"), ("行数", f"{len(lines)}")],
            ),
            kind="original",
            actor=company.people["chenli"],
        )
        if wish.channel in ("fax", "email")
        else None
    )
    draft = OrderDraft(
        channel=wish.channel,
        lines=lines,
        customer_po=f"PO{now():%y%m%d}{chance.randint(100, 999)}",
        promised_on=company.calendar.after(today(), chance.randint(5, 12)),
        stated_amount=total if wish.states_amount else None,
        stated_amount_absent=not wish.states_amount,
        external_ref=f"ERP-{wish.customer.number}-{now():%m%d%H%M%S}" if wish.channel == "online" else "",
        remarks=wish.remarks,
    )
    actor = company.people["erp"] if wish.channel == "online" else company.typist_for(wish.customer, chance)
    with acting_through("api" if actor.is_service else "web"):
        return place_order(wish.customer, draft=draft, actor=actor, original=paper)


def _funding(company: Company, order: Order, fate: Fate, chance: Random) -> Life:
    """The slip, the customer's confirmation, and the check of the assistant."""
    customer = order.customer
    assistant = company.assistant_for(customer)
    if fate.paid_share is not None:
        yield company.hours.soon(now(), 30, 600)
        due_now = round_half_up(order.total * (order.prepaid_percent or 100) / 100)
        _pay(company, _fresh(order), round_half_up(due_now * fate.paid_share), chance)
    if fate.ends == "unconfirmed":
        return
    yield company.hours.soon(now(), 20, 300)
    order = _fresh(order)
    letter = (
        store_attachment(
            written_order(
                f"{order.number}-c",
                [("订单", order.number), ("客户", customer.name), ("金额", f"{order.total}")],
            ),
            kind="confirmation",
            actor=assistant,
        )
        if order.is_oral
        else None
    )
    confirm_by_customer(
        order, confirmed_by=order.contact_name, confirmed_on=today(), attachment=letter, actor=assistant
    )
    if fate.ends == "checking":
        return
    yield company.hours.soon(now(), 15, 240)
    order = _fresh(order)
    check_order(order, version=order.version, actor=assistant)


def _pay(company: Company, order: Order, amount: Decimal, chance: Random) -> Remittance:
    customer = order.customer
    bank, serial = chance.choice(BANKS), f"{now():%Y%m%d}{chance.randint(10**7, 10**8 - 1)}"
    rows = [
        ("付款人", customer.name), ("付款银行", bank), ("金额", f"¥{amount:,.2f}"), ("日期", f"{today()}"),
        ("流水号", serial),
    ]  # fmt: skip
    assistant = company.assistant_for(customer)
    image = store_attachment(slip_picture(serial, rows), kind="slip", actor=assistant)
    slip = record_remittance(
        customer, payer=customer.name, bank=bank, reference=serial, paid_on=today(), amount=amount,
        currency=order.currency, image=image, actor=assistant,
        allocations=[(order, min(amount, order.unpaid))],
    )  # fmt: skip
    company.slips.append(slip)
    return slip


def bank_life(company: Company, starts: datetime) -> Life:
    """Every working morning the accountant enters yesterday's bank lines and matches the slips.

    On the last morning one slip has its line but no match yet, and one payer sent no slip.
    """
    yield starts
    while True:
        waiting, company.slips = company.slips, []
        if company.hours.morning_after(now()) > company.ends:
            _last_bank_morning(company, waiting)
            return
        for slip in waiting:
            _enter_and_match(company, slip)
        yield company.hours.next_morning(now())


def _last_bank_morning(company: Company, waiting: Sequence[Remittance]) -> None:
    for slip in waiting[1:]:
        _enter_and_match(company, slip)
    for slip in waiting[:1]:
        _enter(company, slip.reference, slip.amount, slip.payer)
    _enter(company, f"{now():%Y%m%d}77310452", Decimal("2680.00"), company.customers[7].name)


def _enter_and_match(company: Company, slip: Remittance) -> None:
    line = _enter(company, slip.reference, slip.amount, slip.payer)
    slip = Remittance.objects.get(pk=slip.pk)
    if not slip.is_matched:
        match_bank_line(slip, line, actor=company.people["sunyan"])


def _enter(company: Company, reference: str, amount: Decimal, payer: str) -> BankLine:
    return enter_bank_line(
        company.bank_account, reference=reference, booked_on=today(), amount=amount, payer=payer,
        actor=company.people["sunyan"],
    )  # fmt: skip


def _review(company: Company, order: Order, fate: Fate, chance: Random) -> Answer:
    """Rep, manager and finance; a rejected order is reworked once or stays rejected. True when approved."""
    people = company.people
    rejected_at = fate.rejected_at
    rounds = 2 if rejected_at and fate.ends == "surveyed" else 1
    for _round in range(rounds):
        steps = (
            ("rep_review", company.rep_for(order.customer), pass_rep),
            ("manager_review", people[chance.choice(("wangqiang", "hejun"))], pass_manager),
            ("finance_review", people["zhoujie"], approve_order),
        )
        for status, person, decide in steps:
            if fate.ends == status:
                return False
            yield company.hours.soon(now(), 30, 420)
            if status == "finance_review":
                yield from _wait_for_money(company, order)
            order = _fresh(order)
            if order.status != status:
                return False
            if rejected_at == status:
                rejected_at = ""
                reject_order(order, reason=REASONS[status], version=order.version, actor=person)
                if fate.ends == "rejected":
                    return False
                yield from _rework(company, order, chance)
                break
            decide(order, version=order.version, actor=person, note=NOTES[status])
        else:
            return True
    return False


def _wait_for_money(company: Company, order: Order) -> Life:
    """Finance does not approve before the bank has confirmed every slip; two mornings are enough."""
    for _morning in range(3):
        slips = Remittance.objects.filter(allocations__order=order, allocations__released_at__isnull=True)
        if all(slip.is_matched for slip in slips):
            return
        yield company.hours.next_morning(now()) + timedelta(hours=2)
    yield company.ends + timedelta(days=1)


def _rework(company: Company, order: Order, chance: Random) -> Life:
    yield company.hours.soon(now(), 60, 500)
    assistant = company.assistant_for(order.customer)
    order = reopen_order(_fresh(order), actor=assistant)
    yield company.hours.soon(now(), 10, 90)
    submit_order(_fresh(order), actor=assistant)
    yield company.hours.soon(now(), 10, 90)
    order = _fresh(order)
    check_order(order, version=order.version, actor=assistant)


def _survey(company: Company, order: Order, chance: Random) -> None:
    marks = (3, 4, 4, 5, 5, 5)
    note = chance.choice(("", "", "", "包装完好，送货及时", "希望提前一天电话通知", "下月计划补货"))
    answer_survey(
        order, quality=chance.choice(marks), timeliness=chance.choice(marks), attitude=chance.choice(marks),
        note=note, actor=company.rep_for(order.customer),
    )  # fmt: skip


def _fresh(order: Order) -> Order:
    return Order.objects.select_related("customer").get(pk=order.pk)
