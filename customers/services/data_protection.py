"""For what contact data are kept, and who took data out of the house for what (LG-01)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.clock import today
from core.errors import Problems
from core.jobs import queue_job
from core.models import Job, User
from core.trail import Fact, record_act
from core.transactions import unit_of_work
from core.workflow import require_permission
from customers.models import Customer, DataRecord
from customers.queries import customers_listed
from customers.services.saving import locked_customer, require_live, save_change, shown_in_trail

EXPORTS = "customers.export"
CUSTOMER_LIST = "customer_list"
PURPOSE_NOTED = Fact("purpose_noted", gettext_noop("Purpose of contact data noted"), rule="LG-01")
LONGEST_PURPOSE = {"consent": 120, "export": 200}


@unit_of_work
def note_consent(
    customer: Customer, *, purpose: str, consented_on: date | None, actor: User, version: int | None = None
) -> Customer:
    """Say for what the contacts' data are kept and since when the company has agreed (LG-01)."""
    require_permission(actor, "customers.maintain", rule="LG-01")
    customer = require_live(locked_customer(customer, actor, version))
    problems = _purpose_problems(purpose, "consent")
    if consented_on is not None and consented_on > today():
        problems.add("#/consented_on", "future", _("The day of the consent lies in the future."))
    problems.raise_if_any(rule="LG-01")
    before = {name: shown_in_trail(customer, name) for name in ("data_purpose", "consented_on")}
    customer.data_purpose, customer.consented_on = purpose.strip(), consented_on
    DataRecord.objects.create(
        kind=DataRecord.Kind.CONSENT,
        customer=customer,
        subject=customer.number,
        purpose=customer.data_purpose,
        actor=actor,
    )
    return save_change(customer, before, PURPOSE_NOTED, actor, "")


@unit_of_work
def export_customers(*, wanted: Mapping[str, str], purpose: str, actor: User) -> Job:
    """Queue the list of customers as a workbook and note who takes it out, and for what (LG-01, CM-03).

    `wanted` is the filter of the list page. Nothing leaves without a note: both are one transaction.
    """
    require_permission(actor, EXPORTS, rule="LG-01")
    _purpose_problems(purpose, "export").raise_if_any(rule="LG-01")
    rows = customers_listed(wanted, actor, permission=EXPORTS).count()
    DataRecord.objects.create(
        kind=DataRecord.Kind.EXPORT,
        subject="customers",
        purpose=purpose.strip(),
        rows=rows,
        actor=actor,
    )
    record_act("customers_exported", actor=actor, note=purpose.strip(), data={"rows": rows, **wanted})
    return queue_job(CUSTOMER_LIST, {"wanted": dict(wanted)}, actor=actor)


def _purpose_problems(purpose: str, kind: str) -> Problems:
    problems, most = Problems(), LONGEST_PURPOSE[kind]
    if not purpose.strip():
        problems.add("#/purpose", "required", _("Say for what the data are needed."))
    elif len(purpose.strip()) > most:
        problems.add("#/purpose", "too_long", _("At most %(count)s characters fit here.") % {"count": most})
    return problems
