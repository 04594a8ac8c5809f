"""Writes the sound rows of a file of prices, and takes them back (SY-03, QT-03)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.imports.registry import CheckedRow, Obstacle, Written, WrittenRow
from core.imports.undoing import kept_values, obstacles_among, uses_of
from core.models import ImportRow, User
from core.sql import among
from inventory.imports.price_checking import ListPlan
from inventory.models import Price, PriceList
from inventory.rows import PriceRow
from inventory.services.price_amending import amend_price_list, remove_prices
from inventory.services.price_lists import create_price_list

FIELDS = ("price_list_id", "product_id", "minimum_quantity", "unit_price", "floor_price")


def write_prices(rows: Sequence[CheckedRow], actor: User, number: str) -> Written:
    """Enter the new versions and change those not approved yet. Statements grow with the versions only."""
    by_list: dict[str, list[CheckedRow]] = defaultdict(list)
    for row in rows:
        by_list[row.plan.version.code].append(row)
    written, made = [], {}
    for code, of_list in by_list.items():
        plan: ListPlan = of_list[0].plan.version
        prices = [row.plan.price for row in of_list]
        if plan.on_file is None:
            price_list = _enter(plan, prices, actor)
            made[code] = price_list.pk
        else:
            price_list = plan.on_file
            amend_price_list(price_list, prices=prices, actor=actor, note=number)
        written += _written(price_list, of_list)
    return Written(written, made)


def _enter(plan: ListPlan, prices: Sequence[PriceRow], actor: User) -> PriceList:
    assert plan.valid_from is not None
    return create_price_list(
        code=plan.code,
        name=plan.name,
        valid_from=plan.valid_from,
        valid_until=plan.valid_until,
        currency=plan.currency,
        customer=plan.customer,
        prices=prices,
        actor=actor,
    )


def _written(price_list: PriceList, rows: Sequence[CheckedRow]) -> list[WrittenRow]:
    stored = {
        (price.product.sku, price.minimum_quantity): price
        for price in Price.objects.filter(price_list=price_list).select_related("product")
    }
    return [
        WrittenRow(
            row.row.row_no,
            (price := stored[row.plan.price.sku, row.plan.price.minimum_quantity]).pk,
            before=kept_values(row.plan.existing, FIELDS) if row.plan.existing is not None else None,
            after=kept_values(price, FIELDS),
        )
        for row in rows
    ]


def obstacles_to_prices(rows: Sequence[ImportRow], made: Mapping[str, Any]) -> list[Obstacle]:
    """Versions that have been approved, withdrawn, used or added to since, and prices changed since."""
    keys = [row.object_id for row in rows if row.object_id is not None]
    prices = list(Price.objects.filter(pk__in=among(keys)).select_related("price_list"))
    lists = {price.price_list_id: price.price_list for price in prices}
    own = set(made.values())
    used = uses_of(PriceList, sorted(own), apart_from=(Price,)) if own else {}
    others = Price.objects.filter(price_list__in=among(own)).exclude(pk__in=among(keys))
    added_to = set(others.values_list("price_list_id", flat=True))
    reasons: dict[int, str] = {}
    for key, price_list in lists.items():
        if price_list.status != "entered":
            reasons[key] = _("Price list %(code)s is approved or withdrawn by now.") % {
                "code": price_list.code
            }
        elif key in used:
            reasons[key] = _("Price list %(code)s is in use.") % {"code": price_list.code}
        elif key in added_to:
            reasons[key] = _("Others have added prices to price list %(code)s.") % {"code": price_list.code}
    of_price = {price.pk: reasons.get(price.price_list_id) for price in prices}
    stored = {price.pk: kept_values(price, FIELDS) for price in prices}
    blocked = [
        Obstacle(row.row_no, row.key, reason)
        for row in rows
        if row.object_id is not None and (reason := of_price.get(row.object_id))
    ]
    return blocked or obstacles_among(rows, stored=stored, uses={})


def undo_prices(rows: Sequence[ImportRow], made: Mapping[str, Any], actor: User) -> None:
    """Put back changed prices, take out added ones, and versions left without any."""
    note = rows[0].batch.number if rows else ""
    kept = Price.objects.filter(pk__in=among(row.object_id for row in rows if row.object_id is not None))
    prices = {price.pk: price for price in kept.select_related("price_list", "product")}
    changed: dict[PriceList, list[PriceRow]] = defaultdict(list)
    added: dict[PriceList, list[int]] = defaultdict(list)
    for row in rows:
        price = prices[row.object_id]  # type: ignore[index]
        if row.before is None:
            added[price.price_list].append(price.pk)
        else:
            changed[price.price_list].append(_price_row(price.product.sku, row.before))
    for price_list, keys in added.items():
        remove_prices(price_list, keys=keys, actor=actor, note=note)
    for price_list, old in changed.items():
        amend_price_list(price_list, prices=old, actor=actor, note=note)


def _price_row(sku: str, kept: Mapping[str, Any]) -> PriceRow:
    floor = kept["floor_price"]
    return PriceRow(
        sku=sku,
        unit_price=Decimal(kept["unit_price"]),
        floor_price=None if floor is None else Decimal(floor),
        minimum_quantity=Decimal(kept["minimum_quantity"]),
    )
