"""The contract register of a month, its reconciliation and its two signatures (CT-04)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from core.clock import month_of, next_month, today
from core.errors import BusinessError, InvalidInput
from core.jobs import queue_job
from core.pages import StaffPage, say_error, seen_version
from reports.jobs import CONTRACT_REGISTER
from reports.months import month_from
from reports.queries.register_month import MonthOfRegister, register_month
from reports.services.register import SIGNS, explain_differences, open_register_month, sign_register

PERMISSION = "credit.view"
ROWS_PER_PAGE = 100
KEY = re.compile(r"text-(\d{1,9})", re.ASCII)


class RegisterPage(StaffPage, TemplateView):
    """The register of `?month=2026-11`; the present month when it is left out."""

    permission: str | tuple[str, ...] = PERMISSION
    template_name = "reports/register.html"

    @property
    def month(self) -> date:
        try:
            return month_from(self.request.POST.get("month", "") or self.request.GET.get("month", ""))
        except ValueError as error:
            raise Http404 from error

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = register_month(self.user, self.month)
        for difference in shown.differences:
            difference.said = next(iter(difference.explanations.all()), None)  # type: ignore[attr-defined]
            difference.typed = difference.said.text if difference.said else ""  # type: ignore[attr-defined]
        page = Paginator(shown.entries, ROWS_PER_PAGE).get_page(self.request.GET.get("page"))
        following = next_month(self.month)
        return super().get_context_data(
            **{
                "register": shown,
                "page": page,
                "previous_month": month_of(self.month - date.resolution),
                "next_month": following if following <= month_of(today()) else None,
                "steps": _steps(self.user, shown),
                **kwargs,
            }
        )

    def back(self) -> HttpResponse:
        return redirect(f"{reverse('contract_register')}?month={self.month:%Y-%m}")


def _steps(user: Any, shown: MonthOfRegister) -> dict[str, Any]:
    """What this person may do with the month now; at most one of it is the page's primary action."""
    sides = [side for side, permission in SIGNS.items() if user.may(permission)]
    is_over = shown.month < month_of(today())
    mine = {one.by_id for one in shown.signatures.values()}
    open_sides = [side for side in sides if shown.taken and side not in shown.signatures]
    return {
        "take": bool(sides) and is_over and not shown.signatures,
        "explain": bool(sides) and shown.taken is not None and not shown.signatures,
        "sign": open_sides if user.pk not in mine else [],
        "waits_for_explanation": bool(open_sides) and shown.unexplained > 0,
    }


class RegisterStepPage(RegisterPage):
    """POST one step; a refusal is said on the register's own page, with everything typed still in it."""

    http_method_names = ("post", "options")
    permission = tuple(SIGNS.values())

    def act(self) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            messages.success(request, self.act())
        except BusinessError as error:
            say_error(request, error)
            return self.refused()
        return self.back()

    def refused(self) -> HttpResponse:
        return self.back()


class RegisterTakePage(RegisterStepPage):
    """Take stock of a month that is over."""

    def act(self) -> str:
        taken = open_register_month(self.month, actor=self.user)
        return _("Stock of %(month)s was taken. Explain the differences, then sign.") % {"month": taken}


class RegisterExplainPage(RegisterStepPage):
    """Keep the explanations typed."""

    @property
    def texts(self) -> dict[int, str]:
        found = {KEY.fullmatch(name): str(value) for name, value in self.request.POST.items()}
        return {int(key[1]): value.replace("\x00", "") for key, value in found.items() if key}

    def act(self) -> str:
        explain_differences(
            self.month, revision=seen_version(self.request), texts=self.texts, actor=self.user
        )
        return _("The explanations are saved.")

    def refused(self) -> HttpResponse:
        context = self.get_context_data()
        for difference in context["register"].differences:
            difference.typed = self.texts.get(difference.pk, difference.typed)
        return self.render_to_response(context, status=422)


class RegisterSignPage(RegisterStepPage):
    """Sign the month for sales or for finance."""

    def act(self) -> str:
        side = self.request.POST.get("side", "")
        if side not in SIGNS:
            raise InvalidInput(_("Choose for which side you sign."), rule="CT-04")
        sign_register(self.month, revision=seen_version(self.request), side=side, actor=self.user)
        return _("The register of %(month)s is signed.") % {"month": f"{self.month:%Y-%m}"}


class RegisterExportPage(RegisterPage):
    """Queues the workbook; the job's page shows its progress and then the file."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest) -> HttpResponse:
        job = queue_job(CONTRACT_REGISTER, {"month": f"{self.month:%Y-%m}"}, actor=self.user)
        return redirect("job", job.uid)
