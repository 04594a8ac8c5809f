"""A quotation is written, corrected while it is a draft, revised as a new version, or withdrawn (QT-01)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.clock import now, today
from core.errors import Conflict, FieldProblem, InvalidInput
from core.models import User
from core.numbering import next_number
from core.parameters import parameters_on
from core.sql import insert_rows
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from core.workflow import compare_and_set, require_in_scope, require_permission, require_version
from customers.models import Customer
from customers.services.saving import require_goes_on
from orders.assessment import require_customer_is_served
from orders.enquiries.services import mark_quoted
from orders.models import Enquiry, Quote, QuoteLine
from orders.quotes.assessment import PricedQuote, assess_quote
from orders.quotes.drafts import QuoteDraft
from orders.quotes.policy import LineShown, compare_lines
from orders.quotes.queries import line_shown
from orders.quotes.services.guards import facts_of
from orders.quotes.workflow import QUOTE_WORKFLOW, QuoteStatus

MADE = Fact("made", gettext_noop("Quotation made"), duty="quote_make", rule="QT-01")
EDITED = Fact("edited", gettext_noop("Quotation corrected"), duty="quote_make", rule="QT-01")
REVISED = Fact("revised", gettext_noop("New version made"), duty="quote_make", rule="QT-04")
MOST_CHANGES_KEPT = 60


def create_quote(
    customer: Customer, *, draft: QuoteDraft, enquiry: Enquiry | None = None, actor: User
) -> Quote:
    """Write a quotation as a draft, the first version of its series (QT-01, CM-10, CM-12).

    Copies contact, address, terms and prices: later changes of the customer file or of a price list do not
    reach it. The enquiry it answers is marked as quoted. Raises InvalidInput with a pointer for everything
    wrong, Conflict for a reference of the caller's that exists. At most 13 statements, however many lines.
    """
    require_permission(actor, "orders.make_quotes", rule="QT-01")
    _require_same_customer(customer, enquiry)
    priced = assess_quote(customer, draft)
    number = next_number("QT")
    try:
        return _save_new_quote(customer, priced=priced, number=number, enquiry=enquiry, actor=actor)
    except IntegrityError as error:
        _explain_collision(draft, actor, error)
        raise


@unit_of_work
def _save_new_quote(
    customer: Customer, *, priced: PricedQuote, number: str, enquiry: Enquiry | None, actor: User
) -> Quote:
    quote = Quote(
        number=number,
        series=number,
        created_by=actor,
        customer=customer,
        region=customer.region,
        salesperson=customer.salesperson,
        currency=customer.currency,
        enquiry=enquiry,
        external_ref=priced.draft.external_ref,
        **_header_of(priced),
    )
    quote.save(force_insert=True)
    require_goes_on(customer)
    insert_rows(QuoteLine, _line_rows(quote, priced))
    data = {
        **facts_of(quote),
        "lines": len(priced.lines),
        "price_level": quote.price_level,
        "warnings": [warning.kept() for warning in priced.warnings[:MOST_CHANGES_KEPT]],
        **({"enquiry": enquiry.number} if enquiry is not None else {}),
    }
    record_event(quote, MADE, actor=actor, data=data)
    if enquiry is not None:
        mark_quoted(enquiry, quote_number=number, actor=actor)
    return quote


@unit_of_work
def edit_quote(quote: Quote, *, draft: QuoteDraft, actor: User, version: int | None = None) -> Quote:
    """Replace header and lines of a draft; the event keeps before and after (QT-01, AU-01).

    Prices without a price typed in are found anew. The customer stays. Raises TransitionNotAllowed once it
    is submitted (then it is revised), StaleVersion, and what creating raises.
    """
    quote = (
        Quote.objects.locked()
        .select_related("customer__default_contact", "customer__default_address")
        .get(pk=quote.pk)
    )
    require_version(quote, version)
    require_permission(actor, "orders.make_quotes", rule="QT-01")
    require_in_scope(quote, "orders.make_quotes", actor=actor)
    priced = assess_quote(quote.customer, draft)
    header = _header_of(priced)
    before = {name: getattr(quote, name) for name in HEADER_SHOWN}
    lines_before = [line_shown(line) for line in quote.lines.order_by("line_no")]
    compare_and_set(quote, sources=(QuoteStatus.DRAFT,), changes=header)
    lines = QuoteLine.objects.filter(quote=quote)
    lines._raw_delete(lines.db)  # a draft's lines: nothing points to them
    insert_rows(QuoteLine, _line_rows(quote, priced))
    changes = [
        *_header_changes(before, header),
        *_line_changes(lines_before, [_shown_of(line) for line in priced.lines]),
    ]
    data = {
        **facts_of(quote),
        "changes": changes[:MOST_CHANGES_KEPT],
        "changes_total": len(changes),
        "price_level": quote.price_level,
        "warnings": [warning.kept() for warning in priced.warnings[:MOST_CHANGES_KEPT]],
    }
    record_event(quote, EDITED, actor=actor, data=data)
    return quote


@unit_of_work
def revise_quote(quote: Quote, *, actor: User, version: int | None = None, note: str = "") -> Quote:
    """Begin the next version as a draft with the same lines and prices; the old one ends at once (QT-04).

    The new version is valid for as many days as a new quotation and is reviewed afresh. Raises
    TransitionNotAllowed for a version that is superseded, converted or withdrawn, RuleRefused for a customer
    who is not served any more (CM-12).
    """
    old = Quote.objects.locked().get(pk=quote.pk)
    require_permission(actor, "orders.make_quotes", rule="QT-04")
    require_in_scope(old, "orders.make_quotes", actor=actor)
    require_customer_is_served(old.customer)
    number = f"{old.series}-V{old.revision + 1}"
    QUOTE_WORKFLOW.move(old, "supersede", actor=actor, version=version, note=note, data={"by": number})
    valid_days = parameters_on().number("quote.valid_days")
    new = Quote(
        number=number,
        revision=old.revision + 1,
        round=old.round + 1,
        created_by=actor,
        supersedes=old,
        quoted_on=today(),
        valid_until=today() + timedelta(days=valid_days),
        updated_at=now(),
        **{name: getattr(old, name) for name in CARRIED_OVER},
    )
    new.save(force_insert=True)
    rows = QuoteLine.objects.filter(quote=old).order_by("line_no").values(*LINE_FIELDS)
    insert_rows(QuoteLine, [{"quote": new.pk, **row} for row in rows])
    record_event(new, REVISED, actor=actor, note=note, data={**facts_of(new), "from": old.number})
    return new


@unit_of_work
def withdraw_quote(quote: Quote, *, reason: str, actor: User, version: int | None = None) -> Quote:
    """Take back a quotation the customer has not answered yet, with a reason (QT-04)."""
    quote = Quote.objects.locked().get(pk=quote.pk)
    QUOTE_WORKFLOW.move(quote, "withdraw", actor=actor, version=version, note=reason, data=facts_of(quote))
    return quote


# --- The stored shape -----------------------------------------------------------------------------

CARRIED_OVER = (
    "series", "enquiry", "customer", "region", "salesperson", "title", "currency", "price_list", "language",
    "contact_name", "contact_phone", "contact_email", "delivery_address", "terms", "prepaid_percent",
    "preferential_policy", "delivery_cycle", "warranty", "remarks", "internal_note", "freight", "net", "tax",
    "total", "largest_discount", "is_below_floor", "price_level",
)  # fmt: skip
LINE_FIELDS = (
    "line_no", "product_id", "sku", "name", "spec", "unit", "quantity", "unit_price", "list_price",
    "floor_price", "price_source", "discount_percent", "tax_rate", "net", "tax", "gross", "remark",
    "is_alternative", "supply", "is_made_to_order", "unit_cost", "lead_days",
)  # fmt: skip
HEADER_SHOWN = (
    "title", "valid_until", "language", "terms", "prepaid_percent", "preferential_policy", "delivery_cycle",
    "warranty", "contact_name", "contact_phone", "contact_email", "delivery_address", "remarks",
    "internal_note", "freight", "total",
)  # fmt: skip


def _header_of(priced: PricedQuote) -> dict[str, Any]:
    draft, customer = priced.draft, priced.customer
    contact, address = customer.default_contact, customer.default_address
    return {
        "title": draft.title,
        "price_list": priced.price_list,
        "language": priced.language,
        "quoted_on": priced.quoted_on,
        "valid_until": priced.valid_until,
        "contact_name": draft.contact_name or (contact.name if contact else ""),
        "contact_phone": draft.contact_phone or (contact.phone if contact else ""),
        "contact_email": draft.contact_email or (contact.email if contact else ""),
        "delivery_address": draft.delivery_address or (str(address) if address else ""),
        "terms": priced.terms,
        "prepaid_percent": priced.prepaid_percent,
        "preferential_policy": draft.preferential_policy,
        "delivery_cycle": draft.delivery_cycle,
        "warranty": draft.warranty,
        "remarks": draft.remarks,
        "internal_note": draft.internal_note,
        "freight": draft.freight,
        "net": priced.totals.net,
        "tax": priced.totals.tax,
        "total": priced.totals.total,
        "largest_discount": priced.prices.largest_discount,
        "is_below_floor": priced.prices.is_below_floor,
        "price_level": priced.prices.level,
        "updated_at": now(),
    }


def _line_rows(quote: Quote, priced: PricedQuote) -> list[dict[str, Any]]:
    return [
        {
            "quote": quote.pk,
            "line_no": line.line_no,
            "product": line.product.product_id,
            "sku": line.product.sku,
            "name": line.product.name,
            "spec": line.product.spec,
            "unit": line.product.unit,
            "quantity": line.draft.quantity,
            "unit_price": line.priced.unit_price,
            "list_price": line.priced.list_price,
            "floor_price": line.priced.floor_price,
            "price_source": line.priced.price_source,
            "discount_percent": line.draft.discount_percent,
            "tax_rate": line.priced.tax_rate,
            "net": line.amounts.net,
            "tax": line.amounts.tax,
            "gross": line.amounts.gross,
            "remark": line.draft.remark,
            "is_alternative": line.draft.is_alternative,
            "supply": line.product.supply,
            "is_made_to_order": line.is_made_to_order,
            "unit_cost": line.unit_cost,
            "lead_days": line.draft.lead_days,
        }
        for line in priced.lines
    ]


def _shown_of(line: Any) -> LineShown:
    """A priced line as the next reader will see it."""
    return LineShown(
        line_no=line.line_no,
        sku=line.product.sku,
        name=line.product.name,
        quantity=line.draft.quantity,
        unit_price=line.priced.unit_price,
        discount_percent=line.draft.discount_percent,
        tax_rate=line.priced.tax_rate,
        gross=line.amounts.gross,
        is_alternative=line.draft.is_alternative,
        lead_days=line.draft.lead_days,
        remark=line.draft.remark,
    )


def _header_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {
            "label": str(Quote._meta.get_field(name).verbose_name),  # type: ignore[union-attr]
            "before": "" if before[name] is None else str(before[name]),
            "after": "" if after[name] is None else str(after[name]),
        }
        for name in HEADER_SHOWN
        if before[name] != after[name]
    ]


def _line_changes(before: Sequence[LineShown], after: Sequence[LineShown]) -> list[dict[str, str]]:
    return [
        {
            "label": f"{shown.line_no} {shown.sku}",
            "before": _line_text(difference.before),
            "after": _line_text(difference.after),
        }
        for difference in compare_lines(before, after)
        if difference.kind != "same"
        for shown in (difference.after or difference.before,)
        if shown is not None
    ]


def _line_text(line: LineShown | None) -> str:
    if line is None:
        return ""
    discount = f" −{line.discount_percent:f}%" if line.discount_percent else ""
    return f"{line.quantity.normalize():f} × {line.unit_price:.4f}{discount}"


# --- Refusals -------------------------------------------------------------------------------------


def _require_same_customer(customer: Customer, enquiry: Enquiry | None) -> None:
    """An enquiry of a prospect takes the customer file that was opened for it."""
    if enquiry is None or enquiry.customer_id in (None, customer.pk):
        return
    detail = _("%(enquiry)s is of another customer. Quote that customer, or leave the enquiry out.") % {
        "enquiry": enquiry.number
    }
    raise InvalidInput(detail, rule="EN-01", problems=[FieldProblem("#/enquiry", "other_customer", detail)])


def _explain_collision(draft: QuoteDraft, actor: User, error: IntegrityError) -> None:
    """The caller's reference was used before: say by which quotation."""
    if not draft.external_ref:
        return
    taken = Quote.objects.filter(created_by=actor, external_ref=draft.external_ref)
    number = taken.values_list("number", flat=True).first()
    if number is not None:
        raise Conflict(
            _("The reference %(reference)s is already used by %(number)s.")
            % {"reference": draft.external_ref, "number": number},
            rule="QT-01",
            code="duplicate_external_ref",
            existing=number,
        ) from error
