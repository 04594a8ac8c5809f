"""An order comes in, is corrected while it is a draft, is reworked after a rejection, or is cancelled."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.db.models import Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.attachments import attach_to
from core.clock import now, today
from core.errors import Conflict, PermissionDenied, RuleRefused
from core.models import Attachment, ParameterValue, User
from core.numbering import next_number
from core.parameters import PARAMETERS
from core.sql import insert_rows
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from core.workflow import compare_and_set, require_permission, require_version
from customers.models import Customer
from orders.assessment import PricedOrder, assess_draft
from orders.contracts.ceiling import lock_contracts
from orders.contracts.services.confirmations import retire_confirmation_letter
from orders.drafts import OrderDraft, with_agreed_sources
from orders.models import Order, OrderLine
from orders.services.contracts import contract_after, lock_contracts_for, locked_contract_named
from orders.services.progress import payment_status_of
from orders.warnings import DraftWarning
from orders.workflow import ORDER_WORKFLOW, OrderStatus

RECEIVED = Fact("received", gettext_noop("Order received"), duty="enter", rule="IN-01", notify=("customer",))
EDITED = Fact("edited", gettext_noop("Order corrected"), duty="enter", rule="IN-05")
MOST_CHANGES_KEPT = 60
LINE_COMPARED = ("line_no", "sku", "quantity", "unit_price", "discount_percent", "price_source")
LOOKALIKES_READ_BACK = timedelta(days=31)
LOOKALIKE_HOURS = "order.lookalike_hours"


def place_order(
    customer: Customer, *, draft: OrderDraft, actor: User, original: Attachment | None = None
) -> Order:
    """Take an order in as a draft and queue the acknowledgement (IN-01, IN-03, IN-05, RG-01).

    Copies contact, address, terms and prices: later changes of the customer file or of the price list
    do not reach it. Raises InvalidInput with a pointer for everything wrong, Conflict for a customer's
    order number or a client's reference that exists (IN-04), RuleRefused for a stopped customer (CM-12).
    At most 10 statements, however many lines. A look-alike of the last 24 hours is a warning in the event.
    """
    require_permission(actor, "orders.enter", rule="IN-01")
    priced = assess_draft(customer, draft)
    number = next_number("SO")
    try:
        return _save_new_order(customer, priced=priced, number=number, actor=actor, original=original)
    except IntegrityError as error:
        _explain_collision(customer, draft, actor, error)
        raise


@unit_of_work
def _save_new_order(
    customer: Customer, *, priced: PricedOrder, number: str, actor: User, original: Attachment | None
) -> Order:
    total = priced.totals.total
    contract = locked_contract_named(customer.pk, priced.draft.contract or "", total=total)
    warnings = warnings_before_placing(customer, priced)
    order = Order(
        number=number,
        created_by=actor,
        customer=customer,
        region=customer.region,
        salesperson=customer.salesperson,
        warehouse=priced.warehouse,
        currency=customer.currency,
        contract=contract,
        **_header_of(priced),
    )
    if priced.draft.external_ref:
        order.external_ref, order.external_client = priced.draft.external_ref, actor
    order.save(force_insert=True)
    insert_rows(OrderLine, _line_rows(order, priced))
    if original is not None:
        attach_to(original, order)
    data = {
        **order.snapshot(),
        "channel": order.channel,
        "lines": len(priced.lines),
        "warnings": [warning.kept() for warning in warnings[:MOST_CHANGES_KEPT]],
    }
    record_event(order, RECEIVED, actor=actor, data=data)
    return order


@unit_of_work
def edit_order(order: Order, *, draft: OrderDraft, actor: User, version: int | None = None) -> Order:
    """Replace header and lines of a draft order; the event keeps before and after (IN-05, AU-01).

    The customer stays: an order for somebody else is another order. Whoever corrects an order has keyed
    it (AP-06). Raises TransitionNotAllowed once it is submitted, StaleVersion, and what placing raises.
    """
    locked = lock_contracts_for(order, draft.contract)
    order = (
        Order.objects.locked()
        .select_related("contract", "customer__default_contact", "customer__default_address")
        .get(pk=order.pk)
    )
    require_version(order, version)
    require_permission(actor, "orders.edit", rule="IN-05")
    lines_before = list(order.lines.values(*LINE_COMPARED))
    priced = assess_draft(order.customer, with_agreed_sources(draft, lines_before))
    _same_again(order.customer, priced, apart_from=order)
    header = _header_of(priced)
    if order.contract is not None or draft.contract:
        total = priced.totals.total
        header["contract"] = contract_after(order, draft.contract, locked, total=total, actor=actor)
    before = {name: getattr(order, name) for name in header}
    payment = {"payment_status": payment_status_of(order.paid, header["total"])}
    compare_and_set(order, sources=(OrderStatus.DRAFT,), changes={**header, **payment})
    lines = OrderLine.objects.filter(order=order)
    lines._raw_delete(lines.db)  # a draft's lines: nothing points to them
    rows = _line_rows(order, priced)
    insert_rows(OrderLine, rows)
    changes = [*_header_changes(before, header), *_line_changes(lines_before, rows)]
    data = {
        **order.snapshot(),
        "changes": changes[:MOST_CHANGES_KEPT],
        "changes_total": len(changes),
        "warnings": [warning.kept() for warning in priced.warnings[:MOST_CHANGES_KEPT]],
    }
    record_event(order, EDITED, actor=actor, data=data)
    return order


@unit_of_work
def reopen_order(order: Order, *, actor: User, version: int | None = None, note: str = "") -> Order:
    """Take a rejected order up again as a draft; its reviews start afresh (AP-05)."""
    order = Order.objects.locked().get(pk=order.pk)
    ORDER_WORKFLOW.move(
        order,
        "reopen",
        actor=actor,
        version=version,
        note=note,
        changes={"round": order.round + 1, "holds": [], "submitted_at": None},
    )
    return order


@unit_of_work
def cancel_order(order: Order, *, reason: str, actor: User, version: int | None = None) -> Order:
    """Cancel an order that is not approved yet (CH-04): its creator or a manager, with a reason.

    Money allocated to it is given back first, by the credit desk's cancellation; with money still on it
    this refuses. The number stays, the customer's own order number becomes free again.
    """
    lock_contracts([order.contract_id])
    order = Order.objects.locked().select_related("contract").get(pk=order.pk)
    require_version(order, version)
    ORDER_WORKFLOW.require(order, "cancel", actor=actor)
    if order.created_by_id != actor.pk and not actor.may("orders.cancel_any"):
        raise PermissionDenied(
            _("Only the person who entered %(number)s or a sales manager may cancel it.")
            % {"number": order.number},
            rule="CH-04",
        )
    if order.paid:
        raise RuleRefused(
            _("%(paid)s is allocated to %(number)s. Give the money back to the customer's balance first.")
            % {"paid": f"{order.paid:,.2f}", "number": order.number},
            rule="CH-04",
            code="money_allocated",
        )
    ORDER_WORKFLOW.move(order, "cancel", actor=actor, version=version, note=reason, changes={"holds": []})
    retire_confirmation_letter(order, actor=actor)
    return order


# --- The stored shape -----------------------------------------------------------------------------


def _header_of(priced: PricedOrder) -> dict[str, Any]:
    draft, customer = priced.draft, priced.customer
    contact, address = customer.default_contact, customer.default_address
    return {
        "channel": draft.channel,
        "customer_po": draft.customer_po,
        "ordered_on": priced.ordered_on,
        "promised_on": draft.promised_on,
        "terms": priced.terms,
        "prepaid_percent": priced.prepaid_percent,
        "price_list": priced.price_list,
        "contact_name": draft.contact_name or (contact.name if contact else ""),
        "contact_phone": draft.contact_phone or (contact.phone if contact else ""),
        "contact_email": draft.contact_email or (contact.email if contact else ""),
        "delivery_address": draft.delivery_address or (str(address) if address else ""),
        "source": draft.source or customer.source,
        "remarks": draft.remarks,
        "stated_amount": draft.stated_amount,
        "stated_amount_absent": draft.stated_amount_absent,
        "freight": draft.freight,
        "net": priced.totals.net,
        "tax": priced.totals.tax,
        "total": priced.totals.total,
        "lines_digest": digest_of(priced),
        "prices_digest": priced.prices_digest,
        "largest_discount": priced.largest_discount,
        "is_below_floor": priced.is_below_floor,
        "updated_at": now(),
    }


def _line_rows(order: Order, priced: PricedOrder) -> list[dict[str, Any]]:
    return [
        {
            "order": order.pk,
            "line_no": line.line_no,
            "product": line.product.product_id,
            "sku": line.product.sku,
            "name": line.product.name,
            "spec": line.product.spec,
            "unit": line.product.unit,
            "quantity": line.draft.quantity,
            "unit_price": line.unit_price,
            "list_price": line.list_price,
            "floor_price": line.floor_price,
            "price_source": line.price_source,
            "discount_percent": line.draft.discount_percent,
            "tax_rate": line.tax_rate,
            "net": line.amounts.net,
            "tax": line.amounts.tax,
            "gross": line.amounts.gross,
            "is_unclear": line.draft.is_unclear,
            "special_request": line.draft.special_request,
            "remark": line.draft.remark,
        }
        for line in priced.lines
    ]


HEADER_SHOWN = (
    "channel",
    "customer_po",
    "ordered_on",
    "promised_on",
    "terms",
    "contact_name",
    "contact_phone",
    "contact_email",
    "delivery_address",
    "remarks",
    "stated_amount",
    "stated_amount_absent",
    "freight",
    "total",
    "contract",
)


def _header_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {
            "label": _label_of(name),
            "before": _shown(before[name]),
            "after": _shown(after[name]),
        }
        for name in HEADER_SHOWN
        if name in after and before[name] != after[name]
    ]


def _label_of(name: str) -> str:
    field: Any = Order._meta.get_field(name)
    return str(field.verbose_name)


def _line_changes(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> list[dict[str, str]]:
    old = {(row["line_no"], row["sku"]): _line_text(row) for row in before}
    new = {(row["line_no"], row["sku"]): _line_text(row) for row in after}
    return [
        {"label": f"{key[0]} {key[1]}", "before": old.get(key, ""), "after": new.get(key, "")}
        for key in sorted({*old, *new})
        if old.get(key) != new.get(key)
    ]


def _line_text(row: Mapping[str, Any]) -> str:
    discount = f" −{row['discount_percent']:f}%" if row["discount_percent"] else ""
    return f"{row['quantity'].normalize():f} × {row['unit_price']:.4f}{discount}"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "✓" if value else ""
    return "" if value is None else str(value)


# --- The same order again (IN-04) -----------------------------------------------------------------


def _same_again(
    customer: Customer, priced: PricedOrder, apart_from: Order | None = None
) -> list[DraftWarning]:
    """Refuse the customer's order number a second time; warn of the same lines and amount within a day
    (IN-04).

    One statement, the setting included: most orders have no look-alike and should not pay for it.
    """
    po = priced.draft.customer_po
    same = Q(
        total=priced.totals.total,
        lines_digest=digest_of(priced),
        created_at__gte=now() - LOOKALIKES_READ_BACK,
    )
    if po:
        same |= Q(customer_po=po)
    earlier = Order.objects.filter(same, customer=customer).exclude(status=OrderStatus.CANCELLED)
    if apart_from is not None:
        earlier = earlier.exclude(pk=apart_from.pk)
    rows = earlier.annotate(hours=_hours_in_force()).order_by("-id")[:20]
    found = list(rows.values("number", "customer_po", "created_at", "hours"))
    for row in found:
        if po and row["customer_po"] == po:
            raise _duplicate_po(po, row["number"])
    return [_looks_like(row["number"]) for row in found if apart_from is None and _is_recent(row)]


def _hours_in_force() -> Subquery:
    values = ParameterValue.objects.confirmed().filter(key=LOOKALIKE_HOURS, effective_from__lte=today())
    return Subquery(values.order_by("-effective_from", "-id").values("value")[:1])


def _is_recent(row: Mapping[str, Any]) -> bool:
    setting = PARAMETERS[LOOKALIKE_HOURS]
    hours = setting.default if row["hours"] is None else setting.parse(row["hours"])
    return row["created_at"] >= now() - timedelta(hours=int(str(hours)))


def _looks_like(number: str) -> DraftWarning:
    return DraftWarning("#/lines", "looks_like", "IN-04", {"number": number})


def digest_of(priced: PricedOrder) -> str:
    return digest_of_lines((line.product.sku, line.draft.quantity) for line in priced.lines)


def digest_of_lines(lines: Iterable[tuple[str, Decimal]]) -> str:
    """Stands for products and quantities, in whatever order they were entered."""
    rows = sorted((sku, f"{quantity.normalize():f}") for sku, quantity in lines)
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def warnings_before_placing(customer: Customer, priced: PricedOrder) -> list[DraftWarning]:
    """What placing this draft now would warn of; raises Conflict where placing would. Saves nothing."""
    return [*priced.warnings, *_same_again(customer, priced)]


def _duplicate_po(po: str, number: str) -> Conflict:
    return Conflict(
        _("The customer's order no. %(po)s is already entered as %(number)s. Open that order instead.")
        % {"po": po, "number": number},
        rule="IN-04",
        code="duplicate_customer_po",
        existing=number,
    )


def _explain_collision(customer: Customer, draft: OrderDraft, actor: User, error: IntegrityError) -> None:
    """Two placed the same order at once and the database let one through: say which one it was."""
    if draft.external_ref:
        number = (
            Order.objects.filter(external_client=actor, external_ref=draft.external_ref)
            .values_list("number", flat=True)
            .first()
        )
        if number is not None:
            raise Conflict(
                _("The reference %(reference)s is already used by %(number)s.")
                % {"reference": draft.external_ref, "number": number},
                rule="IN-04",
                code="duplicate_external_ref",
                existing=number,
            ) from error
    if draft.customer_po:
        taken = Order.objects.filter(customer=customer, customer_po=draft.customer_po).exclude(
            status=OrderStatus.CANCELLED
        )
        number = taken.values_list("number", flat=True).first()
        if number is not None:
            raise _duplicate_po(draft.customer_po, number) from error
