"""States and legal moves of the enquiry (EN-01)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.workflow import Transition, Workflow


class EnquiryStatus(models.TextChoices):
    NEW = "new", _("New")
    IN_PROGRESS = "in_progress", _("In progress")
    QUOTED = "quoted", _("Quoted")
    CLOSED = "closed", pgettext_lazy("state of an enquiry", "Closed")


S = EnquiryStatus

ENQUIRY_WORKFLOW = Workflow(
    document_type="enquiry",
    transitions=(
        Transition(
            "respond",
            (S.NEW,),
            S.IN_PROGRESS,
            _("Record the first response"),
            "orders.handle_enquiries",
            rule="EN-01",
        ),
        Transition(
            "quote",
            (S.NEW, S.IN_PROGRESS),
            S.QUOTED,
            pgettext_lazy("step of an enquiry", "Quotation made"),
            rule="EN-01",
        ),
        Transition(
            "close",
            (S.NEW, S.IN_PROGRESS, S.QUOTED),
            S.CLOSED,
            _("Close the enquiry"),
            "orders.handle_enquiries",
            rule="EN-01",
        ),
        Transition(
            "reopen",
            (S.CLOSED,),
            S.IN_PROGRESS,
            _("Reopen the enquiry"),
            "orders.handle_enquiries",
            rule="EN-01",
        ),
        # One that was closed before anybody had answered: its response clock runs again.
        Transition("reopen_unanswered", (S.CLOSED,), S.NEW, _("Reopen the enquiry"), rule="EN-01"),
    ),
)
