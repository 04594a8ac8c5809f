"""Orders on their way to approval, as the people of the cast bring them there."""

from __future__ import annotations

from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from core.attachments import store_attachment
from core.clock import today
from core.models import Attachment, Event, User
from credit.models import Allocation, BankLine, CreditDecision, LedgerEntry, Posting, Remittance
from credit.services.bank import enter_bank_line, match_bank_line
from credit.services.checking import check_order
from credit.services.remittances import record_remittance
from credit.services.reviews import pass_manager, pass_rep
from customers.models import Customer
from inventory.models import Reservation, StockLevel
from orders.drafts import LineDraft, OrderDraft
from orders.models import Order
from orders.services.placing import place_order
from orders.services.submitting import confirm_by_customer, submit_order
from tests import factories
from tests.conftest import Cast, Company


def picture(actor: User, kind: str = "slip", content: bytes | None = None) -> Attachment:
    file = SimpleUploadedFile(f"{kind}.png", content or factories.png(), "image/png")
    return store_attachment(file, kind=kind, actor=actor)


def draft_of(*lines: tuple[str, str], **header: object) -> OrderDraft:
    """An order of these codes and quantities; the customer stated no amount."""
    facts: dict[str, object] = {"channel": "email", "promised_on": today(), "stated_amount_absent": True}
    made = tuple(LineDraft(sku=sku, quantity=Decimal(quantity)) for sku, quantity in lines)
    return OrderDraft(lines=made, **{**facts, **header})  # type: ignore[arg-type]


def submitted(
    cast: Cast, company: Company, *lines: tuple[str, str], keyed_by: User | None = None, **header: object
) -> Order:
    """Submitted and confirmed by the customer; by default ten motors: A = 11,074.00."""
    person = keyed_by or cast.assistant
    order = place_order(
        company.customer, draft=draft_of(*(lines or (("A1023", "10"),)), **header), actor=person
    )
    confirm_by_customer(
        order,
        confirmed_by="王芳",
        confirmed_on=today(),
        attachment=picture(person, "confirmation"),
        actor=person,
    )
    return submit_order(fresh(order), actor=person)


def slip_for(cast: Cast, order: Order, amount: str | Decimal | None = None, **facts: object) -> Remittance:
    """A slip recorded by the assistant, all of it for the order unless told otherwise."""
    amount = order.total if amount is None else Decimal(amount)
    paper: dict[str, object] = {
        "payer": order.customer.name,
        "bank": "中国银行",
        "reference": f"R{Remittance.objects.count() + 1:05d}",
        "paid_on": today(),
        "amount": amount,
        "allocations": [(order, amount)],
        "actor": cast.assistant,
    }
    paper |= facts
    if "image" not in paper:
        paper["image"] = picture(paper["actor"])  # type: ignore[arg-type]
    return record_remittance(order.customer, **paper)  # type: ignore[arg-type]


def line_for(cast: Cast, company: Company, slip: Remittance, **facts: object) -> BankLine:
    entry: dict[str, object] = {
        "reference": f"IN-{slip.number}",
        "booked_on": slip.paid_on,
        "amount": slip.amount,
        "payer": slip.payer,
        "actor": cast.accountant,
    }
    return enter_bank_line(company.bank_account, **{**entry, **facts})  # type: ignore[arg-type]


def matched(cast: Cast, company: Company, slip: Remittance) -> Remittance:
    return match_bank_line(slip, line_for(cast, company, slip), actor=cast.accountant)


def checked(cast: Cast, company: Company, order: Order | None = None) -> Order:
    """Submitted, fully covered by a matched slip, and past the check."""
    order = order or submitted(cast, company)
    matched(cast, company, slip_for(cast, order))
    check_order(order, version=fresh(order).version, actor=cast.assistant)
    return fresh(order)


def at_finance(cast: Cast, company: Company, order: Order | None = None) -> Order:
    """Everything done but the final approval."""
    order = checked(cast, company, order)
    pass_rep(order, version=order.version, actor=cast.rep)
    pass_manager(order, version=fresh(order).version, actor=cast.manager, note="长期合作，可控")
    return fresh(order)


def on_terms(company: Company, settlement: str, **terms: object) -> None:
    """Let the customer buy on other terms from now on."""
    Customer.objects.filter(pk=company.customer.pk).update(settlement=settlement, **terms)
    company.customer.refresh_from_db()


def fresh(order: Order) -> Order:
    return Order.objects.select_related("customer").get(pk=order.pk)


def traces() -> dict[str, object]:
    """Everything that a refusal must leave as it was; refusals themselves are kept and not counted."""
    return {
        "orders": list(Order.objects.order_by("pk").values()),
        "slips": list(Remittance.objects.order_by("pk").values()),
        "allocations": list(Allocation.objects.order_by("pk").values()),
        "lines": list(BankLine.objects.order_by("pk").values()),
        "ledger": list(LedgerEntry.objects.order_by("pk").values()),
        "postings": list(Posting.objects.order_by("pk").values()),
        "decisions": CreditDecision.objects.count(),
        "events": Event.objects.done().count(),
        "stock": list(StockLevel.objects.order_by("pk").values()),
        "reservations": list(Reservation.objects.order_by("pk").values()),
    }
