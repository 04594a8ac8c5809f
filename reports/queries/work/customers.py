"""Customer files: changes to follow, grades to confirm, care plans to write, credit limits to decide."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.clock import local_midnight, today
from core.money import BASE_CURRENCY
from credit.models import CreditLimitChange
from customers.models import CarePlan, ChangeReport, GradeProposal
from reports.queries.work.piles import Pile, Source, WaitingRow, status, url_if_any

OPEN_CHANGE = Q(status=ChangeReport.Status.REPORTED)

PILES: tuple[Pile, ...] = (
    Pile(
        "changes-overdue",
        _("Customer changes overdue"),
        "customers.maintain",
        "customer_change",
        lambda user: OPEN_CHANGE & Q(due_on__lt=today()),
        _("The customer file should have followed"),
        _("Update the customer file"),
        "history",
        "blocked",
    ),
    Pile(
        "changes",
        _("Customer changes"),
        "customers.maintain",
        "customer_change",
        lambda user: OPEN_CHANGE & Q(due_on__gte=today()),
        _("The customer file has to follow"),
        _("Update the customer file"),
        "history",
    ),
    Pile(
        "grades",
        _("Grades to confirm"),
        "customers.confirm_grades",
        "grade_proposal",
        status(GradeProposal.Status.PROPOSED),
        _("Your decision on the grade"),
        _("Decide the grade"),
        "star",
    ),
    Pile(
        "care-plans",
        _("Care plans to write"),
        "customers.maintain",
        "care_plan",
        status(CarePlan.Status.OPEN),
        _("The plan of visits and supply"),
        _("Write the care plan"),
        "list-check",
    ),
    Pile(
        "credit-limits",
        _("Credit limits to decide"),
        "credit.approve_limit",
        "limit_change",
        lambda user: Q(status="proposed") & ~Q(created_by=user),
        _("Your decision on the limit"),
        _("Decide the limit"),
        "shield-lock",
    ),
)


def _row_of_change(pile: Pile, report: ChangeReport) -> WaitingRow:
    lacks = gettext("%(what)s, due on %(day)s") % {
        "what": report.description,
        "day": report.due_on.isoformat(),
    }
    return WaitingRow(
        report.number,
        report.get_absolute_url(),
        str(report.customer),
        None,
        "",
        report.created_at,
        lacks,
        pile.act,
        url_if_any("customer_change_apply", report.number) or report.get_absolute_url(),
    )


def _row_of_proposal(pile: Pile, proposal: GradeProposal) -> WaitingRow:
    url = url_if_any("grade_proposal", proposal.pk) or url_if_any("grading_run", proposal.run.number)
    lacks = gettext("Grade %(old)s to %(new)s") % {"old": proposal.old_grade, "new": proposal.new_grade}
    if proposal.needs_review:
        lacks = gettext("%(what)s; satisfaction is low, review it") % {"what": lacks}
    return WaitingRow(
        proposal.customer.number,
        url,
        str(proposal.customer),
        proposal.purchases,
        BASE_CURRENCY,
        proposal.run.created_at,
        lacks,
        pile.act,
        url,
    )


def _row_of_care_plan(pile: Pile, plan: CarePlan) -> WaitingRow:
    lacks = gettext("%(what)s, due on %(day)s") % {"what": pile.lacks, "day": plan.due_on.isoformat()}
    url = url_if_any("care_plan_write", plan.pk) or plan.customer.get_absolute_url()
    return WaitingRow(
        plan.number,
        plan.customer.get_absolute_url(),
        str(plan.customer),
        None,
        "",
        local_midnight(plan.opened_on),
        lacks,
        pile.act,
        url,
    )


def _row_of_limit(pile: Pile, change: CreditLimitChange) -> WaitingRow:
    url = change.get_absolute_url()
    return WaitingRow(
        change.number,
        url,
        str(change.customer),
        change.new_limit,
        change.currency,
        change.created_at,
        str(pile.lacks),
        pile.act,
        url,
    )


SOURCES = {
    "customer_change": Source(
        lambda user, permission: ChangeReport.objects.visible_to(user, permission=permission),
        _row_of_change,
        linked=("customer",),
        oldest_first=("due_on", "id"),
    ),
    "grade_proposal": Source(
        lambda user, permission: GradeProposal.objects.visible_to(user, permission=permission),
        _row_of_proposal,
        linked=("customer", "run"),
    ),
    "care_plan": Source(
        lambda user, permission: CarePlan.objects.visible_to(user, permission=permission),
        _row_of_care_plan,
        linked=("customer",),
        oldest_first=("due_on", "id"),
    ),
    "limit_change": Source(
        lambda user, permission: CreditLimitChange.objects.visible_to(user, permission=permission),
        _row_of_limit,
        linked=("customer",),
    ),
}
