"""The page of one enquiry and its steps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.attachments import PICTURE_OR_PDF, store_attachment
from core.comments import COMMENT_PERMISSION
from core.components import Action, NextStep, Step
from core.models import User
from core.pages import ServiceFormPage, StaffPage, TransitionPage, visible_or_404
from core.panels import next_actions, panels_of
from core.views_comments import CommentPage
from customers.models import Customer
from customers.phones import phone_for
from customers.views import NewCustomerPage
from orders.enquiries.forms import ClosingForm, DemandForm, LinkForm, ReassignForm
from orders.enquiries.paper import demand_note
from orders.enquiries.queries import enquiry_for_page, events_of, files_of
from orders.enquiries.services import (
    close_enquiry,
    confirm_demand,
    link_customer,
    open_customer_file,
    reassign_enquiry,
    reopen_enquiry,
    respond_enquiry,
)
from orders.enquiries.workflow import EnquiryStatus
from orders.models import Enquiry

S = EnquiryStatus
WHAT = {
    S.NEW: gettext_lazy("Answer the customer and record the first response."),
    S.IN_PROGRESS: gettext_lazy("Clarify what is needed and make the quotation."),
    S.QUOTED: gettext_lazy("A quotation is out. Close the enquiry when it is decided."),
    S.CLOSED: gettext_lazy("The enquiry is closed. The record stays."),
}
MEANINGS = {S.NEW: "waiting", S.IN_PROGRESS: "moving", S.QUOTED: "done", S.CLOSED: "neutral"}


class EnquiryScope(StaffPage):
    """The enquiry of the address, if the person may see it."""

    @cached_property
    def enquiry(self) -> Enquiry:
        return visible_or_404(self.documents().for_display(), number=self.kwargs["number"])

    def documents(self) -> Any:
        return Enquiry.objects.visible_to(self.user)


class EnquiryPage(StaffPage):
    """At most 16 statements, however many lines."""

    permission = "orders.view"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        enquiry = None if "\x00" in number else enquiry_for_page(self.user, number)
        if enquiry is None:
            raise Http404
        context = {
            "enquiry": enquiry,
            "phone": phone_for(self.user, enquiry.contact_phone),
            "lines": list(enquiry.lines.all()),
            "quotes": list(enquiry.quotes.all()),
            "steps": steps_of(enquiry),
            "next_step": next_step_of(enquiry, self.user),
            "events": events_of(enquiry),
            "files": files_of(enquiry),
            "panels": panels_of(request, enquiry),
            "comment_url": comment_url(enquiry, self.user),
        }
        return render(request, "orders/enquiry_detail.html", context)


def comment_url(enquiry: Enquiry, user: User) -> str:
    return reverse("enquiry_comment", args=[enquiry.number]) if user.may(COMMENT_PERMISSION) else ""


class EnquiryCommentPage(CommentPage):
    view_permission = "orders.view"

    def documents(self) -> QuerySet[Enquiry]:
        return Enquiry.objects.visible_to(self.user)


def steps_of(enquiry: Enquiry) -> list[Step]:
    """Asked, answered, confirmed, quoted, closed: each by its own fact, for they need no fixed order."""
    done = [
        (_("Came in"), True),
        (_("Answered"), enquiry.responded_at is not None),
        (_("Demand confirmed"), enquiry.is_demand_confirmed),
        (_("Quoted"), enquiry.status == S.QUOTED or bool(enquiry.quotes.all())),
        (pgettext("state of an enquiry", "Closed"), enquiry.status == S.CLOSED),
    ]
    if enquiry.status == S.CLOSED:
        return [Step(label, "done" if is_done else "todo") for label, is_done in done]
    first_open = next((n for n, (_label, is_done) in enumerate(done) if not is_done), len(done))
    return [
        Step(label, "done" if is_done else "current" if n == first_open else "todo")
        for n, (label, is_done) in enumerate(done)
    ]


def next_step_of(enquiry: Enquiry, user: User) -> NextStep:
    actions = [_worded(action) for action in next_actions(enquiry, user)]
    status = S(enquiry.status)
    what: Any = WHAT[status]
    if status == S.IN_PROGRESS and enquiry.customer_id is None:
        what = _("Open a customer file for the prospect; then the quotation can be made.")
    return NextStep(
        what,
        actions,
        owner=enquiry.owner.display_name if status != S.CLOSED else "",
        since=enquiry.received_at if enquiry.clock.is_running else None,
        meaning="blocked" if enquiry.clock.is_overdue else MEANINGS[status],
        detail=_clock_in_words(enquiry),
    )


def _worded(action: Action) -> Action:
    if action.url.endswith("/respond/"):
        return replace(action, reason_label=_("What was answered"))
    return action


def _clock_in_words(enquiry: Enquiry) -> str:
    clock = enquiry.clock
    if not clock.is_running:
        return ""
    words = {"day": clock.due_on.isoformat()}
    if clock.is_overdue:
        return _("The first response was due on %(day)s.") % words
    return _("The first response is due by the end of %(day)s.") % words


class RespondPage(TransitionPage):
    permission = "orders.handle_enquiries"
    done_message = gettext_lazy("The first response to %(number)s was recorded.")

    def documents(self) -> QuerySet[Enquiry]:
        return Enquiry.objects.visible_to(self.user)

    def act(self, document: Enquiry, *, version: int | None, note: str) -> Any:
        return respond_enquiry(document, version=version, note=note, actor=self.user)


class ReopenEnquiryPage(TransitionPage):
    permission = "orders.handle_enquiries"
    done_message = gettext_lazy("%(number)s is open again.")

    def documents(self) -> QuerySet[Enquiry]:
        return Enquiry.objects.visible_to(self.user)

    def act(self, document: Enquiry, *, version: int | None, note: str) -> Any:
        return reopen_enquiry(document, version=version, note=note, actor=self.user)


class EnquiryStepPage(EnquiryScope, ServiceFormPage):
    """A step of an enquiry that takes more than a note: a small form of its own."""

    permission = "orders.handle_enquiries"
    template_name = "orders/enquiry_step.html"
    title: Any = ""
    button: Any = ""
    why: Any = ""
    takes_file = False

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.enquiry.version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"title": self.title, "button": self.button, "why": self.why, "takes_file": self.takes_file}
        return super().get_context_data(enquiry=self.enquiry, **words, **kwargs)


class ConfirmDemandPage(EnquiryStepPage):
    """The customer has confirmed the demand note (EN-02)."""

    form_class = DemandForm
    title = gettext_lazy("Record the customer's confirmation")
    button = gettext_lazy("Record confirmation")
    why = gettext_lazy(
        "The customer confirms the demand note as it stands. A later change of it clears this."
    )
    takes_file = True
    done_message = gettext_lazy("The confirmation of %(number)s was recorded.")

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"confirmed_by": self.enquiry.contact_name}

    def act(self, form: DemandForm) -> Enquiry:
        data = form.cleaned_data
        paper = None
        if data["file"]:
            paper = store_attachment(
                data["file"], kind="confirmation", actor=self.user, allowed=PICTURE_OR_PDF
            )
        return confirm_demand(
            self.enquiry,
            confirmed_by=data["confirmed_by"],
            confirmed_on=data["confirmed_on"],
            attachment=paper,
            version=data["version"],
            actor=self.user,
        )


class CloseEnquiryPage(EnquiryStepPage):
    form_class = ClosingForm
    title = gettext_lazy("Close the enquiry")
    button = gettext_lazy("Close the enquiry")
    why = gettext_lazy("Without a quotation it needs the reason why it was lost.")
    done_message = gettext_lazy("%(number)s was closed.")

    def act(self, form: ClosingForm) -> Enquiry:
        return close_enquiry(self.enquiry, **form.cleaned_data, actor=self.user)


class ReassignPage(EnquiryStepPage):
    form_class = ReassignForm
    title = gettext_lazy("Hand the enquiry over")
    button = gettext_lazy("Hand over")
    done_message = gettext_lazy("%(number)s was handed over.")

    def act(self, form: ReassignForm) -> str:
        enquiry = reassign_enquiry(self.enquiry, **form.cleaned_data, actor=self.user)
        is_seen = Enquiry.objects.visible_to(self.user).filter(pk=enquiry.pk).exists()
        return enquiry.get_absolute_url() if is_seen else reverse("enquiries")


class LinkCustomerPage(EnquiryStepPage):
    """The prospect has a customer file already."""

    form_class = LinkForm
    title = gettext_lazy("Link a customer file")
    button = gettext_lazy("Link the customer file")
    why = gettext_lazy("The enquiry goes to the desk and salesperson of the customer file.")
    done_message = gettext_lazy("%(number)s belongs to the customer file now.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def act(self, form: LinkForm) -> Enquiry:
        return link_customer(self.enquiry, **form.cleaned_data, actor=self.user)


class ProspectFilePage(EnquiryScope, NewCustomerPage):
    """A prospect becomes a customer: the form of the customer file, filled in from the enquiry."""

    permission = "customers.maintain"

    def get_initial(self) -> dict[str, Any]:
        enquiry = self.enquiry
        owner = enquiry.owner if enquiry.owner.has_role("salesperson", "sales_manager") else None
        known = {
            "name": enquiry.prospect_name,
            "kind": Customer.Kind.PROSPECT,
            "contact_name": enquiry.contact_name,
            "contact_phone": enquiry.contact_phone,
            "contact_email": enquiry.contact_email,
            "region": enquiry.region_id,
            "core_needs": enquiry.special_needs,
        }
        return super().get_initial() | known | ({"salesperson": owner.pk} if owner is not None else {})

    def act(self, form: Any) -> str:  # type: ignore[override]
        enquiry = self.enquiry
        open_customer_file(
            enquiry, open_file=lambda: super(ProspectFilePage, self).act(form), actor=self.user
        )
        return enquiry.get_absolute_url()

    done_message = gettext_lazy("The customer file was opened and linked.")


class DemandNotePage(EnquiryScope):
    """The demand note as PDF, in the customer's language, for the customer to confirm (EN-02)."""

    permission = "orders.view"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        enquiry = enquiry_for_page(self.user, number) if "\x00" not in number else None
        if enquiry is None:
            raise Http404
        enquiry.contact_phone = phone_for(self.user, enquiry.contact_phone)  # CM-03
        response = HttpResponse(demand_note(enquiry), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="{enquiry.number}.pdf"'
        return response
