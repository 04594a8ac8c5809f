"""The administration of credit: managers and finance review, the accountant enters bank lines and matches.

The same services as the pages. Amounts are read-only, nothing is deleted, ledgers are only looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.forms import ActionForm

from core.admin_base import BusinessAdmin, ReadOnlyAdmin
from core.errors import BusinessError
from core.models import User
from core.money import AmountField, RateField
from core.pages import seen_version
from core.parameters import parameters_on
from core.templatetags.figures import amount_text, quantity_text
from credit import admin_limits  # noqa: F401 - registers itself
from credit.forms import BankLineForm
from credit.models import (
    BankAccount,
    BankLine,
    CreditDecision,
    LedgerEntry,
    OrderForReview,
    Posting,
    Remittance,
    Review,
)
from credit.outlook import ReviewFile, doubts_about, orders_awaiting, review_file, with_review_figures
from credit.queries import candidates_for, credit_standing
from credit.services.bank import enter_bank_line, match_bank_line
from credit.services.bank_accounts import open_bank_account
from credit.services.reviews import approve_order, pass_manager, pass_marketing, reject_order
from orders.models import Order
from orders.price_authority import REP
from orders.price_panel import needs_allowing, standing_of, why_not_pass
from orders.services.price_approvals import approve_prices, say_what_is_over
from orders.workflow import ORDER_WORKFLOW, OrderStatus

BREAK = format_html("<{}>", "br")
STEPS: dict[str, Callable[..., Any]] = {
    OrderStatus.MANAGER_REVIEW: pass_manager,
    OrderStatus.MARKETING_REVIEW: pass_marketing,
    OrderStatus.FINANCE_REVIEW: approve_order,
}
STEP_NAMES = {
    OrderStatus.MANAGER_REVIEW: "pass_manager",
    OrderStatus.MARKETING_REVIEW: "pass_marketing",
    OrderStatus.FINANCE_REVIEW: "pass_finance",
}


def pass_level(order: Order, *, actor: User, note: str, version: int) -> Any:
    """The review whose turn it is."""
    return STEPS[order.status](order, version=version, actor=actor, note=note)


class NoteActionForm(ActionForm):
    """An action with a word to it: the reason of a rejection, the justification of a manager."""

    note = forms.CharField(label=gettext_lazy("Reason or justification"), required=False, max_length=500)


@admin.register(OrderForReview)
class OrderForReviewAdmin(BusinessAdmin):
    """The queue of managers and finance, with the figures on which they decide (AP-03, AP-04)."""

    view_permission = (
        "credit.pass_manager",
        "credit.pass_marketing",
        "credit.pass_finance",
        "orders.approve_prices",
    )
    list_display = (
        "number",
        "customer",
        "shown_total",
        "shown_limit",
        "shown_exposure",
        "shown_gate",
        "shown_stock",
        "shown_checks",
        "status",
    )
    list_filter = ("status", "region")
    search_fields = ("number", "customer__name")
    list_select_related = ("customer", "region")
    actions = ("pass_orders", "allow_prices", "reject_orders")
    action_form = NoteActionForm
    change_form_outer_before_template = "admin/credit/decision.html"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "number",
                    "customer",
                    "status",
                    "shown_total",
                    "terms",
                    "promised_on",
                    "created_by",
                    "salesperson",
                )
            },
        ),
        (gettext_lazy("Payment gate"), {"fields": ("shown_funding", "shown_verdict", "shown_slips")}),
        (gettext_lazy("Credit"), {"fields": ("shown_limit_used", "shown_standing")}),
        (gettext_lazy("Prices"), {"fields": ("shown_prices",)}),
        (gettext_lazy("Stock cover"), {"fields": ("shown_stock_lines",)}),
        (gettext_lazy("Reviews"), {"fields": ("shown_reviews",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = OrderForReview.objects.filter(status__in=STEPS)
        settings = parameters_on()
        default = Value(settings.amount("credit.default_limit"), output_field=AmountField())
        awaiting = orders_awaiting(request.user, within=rows)  # type: ignore[arg-type]
        price_limit = Value(settings.amount("discount.manager"), output_field=RateField())
        return with_review_figures(awaiting).annotate(default_limit=default, price_limit=price_limit)

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """The longest waiting first, as on the page."""
        return ["waiting_since", "pk"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for _title, options in self.fieldsets for name in options["fields"]]

    # --- the list

    @admin.display(description=gettext_lazy("Order amount"), ordering="total")
    def shown_total(self, order: Order) -> str:
        return amount_text(order.total, order.currency)

    @admin.display(description=gettext_lazy("Credit limit"))
    def shown_limit(self, order: Any) -> str:
        return amount_text(
            order.default_limit if order.limit_set is None else order.limit_set, order.currency
        )

    @admin.display(description=gettext_lazy("Exposure"))
    def shown_exposure(self, order: Any) -> str:
        return amount_text(order.exposure, order.currency)

    @admin.display(description=gettext_lazy("Payment gate"))
    def shown_gate(self, order: Any) -> str:
        return order.gate_row or "—"

    @admin.display(description=gettext_lazy("Stock cover"))
    def shown_stock(self, order: Any) -> str:
        return _("shortage") if order.has_short_line else _("covered")

    @admin.display(description=gettext_lazy("Checks"))
    def shown_checks(self, order: Any) -> str:
        doubts = doubts_about(order, order.default_limit, order.price_limit)
        failed = [doubt.label for doubt in doubts if not doubt.is_fine]
        return ", ".join(failed) or _("all clear")

    @admin.action(description=gettext_lazy("Pass the selected orders"))
    def pass_orders(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        actor: Any = request.user
        note = request.POST.get("note", "")

        def pass_one(order: Order) -> None:
            pass_level(order, actor=actor, note=note, version=order.version)

        self.each(request, rows, pass_one)

    @admin.action(description=gettext_lazy("Allow the prices of the selected orders"), permissions=["price"])
    def allow_prices(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        """QT-03: by the same service as the order's page."""
        note = request.POST.get("note", "")

        def allow(order: Order) -> None:
            approve_prices(order, actor=request.user, version=order.version, note=note)  # type: ignore[arg-type]

        self.each(request, rows, allow)

    def has_price_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.may("orders.approve_prices"))  # type: ignore[union-attr]

    @admin.action(description=gettext_lazy("Reject the selected orders"))
    def reject_orders(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        note = request.POST.get("note", "")

        def reject(order: Order) -> None:
            reject_order(order, reason=note, actor=request.user, version=order.version)  # type: ignore[arg-type]

        self.each(request, rows, reject)

    # --- one order

    def get_urls(self) -> list[URLPattern]:
        decide = path(
            "<path:object_id>/decide/",
            self.admin_site.admin_view(self.decide_view),
            name="credit_orderforreview_decide",
        )
        return [decide, *super().get_urls()]

    def decide_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST from the order's page: pass or reject, with the version that was shown (AP-07)."""
        order = self.get_object(request, object_id) if request.method == "POST" else None
        if order is None or not self.has_view_permission(request, order):
            raise Http404
        note = request.POST.get("note", "")
        try:
            version = seen_version(request)
            if "allow_prices" in request.POST:
                approve_prices(order, actor=request.user, version=version, note=note)  # type: ignore[arg-type]
                done = _("The prices of %(number)s are allowed.")
            elif "reject" in request.POST:
                reject_order(order, reason=note, actor=request.user, version=version)  # type: ignore[arg-type]
                done = _("%(number)s is rejected and back with the desk.")
            else:
                pass_level(order, actor=request.user, note=note, version=version)  # type: ignore[arg-type]
                done = _("%(number)s has passed this review.")
        except BusinessError as error:
            self.refuse(request, error)
            return HttpResponseRedirect(reverse("admin:credit_orderforreview_change", args=[object_id]))
        self.message_user(request, done % {"number": order.number})
        return HttpResponseRedirect(reverse("admin:credit_orderforreview_changelist"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        order = self.get_object(request, object_id)
        more = dict(extra_context or {})
        if order is not None:
            step = STEP_NAMES[order.status]
            more |= {
                "decide_url": reverse("admin:credit_orderforreview_decide", args=[order.pk]),
                "order": order,
                "step_label": ORDER_WORKFLOW[step].label,
                "refusal": ORDER_WORKFLOW.refusal(order, step, request.user)  # type: ignore[arg-type]
                or (why_not_pass(order, request.user) if step == "pass_manager" else ""),  # type: ignore[arg-type]
                "may_allow_prices": self.has_price_permission(request)
                and needs_allowing(order, request.user),  # type: ignore[arg-type]
            }
        return super().change_view(request, object_id, form_url, more)

    @staticmethod
    def _file_of(order: Order) -> ReviewFile:
        """Read once per page; kept on the order, for this object serves many requests."""
        if "_review_file" not in order.__dict__:
            order.__dict__["_review_file"] = review_file(order)
        kept: ReviewFile = order.__dict__["_review_file"]
        return kept

    @admin.display(description=gettext_lazy("Funding"))
    def shown_funding(self, order: Order) -> str:
        gate = self._file_of(order).outlook.gate()
        parts = " + ".join(f"{part.label} {amount_text(part.amount, order.currency)}" for part in gate.parts)
        return f"{parts} / {gate.needed_label} {amount_text(gate.needed, order.currency)}"

    @admin.display(description=gettext_lazy("Payment gate"))
    def shown_verdict(self, order: Order) -> str:
        outlook = self._file_of(order).outlook
        return f"{'✔' if outlook.passes else '✖'} {outlook.verdict}"

    @admin.display(description=gettext_lazy("Slips"))
    def shown_slips(self, order: Order) -> SafeString | str:
        slips = self._file_of(order).outlook.slips
        rows = (
            (s.remittance.number, amount_text(s.amount, order.currency), s.remittance.get_status_display())
            for s in slips
        )
        return format_html_join(BREAK, "{} · {} · {}", rows) or "—"

    @admin.display(description=gettext_lazy("Limit and use"))
    def shown_limit_used(self, order: Order) -> str:
        figures = self._file_of(order).outlook.figures
        words = {
            "limit": amount_text(figures.limit, order.currency),
            "used": amount_text(figures.credit_in_use, order.currency),
            "free": amount_text(figures.available_credit, order.currency),
        }
        return _("Limit %(limit)s, in use %(used)s, available %(free)s") % words

    @admin.display(description=gettext_lazy("Exposure"))
    def shown_standing(self, order: Order) -> str:
        standing = credit_standing(order.customer, default_limit=self._file_of(order).outlook.figures.limit)
        figures = (
            (_("not yet delivered"), standing.undelivered),
            (_("receivable"), standing.receivable),
            (_("overdue"), standing.overdue),
            (_("customer balance"), standing.unallocated),
        )
        return " · ".join(f"{label} {amount_text(amount, order.currency)}" for label, amount in figures)

    @admin.display(description=gettext_lazy("Prices below the list"))
    def shown_prices(self, order: Order) -> str:
        """Line by line what goes beyond the salesperson, and who has allowed it (QT-03)."""
        shown = standing_of(order)
        if shown is None:
            return f"✔ {_('No price is below the list')}"
        standing = shown.standing
        over = say_what_is_over(standing.verdict.above(REP), REP, shown.limits)
        if standing.approval is not None:
            words = {"person": standing.approval.actor, "over": over}
            return _("Allowed by %(person)s. %(over)s") % words
        return f"{'✔' if standing.is_allowed else '✖'} {over}"

    @admin.display(description=gettext_lazy("Stock cover"))
    def shown_stock_lines(self, order: Order) -> SafeString | str:
        short = self._file_of(order).short_lines
        if not short:
            return f"✔ {_('Stock covers every line')}"
        rows = ((line.sku, line.name, quantity_text(line.short), line.unit) for line in short)
        return format_html_join(BREAK, "{} {}: −{} {}", rows)

    @admin.display(description=gettext_lazy("Reviews so far"))
    def shown_reviews(self, order: Order) -> SafeString | str:
        rows = ((r.get_level_display(), r.reviewed_by, r.note or "—") for r in self._file_of(order).reviews)
        return format_html_join(BREAK, "{}: {} · {}", rows) or "—"


@admin.register(BankAccount)
class BankAccountAdmin(BusinessAdmin):
    view_permission = "credit.view"
    add_permission = "credit.maintain_bank_accounts"
    list_display = ("code", "bank", "account_number", "currency")

    def save_model(self, request: HttpRequest, obj: BankAccount, form: Any, change: bool) -> None:
        obj.pk = open_bank_account(**form.cleaned_data, actor=request.user).pk  # type: ignore[arg-type]


@admin.register(BankLine)
class BankLineAdmin(BusinessAdmin):
    """The accountant enters lines here too; what is entered is not changed (PM-03)."""

    view_permission = ("credit.enter_bank_lines", "credit.match", "credit.pass_finance", "core.view_trail")
    add_permission = "credit.enter_bank_lines"
    list_display = ("booked_on", "account", "payer", "reference", "shown_amount", "matched_at")
    list_filter = ("account", ("matched_at", admin.EmptyFieldListFilter))
    search_fields = ("payer", "reference", "remark")
    list_select_related = ("account",)
    readonly_fields = ("matched_at",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [
            "account",
            "booked_on",
            "amount",
            "payer",
            "reference",
            "remark",
            *(["matched_at"] if obj else []),
        ]

    @admin.display(description=gettext_lazy("Amount"), ordering="amount")
    def shown_amount(self, line: BankLine) -> str:
        return amount_text(line.amount, line.account.currency)

    def save_model(self, request: HttpRequest, obj: BankLine, form: Any, change: bool) -> None:
        entry = {name: form.cleaned_data[name] for name in BankLineForm.base_fields if name != "account"}
        line = enter_bank_line(form.cleaned_data["account"], actor=request.user, **entry)  # type: ignore[arg-type]
        obj.pk = line.pk


@admin.register(Remittance)
class RemittanceAdmin(BusinessAdmin):
    """Slips beside their likeliest bank line; the accountant accepts it (PM-03)."""

    view_permission = ("credit.match", "credit.pass_finance", "core.view_trail")
    list_display = (
        "number",
        "customer",
        "payer",
        "reference",
        "paid_on",
        "shown_amount",
        "status",
        "shown_candidate",
    )
    list_filter = ("status",)
    search_fields = ("number", "payer", "reference", "customer__name")
    list_select_related = ("customer", "bank_line")
    actions = ("accept_likeliest",)
    list_per_page = 20
    fields = (
        "number",
        "status",
        "customer",
        "payer",
        "third_party_note",
        "bank",
        "reference",
        "paid_on",
        "shown_amount",
        "bank_line",
        "matched_at",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return (
            super()
            .get_queryset(request)
            .filter(pk__in=Remittance.objects.visible_to(request.user).values("pk"))
        )

    @admin.display(description=gettext_lazy("Amount"), ordering="amount")
    def shown_amount(self, slip: Remittance) -> str:
        return amount_text(slip.amount, slip.currency)

    @admin.display(description=gettext_lazy("Likeliest bank line"))
    def shown_candidate(self, slip: Remittance) -> str:
        if slip.bank_line is not None:
            return slip.bank_line.reference
        if slip.status != "registered":
            return "—"
        found = [each for each in candidates_for(slip, most=1) if each.is_acceptable]
        return (
            f"{found[0].score}% · {found[0].line.reference} · {found[0].line.payer}"
            if found
            else _("none yet")
        )

    @admin.action(description=gettext_lazy("Accept the likeliest bank line"))
    def accept_likeliest(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        def accept(slip: Remittance) -> None:
            found = [each for each in candidates_for(slip) if each.is_acceptable]
            if not found:
                raise BusinessError(_("No bank line of the same amount fits yet."), rule="PM-03")
            match_bank_line(slip, found[0].line, actor=request.user, version=slip.version)  # type: ignore[arg-type]

        self.each(request, rows, accept)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    view_permission = ("credit.match", "credit.pass_finance", "core.view_trail", "core.confirm_parameters")
    list_display = (
        "posted_on",
        "kind",
        "source_number",
        "account",
        "customer",
        "order_number",
        "amount",
        "currency",
    )
    list_filter = ("kind", "account")
    search_fields = ("source_number", "order_number")
    list_select_related = ("customer",)
    date_hierarchy = "posted_on"


@admin.register(Posting)
class PostingAdmin(ReadOnlyAdmin):
    view_permission = ("credit.match", "credit.pass_finance", "core.view_trail", "core.confirm_parameters")
    list_display = ("number", "order", "posted_on", "due_on", "net", "tax", "gross", "applied", "currency")
    search_fields = ("number", "order__number", "source_number")
    list_select_related = ("order",)


@admin.register(CreditDecision)
class CreditDecisionAdmin(ReadOnlyAdmin):
    view_permission = ("credit.pass_finance", "core.view_trail", "core.confirm_parameters")
    list_display = (
        "order",
        "row",
        "result",
        "due_now",
        "paid",
        "credit",
        "guarantee",
        "deferral",
        "decided_at",
        "decided_by",
    )
    list_filter = ("row", "result")
    search_fields = ("order__number",)
    list_select_related = ("order", "decided_by")


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    view_permission = ("credit.pass_finance", "core.view_trail", "core.confirm_parameters")
    list_display = ("order", "level", "decision", "reviewed_at", "reviewed_by", "note")
    list_filter = ("level", "decision")
    search_fields = ("order__number",)
    list_select_related = ("order", "reviewed_by")
