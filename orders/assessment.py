"""Prices a draft and finds everything wrong with it at once. Reads only; the page, the API and
placing share it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.clock import today
from core.errors import FieldProblem, InvalidInput, Problems, RuleRefused
from core.money import BASE_CURRENCY
from customers.models import Customer
from inventory.models import PriceList, Warehouse
from inventory.prices import FoundPrice, ListsInForce, PriceBook, PriceSource, lists_in_force
from inventory.queries import (
    PricedProduct,
    default_warehouse,
    no_price_list,
    products_by_typed_codes,
    products_with_prices,
)
from orders.draft_checks import MOST, check_header, check_quantity, check_text, has_more_places, longest
from orders.drafts import MOST_LINES, LineDraft, OrderDraft
from orders.models import Order, OrderLine
from orders.price_authority import digest_of_prices, discount_of, is_below_floor, largest_discount
from orders.pricing import TAX_RATES, LineAmounts, OrderTotals, order_totals, price_line
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
    found: FoundPrice | None = None

    @property
    def price_source(self) -> str:
        """Where the unit price comes from (PriceSource)."""
        if self.draft.price_source:
            return self.draft.price_source
        if self.found is None:
            return PriceSource.MANUAL.value
        if self.unit_price == self.found.unit_price:
            return self.found.source
        if self.unit_price == self.found.base_price:
            return self.found.base_source
        is_listed = self.unit_price == self.product.unit_price
        return PriceSource.LIST.value if is_listed else PriceSource.MANUAL.value

    # What the limits of the roles are judged by (QT-03).

    @property
    def sku(self) -> str:
        return self.product.sku

    @property
    def quantity(self) -> Decimal:
        return self.draft.quantity

    @property
    def discount_percent(self) -> Decimal:
        return self.draft.discount_percent

    @property
    def list_price(self) -> Decimal | None:
        return self.product.unit_price

    @property
    def floor_price(self) -> Decimal | None:
        return self.product.floor_price


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

    @property
    def prices_digest(self) -> str:
        return digest_of_prices(self.lines)

    @property
    def largest_discount(self) -> Decimal:
        return largest_discount(self.lines)

    @property
    def is_below_floor(self) -> bool:
        return any(is_below_floor(line) for line in self.lines)


@dataclass(frozen=True, slots=True)
class Examination:
    """A draft as far as it can be priced, and everything wrong with it; `products` by the code as typed, known
    ones only. `prices` answers what any quantity of them costs.
    """

    priced: PricedOrder
    problems: tuple[FieldProblem, ...]
    products: Mapping[str, PricedProduct]
    prices: PriceBook


def assess_draft(customer: Customer, draft: OrderDraft) -> PricedOrder:
    """Price a draft for a customer, or raise InvalidInput with a pointer for each thing wrong (IN-05, G-02).

    Three statements, however many lines: price lists, priced products, warehouse; three more when a line is
    named by something else than its code. Expects the customer with contact and address (`with_defaults`).
    Raises RuleRefused for a stopped customer (CM-12) and for a currency we do not trade in yet (SY-02).
    """
    examined = examine_draft(customer, draft)
    if examined.problems:
        raise InvalidInput(rule="IN-05", problems=examined.problems)
    return examined.priced


def examine_draft(
    customer: Customer, draft: OrderDraft, *, is_order: bool = True, is_form: bool = False
) -> Examination:
    """The same without refusing: lines that are wrong are left out of the totals.

    A quotation is priced the same way (`is_order` False) and may be in any currency with a price list.
    `is_form`: the lines of a standard form, named by code only and sold at the price from quantity 0, which is
    the one printed in it (XL-01, XL-02).
    """
    if is_order:
        require_customer_may_order(customer)
    else:
        require_customer_is_served(customer)
    ordered_on = draft.ordered_on or today()
    day = min(ordered_on, today())
    lists = lists_in_force(customer, on=day, currency=customer.currency)
    if lists.general is None:
        raise no_price_list(customer.currency, day)
    named = _products_for(draft.lines, lists, None if is_form else customer)
    if is_form:
        draft = replace(draft, lines=tuple(_at_base_price(line, named.book) for line in draft.lines))
    found = Problems()
    check_header(customer, draft, ordered_on, found)
    priced = [_price_line(index, line, named, found) for index, line in enumerate(draft.lines)]
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
        price_list=lists.general,
        warehouse=default_warehouse(),
        lines=lines,
        totals=totals,
        warnings=tuple(_warnings(draft, lines, totals)),
    )
    return Examination(order, tuple(found.found), named.products, named.book)


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


@dataclass(frozen=True, slots=True)
class _Named:
    """The products of a draft by what was typed for them, their prices, and what names several products."""

    products: Mapping[str, PricedProduct]
    book: PriceBook
    ambiguous: Mapping[str, tuple[str, ...]]


def _products_for(lines: Sequence[LineDraft], lists: ListsInForce, customer: Customer | None) -> _Named:
    """One query; three more when something else than a code was typed. Without a customer codes alone count."""
    if len(lines) > MOST_LINES:
        return _Named({}, PriceBook(lists), {})
    products, book = products_with_prices({line.sku for line in lines}, lists)
    others = {line.sku for line in lines if line.sku} - set(products)
    if not others or customer is None:
        return _Named(products, book, {})
    meant = products_by_typed_codes(others, customer)
    only = {typed: skus[0] for typed, skus in meant.items() if len(skus) == 1}
    ambiguous = {typed: skus for typed, skus in meant.items() if len(skus) > 1}
    if not only:
        return _Named(products, book, ambiguous)
    named, more = products_with_prices(set(only.values()), lists)
    by_typed = {typed: named[sku] for typed, sku in only.items()}
    return _Named({**products, **by_typed}, PriceBook(lists, {**book.rows, **more.rows}), ambiguous)


def _at_base_price(line: LineDraft, book: PriceBook) -> LineDraft:
    """Says the price only where the quantity would find another."""
    found = book.price_for(line.sku, line.quantity)
    if found is None or found.unit_price == found.base_price:
        return line
    return replace(line, unit_price=found.base_price)


def _prepaid_percent(customer: Customer, draft: OrderDraft) -> Decimal | None:
    if (draft.terms or customer.settlement) != Order.Terms.STAGED:
        return None
    return draft.prepaid_percent if draft.prepaid_percent is not None else customer.prepaid_percent


# --- Lines ----------------------------------------------------------------------------------------


def _price_line(index: int, line: LineDraft, named: _Named, found: Problems) -> PricedLine | None:
    at = f"#/lines/{index}"
    before = len(found.found)
    product = named.products.get(line.sku)
    if product is None:
        _refuse_code(at, line.sku, named, found)
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
    price = named.book.price_for(product.sku, line.quantity)
    unit_price = line.unit_price
    if unit_price is None and price is not None:
        unit_price = price.unit_price
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
    return PricedLine(index + 1, product, line, unit_price, tax_rate, amounts, price)


def _refuse_code(at: str, typed: str, named: _Named, found: Problems) -> None:
    if not typed:
        found.add(f"{at}/sku", "required", _("Enter a product code."))
    elif typed in named.ambiguous:
        skus = named.ambiguous[typed]
        found.add(
            f"{at}/sku",
            "ambiguous_code",
            _('"%(typed)s" may be %(codes)s. Enter the code of the one meant.')
            % {"typed": typed[:40], "codes": pgettext("between names of a list", ", ").join(skus[:4])},
        )
    else:
        found.add(
            f"{at}/sku",
            "unknown_sku",
            _('There is no product "%(sku)s". Check the code.') % {"sku": typed[:40]},
        )


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
    at = f"#/lines/{line.line_no - 1}/unit_price"
    if line.floor_price is not None and is_below_floor(line):
        # Without the price itself: the trail and the API are read by posts that may not see it.
        return [DraftWarning(at, "below_floor", "QT-03", {"sku": line.sku})]
    share = discount_of(line)
    if line.list_price is not None and share > 0:
        facts = {"sku": line.sku, "share": str(share), "price": price_text(line.list_price)}
        return [DraftWarning(at, "below_list", "QT-03", facts)]
    return []


def price_text(price: Decimal) -> str:
    """At least two decimals, no zeros beyond them."""
    text = f"{price.normalize():,f}"
    return text if len(text.partition(".")[2]) >= 2 else f"{price:,.2f}"
