"""The catalogue desk: price lists that nobody has approved yet."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.clock import local_midnight
from inventory.models import PriceList
from reports.queries.work.piles import Pile, Source, WaitingRow, url_if_any

PILES: tuple[Pile, ...] = (
    Pile(
        "price-lists",
        _("Price lists to approve"),
        "inventory.approve_price_list",
        "price_list",
        lambda user: Q(approved_at__isnull=True),
        _("Your approval"),
        _("Approve the price list"),
        "tag",
    ),
)


def _row_of_price_list(pile: Pile, prices: PriceList) -> WaitingRow:
    url = url_if_any("admin:inventory_pricelist_change", prices.pk) or url_if_any("admin:index")
    since = local_midnight(prices.valid_from)
    return WaitingRow(prices.code, url, prices.name, None, "", since, str(pile.lacks), pile.act, url)


SOURCES = {
    "price_list": Source(
        lambda user, permission: PriceList.objects.all(), _row_of_price_list, linked=("created_by",)
    )
}
