"""Quotations in the administration: looked at there, and reviewed by managers, the GM and finance.

The same service as the page. Amounts are read-only, nothing is deleted.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.forms import ActionForm

from core.admin_base import BusinessAdmin, ReadOnlyAdmin
from core.errors import RuleRefused
from core.templatetags.figures import amount_text, percent, quantity_text
from orders.admin_inlines import ReadOnlyInline
from orders.models import Quote, QuoteForReview, QuoteLine, QuoteReview
from orders.quotes.queries import (
    awaiting_price_approval,
    departments_open_to,
    posts_that_allow,
    reviews_asked,
)
from orders.quotes.services import review_quote

BREAK = format_html("<{}>", "br")
HEADER = (
    "number",
    "customer",
    "status",
    "shown_total",
    "shown_discount",
    "shown_authority",
    "terms",
    "quoted_on",
    "valid_until",
    "created_by",
    "salesperson",
    "internal_note",
)
REVIEWERS = ("orders.approve_prices", "orders.review_quotes_finance")


class QuoteLineInline(ReadOnlyInline):
    model = QuoteLine
    readonly_fields = (
        "line_no",
        "sku",
        "name",
        "quantity",
        "unit",
        "unit_price",
        "list_price",
        "price_source",
        "discount_percent",
        "gross",
        "is_alternative",
        "floor_price",
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The floor price only for those who may see it."""
        person: Any = request.user
        return self.readonly_fields if person.may("inventory.view_floor") else self.readonly_fields[:-1]


class QuoteReviewInline(ReadOnlyInline):
    model = QuoteReview
    fields = ("round", "department", "verdict", "note", "promised_on", "actor", "at")
    readonly_fields = fields


class ReviewActionForm(ActionForm):
    """An action with a word to it: the reason of a return."""

    note = forms.CharField(label=gettext_lazy("Note or reason"), required=False, max_length=500)


class _QuoteFigures(BusinessAdmin):
    """What both lists show."""

    @admin.display(description=gettext_lazy("Total"), ordering="total")
    def shown_total(self, quote: Quote) -> str:
        return amount_text(quote.total, quote.currency)

    @admin.display(description=gettext_lazy("Largest discount"), ordering="largest_discount")
    def shown_discount(self, quote: Quote) -> str:
        share = str(percent(quote.largest_discount, 2))
        return f"{share} · {_('below the floor price')}" if quote.is_below_floor else share

    @admin.display(description=gettext_lazy("Price authority"))
    def shown_authority(self, quote: Quote) -> str:
        """The posts whose limit covers the prices (QT-03)."""
        if quote.price_level in ("", "rep"):
            return _("within everybody's limit")
        return posts_that_allow(quote.price_level)


@admin.register(Quote)
class QuoteAdmin(_QuoteFigures, ReadOnlyAdmin):
    view_permission = "orders.view"
    list_display = ("number", "customer", "region", "status", "shown_total", "shown_discount", "valid_until")
    list_filter = ("status", "region", "price_level")
    list_select_related = ("customer", "region")
    search_fields = ("number", "title", "customer__name", "customer__number")
    fields = HEADER
    readonly_fields = HEADER
    inlines = (QuoteLineInline, QuoteReviewInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Quote]:
        return self.scoped(request, super().get_queryset(request))


@admin.register(QuoteForReview)
class QuoteForReviewAdmin(_QuoteFigures):
    """The queue of those who allow prices, and of finance: agree or return, row by row (QT-02, QT-03)."""

    view_permission = REVIEWERS
    list_display = (
        "number",
        "customer",
        "shown_total",
        "shown_discount",
        "shown_authority",
        "shown_asked",
        "submitted_at",
    )
    list_filter = ("region", "price_level", "is_below_floor")
    list_select_related = ("customer", "region")
    search_fields = ("number", "customer__name")
    actions = ("agree", "give_back")
    action_form = ReviewActionForm
    fields = (*HEADER, "shown_asked", "shown_lines")
    readonly_fields = fields
    inlines = (QuoteReviewInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        reviews = Prefetch("reviews", QuoteReview.objects.select_related("actor").order_by("pk"))
        visible = QuoteForReview.objects.filter(pk__in=Quote.objects.visible_to(request.user).values("pk"))
        return awaiting_price_approval(request.user, visible).prefetch_related(reviews)  # type: ignore[arg-type]

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """The longest waiting first, as on the page."""
        return ["submitted_at", "pk"]

    @admin.display(description=gettext_lazy("Has to agree"))
    def shown_asked(self, quote: Quote) -> str:
        return " · ".join(f"{'✔' if asked.review else '…'} {asked.label}" for asked in reviews_asked(quote))

    @admin.display(description=gettext_lazy("Lines"))
    def shown_lines(self, quote: Quote) -> SafeString | str:
        rows = (
            (
                line.sku,
                line.name,
                quantity_text(line.quantity),
                f"{line.unit_price.normalize():f}",
                "—" if line.list_price is None else f"{line.list_price.normalize():f}",
                "—" if line.floor_price is None else f"{line.floor_price.normalize():f}",
            )
            for line in quote.lines.order_by("line_no")[:50]
        )
        return format_html_join(BREAK, "{} {} · {} × {} ({} / {})", rows) or "—"

    @admin.action(description=gettext_lazy("Agree to the selected quotations"))
    def agree(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self._review(request, rows, QuoteReview.Verdict.AGREED)

    @admin.action(description=gettext_lazy("Return the selected quotations"))
    def give_back(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self._review(request, rows, QuoteReview.Verdict.REFUSED)

    def _review(self, request: HttpRequest, rows: QuerySet[Any], verdict: str) -> None:
        actor: Any = request.user
        note = request.POST.get("note", "")

        def review(quote: Quote) -> None:
            review_quote(
                quote,
                department=_department_for(quote, actor),
                verdict=verdict,
                note=note,
                version=quote.version,
                actor=actor,
            )

        self.each(request, rows, review)


def _department_for(quote: Quote, actor: Any) -> str:
    """The one department for which this person still has to answer."""
    mine = departments_open_to(quote, actor)
    if not mine:
        raise RuleRefused(
            _("%(number)s asks nothing of your post any more.") % {"number": quote.number},
            rule="QT-02",
            code="review_not_needed",
        )
    return mine[0]
