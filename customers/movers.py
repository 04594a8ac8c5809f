"""What of a merged customer the customer file itself moves (CM-12). Append-only records stay as written."""

from __future__ import annotations

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import now
from core.models import User
from core.sql import update_rows
from customers.models import Address, CarePlan, ChangeReport, Contact, Customer, GradeProposal
from customers.services.cooperation import move_cooperation
from customers.services.merging import register_mover


def move_contacts(source: Customer, target: Customer, actor: User) -> int:
    return Contact.objects.filter(customer=source).update(customer=target)


def move_addresses(source: Customer, target: Customer, actor: User) -> int:
    return Address.objects.filter(customer=source).update(customer=target)


def move_change_reports(source: Customer, target: Customer, actor: User) -> int:
    rows = ChangeReport.objects.filter(customer=source)
    return rows.update(customer=target, version=F("version") + 1)


def move_care_plans(source: Customer, target: Customer, actor: User) -> int:
    """A customer has one care plan under way: if both have, that of the merged file ends."""
    if CarePlan.objects.open().filter(customer=target).exists():
        running = CarePlan.objects.open().filter(customer=source).values_list("pk", flat=True)
        ended = [{"id": key, "status": CarePlan.Status.ENDED} for key in running]
        set_sql = {"status": "v.status", "version": "t.version + 1"}
        update_rows(CarePlan, ("id",), ("status",), ended, set_sql=set_sql)
    return CarePlan.objects.filter(customer=source).update(customer=target)


def close_grade_proposals(source: Customer, target: Customer, actor: User) -> int:
    """Nothing is left to grade in the merged file; the next run sees everything in the other one (CM-07)."""
    note = _("Merged into %(number)s") % {"number": target.number}
    facts = {"status": GradeProposal.Status.KEPT, "decided_by": actor, "decided_at": now(), "note": note}
    waiting = GradeProposal.objects.open().filter(customer=source).values_list("pk", flat=True)
    rows = [{"id": key, **facts} for key in waiting]
    if rows:
        update_rows(GradeProposal, ("id",), tuple(facts), rows)
    return len(rows)


def register() -> None:
    register_mover(
        "contacts",
        move_contacts,
        label=gettext_lazy("Contacts"),
        count=lambda source: source.contacts.count(),
    )
    register_mover(
        "addresses",
        move_addresses,
        label=gettext_lazy("Delivery addresses"),
        count=lambda source: source.addresses.count(),
    )
    register_mover(
        "change_reports",
        move_change_reports,
        label=gettext_lazy("Change reports"),
        count=lambda source: source.change_reports.count(),
    )
    register_mover(
        "care_plans",
        move_care_plans,
        label=gettext_lazy("Care plans"),
        count=lambda source: source.care_plans.count(),
    )
    register_mover("grade_proposals", close_grade_proposals)
    register_mover("cooperation", move_cooperation)
