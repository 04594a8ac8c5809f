"""States and legal moves of one version of a quotation (QT-01..QT-04)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import Duty, Transition, Workflow


class QuoteStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("Internal review")
    CLEARED = "cleared", _("Ready to send")
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    CONVERTED = "converted", _("Converted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    SUPERSEDED = "superseded", _("Superseded")
    WITHDRAWN = "withdrawn", _("Withdrawn")


S = QuoteStatus
REVIEW_DUTIES = ("quote_finance", "quote_production", "quote_purchasing", "quote_price")

QUOTE_WORKFLOW = Workflow(
    document_type="quote",
    transitions=(
        Transition(
            "submit",
            (S.DRAFT,),
            S.IN_REVIEW,
            _("Submit for internal review"),
            "orders.make_quotes",
            duty="quote_make",
            rule="QT-02",
        ),
        # Each review is a fact of its own; the last one that agrees clears the version.
        Transition(
            "clear", (S.IN_REVIEW,), S.CLEARED, _("All have agreed"), rule="QT-02", notify=("salesperson",)
        ),
        Transition(
            "refuse",
            (S.IN_REVIEW,),
            S.DRAFT,
            _("Returned by the review"),
            rule="QT-02",
            notify=("salesperson",),
        ),
        Transition(
            "send",
            (S.CLEARED,),
            S.SENT,
            _("Send to the customer"),
            "orders.send_quotes",
            rule="QT-01",
            notify=("customer",),
        ),
        Transition(
            "accept", (S.SENT,), S.ACCEPTED, _("Record the acceptance"), "orders.send_quotes", rule="QT-04"
        ),
        Transition(
            "decline",
            (S.SENT,),
            S.DECLINED,
            _("Record the refusal"),
            "orders.send_quotes",
            needs_reason=True,
            rule="QT-04",
        ),
        Transition(
            "convert",
            (S.ACCEPTED,),
            S.CONVERTED,
            _("Convert the quotation"),
            "orders.make_quotes",
            rule="QT-04",
        ),
        Transition("expire", (S.CLEARED, S.SENT, S.ACCEPTED), S.EXPIRED, _("Expired"), rule="QT-04"),
        Transition(
            "supersede",
            (S.DRAFT, S.IN_REVIEW, S.CLEARED, S.SENT, S.ACCEPTED, S.DECLINED, S.EXPIRED),
            S.SUPERSEDED,
            _("Replaced by a new version"),
            rule="QT-04",
        ),
        Transition(
            "withdraw",
            (S.DRAFT, S.IN_REVIEW, S.CLEARED, S.SENT),
            S.WITHDRAWN,
            _("Withdraw the quotation"),
            "orders.make_quotes",
            needs_reason=True,
            rule="QT-04",
        ),
    ),
    duties={
        # IC-01: who wrote the quotation reviews it in no capacity; nobody reviews it in two.
        "quote_make": Duty(frozenset(REVIEW_DUTIES), lasting=True),
        **{
            duty: Duty(frozenset({"quote_make", *REVIEW_DUTIES} - {duty}), rule="QT-02")
            for duty in REVIEW_DUTIES
        },
    },
)
