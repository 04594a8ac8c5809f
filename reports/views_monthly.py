"""The monthly report and the rows behind each of its figures."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet, Sum
from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from core.clock import month_of, next_month, today
from core.money import ZERO
from core.pages import StaffPage
from reports.months import month_from
from reports.queries.monthly import (
    Figures,
    lines_of_month,
    monthly_report,
    narrowed,
    orders_of_month,
    postings_of_month,
    short_lines_of_month,
)

ROWS_PER_PAGE = 100
PERMISSION = "reports.view"


class ReportPage(StaffPage, TemplateView):
    """Pages of the report: for people who may see reports, of the month in `?month=2026-11`."""

    permission = PERMISSION

    @property
    def month(self) -> date:
        try:
            return month_from(self.request.GET.get("month", ""))
        except ValueError as error:
            raise Http404 from error


class MonthlyReportView(ReportPage):
    template_name = "reports/monthly.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report = monthly_report(self.user, self.month)
        following = next_month(self.month)
        return super().get_context_data(
            report=report,
            deltas=_deltas(report.figures, report.previous),
            previous_month=month_of(self.month - date.resolution),
            next_month=following if following <= month_of(today()) else None,
            is_english=get_language() == "en",
            **kwargs,
        )


def _deltas(figures: Figures, previous: Figures) -> dict[str, Any]:
    """This month less the month before; None where the month before has nothing to compare with (G-07)."""
    if not previous.orders and not previous.posted:
        return {}
    return {
        "orders": figures.orders - previous.orders,
        "total": figures.total - previous.total,
        "posted": figures.posted - previous.posted,
    }


KINDS: dict[str, tuple[Any, Any, str, str, tuple[str, ...]]] = {
    # address: heading, rows, lookup to the order, field summed, tables read along
    "orders": (_("Orders of the month"), orders_of_month, "", "total", ("customer", "region", "salesperson")),
    "postings": (
        _("Postings of the month"), postings_of_month, "order__", "gross",
        ("order__customer", "order__region", "order__salesperson"),
    ),
    "lines": (_("Lines of the month"), lines_of_month, "order__", "gross", ("order__customer",)),
    "short-lines": (
        _("Lines short at approval"), short_lines_of_month, "order__", "gross", ("order__customer",),
    ),
}  # fmt: skip


class RowsView(ReportPage):
    """The rows behind one figure of the report; their total at the foot is that figure."""

    template_name = "reports/monthly_rows.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kind = self.kwargs["kind"]
        if kind not in KINDS:
            raise Http404
        heading, rows_for, prefix, summed, linked = KINDS[kind]
        rows: QuerySet[Any] = (
            narrowed(
                rows_for(self.user, self.month),
                region=self.request.GET.get("region", ""),
                salesperson=self.request.GET.get("salesperson", ""),
                prefix=prefix,
            )
            .select_related(*linked)
            .order_by("id")
        )
        page = Paginator(rows, ROWS_PER_PAGE).get_page(self.request.GET.get("page"))
        total = rows.order_by().aggregate(total=Sum(summed))["total"] or ZERO
        return super().get_context_data(
            heading=heading, month=self.month, page=page, rows=list(page), total=total, **kwargs
        )
