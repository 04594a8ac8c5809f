"""Long work of the customer file."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from core.attachments import WORKBOOK, store_attachment
from core.clock import today
from core.jobs import RunningJob, job
from core.models import Attachment
from core.workflow import require_permission
from customers.exports import customer_workbook
from customers.models import Customer
from customers.queries import customers_listed
from customers.services.data_protection import CUSTOMER_LIST, EXPORTS
from customers.services.merging import FOLLOW_MERGING, collect_latecomers


@job(CUSTOMER_LIST, _("Customer list"))
def write_customer_list(run: RunningJob) -> Attachment:
    """The customers as a workbook for whoever asked and said for what (LG-01)."""
    require_permission(run.actor, EXPORTS, rule="LG-01")
    wanted = {name: str(value) for name, value in dict(run.arguments.get("wanted", {})).items()}
    rows = customers_listed(wanted, run.actor, permission=EXPORTS)
    content = customer_workbook(rows, run.actor, run.progress)
    return store_attachment(
        ContentFile(content, name=f"customers-{today():%Y-%m-%d}.xlsx"),
        kind="customer_list",
        actor=run.actor,
        allowed=WORKBOOK,
    )


@job(FOLLOW_MERGING, _("Papers that follow a merging"))
def follow_merging(run: RunningJob) -> dict[str, int]:
    """Collect what was being written while two files were merged (CM-12)."""
    source = Customer.objects.get(number=str(run.arguments["source"]))
    return {"moved": collect_latecomers(source, actor=run.actor)}
