"""The queue of finance, planning, purchasing and whoever allows prices: agree or return (QT-02, QT-03)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.components import Tab
from core.errors import BusinessError
from core.pages import StaffPage, put_error_on_form, seen_version, visible_or_404
from orders.models import Quote, QuoteReview
from orders.quotes.forms import ReviewForm
from orders.quotes.queries import (
    PERMISSION_OF,
    departments_of,
    departments_open_to,
    margin_of,
    posts_that_allow,
    quote_for_page,
    quotes_awaiting,
    reviews_asked,
)
from orders.quotes.services import review_quote, sending_warnings
from orders.quotes.workflow import QUOTE_WORKFLOW

REVIEWERS = tuple(PERMISSION_OF.values())


class ReviewQueuePage(StaffPage):
    """Those waiting for the person on the left, the chosen one with everything to decide by on the right."""

    permission = REVIEWERS

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()

    def show(self, status: int = 200, failed: ReviewForm | None = None, number: str = "") -> HttpResponse:
        wanted = self.request.GET.get("department", "")
        waiting = quotes_awaiting(self.user)
        shown = [q for q in waiting if not wanted or wanted in departments_open_to(q, self.user)]
        context: dict[str, Any] = {
            "quotes": shown,
            "tabs": self.tabs(waiting, wanted),
            "chosen": None,
            "status_said": "",
        }
        number = number or self.request.GET.get("quote", "").replace("\x00", "")
        chosen = next((q for q in shown if q.number == number), shown[0] if shown else None)
        if chosen is not None:
            context |= self.chosen(chosen.number, failed)
        return render(self.request, "orders/quotes/review_queue.html", context, status=status)

    def tabs(self, waiting: list[Quote], wanted: str) -> list[Tab]:
        mine = departments_of(self.user)
        if len(mine) < 2:
            return []
        open_to = [departments_open_to(quote, self.user) for quote in waiting]
        rest = [
            Tab(
                QuoteReview.Department(department).label,
                f"?department={department}",
                sum(department in departments for departments in open_to),
                department == wanted,
            )
            for department in mine
        ]
        return [Tab(_("All"), "?", len(waiting), not wanted), *rest]

    def chosen(self, number: str, failed: ReviewForm | None) -> dict[str, Any]:
        quote = quote_for_page(self.user, number)
        if quote is None:
            return {}
        lines = list(quote.lines.all())
        forms = []
        for department in departments_open_to(quote, self.user):
            form = failed if failed is not None and failed.data.get("department") == department else None
            form = form or ReviewForm(initial={"department": department}, auto_id=f"{department}_%s")
            refusal = _refusal(quote, department, self.user)
            forms.append((QuoteReview.Department(department).label, department, form, refusal))
        return {
            "chosen": quote,
            "lines": lines,
            "forms": forms,
            "reviews": reviews_asked(quote),
            "margin": margin_of(lines) if self.user.may("inventory.view_cost") else None,
            "price_posts": posts_that_allow(quote.price_level)
            if quote.price_level not in ("", "rep")
            else "",
            "warnings": [warning.detail for warning in sending_warnings(quote)],
        }


def _refusal(quote: Quote, department: str, user: Any) -> str:
    """Why this person may not review it for the department, though the post may: he wrote it, say (IC-01)."""
    try:
        QUOTE_WORKFLOW.require_duty(quote, f"quote_{department}", actor=user)
    except BusinessError as error:
        return str(error)
    return ""


class ReviewPage(ReviewQueuePage):
    """POST: department, verdict, note, promised date and the version that was shown."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        quote = visible_or_404(Quote.objects.visible_to(self.user), number=number)
        department = request.POST.get("department", "")
        form = ReviewForm(request.POST, auto_id=f"{department[:12]}_%s")
        if not form.is_valid():
            return self.show(422, form, number)
        data = form.cleaned_data
        try:
            review_quote(
                quote,
                department=data["department"],
                verdict=data["verdict"],
                note=data["note"],
                promised_on=data["promised_on"],
                version=seen_version(request),
                actor=self.user,
            )
        except BusinessError as error:
            if error.http_status in (403, 409, 412):
                messages.error(request, str(error))
                return HttpResponseRedirect(reverse("quote_reviews"))
            put_error_on_form(form, error)
            return self.show(422, form, number)
        done = (
            _("%(department)s agrees to %(number)s.")
            if data["verdict"] == QuoteReview.Verdict.AGREED
            else _("%(number)s was returned to its maker by %(department)s.")
        )
        label = QuoteReview.Department(data["department"]).label
        messages.success(request, done % {"number": quote.number, "department": label})
        return HttpResponseRedirect(reverse("quote_reviews"))
