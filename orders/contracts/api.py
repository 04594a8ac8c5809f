"""Contracts over the API, through the same services as the pages. A client's token applies, it never signs."""

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
from core.api.views import (
    DocumentEventsView,
    DocumentView,
    EventSerializer,
    ListView,
    TransitionView,
    UploadMixin,
)
from core.attachments import PICTURE_OR_PDF, store_attachment
from core.errors import FieldProblem, InvalidInput
from customers.models import Customer
from orders.contracts import services
from orders.contracts.api_fields import (
    ApproveIn,
    ContractIn,
    ContractOut,
    ContractPatchIn,
    CountersignIn,
    RegisterIn,
    SupplementIn,
    draft_after,
    draft_from,
)
from orders.contracts.queries import ContractFilter, contracts_matching
from orders.contracts.services.from_quote import create_contract_from_quote
from orders.contracts.workflow import ContractStatus
from orders.models import Contract, ContractLine, ContractSignature, Quote

LINES = Prefetch("lines", ContractLine.objects.order_by("line_no"))
SIGNATURES = Prefetch("signatures", ContractSignature.objects.select_related("actor").order_by("pk"))


class ContractScope:
    """Every endpoint of contracts begins with what the caller may see (RG-02)."""

    required_scope = "orders"
    serializer_class: Any = ContractOut
    request: Any

    def documents(self) -> QuerySet[Contract]:
        contracts = Contract.objects.visible_to(self.request.user).for_display()
        return contracts.prefetch_related(LINES, SIGNATURES)


def created(view: Any, contract: Contract) -> Response:
    shown = view.documents().get(pk=contract.pk)
    response = Response(ContractOut(shown, context={"request": view.request, "view": view}).data, status=201)
    response["Location"] = reverse("api-contract", args=[shown.number])
    return with_etag(response, shown)


class ContractsView(ContractScope, ListView):
    """GET: the contracts in scope, the newest first. POST: apply for one."""

    permissions = {"GET": "orders.view", "POST": "orders.apply_for_contracts"}
    filters = ("status", "kind", "customer")
    orderings = {"created": "created_at", "number": "number", "updated": "updated_at", "amount": "amount"}
    default_ordering = "-created"
    updated_field = "updated_at"
    search_fields = ("number", "title", "customer__name", "customer__number")
    includes = ("lines", "signatures")

    def rows(self) -> QuerySet[Contract]:
        request = self.request
        wanted = ContractFilter(
            statuses=query.names(request, "status", ContractStatus.values),
            kinds=query.names(request, "kind", Contract.Kind.values),
            customer=query.text(request, "customer", longest=12),
        )
        included = self.included()
        prefetched: list[Any] = [LINES] if "lines" in included else []
        prefetched += [SIGNATURES] if "signatures" in included else []
        return contracts_matching(self.user, wanted).for_display().prefetch_related(*prefetched)

    @extend_schema(request=ContractIn, responses={201: ContractOut})
    @idempotent
    def post(self, request: Request) -> Contract:
        data = self.read(ContractIn)
        if data.get("quote"):
            return self.from_quote(data)
        customer = self.customer_named(data.get("customer", ""))
        kind = data.get("kind", Contract.Kind.INDIVIDUAL)
        return services.apply_for_contract(customer, draft=draft_from(data, kind=kind), actor=self.user)

    def from_quote(self, data: dict[str, Any]) -> Contract:
        others = sorted(set(data) - {"quote", "external_ref"})
        if others:
            detail = _("A contract from a quotation takes everything over from it; send the quotation alone.")
            raise InvalidInput(detail, problems=[FieldProblem(f"#/{others[0]}", "from_quote", detail)])
        quote = Quote.objects.visible_to(self.user).filter(number=data["quote"]).first()
        if quote is None:
            detail = _("There is no quotation %(number)s in your scope.") % {"number": data["quote"]}
            raise InvalidInput(detail, problems=[FieldProblem("#/quote", "unknown_quote", detail)])
        return create_contract_from_quote(quote, actor=self.user)

    def customer_named(self, code: str) -> Customer:
        customer = Customer.objects.visible_to(self.user).with_defaults().filter(number=code).first()
        if customer is None:
            detail = _("There is no customer %(code)s in your scope.") % {"code": code}
            raise InvalidInput(detail, problems=[FieldProblem("#/customer", "unknown_customer", detail)])
        return customer

    def answer(self, request: Request, result: Any) -> Response:
        return created(self, result)


class ContractView(ContractScope, DocumentView):
    """GET: one contract with lines and signatures. PATCH: correct an application, with If-Match."""

    permissions = {"GET": "orders.view", "PATCH": "orders.apply_for_contracts"}

    @extend_schema(request=ContractPatchIn, responses=ContractOut)
    def patch(self, request: Request, number: str) -> Response:
        contract = self.document()
        version = require_if_match(request, contract)
        draft = draft_after(contract, self.read(ContractPatchIn))
        services.edit_contract(contract, draft=draft, actor=self.user, version=version)
        return self.shown(self.document())


class SubmitView(ContractScope, TransitionView):
    """Sends an application to the sales manager (CT-01, CT-03)."""

    permissions = {"POST": "orders.apply_for_contracts"}

    def act(self, document: Contract, *, version: int, body: dict[str, Any]) -> Any:
        return services.submit_contract(document, version=version, note=self.note_of(body), actor=self.user)


class ReopenView(ContractScope, TransitionView):
    """Takes a rejected application up again."""

    permissions = {"POST": "orders.apply_for_contracts"}

    def act(self, document: Contract, *, version: int, body: dict[str, Any]) -> Any:
        return services.reopen_contract(document, version=version, note=self.note_of(body), actor=self.user)


class CancelView(ContractScope, TransitionView):
    """Gives an application up, with a reason."""

    permissions = {"POST": "orders.apply_for_contracts"}

    def act(self, document: Contract, *, version: int, body: dict[str, Any]) -> Any:
        return services.cancel_contract(document, version=version, reason=self.note_of(body), actor=self.user)


class ApproveView(ContractScope, TransitionView):
    """The signature whose turn it is: manager, specialist, general manager or legal, by the person's role."""

    permissions = {"POST": "orders.reject_contracts"}  # whoever decides somewhere also rejects there
    body_serializer = ApproveIn

    def act(self, document: Contract, *, version: int, body: dict[str, Any]) -> Any:
        return services.approve_contract(
            document,
            version=version,
            part=body.get("part", ""),
            promised_on=body.get("promised_on"),
            note=body.get("note", ""),
            actor=self.user,
        )


class CountersignView(ContractScope, TransitionView):
    """Sales head or finance countersigns (会签)."""

    permissions = {"POST": "orders.reject_contracts"}
    body_serializer = CountersignIn

    def act(self, document: Contract, *, version: int, body: dict[str, Any]) -> Any:
        return services.countersign(
            document, version=version, side=body["side"], note=body.get("note", ""), actor=self.user
        )


class RejectView(ContractScope, TransitionView):
    """Sends an application back, with a reason."""

    permissions = {"POST": "orders.reject_contracts"}

    def act(self, document: Contract, *, version: int, body: dict[str, Any]) -> Any:
        return services.reject_contract(document, version=version, reason=self.note_of(body), actor=self.user)


class SealView(ContractScope, TransitionView):
    """Records the seal."""

    permissions = {"POST": "orders.seal_contracts"}

    def act(self, document: Contract, *, version: int, body: dict[str, Any]) -> Any:
        return services.seal_contract(document, version=version, note=self.note_of(body), actor=self.user)


class RegisterView(UploadMixin, ContractScope, TransitionView):
    """Enters a sealed contract in the register, with the signed copy as `file` (multipart)."""

    permissions = {"POST": "orders.register_contracts"}
    body_serializer = RegisterIn

    def act(self, document: Contract, *, version: int, body: dict[str, Any]) -> Any:
        upload = body.get("file")
        scan = (
            store_attachment(upload, kind="signed_copy", actor=self.user, allowed=PICTURE_OR_PDF)
            if upload
            else None
        )
        return services.register_contract(
            document,
            signed_on=body["signed_on"],
            signed_by_customer=body["signed_by_customer"],
            scan=scan,
            version=version,
            actor=self.user,
        )


class EndView(ContractScope, TransitionView):
    """Ends a contract in force, with a reason."""

    permissions = {"POST": "orders.register_contracts"}

    def act(self, document: Contract, *, version: int, body: dict[str, Any]) -> Any:
        return services.end_contract(document, version=version, reason=self.note_of(body), actor=self.user)


class SupplementView(ContractScope, TransitionView):
    """POST: apply for a supplement to this contract; answers the new application (CT-07)."""

    permissions = {"POST": "orders.apply_for_contracts"}
    body_serializer = SupplementIn
    is_idempotent = True

    def act(self, document: Contract, *, version: int, body: dict[str, Any]) -> Any:
        customer = Customer.objects.with_defaults().get(pk=document.customer_id)
        draft = draft_from(body, kind=Contract.Kind.SUPPLEMENT, supplement_to=document.number)
        return services.apply_for_contract(customer, draft=draft, actor=self.user)

    def answer(self, request: Request, result: Any) -> Response:
        return created(self, result)


class ContractEventsView(ContractScope, DocumentEventsView):
    """The trail of the contract, oldest first."""

    permissions = {"GET": "orders.view"}
    serializer_class = EventSerializer

    def documents(self) -> QuerySet[Contract]:
        return Contract.objects.visible_to(self.request.user)


class ContractCommentsView(ContractScope, DocumentCommentsView):
    """GET: the comments, oldest first. POST: add a comment; it stays in the trail."""

    serializer_class = DocumentCommentsView.serializer_class

    def documents(self) -> QuerySet[Contract]:
        return Contract.objects.visible_to(self.request.user)
