"""What customers call our products: their part numbers, by which their orders are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.errors import NotFound, PermissionDenied, Problems
from core.models import User
from core.sql import among, insert_rows
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from customers.models import Customer
from inventory.models import CustomerPart, Product

if TYPE_CHECKING:
    from core.models import Document

SET = Fact("part_numbers_set", gettext_noop("Part numbers kept"), rule="IN-05")
REMOVED = Fact("part_number_removed", gettext_noop("Part number removed"), rule="IN-05")
KEEPERS = ("inventory.maintain_catalogue", "customers.maintain")


@dataclass(frozen=True, slots=True)
class PartNumberRow:
    """A customer's number for the product with our code, and his name for it if he has one."""

    part_number: str
    sku: str
    name: str = ""


@unit_of_work
def set_part_numbers(customer: Customer, *, rows: Sequence[PartNumberRow], actor: User) -> list[CustomerPart]:
    """Keep part numbers of a customer, all or none: new ones are added, known ones point to the product given.

    One product may carry several numbers, a number names one product. Raises InvalidInput with
    `#/rows/<n>/<field>`, NotFound for a customer out of scope. Six statements, however many rows.
    """
    _require_keeper(customer, actor)
    rows = [PartNumberRow(row.part_number.strip(), row.sku.strip(), row.name.strip()) for row in rows]
    products = dict(Product.objects.filter(sku__in=among(row.sku for row in rows)).values_list("sku", "pk"))
    _require_sound(rows, products)
    kept = CustomerPart.objects.filter(customer=customer, part_number__in=among(r.part_number for r in rows))
    before = {part.part_number: part for part in kept.select_related("product")}
    insert_rows(
        CustomerPart,
        [
            {
                "customer": customer.pk,
                "product": products[row.sku],
                "part_number": row.part_number,
                "name": row.name,
            }
            for row in rows
        ],
        on_conflict_sql=(
            "(customer_id, part_number) DO UPDATE SET product_id = excluded.product_id, name = excluded.name"
        ),
    )
    changes = _changes(before, rows)
    if changes:
        data = {"changes": changes[:60], "changes_total": len(changes)}
        record_event(cast("Document", customer), SET, actor=actor, data=data)
    after = {part.part_number: part for part in kept.select_related("product")}
    return [after[row.part_number] for row in rows]


@unit_of_work
def remove_part_number(part: CustomerPart, *, actor: User) -> None:
    """Forget a customer's part number; documents keep what they say."""
    _require_keeper(part.customer, actor)
    change = {"label": part.part_number, "before": part.product.sku, "after": ""}
    part.delete()
    record_event(cast("Document", part.customer), REMOVED, actor=actor, data={"changes": [change]})


def _require_keeper(customer: Customer, actor: User) -> None:
    held = [permission for permission in KEEPERS if actor.may(permission)]
    if not held:
        raise PermissionDenied(rule="IC-01", permission=KEEPERS[0])
    if not any(
        Customer.objects.visible_to(actor, permission=permission).filter(pk=customer.pk).exists()
        for permission in held
    ):
        raise NotFound(_("There is no customer %(code)s on your desk.") % {"code": customer.number})


def _require_sound(rows: Sequence[PartNumberRow], products: Mapping[str, int]) -> None:
    problems = Problems()
    times = Counter(row.part_number for row in rows)
    for index, row in enumerate(rows):
        at = f"#/rows/{index}"
        if not row.part_number or len(row.part_number) > 40:
            problems.add(f"{at}/part_number", "required", _("Enter a part number of at most 40 characters."))
        elif times[row.part_number] > 1:
            problems.add(f"{at}/part_number", "duplicate", _("This part number stands here twice."))
        if row.sku not in products:
            problems.add(f"{at}/sku", "unknown_product", _("There is no such product. Check the code."))
        if len(row.name) > 120:
            problems.add(
                f"{at}/name", "too_long", _("At most %(count)s characters fit here.") % {"count": 120}
            )
    problems.raise_if_any(rule="IN-05")


def _changes(before: Mapping[str, CustomerPart], rows: Sequence[PartNumberRow]) -> list[dict[str, Any]]:
    found = []
    for row in rows:
        old = before.get(row.part_number)
        if old is None or (old.product.sku, old.name) != (row.sku, row.name):
            was = "" if old is None else f"{old.product.sku} {old.name}".strip()
            found.append({"label": row.part_number, "before": was, "after": f"{row.sku} {row.name}".strip()})
    return found
