"""Slips: recorded from an order, proved on the remittance desk beside the bank lines (PM-01..PM-03)."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.attachments import store_attachment
from core.components import Action, Tab
from core.errors import BusinessError
from core.models import Attachment
from core.pages import ServiceFormPage, StaffPage, TransitionPage, say_error, seen_version, visible_or_404
from credit.forms import RemittanceForm
from credit.models import BankLine, Remittance
from credit.queries import allocated_to, candidates_for, due_now_on, valid_allocations
from credit.services.bank import match_bank_line
from credit.services.remittances import correct_remittance, record_remittance, void_remittance
from credit.workflow import REMITTANCE_WORKFLOW, RemittanceStatus
from orders.models import Order

MOST_SHOWN = 50


class RemittanceNewPage(ServiceFormPage):
    """Record a slip for one order."""

    permission = "credit.record_remittance"
    form_class = RemittanceForm
    template_name = "credit/remittance_form.html"
    done_message = gettext_lazy("%(number)s is recorded. The accountant matches it to a bank line.")
    order: Order

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            self.require_permission()
            orders = Order.objects.visible_to(request.user).select_related("customer")
            self.order = visible_or_404(orders, number=kwargs["number"])
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        given = allocated_to([self.order.pk])[self.order.pk]
        missing = max(due_now_on(self.order) - given, Decimal("0.00")) or max(
            self.order.total - given, Decimal("0.00")
        )
        return {"payer": self.order.customer.name, "amount": missing, "part": missing}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        given = allocated_to([self.order.pk])[self.order.pk]
        return {**context, "order": self.order, "given": given, "due_now": due_now_on(self.order)}

    def act(self, form: RemittanceForm) -> Remittance:
        entry = form.cleaned_data
        image = self._image(form)
        try:
            self.object = record_remittance(
                self.order.customer,
                payer=entry["payer"],
                bank=entry["bank"],
                reference=entry["reference"],
                paid_on=entry["paid_on"],
                amount=entry["amount"],
                image=image,
                actor=self.user,
                allocations=[(self.order, entry["part"])] if entry["part"] else [],
                currency=self.order.currency,
                duplicate_reason=entry["duplicate_reason"],
                third_party_note=entry["third_party_note"],
            )
        except BusinessError as error:
            form.data = {**form.data.dict(), "kept_file": str(image.uid)}  # type: ignore[attr-defined]
            form.kept_name = image.name  # type: ignore[attr-defined]
            raise error
        return self.object

    def _image(self, form: RemittanceForm) -> Attachment:
        """The file just chosen, or the one kept from the attempt before."""
        if form.cleaned_data["file"]:
            return store_attachment(
                form.cleaned_data["file"], kind="slip", actor=self.user, document_type="remittance"
            )
        kept = Attachment.objects.filter(
            uid=form.cleaned_data["kept_file"], uploaded_by=self.user, document_number=""
        ).first()
        if kept is None:
            raise Http404
        return kept

    def form_valid(self, form: RemittanceForm) -> HttpResponse:
        response = super().form_valid(form)
        return redirect(self.order) if response.status_code == 302 else response


class RemittanceListPage(StaffPage):
    """Slips by state; those that wait for the bank first."""

    permission = "credit.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = request.GET.get("status", RemittanceStatus.REGISTERED)
        slips = Remittance.objects.visible_to(self.user)
        state = wanted if wanted in RemittanceStatus.values else RemittanceStatus.REGISTERED
        rows = slips.filter(status=state).select_related("customer", "bank_line")
        rows = rows.prefetch_related("allocations__order").order_by(
            "id" if state == RemittanceStatus.REGISTERED else "-id"
        )
        tabs = [
            Tab(
                label,
                f"?status={value}",
                slips.filter(status=value).count() if value == "registered" else None,
                value == state,
            )
            for value, label in RemittanceStatus.choices
        ]
        context = {
            "slips": rows[:MOST_SHOWN],
            "tabs": tabs,
            "is_waiting": state == RemittanceStatus.REGISTERED,
        }
        return render(request, "credit/remittance_list.html", context)


class RemittanceDeskPage(StaffPage):
    """One slip with its image beside the candidates; Enter accepts the first."""

    permission = "credit.view"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        slips = Remittance.objects.visible_to(self.user)
        slip = visible_or_404(
            slips.select_related("customer", "image", "bank_line__account", "created_by"), number=number
        )
        queue = list(
            slips.filter(status=RemittanceStatus.REGISTERED)
            .order_by("id")
            .values_list("number", flat=True)[:200]
        )
        candidates = candidates_for(slip) if slip.status == RemittanceStatus.REGISTERED else []
        acceptable = [each for each in candidates if each.is_acceptable]
        place = queue.index(slip.number) if slip.number in queue else None
        context = {
            "slip": slip,
            "parts": valid_allocations(slip),
            "candidates": candidates,
            "best": acceptable[0] if acceptable else None,
            "refusal": REMITTANCE_WORKFLOW.refusal(slip, "match", self.user),
            "position": None if place is None else place + 1,
            "count": len(queue),
            "previous_number": queue[place - 1] if place else "",
            "next_number": queue[place + 1] if place is not None and place + 1 < len(queue) else "",
            "void": self._void(slip),
            "events": slip.events()
            .done()
            .filter(document_type="remittance")
            .select_related("actor")
            .order_by("-id")[:50],
        }
        return render(request, "credit/remittance_desk.html", context)

    def _void(self, slip: Remittance) -> Action | None:
        if slip.status != RemittanceStatus.REGISTERED:
            return None
        return Action(
            _("Void the slip"),
            reverse("remittance_void", args=[slip.number]),
            icon="circle-x",
            is_danger=True,
            fields={"version": slip.version},
            wants_reason=True,
            disabled_reason=REMITTANCE_WORKFLOW.refusal(slip, "void", self.user),
        )


class SlipStepPage(TransitionPage):
    def documents(self) -> QuerySet[Remittance]:
        return Remittance.objects.visible_to(self.user).select_related("customer")


class VoidRemittancePage(SlipStepPage):
    permission = "credit.void_remittance"
    done_message = gettext_lazy("%(number)s is void; orders that counted on it are checked again.")

    def act(self, document: Remittance, *, version: int | None, note: str) -> Any:
        return void_remittance(document, reason=note, actor=self.user, version=version)


class CorrectRemittancePage(SlipStepPage):
    permission = "credit.match"
    done_message = gettext_lazy("%(number)s now says what the bank says; its orders are checked again.")

    def act(self, document: Remittance, *, version: int | None, note: str) -> Any:
        try:
            amount = Decimal(self.request.POST.get("amount", ""))
        except InvalidOperation:
            amount = Decimal(0)
        return correct_remittance(document, amount=amount, reason=note, actor=self.user, version=version)


class MatchPage(StaffPage):
    """POST: this bank line proves this slip; then the next slip that waits."""

    permission = "credit.match"
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        slips = Remittance.objects.visible_to(self.user)
        slip = visible_or_404(slips.select_related("customer"), number=number)
        given = request.POST.get("line", "")
        line = (
            BankLine.objects.filter(pk=int(given)).first()
            if given.isascii() and given.isdigit() and len(given) < 16
            else None
        )
        if line is None:
            raise Http404
        try:
            match_bank_line(slip, line, actor=self.user, version=seen_version(request))
        except BusinessError as error:
            say_error(request, error)
            return redirect(slip)
        messages.success(
            request, _("%(number)s is proved by the bank; the money is received.") % {"number": slip.number}
        )
        following = slips.filter(status=RemittanceStatus.REGISTERED, pk__gt=slip.pk).order_by("id").first()
        return redirect(following or "remittances")
