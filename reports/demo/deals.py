"""What comes before an order: enquiries and quotations, each left where a newcomer wants to see one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from core.clock import today
from core.models import User
from orders.contracts.services.from_quote import create_contract_from_quote
from orders.enquiries.drafts import EnquiryDraft, EnquiryLineDraft
from orders.enquiries.services import (
    close_enquiry,
    confirm_demand,
    open_enquiry,
    respond_enquiry,
)
from orders.models import Enquiry, Quote
from orders.quotes.drafts import QuoteDraft, QuoteLineDraft
from orders.quotes.services import (
    accept_quote,
    convert_quote_to_order,
    create_quote,
    decline_quote,
    edit_quote,
    expire_quotes,
    review_quote,
    revise_quote,
    send_quote,
    submit_quote,
)
from reports.demo.company import Company
from reports.demo.stage import Life

PRICE_JUDGE = {"manager": "wangqiang", "director": "fangfang", "gm": "zhengguo"}
REVIEWER = {"finance": "zhoujie", "production": "jixiaoyun", "purchasing": "caiyong"}
PROMISES = ("production", "purchasing")
DELIVERY, WARRANTY = "合同生效后 20 天", "自签收之日起 12 个月"
SHORT_VALIDITY = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Deal:
    """`place` of the customer in the list; lines of code, quantity, discount; `ends` names where it stays.

    `prospect` is a firm without a customer file. After "sent" it may also be declined, expired or revised,
    after "accepted" become an order or a contract.
    """

    place: int
    days_ago: int
    ends: str
    lines: tuple[tuple[str, int, int], ...]
    channel: str = "phone"
    needs: str = ""
    prospect: str = ""
    title: str = ""
    language: str = ""
    alternative: str = ""


DEALS = (
    Deal(2, 1, "asked", (("A1003", 6, 0), ("B1004", 6, 0)), "email", "需带制动器，随货附合格证"),
    Deal(0, 3, "asked", (("F1003", 40, 0),), "website", prospect="宁波海川包装机械有限公司"),
    Deal(5, 6, "asked", (("G1003", 4, 0),), "phone", "客户等我们回电"),
    Deal(9, 2, "answered", (("H1005", 30, 0), ("H1015", 30, 0)), "visit", "气缸行程可能改为 150"),
    Deal(1, 4, "confirmed", (("C1008", 60, 0), ("D1002", 120, 0)), "email"),
    Deal(12, 7, "lost", (("J1004", 20, 0),), "phone", "客户预算有限"),
    Deal(0, 9, "lost_prospect", (("K1002", 15, 0),), "store", prospect="绍兴宏达印染设备厂"),
    Deal(4, 4, "drafted", (("A1005", 4, 0), ("B1005", 4, 0)), "email", title="包装线改造", alternative="A1006"),
    Deal(6, 5, "in_review", (("A1007", 12, 4), ("E1004", 260, 4)), "email", "电缆按整盘供货"),
    Deal(7, 5, "in_review", (("K1005", 140, 12),), "visit", "柜体颜色 RAL7035", title="配电柜年度采购"),
    Deal(10, 8, "returned", (("B1008", 3, 0),), "phone"),
    Deal(11, 8, "cleared", (("F1005", 60, 0), ("F1015", 40, 0)), "email"),
    Deal(2, 10, "sent", (("J1003", 12, 0), ("J1013", 6, 0)), "email", title="直线模组", alternative="J1014"),
    Deal(13, 9, "sent", (("C1010", 80, 3),), "phone", language="both"),
    Deal(5, 12, "revised", (("H1008", 24, 0), ("D1005", 100, 0)), "email", title="气动备件"),
    Deal(15, 13, "declined", (("G1005", 8, 0),), "website"),
    Deal(16, 14, "expired", (("A1012", 5, 0),), "phone"),
    Deal(9, 11, "accepted", (("B1006", 5, 4), ("C1012", 50, 0)), "email", title="风机变频改造"),
    Deal(3, 14, "ordered", (("F1001", 30, 0), ("D1011", 60, 0)), "phone"),
    Deal(8, 15, "contract", (("A1010", 40, 8), ("K1004", 20, 8)), "visit", "分两批交货", title="装配线电机成套"),
)  # fmt: skip


def all_deals(company: Company, days: Sequence[date]) -> Iterator[Life]:
    """Every enquiry of the demo, started on its working day."""
    for number, deal in enumerate(DEALS):
        day = days[-1 - min(deal.days_ago, len(days) - 1)]
        yield deal_life(company, deal, pace(company, day, minutes=10 + 7 * number))


def pace(company: Company, day: date, *, minutes: int) -> Iterator[datetime]:
    """Two moments on each working day, in the morning and after lunch."""
    while True:
        morning = company.hours.morning(day, minutes)
        yield morning
        yield morning + timedelta(hours=5, minutes=10)
        day = company.calendar.after(day, 1)


def deal_life(company: Company, deal: Deal, moments: Iterator[datetime]) -> Life:
    """From the question to the customer's answer, or to where the deal stays."""
    yield next(moments)
    enquiry = _ask(company, deal)
    customer = None if deal.prospect else company.customers[deal.place]
    owner = company.rep_for(customer) if customer else company.people["limin"]
    if deal.ends == "asked":
        return
    yield next(moments)
    respond_enquiry(enquiry, actor=owner, note="已电话回复，确认收到")
    if deal.ends == "answered":
        return
    yield next(moments)
    if deal.ends.startswith("lost"):
        reason = "no_reply" if deal.prospect else "price"
        close_enquiry(_enquiry(enquiry), lost_reason=reason, note="已跟进两次", actor=owner)
        return
    assert customer is not None
    confirm_demand(
        _enquiry(enquiry), confirmed_by=customer.default_contact.name if customer.default_contact else "采购部",
        confirmed_on=today(), actor=owner,
    )  # fmt: skip
    if deal.ends == "confirmed":
        return
    yield next(moments)
    quote = create_quote(customer, draft=_offer(deal), enquiry=_enquiry(enquiry), actor=owner)
    if deal.ends == "drafted":
        return
    yield from _internal_review(company, deal, quote, owner, moments)
    if deal.ends in ("in_review", "returned", "cleared"):
        return
    yield next(moments)
    send_quote(_quote(quote), actor=company.assistant_for(customer))
    if deal.ends != "sent":
        yield from _answer(company, deal, quote, owner, moments)


def _ask(company: Company, deal: Deal) -> Enquiry:
    lines = tuple(EnquiryLineDraft(sku=sku, quantity=Decimal(count)) for sku, count, _discount in deal.lines)
    if deal.prospect:
        draft = EnquiryDraft(
            channel=deal.channel, lines=lines, prospect_name=deal.prospect, contact_name="杨经理",
            contact_phone="0574-5550 0188", region=company.regions["S"], special_needs=deal.needs,
        )  # fmt: skip
        return open_enquiry(draft=draft, actor=company.people["limin"])
    customer = company.customers[deal.place]
    draft = EnquiryDraft(
        channel=deal.channel, lines=lines, customer=customer, special_needs=deal.needs,
        wanted_on=company.calendar.after(today(), 25),
    )  # fmt: skip
    return open_enquiry(draft=draft, actor=company.assistant_for(customer))


def _offer(deal: Deal) -> QuoteDraft:
    lines = [
        QuoteLineDraft(sku, Decimal(count), discount_percent=Decimal(off)) for sku, count, off in deal.lines
    ]
    if deal.alternative:
        count = Decimal(deal.lines[0][1])
        lines.append(QuoteLineDraft(deal.alternative, count, is_alternative=True, remark="可选大一档"))
    return QuoteDraft(
        lines=tuple(lines), title=deal.title, language=deal.language,
        valid_until=today() + SHORT_VALIDITY if deal.ends == "expired" else None,
        delivery_cycle=DELIVERY, warranty=WARRANTY,
    )  # fmt: skip


def _internal_review(
    company: Company, deal: Deal, quote: Quote, owner: User, moments: Iterator[datetime]
) -> Life:
    """Submitted and agreed by all it concerns; one stays with the first of them, one is returned."""
    yield next(moments)
    quote = submit_quote(_quote(quote), actor=owner)
    if deal.ends == "in_review":
        return
    yield next(moments)
    for department in quote.reviews_needed:
        reviewer = company.people[REVIEWER.get(department) or PRICE_JUDGE[quote.price_level]]
        if deal.ends == "returned":
            review_quote(
                _quote(quote), department=department, verdict="refused", note="付款条件请与客户再商定", actor=reviewer
            )  # fmt: skip
            return
        review_quote(
            _quote(quote), department=department, verdict="agreed", actor=reviewer,
            promised_on=company.calendar.after(today(), 15) if department in PROMISES else None,
        )  # fmt: skip


def _answer(company: Company, deal: Deal, quote: Quote, owner: User, moments: Iterator[datetime]) -> Life:
    customer = quote.customer
    assistant = company.assistant_for(customer)
    if deal.ends == "expired":
        yield company.hours.morning(quote.valid_until + timedelta(days=1))
        expire_quotes()
        return
    yield next(moments)
    if deal.ends == "declined":
        decline_quote(_quote(quote), reason="客户选择了现货更近的供应商", actor=assistant)
        return
    if deal.ends == "revised":
        version = revise_quote(_quote(quote), note="客户希望数量翻倍，重新报价", actor=owner)
        doubled = tuple((sku, 2 * count, 2) for sku, count, _off in deal.lines)
        edit_quote(version, draft=_offer(replace(deal, lines=doubled)), actor=owner)
        return
    accept_quote(_quote(quote), answered_by=quote.contact_name or "采购部", actor=assistant)
    yield next(moments)
    if deal.ends == "ordered":
        convert_quote_to_order(_quote(quote), actor=assistant)
    if deal.ends == "contract":
        create_contract_from_quote(_quote(quote), actor=owner)


def _enquiry(enquiry: Enquiry) -> Enquiry:
    return Enquiry.objects.get(pk=enquiry.pk)


def _quote(quote: Quote) -> Quote:
    return Quote.objects.select_related("customer").get(pk=quote.pk)
