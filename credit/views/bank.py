"""Bank lines, entered by the accountant one by one (PM-03)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.components import Tab
from core.pages import ServiceFormPage
from credit.forms import BankLineForm
from credit.models import BankLine
from credit.services.bank import enter_bank_line

MOST_SHOWN = 100


class BankLinesPage(ServiceFormPage):
    permission = "credit.view"
    write_permission = "credit.enter_bank_lines"
    form_class = BankLineForm
    template_name = "credit/bank_lines.html"
    done_message = _("The bank line is entered.")
    success_url = "/bank-lines/"

    def act(self, form: BankLineForm) -> None:
        entry = form.cleaned_data
        enter_bank_line(
            entry["account"],
            reference=entry["reference"],
            booked_on=entry["booked_on"],
            amount=entry["amount"],
            payer=entry["payer"],
            remark=entry["remark"],
            actor=self.user,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = self.request.GET.get("matched", "no")
        visible = BankLine.objects.visible_to(self.user)
        lines = visible.select_related("account", "remittance__customer")
        counts = visible.unmatched().count()
        tabs = [
            Tab(_("Not matched"), "?matched=no", counts, shown == "no"),
            Tab(_("Matched"), "?matched=yes", None, shown == "yes"),
            Tab(_("All"), "?matched=all", None, shown == "all"),
        ]
        if shown != "all":
            lines = lines.filter(matched_at__isnull=shown != "yes")
        may_enter = self.user.may("credit.enter_bank_lines")
        return {
            **super().get_context_data(**kwargs),
            "lines": lines[:MOST_SHOWN],
            "tabs": tabs,
            "may_enter": may_enter,
        }
