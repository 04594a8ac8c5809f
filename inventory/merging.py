"""What follows a merged customer of the catalogue: his part numbers and the prices agreed with him (CM-12)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.models import User
from customers.models import Customer
from customers.services.merging import register_mover
from inventory.models import CustomerPart, PriceList

MOST_NAMED = 5


def move_part_numbers(source: Customer, target: Customer, actor: User) -> int:
    """A number that both files give to the same product is kept once."""
    known = CustomerPart.objects.filter(
        customer=target, part_number=OuterRef("part_number"), product=OuterRef("product")
    )
    doubles = list(CustomerPart.objects.filter(Exists(known), customer=source).values_list("pk", flat=True))
    CustomerPart.objects.filter(pk__in=doubles).delete()
    return CustomerPart.objects.filter(customer=source).update(customer=target) + len(doubles)


def same_part_numbers(source: Customer, target: Customer) -> Iterator[str]:
    """One part number names one product."""
    theirs = CustomerPart.objects.filter(customer=target, part_number=OuterRef("part_number")).exclude(
        product=OuterRef("product")
    )
    found = CustomerPart.objects.filter(Exists(theirs), customer=source).order_by("part_number")
    numbers = list(found.values_list("part_number", flat=True)[:MOST_NAMED])
    if numbers:
        yield _(
            "Both files use these part numbers, each for another product: %(numbers)s. Correct them in one of "
            "the files first."
        ) % {"numbers": pgettext("between names of a list", ", ").join(numbers)}


def overlapping_price_lists(source: Customer, target: Customer) -> Iterator[str]:
    """On one day one agreed price list holds (QT-03). One query."""
    approved = PriceList.objects.filter(customer__in=(source, target), approved_at__isnull=False)
    lists = list(approved.order_by("code"))
    theirs = [price_list for price_list in lists if price_list.customer_id == target.pk]
    codes = [
        mine.code
        for mine in lists
        if mine.customer_id == source.pk and any(_overlap(mine, other) for other in theirs)
    ]
    if codes:
        yield _("Both files have agreed prices for the same days: %(codes)s. End one of the lists first.") % {
            "codes": pgettext("between names of a list", ", ").join(codes[:MOST_NAMED])
        }


def _overlap(one: PriceList, other: PriceList) -> bool:
    last, other_last = one.valid_until or date.max, other.valid_until or date.max
    return one.currency == other.currency and one.valid_from <= other_last and other.valid_from <= last


def move_price_lists(source: Customer, target: Customer, actor: User) -> int:
    return PriceList.objects.filter(customer=source).update(customer=target)


def register() -> None:
    register_mover(
        "part_numbers",
        move_part_numbers,
        label=gettext_lazy("Customer part numbers"),
        count=lambda source: CustomerPart.objects.filter(customer=source).count(),
        obstacles=same_part_numbers,
    )
    register_mover(
        "price_lists",
        move_price_lists,
        label=gettext_lazy("Agreed price lists"),
        count=lambda source: PriceList.objects.filter(customer=source).count(),
        obstacles=overlapping_price_lists,
    )
