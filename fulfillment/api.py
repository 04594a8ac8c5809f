"""Dispatch over the API: notices, shipments with pick, check, gate-out and proof, gate passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import query
from core.api.etag import require_if_match, with_etag
from core.api.idempotency import idempotent
from core.api.parsers import SafeJSONParser, SafeMultiPartParser
from core.api.views import (
    ApiView,
    DocumentEventsView,
    DocumentMixin,
    DocumentView,
    EventSerializer,
    ListView,
    TransitionView,
)
from core.attachments import store_attachment
from core.errors import FieldProblem, InvalidInput, NotFound
from fulfillment.drafts import Arrival, CheckedLine, PickedLine
from fulfillment.models import (
    Carrier,
    DeliveryProof,
    DispatchLine,
    DispatchNotice,
    GatePass,
    Shipment,
    ShipmentLine,
)
from fulfillment.serializers import (
    CheckIn,
    DeliveryProofIn,
    DeliveryProofOut,
    DispatchNoticeIn,
    DispatchNoticeOut,
    GateOutIn,
    GatePassOut,
    PickIn,
    ShipmentOut,
)
from fulfillment.services import (
    check_shipment,
    gate_out,
    make_dispatch_notice,
    record_delivery,
    record_pick,
    send_back,
    sign_dispatch_notice,
    void_dispatch_notice,
    void_shipment,
)
from fulfillment.workflow import NoticeStatus, ShipmentStatus
from orders.models import Order

SCOPE = "dispatch"
VIEW = {"GET": "fulfillment.view"}


def lines_by_number(lines: Sequence[Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    """The lines of a body by their number, in the order sent, each once."""
    found: dict[int, Mapping[str, Any]] = {}
    for index, line in enumerate(lines):
        if line["line"] in found:
            detail = _("Line %(line)s is given twice.") % {"line": line["line"]}
            raise InvalidInput(problems=[FieldProblem(f"#/lines/{index}/line", "line_twice", detail)])
        found[line["line"]] = line
    return found


class NoticeScope(ApiView):
    required_scope = SCOPE
    serializer_class: type[serializers.Serializer[Any]] = DispatchNoticeOut

    def documents(self) -> QuerySet[DispatchNotice]:
        lines = DispatchLine.objects.select_related("order_line").order_by("order_line__line_no")
        return (
            DispatchNotice.objects.visible_to(self.user)
            .select_related("order__customer", "warehouse", "created_by", "shipment")
            .prefetch_related(Prefetch("lines", lines))
        )


class DispatchNoticesView(NoticeScope, ListView):
    """GET the notices in scope. POST asks the warehouse for goods that are reserved (DS-01)."""

    permissions = {**VIEW, "POST": "fulfillment.make_notice"}
    body_serializer = DispatchNoticeIn
    filters = ("status", "order")
    orderings = {"created": "created_at", "number": "number"}
    default_ordering = "-created"
    search_fields = ("number", "order__number", "order__customer__name")
    includes = ("lines",)

    def rows(self) -> QuerySet[DispatchNotice]:
        rows = self.documents()
        return rows if "lines" in self.included() else rows.prefetch_related(None)

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        status = query.choice(self.request, "status", NoticeStatus.values)
        order = query.text(self.request, "order")
        rows = rows.filter(status=status) if status else rows
        return rows.filter(order__number=order) if order else rows

    @idempotent
    def post(self, request: Request) -> DispatchNotice:
        body = self.read(DispatchNoticeIn)
        order = Order.objects.visible_to(self.user).filter(number=body["order"]).first()
        if order is None:
            raise NotFound()
        given = body.get("lines")
        lines = None if given is None else {no: row["quantity"] for no, row in lines_by_number(given).items()}
        return make_dispatch_notice(order, lines=lines, actor=self.user, remarks=body["remarks"])

    def answer(self, request: Request, result: DispatchNotice) -> Response:
        return notice_response(self, result, status=201)


def notice_response(view: Any, notice: DispatchNotice, status: int = 200) -> Response:
    shown = view.documents().get(pk=notice.pk)
    body = DispatchNoticeOut(shown, context={"request": view.request}).data
    return with_etag(Response(body, status=status), shown)


class DispatchNoticeView(NoticeScope, DocumentView):
    """One dispatch notice with its lines."""

    permissions = VIEW


class DispatchNoticeEventsView(NoticeScope, DocumentEventsView):
    permissions = VIEW
    serializer_class = EventSerializer


class SignNoticeView(NoticeScope, TransitionView):
    """Signs the notice and opens its shipment, which the answer names."""

    permissions = {"POST": "fulfillment.sign_notice"}
    is_idempotent = True

    def act(self, document: DispatchNotice, *, version: int, body: dict[str, Any]) -> Any:
        return sign_dispatch_notice(document, version=version, actor=self.user)


class VoidNoticeView(NoticeScope, TransitionView):
    """Voids a notice whose goods have not left, with a reason."""

    permissions = {"POST": "fulfillment.make_notice"}

    def act(self, document: DispatchNotice, *, version: int, body: dict[str, Any]) -> Any:
        return void_dispatch_notice(document, reason=self.note_of(body), version=version, actor=self.user)


class ShipmentScope(ApiView):
    required_scope = SCOPE
    serializer_class: type[serializers.Serializer[Any]] = ShipmentOut

    def documents(self) -> QuerySet[Shipment]:
        lines = ShipmentLine.objects.select_related("order_line", "batch").order_by("line_no")
        return (
            Shipment.objects.visible_to(self.user)
            .select_related("order__customer", "notice", "carrier", "gate_pass", "proof")
            .prefetch_related(Prefetch("lines", lines))
        )


class ShipmentsView(ShipmentScope, ListView):
    """The shipments in scope, the newest first."""

    permissions = VIEW
    filters = ("status", "order", "gone_on")
    orderings = {"created": "created_at", "number": "number"}
    default_ordering = "-created"
    search_fields = ("number", "order__number", "tracking_number", "order__customer__name")
    includes = ("lines",)

    def rows(self) -> QuerySet[Shipment]:
        rows = self.documents()
        return rows if "lines" in self.included() else rows.prefetch_related(None)

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        status = query.choice(self.request, "status", ShipmentStatus.values)
        order, gone_on = query.text(self.request, "order"), query.day(self.request, "gone_on")
        rows = rows.filter(status=status) if status else rows
        rows = rows.filter(order__number=order) if order else rows
        return rows.filter(gone_on=gone_on) if gone_on else rows


class ShipmentView(ShipmentScope, DocumentView):
    """One shipment with its lines, gate pass and proof."""

    permissions = VIEW


class ShipmentEventsView(ShipmentScope, DocumentEventsView):
    permissions = VIEW
    serializer_class = EventSerializer


class PickView(ShipmentScope, TransitionView):
    """Records what was taken from the shelf, and from which batch (DS-02)."""

    permissions = {"POST": "fulfillment.pick"}
    body_serializer = PickIn

    def act(self, document: Shipment, *, version: int, body: dict[str, Any]) -> Any:
        picked = {
            no: PickedLine(line["quantity"], line["batch"])
            for no, line in lines_by_number(body["lines"]).items()
        }
        return record_pick(document, picked=picked, version=version, actor=self.user)


class CheckView(ShipmentScope, TransitionView):
    """The second person's reading; the answer names the gate pass."""

    permissions = {"POST": "fulfillment.check"}
    body_serializer = CheckIn
    is_idempotent = True

    def act(self, document: Shipment, *, version: int, body: dict[str, Any]) -> Any:
        checked = {
            no: CheckedLine(line["sku"], line["quantity"], line["batch"])
            for no, line in lines_by_number(body["lines"]).items()
        }
        return check_shipment(document, checked=checked, version=version, actor=self.user)


class SendBackView(ShipmentScope, TransitionView):
    """Sends the goods back to the picker, with a reason."""

    permissions = {"POST": "fulfillment.check"}

    def act(self, document: Shipment, *, version: int, body: dict[str, Any]) -> Any:
        return send_back(document, reason=self.note_of(body), version=version, actor=self.user)


class VoidShipmentView(ShipmentScope, TransitionView):
    """Withdraws a shipment nothing can be picked for, and its notice; the goods are free for another."""

    permissions = {"POST": "fulfillment.make_notice"}

    def act(self, document: Shipment, *, version: int, body: dict[str, Any]) -> Any:
        return void_shipment(document, reason=self.note_of(body), version=version, actor=self.user)


class GateOutView(ShipmentScope, TransitionView):
    """Lets the goods out against the gate pass; stock falls now (DS-03)."""

    permissions = {"POST": "fulfillment.gate_out"}
    body_serializer = GateOutIn
    is_idempotent = True

    def act(self, document: Shipment, *, version: int, body: dict[str, Any]) -> Any:
        carrier = Carrier.objects.filter(code=body.pop("carrier")).first()
        if carrier is None:
            detail = _("There is no carrier with this code.")
            raise InvalidInput(detail, problems=[FieldProblem("#/carrier", "unknown_carrier", detail)])
        return gate_out(document, carrier=carrier, version=version, actor=self.user, **body)


class GatePassesView(ListView):
    """The gate passes, used and unused."""

    required_scope = SCOPE
    permissions = VIEW
    serializer_class = GatePassOut
    filters = ("used", "shipment")
    orderings = {"issued": "issued_at", "number": "number"}
    default_ordering = "-issued"

    def rows(self) -> QuerySet[GatePass]:
        shipments = Shipment.objects.visible_to(self.user).values("pk")
        return GatePass.objects.filter(shipment__in=shipments).select_related(
            "shipment__order", "issued_by", "used_by"
        )

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        used, shipment = query.yes_no(self.request, "used"), query.text(self.request, "shipment")
        rows = rows if used is None else rows.filter(used_at__isnull=not used)
        return rows.filter(shipment__number=shipment) if shipment else rows


class ProofView(ShipmentScope, DocumentMixin):
    """GET the signed proof of a shipment. POST records the proof and posts what is owed (DL-01).

    The body is multipart, `lines` in it as JSON.
    """

    permissions = {**VIEW, "POST": "fulfillment.record_delivery"}
    body_serializer = DeliveryProofIn
    parser_classes = (SafeMultiPartParser, SafeJSONParser)
    serializer_class = DeliveryProofOut

    def get(self, request: Request, number: str) -> Response:
        proof = getattr(self.document(), "proof", None)
        if proof is None:
            raise NotFound()
        return Response(self._shown(proof))

    @extend_schema(parameters=[OpenApiParameter("If-Match", str, "header", required=True)])
    @idempotent
    def post(self, request: Request, number: str) -> DeliveryProof:
        shipment = self.document()
        version = require_if_match(request, shipment)
        body = self.read(DeliveryProofIn)
        arrivals = {
            no: Arrival(line["good"], Decimal(line["short"]), Decimal(line["damaged"]))
            for no, line in lines_by_number(body["lines"]).items()
        }
        image = store_attachment(body["file"], kind="delivery_proof", actor=self.user)
        return record_delivery(
            shipment,
            image=image,
            signer=body["signer"],
            signed_at=body["signed_at"],
            lines=arrivals,
            note=body["note"],
            version=version,
            actor=self.user,
        )

    def answer(self, request: Request, result: DeliveryProof) -> Response:
        return Response(self._shown(result), status=201)

    def _shown(self, proof: DeliveryProof) -> Any:
        lines = proof.lines.select_related("shipment_line").order_by("shipment_line__line_no")
        shown = (
            DeliveryProof.objects.select_related("shipment__order", "image", "recorded_by")
            .prefetch_related(Prefetch("lines", lines))
            .get(pk=proof.pk)
        )
        return DeliveryProofOut(shown, context={"request": self.request}).data
