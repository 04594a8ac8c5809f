"""Versions of the price list: entered by the clerk, approved by the general manager, one after another (QT-03).

The versions of a series, general or of one customer, in one currency, never overlap. A new version may follow an
open-ended one; the day before its first then becomes the other's last, when it is approved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from core.clock import now, today
from core.errors import (
    FieldProblem,
    InvalidInput,
    Problems,
    RuleRefused,
    SameActor,
    StaleVersion,
    TransitionNotAllowed,
)
from core.models import User
from core.money import BASE_CURRENCY, round_half_up
from core.sql import among, insert_rows
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from core.workflow import require_permission
from customers.currencies import CURRENCIES
from customers.models import Customer
from inventory.models import Price, PriceList, Product
from inventory.rows import PriceRow, break_problems, price_problems

if TYPE_CHECKING:
    from core.models import Document

ENTERED = Fact("price_list_entered", gettext_noop("Price list entered"), duty="price_maker", rule="QT-03")
APPROVED = Fact(
    "price_list_approved", gettext_noop("Price list approved"), duty="price_approver", rule="QT-03"
)
ENDED = Fact("price_list_ended", gettext_noop("Price list ended by the next version"), rule="QT-03")
WITHDRAWN = Fact("price_list_withdrawn", gettext_noop("Price list withdrawn"), rule="QT-03")


class PriceListsOverlap(RuleRefused):
    """Two versions of one series would hold on the same day (QT-03)."""

    code, rule = "price_lists_overlap", "QT-03"


@dataclass(frozen=True, slots=True)
class Span:
    """From a day to a day, both included; without `until` for ever."""

    start: date
    until: date | None

    def meets(self, other: Span) -> bool:
        begins_in_time = other.until is None or self.start <= other.until
        return begins_in_time and (self.until is None or other.start <= self.until)

    def may_follow(self, other: Span) -> bool:
        """An open-ended version is ended by one that begins later."""
        return other.until is None and other.start < self.start


@unit_of_work
def create_price_list(
    *,
    code: str,
    name: str,
    valid_from: date,
    prices: Sequence[PriceRow],
    actor: User,
    valid_until: date | None = None,
    currency: str = BASE_CURRENCY,
    customer: Customer | None = None,
) -> PriceList:
    """Enter a version; it is in force only once the GM has approved it (QT-03).

    With `customer` it holds the prices agreed with him. Raises InvalidInput with a pointer for each thing wrong,
    among them `#/valid_from` when the days meet those of another version, which it names. At most seven
    statements, however many prices.
    """
    require_permission(actor, "inventory.maintain_catalogue", rule="QT-03")
    code, name = code.strip(), name.strip()
    products = products_of(prices)
    problems = Problems()
    check_header(code, name, valid_from, valid_until, currency, problems)
    check_days(Span(valid_from, valid_until), customer, currency, problems)
    check_prices(prices, products, problems)
    problems.raise_if_any(rule="QT-03")
    price_list = PriceList.objects.create(
        code=code,
        name=name,
        customer=customer,
        currency=currency,
        valid_from=valid_from,
        valid_until=valid_until,
        created_by=actor,
    )
    insert_rows(
        Price,
        [
            {
                "price_list": price_list.pk,
                "product": products[row.sku][0],
                "minimum_quantity": row.minimum_quantity,
                "unit_price": row.unit_price,
                "floor_price": row.floor_price,
            }
            for row in prices
        ],
    )
    record_event(_document(price_list), ENTERED, actor=actor, data={"prices": len(prices)})
    return price_list


@unit_of_work
def approve_price_list(price_list: PriceList, *, actor: User, version: int | None = None) -> PriceList:
    """Put a version in force from its first day: the GM, never the maker (QT-03, IC-01).

    An open-ended version before it ends on the day before, in the same transaction. Locks every version of the
    series, so that two approvals at once cannot overlap. Raises PriceListsOverlap naming the other version,
    StaleVersion when prices were amended since it was read.
    """
    require_permission(actor, "inventory.approve_price_list", rule="QT-03")
    price_list = PriceList.objects.get(pk=price_list.pk)
    series = PriceList.objects.same_series(price_list.customer_id, price_list.currency)
    versions = {row.pk: row for row in series.select_for_update().order_by("pk")}
    price_list = versions.get(price_list.pk) or PriceList.objects.get(pk=price_list.pk)
    _require_open(price_list, version)
    if _has_made(price_list, actor):
        raise SameActor(_("You entered this price list. Another person must approve it."))
    if price_list.valid_until is not None and price_list.valid_until < today():
        raise RuleRefused(
            _("Price list %(code)s ended on %(day)s. Enter a version that is still valid.")
            % {"code": price_list.code, "day": price_list.valid_until},
            rule="QT-03",
        )
    for other in versions.values():
        if other.pk != price_list.pk and other.is_approved:
            _make_room(other, price_list, actor=actor)
    price_list.approved_at, price_list.approved_by = now(), actor
    price_list.save(update_fields=["approved_at", "approved_by"])
    record_event(_document(price_list), APPROVED, actor=actor)
    return price_list


@unit_of_work
def withdraw_price_list(
    price_list: PriceList, *, reason: str, actor: User, version: int | None = None
) -> PriceList:
    """Take back a version that is not approved: its maker, or the general manager who refuses it (QT-03)."""
    if not actor.may("inventory.approve_price_list"):
        require_permission(actor, "inventory.maintain_catalogue", rule="QT-03")
    price_list = PriceList.objects.select_for_update().get(pk=price_list.pk)
    _require_open(price_list, version)
    if not reason.strip():
        raise InvalidInput(
            rule="QT-03", problems=[FieldProblem("#/note", "reason_required", _("Give a reason."))]
        )
    price_list.withdrawn_at, price_list.withdrawn_by = now(), actor
    price_list.save(update_fields=["withdrawn_at", "withdrawn_by"])
    record_event(_document(price_list), WITHDRAWN, actor=actor, note=reason.strip())
    return price_list


def copied_rows(price_list: PriceList, percent: Decimal = Decimal(0)) -> list[PriceRow]:
    """The rows of a version with every price changed by a percentage, floors too, rounded to 4 places (G-01).

    `percent` 3 raises by three percent, −2.5 lowers. Discontinued products are left out. One query.
    """
    factor = (100 + percent) / Decimal(100)
    rows = Price.objects.filter(price_list=price_list, product__discontinued_on__isnull=True)
    return [
        PriceRow(
            sku=sku,
            unit_price=round_half_up(unit_price * factor, 4),
            floor_price=None if floor is None else round_half_up(floor * factor, 4),
            minimum_quantity=quantity,
        )
        for sku, unit_price, floor, quantity in rows.order_by("product__sku", "minimum_quantity").values_list(
            "product__sku", "unit_price", "floor_price", "minimum_quantity"
        )
    ]


def copy_price_list(
    price_list: PriceList,
    *,
    code: str,
    name: str,
    valid_from: date,
    actor: User,
    valid_until: date | None = None,
    percent: Decimal = Decimal(0),
) -> PriceList:
    """Enter a new version with the prices of another, changed by a percentage. Raises what entering raises."""
    require_permission(actor, "inventory.maintain_catalogue", rule="QT-03")
    if not Decimal(-100) < percent <= Decimal(1000):
        detail = _("A change lies above −100 and up to 1,000 percent.")
        raise InvalidInput(rule="QT-03", problems=[FieldProblem("#/percent", "out_of_range", detail)])
    return create_price_list(
        code=code,
        name=name,
        valid_from=valid_from,
        valid_until=valid_until,
        currency=price_list.currency,
        customer=price_list.customer,
        prices=copied_rows(price_list, percent),
        actor=actor,
    )


def _has_made(price_list: PriceList, actor: User) -> bool:
    """Entered it, or changed its prices since (IC-01)."""
    made = price_list.events().filter(duty="price_maker", outcome="done", actor=actor)
    return price_list.created_by_id == actor.pk or made.exists()


# --- Versions beside each other -------------------------------------------------------------------


def _require_open(price_list: PriceList, version: int | None) -> None:
    if price_list.is_approved:
        raise TransitionNotAllowed(
            _("Price list %(code)s is approved already.") % {"code": price_list.code}, rule="QT-03"
        )
    if price_list.withdrawn_at is not None:
        raise TransitionNotAllowed(
            _("Price list %(code)s was withdrawn.") % {"code": price_list.code}, rule="QT-03"
        )
    if version is not None and version != price_list.version:
        raise StaleVersion(
            _("Price list %(code)s has changed. Reload the page.") % {"code": price_list.code},
            version=price_list.version,
        )


def _make_room(other: PriceList, price_list: PriceList, *, actor: User) -> None:
    """End an open-ended version on the day before; raise when the two would meet all the same."""
    new, old = _span(price_list), _span(other)
    if not new.meets(old):
        return
    if not new.may_follow(old):
        raise PriceListsOverlap(_say_overlap(other), other=other.code)
    other.valid_until, other.ended_by = price_list.valid_from - timedelta(days=1), price_list
    other.save(update_fields=["valid_until", "ended_by"])
    change = {"label": "valid_until", "before": "", "after": other.valid_until.isoformat()}
    record_event(
        _document(other), ENDED, actor=actor, data={"changes": [change], "followed_by": price_list.code}
    )


def check_days(span: Span, customer: Customer | None, currency: str, problems: Problems) -> None:
    series = PriceList.objects.same_series(customer, currency).order_by("valid_from", "pk")
    for other in series:
        if span.meets(_span(other)) and not span.may_follow(_span(other)):
            problems.add("#/valid_from", "overlap", _say_overlap(other))
            return


def _say_overlap(other: PriceList) -> str:
    words = {"code": other.code, "start": other.valid_from.isoformat()}
    if other.valid_until is None:
        return (
            _(
                "%(code)s holds from %(start)s on without an end. Begin on a later day, then it ends the day before."
            )
            % words
        )
    return _(
        "%(code)s holds from %(start)s to %(until)s. Choose days that do not meet it, or withdraw it first."
    ) % {**words, "until": other.valid_until.isoformat()}


def _span(price_list: PriceList) -> Span:
    return Span(price_list.valid_from, price_list.valid_until)


def _document(price_list: PriceList) -> Document:
    """A price list is filed in the trail like a document, though it has no workflow."""
    return cast("Document", price_list)


# --- What was entered -----------------------------------------------------------------------------


def products_of(prices: Sequence[PriceRow]) -> dict[str, tuple[int, int]]:
    """Key and decimals of the unit by code. One query."""
    found = Product.objects.filter(sku__in=among(row.sku for row in prices))
    return {sku: (pk, places) for sku, pk, places in found.values_list("sku", "pk", "unit_decimals")}


def check_header(
    code: str, name: str, valid_from: date, valid_until: date | None, currency: str, problems: Problems
) -> None:
    if not code or len(code) > 24 or PriceList.objects.filter(code=code).exists():
        problems.add(
            "#/code", "duplicate", _("Give the price list a code of its own, of at most 24 characters.")
        )
    if not name or len(name) > 60:
        problems.add("#/name", "required", _("Enter a name of at most 60 characters."))
    if currency not in CURRENCIES:
        codes = pgettext("between names of a list", ", ").join(CURRENCIES)
        problems.add(
            "#/currency",
            "currency",
            _("Trade is in one of these currencies: %(codes)s.") % {"codes": codes},
        )
    if valid_until is not None and valid_until < valid_from:
        problems.add("#/valid_until", "order", _("The last day lies before the first."))


def check_prices(
    prices: Sequence[PriceRow], products: Mapping[str, tuple[int, int]], problems: Problems
) -> None:
    """Everything wrong with the prices of a version, each at `#/prices/<n>/<field>` (QT-03, G-01)."""
    if not prices:
        problems.add("#/prices", "required", _("Enter at least one price."))
    places: dict[str, list[int]] = defaultdict(list)
    for index, row in enumerate(prices):
        at = f"#/prices/{index}"
        places[row.sku].append(index)
        product = products.get(row.sku)
        if product is None:
            detail = _("There is no such product. Check the code.")
            problems.add(f"{at}/sku", "unknown_product", detail)
        elif detail := check_quantity(row, product[1]):
            problems.add(f"{at}/minimum_quantity", "quantity", detail)
        for field, code, detail in price_problems(row):
            problems.add(f"{at}/{field}", code, detail)
    for indexes in places.values():
        for place, (field, code, detail) in break_problems([prices[index] for index in indexes]).items():
            problems.add(f"#/prices/{indexes[place]}/{field}", code, detail)


def check_quantity(row: PriceRow, decimals: int) -> str:
    """Why the unit of the product cannot have this quantity; empty when it can."""
    if round_half_up(row.minimum_quantity, decimals) == row.minimum_quantity:
        return ""
    return _("The unit of %(sku)s has %(count)s decimals.") % {"sku": row.sku, "count": decimals}
