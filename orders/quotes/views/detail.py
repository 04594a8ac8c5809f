"""The page of a quotation, its steps, its paper and the comparison of versions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.attachments import PICTURE_OR_PDF, open_attachment, store_attachment
from core.comments import COMMENT_PERMISSION
from core.components import NextStep, Step
from core.models import Attachment, Event
from core.pages import ServiceFormPage, StaffPage, TransitionPage, visible_or_404
from core.panels import next_actions, owners_of, panels_of
from core.views_comments import CommentPage
from customers.phones import phone_for
from orders.models import Quote
from orders.papers import quote_pdf
from orders.quotes.forms import AnswerForm, DeclineForm, SendForm
from orders.quotes.queries import (
    PERMISSION_OF,
    differences_between,
    events_of,
    files_of,
    is_expiring,
    margin_of,
    orders_of,
    posts_that_allow,
    quote_for_page,
    reviews_asked,
    version_to_compare,
    versions_of,
)
from orders.quotes.services import (
    accept_quote,
    convert_quote_to_order,
    decline_quote,
    revise_quote,
    send_quote,
    sending_warnings,
    submit_quote,
    withdraw_quote,
)
from orders.quotes.workflow import QuoteStatus as S

STEPS = (
    (gettext_lazy("Draft"), (S.DRAFT,)),
    (gettext_lazy("Internal review"), (S.IN_REVIEW,)),
    (gettext_lazy("Ready to send"), (S.CLEARED,)),
    (pgettext_lazy("step of a quotation", "Sent"), (S.SENT, S.DECLINED)),
    (pgettext_lazy("step of a quotation", "Accepted"), (S.ACCEPTED,)),
    (pgettext_lazy("step of a quotation", "Order or contract"), ()),
)
WHAT = {
    S.DRAFT: gettext_lazy("Complete the quotation and submit it for internal review."),
    S.IN_REVIEW: gettext_lazy("The departments concerned agree or return it."),
    S.CLEARED: gettext_lazy("All have agreed. Send the quotation to the customer."),
    S.SENT: gettext_lazy("Record what the customer answers."),
    S.ACCEPTED: gettext_lazy("The customer has accepted. Make the order or the contract."),
    S.CONVERTED: gettext_lazy("Nothing is left to do: the order or contract goes on from here."),
    S.DECLINED: gettext_lazy("The customer declined. Revise the quotation to make another offer."),
    S.EXPIRED: gettext_lazy("The validity is over. Revise the quotation to offer it again."),
    S.SUPERSEDED: gettext_lazy("A later version has replaced this one."),
    S.WITHDRAWN: gettext_lazy("The quotation was withdrawn. The record stays."),
}
STEP_PERMISSION = {
    S.DRAFT: "orders.make_quotes",
    S.CLEARED: "orders.send_quotes",
    S.SENT: "orders.send_quotes",
    S.ACCEPTED: "orders.make_quotes",
    S.DECLINED: "orders.make_quotes",
    S.EXPIRED: "orders.make_quotes",
}
MEANING = {
    S.DRAFT: "waiting",
    S.IN_REVIEW: "waiting",
    S.CLEARED: "waiting",
    S.SENT: "waiting",
    S.ACCEPTED: "waiting",
    S.CONVERTED: "done",
    S.DECLINED: "blocked",
    S.EXPIRED: "blocked",
    S.SUPERSEDED: "neutral",
    S.WITHDRAWN: "neutral",
}
ENDED = (S.CONVERTED, S.SUPERSEDED, S.WITHDRAWN, S.DECLINED, S.EXPIRED)


class QuotePage(StaffPage):
    """At most 25 statements, however many lines and versions."""

    permission = "orders.view"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        quote = None if "\x00" in number else quote_for_page(self.user, number)
        if quote is None:
            raise Http404
        return render(request, "orders/quotes/quote_detail.html", self.context(quote))

    def context(self, quote: Quote) -> dict[str, Any]:
        events, lines = events_of(quote), list(quote.lines.all())
        versions = versions_of(quote)
        return {
            "quote": quote,
            "phone": phone_for(self.user, quote.contact_phone),
            "lines": lines,
            "steps": steps_of(quote),
            "next_step": next_step_of(quote, self.user, events),
            "versions": versions if len(versions) > 1 else [],
            "latest": versions[-1],
            "reviews": reviews_asked(quote) if quote.status != S.DRAFT else [],
            "earlier_reviews": [r for r in quote.reviews.all() if _is_of_earlier_round(quote, r)],
            "price_posts": posts_that_allow(quote.price_level)
            if quote.price_level not in ("", "rep")
            else "",
            "margin": margin_of(lines) if self.user.may("inventory.view_cost") else None,
            "warnings": [warning.detail for warning in sending_warnings(quote)]
            if quote.status in (S.DRAFT, S.IN_REVIEW, S.CLEARED)
            else [],
            "is_expiring": is_expiring(quote),
            "orders": orders_of(quote),
            "contracts": list(quote.contracts.order_by("pk")),
            "events": events,
            "files": files_of(quote),
            "comment_url": reverse("quote_comment", args=[quote.number])
            if self.user.may(COMMENT_PERMISSION)
            else "",
            "user_makes_quotes": self.user.may("orders.make_quotes"),
            "panels": panels_of(self.request, quote),
        }


def _is_of_earlier_round(quote: Quote, review: Any) -> bool:
    return bool(review.round != quote.round or quote.status == S.DRAFT)


def steps_of(quote: Quote) -> list[Step]:
    """Where the version stands, for the stepper."""
    if quote.status in (S.SUPERSEDED, S.WITHDRAWN, S.EXPIRED):
        return [Step(label) for label, _statuses in STEPS]
    at = next(
        (index for index, (_label, statuses) in enumerate(STEPS) if quote.status in statuses), len(STEPS)
    )
    current = "blocked" if quote.status == S.DECLINED else "current"
    return [
        Step(label, "done" if n < at else current if n == at else "todo")
        for n, (label, _statuses) in enumerate(STEPS)
    ]


def next_step_of(quote: Quote, user: Any, events: list[Event]) -> NextStep:
    status = S(quote.status)
    return NextStep(
        WHAT[status],
        next_actions(quote, user),
        owner=_owners(quote),
        since=None if status in ENDED else _since(quote, events),
        meaning=MEANING[status],
        detail=_("Valid until %(day)s.") % {"day": quote.valid_until.isoformat()}
        if is_expiring(quote)
        else "",
    )


def _owners(quote: Quote) -> str:
    """Who has to act: in review the departments that have not answered yet, for prices the posts that may."""
    if quote.status == S.IN_REVIEW:
        waiting = [asked for asked in reviews_asked(quote) if asked.review is None]
        names = [
            posts_that_allow(quote.price_level)
            if asked.department == "price"
            else owners_of(PERMISSION_OF[asked.department])
            for asked in waiting
        ]
        return str(_JOIN).join(names)
    permission = STEP_PERMISSION.get(S(quote.status), "")
    return owners_of(permission) if permission else ""


_JOIN = pgettext_lazy("between names of a list", ", ")


def _since(quote: Quote, events: list[Event]) -> Any:
    """When this version came into its present state."""
    moved = (
        event
        for event in events
        if event.document_number == quote.number and event.to_status and event.outcome == "done"
    )
    latest = next(moved, None)
    return latest.at if latest is not None else quote.created_at


class ComparePage(StaffPage):
    """`?with=` another version of the same quotation; without it the one before."""

    permission = "orders.view"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        quote = None if "\x00" in number else quote_for_page(self.user, number)
        if quote is None:
            raise Http404
        wanted = request.GET.get("with", "").replace("\x00", "")[:24]
        other = version_to_compare(self.user, quote, wanted)
        if other is None:
            messages.info(request, _("%(number)s has no other version to compare.") % {"number": number})
            return HttpResponseRedirect(quote.get_absolute_url())
        before, after = (other, quote) if other.revision < quote.revision else (quote, other)
        return render(
            request,
            "orders/quotes/quote_compare.html",
            {
                "quote": quote,
                "before": before,
                "after": after,
                "versions": versions_of(quote),
                "differences": differences_between(before, after),
                "change": after.total - before.total,
                "header": header_differences(before, after),
            },
        )


COMPARED = (
    "title", "valid_until", "terms", "prepaid_percent", "preferential_policy", "delivery_cycle", "warranty",
    "delivery_address", "remarks",
)  # fmt: skip


def header_differences(before: Quote, after: Quote) -> list[tuple[str, str, str]]:
    """(words of the field, before, after) for what the customer reads above and below the lines."""
    found = []
    for name in COMPARED:
        old, new = _shown(before, name), _shown(after, name)
        if old != new:
            label: Any = Quote._meta.get_field(name)
            found.append((str(label.verbose_name), old, new))
    return found


def _shown(quote: Quote, name: str) -> str:
    value = quote.get_terms_display() if name == "terms" else getattr(quote, name)
    return "" if value is None else str(value)


# --- Steps ----------------------------------------------------------------------------------------


class QuoteStepPage(TransitionPage):
    permission = "orders.make_quotes"

    def documents(self) -> Any:
        return Quote.objects.visible_to(self.user)


class SubmitPage(QuoteStepPage):
    done_message = gettext_lazy("%(number)s was submitted for internal review.")

    def act(self, document: Quote, *, version: int | None, note: str) -> Any:
        return submit_quote(document, version=version, note=note, actor=self.user)


class WithdrawPage(QuoteStepPage):
    done_message = gettext_lazy("%(number)s was withdrawn.")

    def act(self, document: Quote, *, version: int | None, note: str) -> Any:
        return withdraw_quote(document, version=version, reason=note, actor=self.user)


class _ToNewDocument(QuoteStepPage):
    """A step that makes another document: on success the browser goes there."""

    made_message: Any = ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.made: Any = None
        response = super().post(request, *args, **kwargs)
        if self.made is None:
            return response
        messages.success(request, str(self.made_message) % {"number": self.made.number})
        return HttpResponseRedirect(self.made.get_absolute_url())


class RevisePage(_ToNewDocument):
    made_message = gettext_lazy("%(number)s is a draft now; the version before it is superseded.")

    def act(self, document: Quote, *, version: int | None, note: str) -> Any:
        self.made = revise_quote(document, version=version, note=note, actor=self.user)
        return self.made


class ConvertPage(_ToNewDocument):
    permission = "orders.enter"
    made_message = gettext_lazy("The order %(number)s was made of the quotation.")

    def act(self, document: Quote, *, version: int | None, note: str) -> Any:
        self.made = convert_quote_to_order(document, version=version, actor=self.user)
        return self.made


class _FormStepPage(ServiceFormPage):
    """A step with a form of its own; `statuses` are those from which it leads on."""

    permission = "orders.send_quotes"
    template_name = "orders/quotes/quote_step.html"
    statuses: tuple[str, ...] = (S.SENT,)
    heading: Any = ""
    button: Any = ""
    is_danger = False

    def quote(self) -> Quote:
        if not hasattr(self, "_quote"):
            rows = Quote.objects.visible_to(self.user).for_display().select_related("enquiry")
            self._quote: Quote = visible_or_404(rows, number=self.kwargs["number"])
        return self._quote

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        quote = self.quote()
        if quote.status not in self.statuses:
            messages.error(
                request,
                _('%(number)s is "%(status)s" now. Reload the page to see what is possible.')
                % {"number": quote.number, "status": quote.status_label},
            )
            return HttpResponseRedirect(quote.get_absolute_url())
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.quote().version, "answered_by": self.quote().contact_name}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"heading": self.heading, "button": self.button, "is_danger": self.is_danger}
        return super().get_context_data(quote=self.quote(), **words, **kwargs)


class SendPage(_FormStepPage):
    form_class = SendForm
    statuses = (S.CLEARED,)
    heading = gettext_lazy("Send the quotation to the customer")
    button = gettext_lazy("Send quotation")
    done_message = gettext_lazy("%(number)s was sent.")

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.quote().version, "to": self.quote().contact_email}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(warnings=sending_warnings(self.quote()), **kwargs)

    def act(self, form: SendForm) -> Any:
        data = form.cleaned_data
        return send_quote(
            self.quote(), to=data["to"], note=data["note"], version=data["version"], actor=self.user
        )


class AcceptPage(_FormStepPage):
    form_class = AnswerForm
    heading = gettext_lazy("The customer accepts")
    button = gettext_lazy("Record acceptance")
    done_message = gettext_lazy("The acceptance of %(number)s was recorded.")

    def act(self, form: AnswerForm) -> Any:
        data = form.cleaned_data
        return accept_quote(
            self.quote(),
            answered_by=data["answered_by"],
            answered_on=data["answered_on"],
            attachment=_kept(data["file"], self.user),
            note=data["note"],
            version=data["version"],
            actor=self.user,
        )


class DeclinePage(_FormStepPage):
    form_class = DeclineForm
    heading = gettext_lazy("The customer declines")
    button = gettext_lazy("Record refusal")
    is_danger = True
    done_message = gettext_lazy("The refusal of %(number)s was recorded.")

    def act(self, form: DeclineForm) -> Any:
        data = form.cleaned_data
        return decline_quote(
            self.quote(),
            reason=data["note"],
            answered_by=data["answered_by"],
            answered_on=data["answered_on"],
            attachment=_kept(data["file"], self.user),
            version=data["version"],
            actor=self.user,
        )


def _kept(upload: UploadedFile | None, actor: Any) -> Attachment | None:
    return store_attachment(upload, kind="answer", actor=actor, allowed=PICTURE_OR_PDF) if upload else None


class QuoteCommentPage(CommentPage):
    view_permission = "orders.view"

    def documents(self) -> Any:
        return Quote.objects.visible_to(self.user)


class PaperPage(StaffPage):
    """The paper as it was sent; before that as it would be sent now."""

    permission = "orders.view"

    def get(self, request: HttpRequest, number: str) -> HttpResponse | FileResponse:
        quote = visible_or_404(
            Quote.objects.visible_to(self.user).for_display().select_related("sent_paper"), number=number
        )
        return paper_response(quote, self.user, is_download="download" in request.GET)


def paper_response(quote: Quote, user: Any, *, is_download: bool = False) -> HttpResponse | FileResponse:
    """The stored paper, or one rendered now, with the phone as the person may see it (CM-03).

    Shown in the browser unless asked for as a download.
    """
    name = f"{quote.number}.pdf"
    if quote.sent_paper is not None:
        return FileResponse(
            open_attachment(quote.sent_paper),
            as_attachment=is_download,
            filename=name,
            content_type="application/pdf",
        )
    quote.contact_phone = phone_for(user, quote.contact_phone)
    response = HttpResponse(quote_pdf(quote, language=quote.language), content_type="application/pdf")
    kind = "attachment" if is_download else "inline"
    response["Content-Disposition"] = f'{kind}; filename="{name}"'
    return response
