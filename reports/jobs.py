"""Long work of the reports."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from core.attachments import WORKBOOK, store_attachment
from core.jobs import RunningJob, job
from core.models import Attachment
from core.workflow import require_permission
from reports.exports import monthly_workbook
from reports.exports_analysis import analysis_workbook
from reports.exports_register import register_workbook
from reports.months import month_from
from reports.queries.customer_analysis import period_until

MONTHLY_REPORT = "monthly_report"
CONTRACT_REGISTER = "contract_register"
CUSTOMER_ANALYSIS = "customer_analysis"


@job(MONTHLY_REPORT, _("Monthly report"))
def write_monthly_report(run: RunningJob) -> Attachment:
    """The month's workbook for whoever asked, with what that person may see (KP-01, KP-10)."""
    require_permission(run.actor, "reports.view")
    month = month_from(str(run.arguments.get("month", "")))
    content = monthly_workbook(run.actor, month, run.progress)
    return store_attachment(
        ContentFile(content, name=f"monthly-report-{month:%Y-%m}.xlsx"),
        kind="report",
        actor=run.actor,
        allowed=WORKBOOK,
    )


@job(CONTRACT_REGISTER, _("Contract register"))
def write_contract_register(run: RunningJob) -> Attachment:
    """The register of a month for whoever asked, with what that person may see (CT-04)."""
    require_permission(run.actor, "credit.view")
    month = month_from(str(run.arguments.get("month", "")))
    content = register_workbook(run.actor, month, run.progress)
    return store_attachment(
        ContentFile(content, name=f"contract-register-{month:%Y-%m}.xlsx"),
        kind="report",
        actor=run.actor,
        allowed=WORKBOOK,
    )


@job(CUSTOMER_ANALYSIS, _("Customer analysis"))
def write_customer_analysis(run: RunningJob) -> Attachment:
    """Performance and credit of the customers whom whoever asked may see (CT-05)."""
    require_permission(run.actor, "credit.view")
    period = period_until(month_from(str(run.arguments.get("until", ""))))
    content = analysis_workbook(run.actor, period, run.progress)
    return store_attachment(
        ContentFile(content, name=f"customer-analysis-{period.ends:%Y-%m}.xlsx"),
        kind="report",
        actor=run.actor,
        allowed=WORKBOOK,
    )
