"""What a customer may still do with us: credit frozen and given back, orders stopped and resumed (CM-12)."""

from __future__ import annotations

from typing import Any, cast

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.models import Event, User
from core.transactions import unit_of_work
from core.workflow import require_permission
from customers.models import Customer
from customers.services.saving import locked_customer, save_with_history
from customers.workflow import CUSTOMER_WORKFLOW

LONGEST_REASON = 200


@unit_of_work
def freeze_credit(customer: Customer, *, reason: str, actor: User, version: int | None = None) -> Customer:
    """Give no more credit to this customer; orders paid in advance go on (CM-12, CR-08). Finance only."""
    return _move(customer, "freeze", actor=actor, reason=reason, version=version)


@unit_of_work
def unfreeze_credit(customer: Customer, *, reason: str, actor: User, version: int | None = None) -> Customer:
    """Credit may be given again. Finance only."""
    return _move(customer, "unfreeze", actor=actor, reason=reason, version=version)


@unit_of_work
def stop_orders(customer: Customer, *, reason: str, actor: User, version: int | None = None) -> Customer:
    """Take no new orders; those that are placed go on. The sales manager of the desk only."""
    return _move(customer, "stop", actor=actor, reason=reason, version=version)


@unit_of_work
def resume_orders(customer: Customer, *, reason: str, actor: User, version: int | None = None) -> Customer:
    """Take orders again. What finance had frozen before is frozen again: the freeze was never lifted."""
    require_permission(actor, "customers.change_status", rule="CM-12")
    name = "resume_frozen" if _was_frozen_when_stopped(customer) else "resume"
    return _move(
        customer, name, actor=actor, reason=reason, version=version, permission="customers.change_status"
    )


def _move(
    customer: Customer, name: str, *, actor: User, reason: str, version: int | None, permission: str = ""
) -> Customer:
    move = CUSTOMER_WORKFLOW[name]
    needed = permission or move.permission
    require_permission(actor, needed, rule=move.rule)
    customer = locked_customer(customer, actor, version, permission=needed)
    reason = reason.strip()
    if len(reason) > LONGEST_REASON:
        raise InvalidInput(
            _("At most %(count)s characters fit here.") % {"count": LONGEST_REASON},
            rule=move.rule,
            code="note_too_long",
        )
    keeps_reason = move.target in (Customer.Status.FROZEN, Customer.Status.STOPPED)
    CUSTOMER_WORKFLOW.move(
        cast("Any", customer),
        name,
        actor=actor,
        note=reason,
        changes={"status_reason": reason if keeps_reason else ""},
    )
    save_with_history(customer, actor, str(move.label))
    return customer


def is_under_a_freeze(customer: Customer) -> bool:
    """Finance has frozen the credit and not lifted it, also when sales has stopped the orders since (CR-08).

    One query for a stopped customer, none otherwise.
    """
    if customer.status == Customer.Status.STOPPED:
        return _was_frozen_when_stopped(customer)
    return customer.status == Customer.Status.FROZEN


def _was_frozen_when_stopped(customer: Customer) -> bool:
    stops = Event.objects.done().filter(
        document_type=Customer.document_type, document_number=customer.number, name="stop"
    )
    latest = stops.order_by("-id").values_list("from_status", flat=True).first()
    return latest == Customer.Status.FROZEN
