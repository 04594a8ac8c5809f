"""Changing the prices of a version that nobody has approved yet (QT-03)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.errors import Problems, TransitionNotAllowed
from core.models import User
from core.sql import among, delete_rows, insert_rows, update_rows
from core.trail import Fact, record_act, record_event
from core.transactions import unit_of_work
from core.workflow import require_permission
from inventory.models import Price, PriceList
from inventory.rows import PriceRow
from inventory.services.price_lists import check_prices, products_of

if TYPE_CHECKING:
    from core.models import Document

AMENDED = Fact(
    "price_list_amended", gettext_noop("Prices of the list changed"), duty="price_maker", rule="QT-03"
)


@unit_of_work
def amend_price_list(
    price_list: PriceList, *, prices: Sequence[PriceRow], actor: User, note: str = ""
) -> None:
    """Add prices to a version not approved yet, or change those of the same product and quantity.

    Raises InvalidInput with `#/prices/<n>/<field>` of the version as it would be, TransitionNotAllowed for one that
    is approved or withdrawn. Locks the list, whose version grows, so that nobody approves prices he has not seen.
    Statements do not grow with the prices.
    """
    require_permission(actor, "inventory.maintain_catalogue", rule="QT-03")
    price_list = _locked(price_list)
    on_file = {(row.sku, row.minimum_quantity): row for row in rows_of(price_list)}
    wanted = {(row.sku, row.minimum_quantity): row for row in prices}
    merged = list((on_file | wanted).values())
    problems, products = Problems(), products_of(merged)
    check_prices(merged, products, problems)
    problems.raise_if_any(rule="QT-03")
    changed = [row for key, row in wanted.items() if key in on_file and on_file[key] != row]
    added = [row for key, row in wanted.items() if key not in on_file]
    facts = [
        {
            "price_list": price_list.pk,
            "product": products[row.sku][0],
            "minimum_quantity": row.minimum_quantity,
            "unit_price": row.unit_price,
            "floor_price": row.floor_price,
        }
        for row in (*changed, *added)
    ]
    key = ["price_list", "product", "minimum_quantity"]
    update_rows(Price, key, ["unit_price", "floor_price"], facts[: len(changed)])
    insert_rows(Price, facts[len(changed) :])
    _grow_version(price_list)
    data = {"added": len(added), "changed": len(changed)}
    record_event(cast("Document", price_list), AMENDED, actor=actor, note=note, data=data)


@unit_of_work
def remove_prices(price_list: PriceList, *, keys: Sequence[int], actor: User, note: str = "") -> None:
    """Take prices out of a version not approved yet; without any left, the version goes too."""
    require_permission(actor, "inventory.maintain_catalogue", rule="QT-03")
    price_list = _locked(price_list)
    delete_rows(Price.objects.filter(price_list=price_list, pk__in=among(keys)))
    if Price.objects.filter(price_list=price_list).exists():
        _grow_version(price_list)
        record_event(
            cast("Document", price_list), AMENDED, actor=actor, note=note, data={"removed": len(keys)}
        )
        return
    record_act("price_list_removed", actor=actor, subject=price_list.code, note=note)
    delete_rows(PriceList.objects.filter(pk=price_list.pk))


def rows_of(price_list: PriceList) -> list[PriceRow]:
    """The prices of a version as rows. One query."""
    found = Price.objects.filter(price_list=price_list).values_list(
        "product__sku", "unit_price", "floor_price", "minimum_quantity"
    )
    return [PriceRow(*values) for values in found]


def _grow_version(price_list: PriceList) -> None:
    """Whoever looks at the prices as they were must not approve these ones (AP-07). The row is locked."""
    price_list.amendments += 1
    price_list.save(update_fields=["amendments"])


def _locked(price_list: PriceList) -> PriceList:
    price_list = PriceList.objects.select_for_update(of=("self",)).get(pk=price_list.pk)
    if price_list.status != "entered":
        raise TransitionNotAllowed(
            _("Price list %(code)s is approved or withdrawn; its prices stand. Enter a new version.")
            % {"code": price_list.code},
            rule="QT-03",
        )
    return price_list
