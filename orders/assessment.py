"""Prices a draft and finds everything wrong with it at once. Reads only; the page, the API and
placing share it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from core.clock import today
from core.errors import FieldProblem, InvalidInput, Problems, RuleRefused
from core.money import BASE_CURRENCY
from customers.models import Customer
from inventory.models import PriceList, Warehouse
from inventory.queries import PricedProduct, current_price_list, default_warehouse, priced_products
from orders.draft_checks import MOST, check_header, check_quantity, check_text, has_more_places, longest
from orders.drafts import MOST_LINES, LineDraft, OrderDraft
from orders.models import Order, OrderLine
from orders.pricing import (
    TAX_RATES,
    LineAmounts,
    OrderTotals,
    discount_from_list,
    order_totals,
    price_after_discount,
    price_line,
)
from orders.warnings import DraftWarning


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with product and price as they will be stored."""

    line_no: int
    product: PricedProduct
    draft: LineDraft
    unit_price: Decimal
    tax_rate: Decimal
    amounts: LineAmounts

    @property
    def price_source(self) -> str:
        return "list" if self.unit_price == self.product.unit_price else "manual"


@dataclass(frozen=True, slots=True)
class PricedOrder:
    """A draft that can be saved: nothing in it is wrong, `warnings` may remain."""

    customer: Customer
    draft: OrderDraft
    terms: str
    prepaid_percent: Decimal | None
    ordered_on: date
    price_list: PriceList
    warehouse: Warehouse
    lines: tuple[PricedLine, ...]
    totals: OrderTotals
    warnings: tuple[DraftWarning, ...]


@dataclass(frozen=True, slots=True)
class Examination:
    """A draft as far as it can be priced, and everything wrong with it; `products` by code, known
    ones only.
    """

    priced: PricedOrder
    problems: tuple[FieldProblem, ...]
    products: Mapping[str, PricedProduct]


def assess_draft(customer: Customer, draft: OrderDraft) -> PricedOrder:
    """Price a draft for a customer, or raise InvalidInput with a pointer for each thing wrong (IN-05, G-02).

    Three statements, however many lines: price list, priced products, warehouse. Expects the customer
    with contact and address (`with_defaults`). Raises RuleRefused for a stopped customer (CM-12) and for
    a currency we do not trade in yet (SY-02).
    """
    examined = examine_draft(customer, draft)
    if examined.problems:
        raise InvalidInput(rule="IN-05", problems=examined.problems)
    return examined.priced


def examine_draft(customer: Customer, draft: OrderDraft, *, is_order: bool = True) -> Examination:
    """The same without refusing: lines that are wrong are left out of the totals.

    A quotation is priced the same way (`is_order` False) and may be in any currency with a price list.
    """
    if is_order:
        require_customer_may_order(customer)
    else:
        require_customer_is_served(customer)
    ordered_on = draft.ordered_on or today()
    price_list = current_price_list(customer.currency, min(ordered_on, today()))
    products = _products_for(draft.lines, price_list)
    found = Problems()
    check_header(customer, draft, ordered_on, found)
    priced = [_price_line(index, line, products, found) for index, line in enumerate(draft.lines)]
    lines = tuple(line for line in priced if line is not None)
    totals = order_totals((line.amounts for line in lines), draft.freight)
    if totals.total > MOST * 10:
        found.add(
            "#/lines",
            "too_large",
            _("The order amount is too large. Split the order or check quantities and prices."),
        )
    order = PricedOrder(
        customer=customer,
        draft=draft,
        terms=draft.terms or customer.settlement,
        prepaid_percent=_prepaid_percent(customer, draft),
        ordered_on=ordered_on,
        price_list=price_list,
        warehouse=default_warehouse(),
        lines=lines,
        totals=totals,
        warnings=tuple(_warnings(draft, lines, totals)),
    )
    return Examination(order, tuple(found.found), products)


def require_customer_may_order(customer: Customer) -> None:
    """Refuse who takes no new orders, and orders in a currency that is not open yet (CM-12, SY-02)."""
    require_customer_is_served(customer)
    if customer.currency != BASE_CURRENCY:
        raise RuleRefused(
            _("Orders in %(currency)s cannot be taken yet, only in %(base)s.")
            % {"currency": customer.currency, "base": BASE_CURRENCY},
            rule="SY-02",
            code="currency_not_open",
        )


def require_customer_is_served(customer: Customer) -> None:
    """Raise RuleRefused for a stopped or merged file (CM-12)."""
    if customer.status in (Customer.Status.STOPPED, Customer.Status.MERGED):
        raise RuleRefused(
            _(
                '%(customer)s is "%(status)s" and takes no new orders. Ask the sales manager about the '
                "customer file."
            )
            % {"customer": customer.number, "status": customer.get_status_display()},
            rule="CM-12",
            code="customer_stopped",
        )


def _products_for(lines: Sequence[LineDraft], price_list: PriceList) -> dict[str, PricedProduct]:
    if len(lines) > MOST_LINES:
        return {}
    return priced_products({line.sku for line in lines}, price_list)


def _prepaid_percent(customer: Customer, draft: OrderDraft) -> Decimal | None:
    if (draft.terms or customer.settlement) != Order.Terms.STAGED:
        return None
    return draft.prepaid_percent if draft.prepaid_percent is not None else customer.prepaid_percent


# --- Lines ----------------------------------------------------------------------------------------


def _price_line(
    index: int, line: LineDraft, products: dict[str, PricedProduct], found: Problems
) -> PricedLine | None:
    at = f"#/lines/{index}"
    before = len(found.found)
    product = products.get(line.sku)
    if product is None:
        if line.sku:
            found.add(
                f"{at}/sku",
                "unknown_sku",
                _('There is no product "%(sku)s". Check the code.') % {"sku": line.sku[:40]},
            )
        else:
            found.add(f"{at}/sku", "required", _("Enter a product code."))
        check_quantity(at, line.quantity, None, found)
        return None
    if product.discontinued_on is not None and product.discontinued_on <= today():
        found.add(
            f"{at}/sku",
            "discontinued",
            _("%(sku)s has been discontinued since %(day)s. Choose another product.")
            % {"sku": line.sku, "day": product.discontinued_on.isoformat()},
        )
    check_quantity(at, line.quantity, product.unit_decimals, found)
    unit_price = line.unit_price if line.unit_price is not None else product.unit_price
    tax_rate = line.tax_rate if line.tax_rate is not None else product.tax_rate
    if unit_price is None:
        found.add(
            f"{at}/unit_price",
            "no_price",
            _("%(sku)s has no list price. Enter a unit price.") % {"sku": line.sku},
        )
    elif unit_price < 0 or unit_price > MOST or has_more_places(unit_price, 4):
        found.add(
            f"{at}/unit_price", "bad_price", _("Enter a unit price of 0 or more with at most 4 decimals.")
        )
    if not Decimal(0) <= line.discount_percent <= Decimal(100) or has_more_places(line.discount_percent, 2):
        found.add(
            f"{at}/discount_percent",
            "out_of_range",
            _("A discount lies between 0 and 100 percent, with at most 2 decimals."),
        )
    if tax_rate not in TAX_RATES:
        found.add(f"{at}/tax_rate", "unknown_rate", _("The tax rate is 13%, 9%, 6% or 0% (G-02)."))
    for name in ("special_request", "remark"):
        check_text(f"{at}/{name}", getattr(line, name), longest(OrderLine, name), found)
    if len(found.found) > before or unit_price is None:
        return None
    amounts = price_line(line.quantity, unit_price, line.discount_percent, tax_rate)
    if amounts.gross > MOST * 10:
        found.add(f"{at}/quantity", "too_large", _("The line amount is too large. Check quantity and price."))
        return None
    return PricedLine(index + 1, product, line, unit_price, tax_rate, amounts)


# --- Warnings -------------------------------------------------------------------------------------


def _warnings(draft: OrderDraft, lines: Sequence[PricedLine], totals: OrderTotals) -> list[DraftWarning]:
    found = [warning for line in lines for warning in _price_warnings(line)]
    if draft.stated_amount is not None and draft.stated_amount != totals.total:
        facts = {
            "stated": f"{draft.stated_amount:,.2f}",
            "total": f"{totals.total:,.2f}",
            "difference": f"{draft.stated_amount - totals.total:,.2f}",
        }
        found.append(DraftWarning("#/stated_amount", "amount_mismatch", "VA-02", facts))
    return found


def _price_warnings(line: PricedLine) -> list[DraftWarning]:
    paid = price_after_discount(line.unit_price, line.draft.discount_percent)
    product, at = line.product, f"#/lines/{line.line_no - 1}/unit_price"
    if product.floor_price is not None and paid < product.floor_price:
        facts = {"sku": product.sku, "floor": price_text(product.floor_price)}
        return [DraftWarning(at, "below_floor", "QT-03", facts)]
    if product.unit_price is not None and paid < product.unit_price:
        share = discount_from_list(line.unit_price, line.draft.discount_percent, product.unit_price)
        facts = {"sku": product.sku, "share": str(share), "price": price_text(product.unit_price)}
        return [DraftWarning(at, "below_list", "QT-03", facts)]
    return []


def price_text(price: Decimal) -> str:
    """At least two decimals, no zeros beyond them."""
    text = f"{price.normalize():,f}"
    return text if len(text.partition(".")[2]) >= 2 else f"{price:,.2f}"
