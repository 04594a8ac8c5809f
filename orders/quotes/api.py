"""Quotations over the API, through the same services as the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import FileResponse, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import query
from core.api.comments import DocumentCommentsView
from core.api.etag import require_if_match, with_etag
from core.api.idempotency import idempotent
from core.api.views import (
    ApiView,
    DocumentEventsView,
    DocumentMixin,
    DocumentView,
    EventSerializer,
    ListView,
    TransitionView,
    UploadMixin,
)
from core.attachments import PICTURE_OR_PDF, store_attachment
from core.errors import FieldProblem, InvalidInput
from core.models import Attachment
from customers.models import Customer
from orders.api import created as order_created
from orders.api_fields import OrderOut
from orders.models import Enquiry, Order, OrderLine, Quote, QuoteLine, QuoteReview
from orders.quotes.api_fields import (
    AnswerIn,
    QuoteIn,
    QuoteOut,
    QuotePatchIn,
    ReviewIn,
    SendIn,
    quote_draft_after,
    quote_draft_from,
)
from orders.quotes.queries import PERMISSION_OF, QuoteFilter, enquiry_to_quote, quotes_matching
from orders.quotes.services import (
    accept_quote,
    convert_quote_to_order,
    create_quote,
    decline_quote,
    edit_quote,
    review_quote,
    revise_quote,
    send_quote,
    submit_quote,
    withdraw_quote,
)
from orders.quotes.views.detail import paper_response
from orders.quotes.workflow import QuoteStatus

PDF = OpenApiResponse(OpenApiTypes.BINARY, "The paper, PDF")
REVIEWERS = tuple(PERMISSION_OF.values())
LINES = Prefetch("lines", QuoteLine.objects.order_by("line_no"))
REVIEWS = Prefetch("reviews", QuoteReview.objects.select_related("actor").order_by("pk"))
VERDICT = QuoteReview.Verdict


class QuoteScope:
    """Every endpoint of quotations begins with what the caller may see (RG-02)."""

    required_scope = "orders"
    serializer_class: Any = QuoteOut
    request: Any

    def documents(self) -> QuerySet[Quote]:
        visible = Quote.objects.visible_to(self.request.user).for_display()
        return visible.select_related("sent_paper").prefetch_related(LINES, REVIEWS)

    def customer_named(self, code: str) -> Customer:
        customer = Customer.objects.visible_to(self.request.user).with_defaults().filter(number=code).first()
        if customer is None:
            detail = _("There is no customer %(code)s in your scope.") % {"code": code}
            raise InvalidInput(detail, problems=[FieldProblem("#/customer", "unknown_customer", detail)])
        return customer

    def enquiry_named(self, number: str) -> Enquiry | None:
        if not number:
            return None
        enquiry = enquiry_to_quote(self.request.user, number)
        if enquiry is None:
            detail = _("There is no enquiry %(number)s in your scope.") % {"number": number}
            raise InvalidInput(detail, problems=[FieldProblem("#/enquiry", "unknown_enquiry", detail)])
        return enquiry


def created(view: Any, quote: Quote) -> Response:
    shown = view.documents().get(pk=quote.pk)
    response = Response(QuoteOut(shown, context={"request": view.request, "view": view}).data, status=201)
    response["Location"] = reverse("api-quote", args=[quote.number])
    return with_etag(response, shown)


class QuotesView(QuoteScope, ListView):
    """GET: the latest versions in scope, the newest first. POST: write a quotation as a draft."""

    permissions = {"GET": "orders.view", "POST": "orders.make_quotes"}
    filters = ("status", "region", "customer", "salesperson", "expiring", "superseded")
    orderings = {
        "created": "created_at",
        "number": "number",
        "updated": "updated_at",
        "total": "total",
        "valid_until": "valid_until",
    }
    default_ordering = "-created"
    updated_field = "updated_at"
    search_fields = ("number", "title", "customer__name", "customer__number")
    includes = ("lines",)

    def rows(self) -> QuerySet[Quote]:
        request = self.request
        wanted = QuoteFilter(
            statuses=query.names(request, "status", QuoteStatus.values),
            regions=query.names(request, "region"),
            customer=query.text(request, "customer", longest=12),
            owner=query.text(request, "salesperson", longest=40),
            is_expiring=bool(query.yes_no(request, "expiring")),
            with_superseded=bool(query.yes_no(request, "superseded"))
            or QuoteStatus.SUPERSEDED in query.names(request, "status", QuoteStatus.values),
        )
        rows: Any = quotes_matching(self.user, wanted)
        rows = rows.for_display().prefetch_related(REVIEWS)
        return rows.prefetch_related(LINES) if "lines" in self.included() else rows

    @extend_schema(request=QuoteIn, responses={201: QuoteOut})
    @idempotent
    def post(self, request: Request) -> Quote:
        data = self.read(QuoteIn)
        return create_quote(
            self.customer_named(data["customer"]),
            draft=quote_draft_from(data),
            enquiry=self.enquiry_named(data.get("enquiry", "")),
            actor=self.user,
        )

    def answer(self, request: Request, result: Any) -> Response:
        return created(self, result)


class QuoteView(QuoteScope, DocumentView):
    """GET: one version with lines and reviews. PATCH: correct a draft, with If-Match."""

    permissions = {"GET": "orders.view", "PATCH": "orders.make_quotes"}

    @extend_schema(request=QuotePatchIn, responses=QuoteOut)
    def patch(self, request: Request, number: str) -> Response:
        quote = self.document()
        version = require_if_match(request, quote)
        draft = quote_draft_after(quote, self.read(QuotePatchIn))
        edit_quote(quote, draft=draft, actor=self.user, version=version)
        return self.shown(self.document())


class QuoteSubmitView(QuoteScope, TransitionView):
    """Submits a draft for internal review (QT-02)."""

    permissions = {"POST": "orders.make_quotes"}

    def act(self, document: Quote, *, version: int, body: dict[str, Any]) -> Any:
        return submit_quote(document, version=version, note=self.note_of(body), actor=self.user)


class QuoteWithdrawView(QuoteScope, TransitionView):
    """Takes back what the customer has not answered, with a reason."""

    permissions = {"POST": "orders.make_quotes"}

    def act(self, document: Quote, *, version: int, body: dict[str, Any]) -> Any:
        return withdraw_quote(document, version=version, reason=self.note_of(body), actor=self.user)


class ReviewStepView(QuoteScope, TransitionView):
    """One department's verdict; for the department's people, never for an API client."""

    required_scope = "reviews"
    permissions = {"POST": REVIEWERS[0]}
    body_serializer = ReviewIn
    verdict = ""

    def _require_permission(self, permission: str) -> None:
        if not any(self.user.may(name) for name in REVIEWERS):
            super()._require_permission(permission)

    def door_of(self, permission: str) -> str | tuple[str, ...]:
        return tuple(REVIEWERS)

    def act(self, document: Quote, *, version: int, body: dict[str, Any]) -> Any:
        return review_quote(
            document,
            department=body["department"],
            verdict=self.verdict,
            note=self.note_of(body),
            promised_on=body.get("promised_on"),
            version=version,
            actor=self.user,
        )


class QuoteApproveView(ReviewStepView):
    """Agrees for one department (QT-02, QT-03)."""

    verdict = VERDICT.AGREED


class QuoteRefuseView(ReviewStepView):
    """Returns the quotation to its maker, with a reason (QT-02)."""

    verdict = VERDICT.REFUSED


class QuoteSendView(QuoteScope, TransitionView):
    """Sends a cleared quotation to the customer."""

    permissions = {"POST": "orders.send_quotes"}
    body_serializer = SendIn

    def act(self, document: Quote, *, version: int, body: dict[str, Any]) -> Any:
        return send_quote(
            document,
            to=body.get("to", ""),
            note=body.get("note", ""),
            version=version,
            actor=self.user,
        )


class AnswerView(UploadMixin, QuoteScope, TransitionView):
    permissions = {"POST": "orders.send_quotes"}
    body_serializer = AnswerIn

    def paper(self, body: dict[str, Any]) -> Attachment | None:
        upload = body.get("file")
        if not upload:
            return None
        return store_attachment(upload, kind="answer", actor=self.user, allowed=PICTURE_OR_PDF)


class QuoteAcceptView(AnswerView):
    """POST: the customer accepts the quotation as it stands; the paper as `file` (multipart)."""

    def act(self, document: Quote, *, version: int, body: dict[str, Any]) -> Any:
        return accept_quote(
            document,
            answered_by=body.get("answered_by", ""),
            answered_on=body.get("answered_on"),
            attachment=self.paper(body),
            note=self.note_of(body),
            version=version,
            actor=self.user,
        )


class QuoteDeclineView(AnswerView):
    """POST: the customer declines; `reason` says why."""

    def act(self, document: Quote, *, version: int, body: dict[str, Any]) -> Any:
        return decline_quote(
            document,
            reason=self.note_of(body),
            answered_by=body.get("answered_by", ""),
            answered_on=body.get("answered_on"),
            attachment=self.paper(body),
            version=version,
            actor=self.user,
        )


class QuoteReviseView(QuoteScope, TransitionView):
    """Begins the next version and answers it; this one is superseded (QT-04)."""

    permissions = {"POST": "orders.make_quotes"}
    is_idempotent = True

    @extend_schema(responses={201: QuoteOut})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().post(request, *args, **kwargs)

    def act(self, document: Quote, *, version: int, body: dict[str, Any]) -> Any:
        return revise_quote(document, version=version, note=self.note_of(body), actor=self.user)

    def answer(self, request: Request, result: Any) -> Response:
        return created(self, result)


class QuoteConvertView(QuoteScope, TransitionView):
    """Makes a draft order of an accepted quotation and answers the order (QT-04)."""

    permissions = {"POST": "orders.enter"}
    is_idempotent = True

    @extend_schema(responses={201: OrderOut})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().post(request, *args, **kwargs)

    def act(self, document: Quote, *, version: int, body: dict[str, Any]) -> Any:
        return convert_quote_to_order(
            document, channel=Order.Channel.ONLINE, version=version, actor=self.user
        )

    def answer(self, request: Request, result: Any) -> Response:
        lines = Prefetch("lines", OrderLine.objects.order_by("line_no"))
        order = Order.objects.for_display().prefetch_related(lines).get(pk=result.pk)
        return order_created(self, order)


class QuotePaperView(QuoteScope, DocumentMixin, ApiView):
    """GET: the paper as it was sent; before that as it would be sent now."""

    permissions = {"GET": "orders.view"}

    @extend_schema(responses={(200, "application/pdf"): PDF})
    def get(self, request: Request, number: str) -> HttpResponse | FileResponse:
        return paper_response(self.document(), self.user, is_download=True)


class QuoteEventsView(QuoteScope, DocumentEventsView):
    """The trail of all versions of the quotation, oldest first."""

    permissions = {"GET": "orders.view"}
    serializer_class = EventSerializer

    def documents(self) -> QuerySet[Quote]:
        return Quote.objects.visible_to(self.request.user)


class QuoteCommentsView(QuoteScope, DocumentCommentsView):
    """GET: the comments on all versions, oldest first. POST: add a comment; it stays in the trail."""

    serializer_class = EventSerializer

    def documents(self) -> QuerySet[Quote]:
        return Quote.objects.visible_to(self.request.user)
