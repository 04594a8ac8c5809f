"""The customer's slips: recorded, allocated, corrected, voided (PM-01, PM-02, RM-08)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import IntegrityError
from django.db.models import F, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.attachments import attach_to
from core.clock import now
from core.errors import Problems, RuleRefused
from core.models import Attachment, User
from core.money import CENT, ZERO, AmountField, round_half_up
from core.numbering import next_number
from core.sql import insert_rows, update_rows
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from core.workflow import require_permission, require_version
from credit.models import Allocation, Remittance
from credit.queries import propose_allocations, valid_allocations
from credit.services.accounts import lock_account, lock_orders, require_currency
from credit.services.receivables import apply_receipts
from credit.services.slip_rules import SlipDraft, refuse_duplicates, refuse_faults, refuse_wrong_parts
from credit.workflow import REMITTANCE_WORKFLOW, RemittanceStatus
from customers.models import Customer
from customers.services.saving import require_goes_on
from orders.models import Order
from orders.services.progress import record_payment
from orders.workflow import ORDER_WORKFLOW, UNDER_REVIEW

SLIP_RECORDED = Fact("record_remittance", gettext_noop("Remittance slip recorded"), duty="slip", rule="PM-01")
SLIP_ALLOCATED = Fact("allocate_remittance", gettext_noop("Payment allocated"), duty="slip", rule="RM-08")
SURPLUS_RETURNED = Fact(
    "surplus_returned", gettext_noop("Payment beyond the order amount given back"), rule="RM-08"
)
SLIP_WITHDRAWN = Fact("payment_withdrawn", gettext_noop("Payment no longer counts"), rule="PM-03")

Parts = Sequence[tuple[Order, Decimal]]


def record_remittance(
    customer: Customer,
    *,
    payer: str,
    bank: str,
    reference: str,
    paid_on: date,
    amount: Decimal,
    image: Attachment,
    actor: User,
    allocations: Parts | None = None,
    currency: str = "",
    duplicate_reason: str = "",
    third_party_note: str = "",
) -> Remittance:
    """Record a slip and what it is meant for; it counts in the check and is proved later by the bank (PM-01).

    Without `allocations` the orders that wait for money get it, the oldest first (RM-08); an empty list
    leaves it all to the customer's balance. Locks the account, then the orders. Raises InvalidInput for
    everything wrong at once, Conflict for a slip or image that is known (PM-02), RuleRefused for another
    currency (SY-02) or more than an order still needs (RM-08).
    """
    draft = SlipDraft(
        payer=payer,
        bank=bank,
        reference=reference,
        paid_on=paid_on,
        amount=amount,
        currency=currency or customer.currency,
        third_party_note=third_party_note,
        duplicate_reason=duplicate_reason,
    ).cleaned()
    require_permission(actor, "credit.record_remittance", rule="PM-01")
    number = next_number("RS")
    try:
        return _record(
            customer, draft=draft, number=number, image=image, allocations=allocations, actor=actor
        )
    except IntegrityError as error:
        refuse_duplicates(draft, image)
        raise error


@unit_of_work
def _record(
    customer: Customer,
    *,
    draft: SlipDraft,
    number: str,
    image: Attachment,
    allocations: Parts | None,
    actor: User,
) -> Remittance:
    lock_account(customer)
    refuse_faults(draft, customer, image)
    require_currency(draft.currency, expected=customer.currency, what=customer.name)
    refuse_duplicates(draft, image)
    slip = Remittance(
        number=number,
        created_by=actor,
        customer=customer,
        payer=draft.payer,
        bank=draft.bank,
        reference=draft.reference,
        paid_on=draft.paid_on,
        currency=draft.currency,
        amount=draft.amount,
        third_party_note=draft.third_party_note,
        image=image,
        image_hash=image.sha256,
    )
    slip.save(force_insert=True)
    require_goes_on(customer)
    attach_to(image, slip)
    data = {"amount": str(slip.amount), "currency": slip.currency, "third_party": slip.is_third_party}
    record_event(slip, SLIP_RECORDED, actor=actor, note=draft.duplicate_reason, data=data)
    if allocations is None:
        allocations = propose_allocations(customer, amount=draft.amount)
    _allocate(slip, allocations, actor=actor, fact=SLIP_RECORDED)
    return slip


@unit_of_work
def allocate_remittance(
    remittance: Remittance, *, allocations: Parts, actor: User, version: int | None = None
) -> Remittance:
    """Give what is left of a slip to orders of the same customer and currency (RM-08)."""
    require_permission(actor, "credit.record_remittance", rule="RM-08")
    account = lock_account(remittance.customer_id)
    slip = locked_slip(remittance)
    require_version(slip, version)
    if slip.status == RemittanceStatus.VOID:
        raise RuleRefused(_("%(slip)s is void and pays nothing.") % {"slip": slip.number}, rule="PM-01")
    for order in _allocate(slip, allocations, actor=actor, fact=SLIP_ALLOCATED):
        apply_receipts(order, account=account, actor=actor)
    return slip


@unit_of_work
def void_remittance(
    remittance: Remittance, *, reason: str, actor: User, version: int | None = None
) -> Remittance:
    """Void a slip that no bank line proves; an order that counted on it goes back to the check (PM-03)."""
    lock_account(remittance.customer_id)
    slip = locked_slip(remittance)
    require_version(slip, version)
    orders = _withdraw(slip, actor=actor, reason=reason)
    REMITTANCE_WORKFLOW.move(slip, "void", actor=actor, note=reason, changes={"allocated": ZERO})
    _send_back_to_check(orders, actor=actor, note=_("%(slip)s was voided.") % {"slip": slip.number})
    return slip


@unit_of_work
def correct_remittance(
    remittance: Remittance, *, amount: Decimal, reason: str, actor: User, version: int | None = None
) -> Remittance:
    """Set a slip to the amount the bank shows; its orders lose their pass and are checked again (PM-03).

    Allocations shrink from the last when the slip is smaller, what is more becomes balance.
    """
    lock_account(remittance.customer_id)
    slip = locked_slip(remittance)
    require_version(slip, version)
    if amount < CENT or amount != round_half_up(amount):
        problems = Problems()
        problems.add("#/amount", "invalid", _("Enter the bank's amount with at most 2 decimals."))
        problems.raise_if_any()
    kept, left = [], amount
    for allocation in valid_allocations(slip):
        kept.append((allocation, min(allocation.amount, left)))
        left -= kept[-1][1]
    orders = lock_orders(allocation.order_id for allocation, _part in kept)
    for order in orders:
        ORDER_WORKFLOW.require_duty(order, "match", actor=actor)
    before = slip.amount
    REMITTANCE_WORKFLOW.move(
        slip,
        "correct",
        actor=actor,
        note=reason,
        data={"before": str(before), "after": str(amount)},
        changes={"amount": amount, "allocated": amount - left},
    )
    for allocation, part in kept:
        change = {"amount": part} if part else {"released_at": now()}
        Allocation.objects.filter(pk=allocation.pk).update(**change)
    note = _("%(slip)s was corrected from %(before)s to %(after)s.")
    words = {"slip": slip.number, "before": f"{before:,.2f}", "after": f"{amount:,.2f}"}
    _send_back_to_check(orders, actor=actor, note=note % words)
    return slip


def locked_slip(remittance: Remittance) -> Remittance:
    """The slip as it is now, locked. The customer's account is locked before."""
    slips = Remittance.objects.select_for_update(of=("self",)).select_related("customer", "image")
    return slips.get(pk=remittance.pk)


def release_allocations(order: Order, *, actor: User) -> None:
    """Give back to the customer's balance what a locked order had been allocated (CH-04)."""
    given = list(order.allocations.valid().select_related("remittance"))
    if not given:
        return
    Allocation.objects.filter(pk__in=[allocation.pk for allocation in given]).update(released_at=now())
    update_rows(
        Remittance,
        ("id",),
        ("allocated",),
        [{"id": each.remittance_id, "allocated": each.amount} for each in given],
        set_sql={"allocated": "t.allocated - v.allocated"},
    )
    record_payment(order, paid=ZERO)
    record_event(
        order, SLIP_WITHDRAWN, actor=actor, data={"slips": [each.remittance.number for each in given]}
    )


def give_back_surplus(order: Order, *, actor: User) -> Decimal:
    """Return to the customer's balance what a locked order has been allocated beyond its amount (RM-08).

    The newest allocation gives first; an order edited down keeps what it costs. Gives how much it was.
    """
    given = list(order.allocations.valid().select_related("remittance").order_by("-id"))
    surplus = left = max(ZERO, sum((each.amount for each in given), ZERO) - order.total)
    cuts: list[tuple[Allocation, Decimal]] = []
    for each in given:
        if cut := min(each.amount - each.applied, left):
            cuts.append((each, cut))
            left -= cut
    if not cuts:
        return ZERO
    _shrink(cuts)
    received = sum((cut for each, cut in cuts if each.remittance.is_matched), ZERO)
    record_payment(order, paid=order.paid - received)
    slips = [{"slip": each.remittance.number, "amount": str(cut)} for each, cut in cuts]
    record_event(order, SURPLUS_RETURNED, actor=actor, data={"amount": str(surplus - left), "slips": slips})
    return surplus - left


def _shrink(cuts: Sequence[tuple[Allocation, Decimal]]) -> None:
    """Take from allocations and so from what their slips have given; what is used up is released."""
    used_up = [each.pk for each, cut in cuts if cut == each.amount]
    Allocation.objects.filter(pk__in=used_up).update(released_at=now())
    kept = [(each.pk, each.amount - cut) for each, cut in cuts if cut < each.amount]
    update_rows(Allocation, ("id",), ("amount",), [{"id": key, "amount": amount} for key, amount in kept])
    update_rows(
        Remittance,
        ("id",),
        ("allocated",),
        [{"id": each.remittance_id, "allocated": cut} for each, cut in cuts],
        set_sql={"allocated": "t.allocated - v.allocated"},
    )


def _allocate(slip: Remittance, parts: Parts, *, actor: User, fact: Fact) -> list[Order]:
    """Write the parts of a locked slip: the orders are locked here, in key order, and come back."""
    wanted: dict[int, Decimal] = {}
    for order, part in parts:
        wanted[order.pk] = wanted.get(order.pk, ZERO) + part
    if not wanted:
        return []
    orders = lock_orders(wanted)
    refuse_wrong_parts(slip, orders, wanted)
    insert_rows(
        Allocation,
        [
            {"remittance": slip.pk, "order": order.pk, "amount": wanted[order.pk], "created_by": actor.pk}
            for order in orders
        ],
    )
    total = sum(wanted.values(), ZERO)
    Remittance.objects.filter(pk=slip.pk).update(
        allocated=F("allocated") + Value(total, output_field=AmountField()), version=F("version") + 1
    )
    slip.allocated += total
    slip.version += 1
    for order in orders:
        if slip.is_matched:
            record_payment(order, paid=order.paid + wanted[order.pk])
        data = {"slip": slip.number, "amount": str(wanted[order.pk]), "currency": slip.currency}
        record_event(order, fact, actor=actor, data=data)
    return orders


def _withdraw(slip: Remittance, *, actor: User, reason: str) -> list[Order]:
    """Take an unmatched slip's parts away from their orders; the orders come back locked."""
    given = {allocation.order_id: allocation.amount for allocation in valid_allocations(slip)}
    orders = lock_orders(given)
    Allocation.objects.valid().filter(remittance=slip).update(released_at=now())
    for order in orders:
        data = {"slip": slip.number, "amount": str(given[order.pk])}
        record_event(order, SLIP_WITHDRAWN, actor=actor, note=reason, data=data)
    return orders


def _send_back_to_check(orders: Sequence[Order], *, actor: User, note: str) -> None:
    """An order under review loses its pass and begins its reviews again (PM-03)."""
    for order in orders:
        if order.status in UNDER_REVIEW:
            ORDER_WORKFLOW.move(
                order, "return_to_check", actor=actor, note=note, changes={"round": order.round + 1}
            )
