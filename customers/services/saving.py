"""How a change of the customer file is saved: locked within scope, with history and trail (AU-01)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from django.db.models import Model
from django.utils.translation import gettext as _

from core.clock import now
from core.errors import PermissionDenied, Problems, RuleRefused, StaleVersion
from core.models import User
from core.trail import Fact, record_event
from customers.models import Customer, Region

if TYPE_CHECKING:
    from core.models import Document


def locked_customer(
    customer: Customer, actor: User, version: int | None = None, *, permission: str = "customers.maintain"
) -> Customer:
    """The customer as it is now, locked, if the person may act on it under the permission."""
    found = (
        Customer.objects.visible_to(actor, permission=permission)
        .select_for_update(of=("self",))
        .with_defaults()
        .filter(pk=customer.pk)
        .first()
    )
    if found is None:
        raise PermissionDenied(_("This customer belongs to another desk."), rule="RG-02")
    if version is not None and version != found.version:
        raise StaleVersion(
            _("%(number)s has changed since you opened it. Reload it, look at the change and decide again.")
            % {"number": found.number},
            version=found.version,
        )
    return found


def require_live(customer: Customer) -> Customer:
    """Raise RuleRefused for a merged file: it is kept as it was, the other one goes on (CM-12)."""
    if customer.status == Customer.Status.MERGED:
        raise RuleRefused(
            _("%(number)s was merged into another file and is kept as it was. Make the change there.")
            % {"number": customer.number},
            rule="CM-12",
            code="customer_merged",
        )
    return customer


def require_goes_on(customer: Customer) -> None:
    """After writing a paper for a customer: was the file merged into another one meanwhile (CM-12)?

    A merging locks the file, and a new row that points to it waits for that lock; so this sees what was
    committed. One statement.
    """
    if Customer.objects.filter(pk=customer.pk, status=Customer.Status.MERGED).exists():
        raise RuleRefused(
            _("%(number)s was merged into another file just now. Enter it again for the file that goes on.")
            % {"number": customer.number},
            rule="CM-12",
            code="customer_merged",
        )


def save_change(
    customer: Customer, before: Mapping[str, str], fact: Fact, actor: User, note: str
) -> Customer:
    customer.version += 1
    customer.updated_at = now()
    save_with_history(customer, actor, fact.label)
    changed = {
        name: [old, shown_in_trail(customer, name)]
        for name, old in before.items()
        if old != shown_in_trail(customer, name)
    }
    record_event(
        cast("Document", customer), fact, actor=actor, note=note, data={"changed": changed} if changed else {}
    )
    return customer


def save_with_history(customer: Customer, actor: User, reason: str) -> None:
    customer._history_user, customer._history_date, customer._change_reason = actor, now(), reason  # type: ignore[attr-defined]
    customer.save()


def collect_too_long(model: type[Model], name: str, value: str, problems: Problems, pointer: str) -> None:
    longest: int | None = getattr(model._meta.get_field(name), "max_length", None)
    if longest is not None and len(value.strip()) > longest:
        problems.add(
            f"{pointer}/{name}", "too_long", _("At most %(count)s characters fit here.") % {"count": longest}
        )


def shown_in_trail(customer: Customer, name: str) -> str:
    """What the trail keeps: codes and slugs, which every reader sees in his own language."""
    value = getattr(customer, name)
    if isinstance(value, Region):
        return value.code
    return "" if value is None else str(value)
