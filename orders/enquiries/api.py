"""Enquiries over the API, through the same services as the pages (EN-01, EN-02)."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import query
from core.api.comments import DocumentCommentsView
from core.api.etag import require_if_match, with_etag
from core.api.idempotency import idempotent
from core.api.views import DocumentEventsView, DocumentView, ListView, TransitionView, UploadMixin
from core.attachments import PICTURE_OR_PDF, store_attachment
from core.errors import FieldProblem, InvalidInput
from core.models import User
from customers.models import Customer, Region
from customers.queries import regions_open_to
from orders.enquiries.api_fields import (
    ClosingIn,
    DemandIn,
    EnquiryIn,
    EnquiryOut,
    EnquiryPatchIn,
    LinkIn,
    ReassignIn,
    draft_after,
)
from orders.enquiries.drafts import EnquiryDraft
from orders.enquiries.queries import EnquiryFilter, enquiries_matching, people_who_handle
from orders.enquiries.services import (
    close_enquiry,
    confirm_demand,
    edit_enquiry,
    link_customer,
    open_enquiry,
    reassign_enquiry,
    reopen_enquiry,
    respond_enquiry,
)
from orders.enquiries.workflow import EnquiryStatus
from orders.models import Enquiry, EnquiryLine

HANDLE = "orders.handle_enquiries"
LINES = Prefetch("lines", EnquiryLine.objects.select_related("product").order_by("line_no"))


class EnquiryScope:
    """Every endpoint of enquiries begins with what the caller may see (RG-02)."""

    required_scope = "orders"
    serializer_class: Any = EnquiryOut
    request: Any

    def documents(self) -> QuerySet[Enquiry]:
        return Enquiry.objects.visible_to(self.request.user).for_display().prefetch_related(LINES)

    def customer_named(self, code: str) -> Customer:
        rows = Customer.objects.visible_to(self.request.user).with_defaults()
        return _named(
            rows.filter(number=code), "customer", _("There is no customer %(code)s in your scope."), code
        )

    def region_named(self, code: str) -> Region:
        regions = regions_open_to(self.request.user)
        return _named(
            regions.filter(code=code), "region", _("There is no region %(code)s you may use."), code
        )

    def person_named(self, username: str) -> User:
        people = people_who_handle().filter(username=username)
        return _named(people, "owner", _("%(code)s does not handle enquiries."), username)


def _named(rows: QuerySet[Any], name: str, words: str, code: str) -> Any:
    found = rows.first()
    if found is None:
        detail = words % {"code": code}
        raise InvalidInput(detail, problems=[FieldProblem(f"#/{name}", f"unknown_{name}", detail)])
    return found


class EnquiriesView(EnquiryScope, ListView):
    """GET: the enquiries in scope, the newest first. POST: record an enquiry; the response clock starts."""

    permissions = {"GET": "orders.view", "POST": HANDLE}
    filters = ("status", "channel", "customer", "region", "owner", "overdue")
    orderings = {
        "created": "created_at",
        "number": "number",
        "received": "received_at",
        "due": "response_due_on",
    }
    default_ordering = "-created"
    updated_field = "updated_at"
    search_fields = ("number", "prospect_name", "customer__name", "customer__number", "contact_name")
    includes = ("lines",)

    def rows(self) -> QuerySet[Enquiry]:
        rows = enquiries_matching(self.user, self._filter()).for_display()
        return rows.prefetch_related(LINES) if "lines" in self.included() else rows

    def _filter(self) -> EnquiryFilter:
        request = self.request
        return EnquiryFilter(
            statuses=tuple(query.names(request, "status", EnquiryStatus.values)),
            channels=tuple(query.names(request, "channel", Enquiry.Channel.values)),
            customer=query.text(request, "customer", longest=12),
            region=query.text(request, "region", longest=8),
            owner=query.text(request, "owner", longest=150),
            is_overdue=bool(query.yes_no(request, "overdue")),
        )

    @extend_schema(request=EnquiryIn, responses={201: EnquiryOut})
    @idempotent
    def post(self, request: Request) -> Enquiry:
        return open_enquiry(draft=self._draft(self.read(EnquiryIn)), actor=self.user)

    def _draft(self, data: dict[str, Any]) -> EnquiryDraft:
        customer, region, owner = (data.pop(name, "") for name in ("customer", "region", "owner"))
        lines = tuple(data.pop("lines"))
        data.setdefault("channel", Enquiry.Channel.WEBSITE)
        return EnquiryDraft(
            lines=lines,
            customer=self.customer_named(customer) if customer else None,
            region=self.region_named(region) if region else None,
            owner=self.person_named(owner) if owner else None,
            **data,
        )

    def answer(self, request: Request, result: Any) -> Response:
        enquiry = self.documents().get(pk=result.pk)
        context = {"request": request, "view": self}
        response = Response(EnquiryOut(enquiry, context=context).data, status=201)
        response["Location"] = reverse("api-enquiry", args=[enquiry.number])
        return with_etag(response, enquiry)


class EnquiryView(EnquiryScope, DocumentView):
    """GET: one enquiry with its lines. PATCH: correct it, with If-Match; a changed demand is unconfirmed again."""

    permissions = {"GET": "orders.view", "PATCH": HANDLE}

    @extend_schema(request=EnquiryPatchIn, responses=EnquiryOut)
    def patch(self, request: Request, number: str) -> Response:
        enquiry = self.document()
        version = require_if_match(request, enquiry)
        data = self.read(EnquiryPatchIn)
        region = self.region_named(data["region"]) if data.get("region") else None
        draft = draft_after(enquiry, data, region)
        edit_enquiry(enquiry, draft=draft, actor=self.user, version=version)
        return self.shown(self.document())


class RespondView(EnquiryScope, TransitionView):
    """Records the first response to the customer, in time or late (EN-01)."""

    permissions = {"POST": HANDLE}

    def act(self, document: Enquiry, *, version: int, body: dict[str, Any]) -> Any:
        return respond_enquiry(document, version=version, note=self.note_of(body), actor=self.user)


class ConfirmDemandView(UploadMixin, EnquiryScope, TransitionView):
    """The customer confirmed the demand note as it stands; the paper as `file` (multipart) (EN-02)."""

    permissions = {"POST": HANDLE}
    body_serializer = DemandIn

    def act(self, document: Enquiry, *, version: int, body: dict[str, Any]) -> Any:
        upload = body.get("file")
        paper = None
        if upload:
            paper = store_attachment(upload, kind="confirmation", actor=self.user, allowed=PICTURE_OR_PDF)
        return confirm_demand(
            document,
            confirmed_by=body["confirmed_by"],
            confirmed_on=body["confirmed_on"],
            attachment=paper,
            version=version,
            actor=self.user,
        )


class CloseEnquiryView(EnquiryScope, TransitionView):
    """Closes the enquiry; without a quotation a lost reason is needed."""

    permissions = {"POST": HANDLE}
    body_serializer = ClosingIn

    def act(self, document: Enquiry, *, version: int, body: dict[str, Any]) -> Any:
        return close_enquiry(
            document,
            lost_reason=body.get("lost_reason", ""),
            note=body.get("note", ""),
            version=version,
            actor=self.user,
        )


class ReopenEnquiryView(EnquiryScope, TransitionView):
    """Takes a closed enquiry up again."""

    permissions = {"POST": HANDLE}

    def act(self, document: Enquiry, *, version: int, body: dict[str, Any]) -> Any:
        return reopen_enquiry(document, version=version, note=self.note_of(body), actor=self.user)


class ReassignView(EnquiryScope, TransitionView):
    """Hands the enquiry to another person."""

    permissions = {"POST": HANDLE}
    body_serializer = ReassignIn

    def act(self, document: Enquiry, *, version: int, body: dict[str, Any]) -> Any:
        owner = self.person_named(body["owner"])
        note = body.get("note", "")
        return reassign_enquiry(document, owner=owner, note=note, version=version, actor=self.user)

    def answer(self, request: Request, result: Any) -> Response:
        return self.shown(result)  # who has handed it over may not see it any more


class LinkCustomerView(EnquiryScope, TransitionView):
    """Links a prospect's enquiry to the customer file that was opened for it."""

    permissions = {"POST": HANDLE}
    body_serializer = LinkIn

    def act(self, document: Enquiry, *, version: int, body: dict[str, Any]) -> Any:
        customer = self.customer_named(body["customer"])
        return link_customer(document, customer=customer, version=version, actor=self.user)


class EnquiryEventsView(EnquiryScope, DocumentEventsView):
    """The trail of the enquiry, oldest first."""

    permissions = {"GET": "orders.view"}
    serializer_class = DocumentEventsView.serializer_class


class EnquiryCommentsView(EnquiryScope, DocumentCommentsView):
    """GET: the comments, oldest first. POST: add a comment; it stays in the trail."""

    serializer_class = DocumentCommentsView.serializer_class
