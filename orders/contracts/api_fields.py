"""How contracts look on the API: what comes in, and what goes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from core.api.fields import (
    AmountStringField,
    AvailableActionsField,
    LabelField,
    PercentStringField,
    PriceStringField,
    QuantityStringField,
    RateStringField,
    TextField,
)
from orders.api_fields import LineIn
from orders.contracts.assessment import LONGEST_CLAUSE
from orders.contracts.clauses import MANDATORY, standard_clauses
from orders.contracts.drafts import ContractDraft
from orders.contracts.workflow import COUNTERSIGNING_PARTS, SPECIAL_PARTS
from orders.drafts import MOST_LINES, LineDraft
from orders.models import Contract, ContractLine, ContractSignature, Order, Quote

FLAGS = {
    "nonstandard_product": "is_nonstandard_product",
    "new_requirements": "has_new_requirements",
    "over_capacity": "is_over_capacity",
    "nonstandard": "has_nonstandard_terms",
}
"""The flags by their names on the API."""


class ClausesIn(serializers.Serializer[Any]):
    """The mandatory clauses (CT-03); those left out keep our standard text."""

    def get_fields(self) -> Any:
        return {
            slug: TextField(max_length=LONGEST_CLAUSE, required=False, allow_blank=True) for slug in MANDATORY
        }

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = sorted(str(name) for name in set(data) - set(MANDATORY))
            if unknown:
                raise serializers.ValidationError(
                    {name: serializers.ErrorDetail("", code="unknown_field") for name in unknown}
                )
        return super().to_internal_value(data)


class ContractHeaderIn(serializers.Serializer[Any]):
    """What an application says beside its lines (CT-01)."""

    title = TextField(max_length=120, required=False)
    amount = AmountStringField(
        required=False,
        allow_null=True,
        help_text="The ceiling of a framework, or what a supplement adds, tax included",
    )
    freight = AmountStringField(required=False)
    order_intention = TextField(max_length=2000, required=False, allow_blank=True)
    policy_basis = TextField(max_length=300, required=False, allow_blank=True)
    language = serializers.ChoiceField(Quote.PaperLanguage.choices, required=False)
    terms = serializers.ChoiceField(Order.Terms.choices, required=False)
    prepaid_percent = PercentStringField(required=False, allow_null=True)
    valid_from = serializers.DateField(required=False, allow_null=True)
    valid_until = serializers.DateField(required=False, allow_null=True)
    clauses = ClausesIn(required=False)
    nonstandard_terms = TextField(max_length=500, required=False, allow_blank=True)
    nonstandard = serializers.BooleanField(required=False)
    nonstandard_product = serializers.BooleanField(required=False)
    new_requirements = serializers.BooleanField(required=False)
    over_capacity = serializers.BooleanField(required=False)


class ContractIn(ContractHeaderIn):
    """POST: an application. `quote` alone makes it from an accepted quotation (QT-04)."""

    customer = serializers.CharField(max_length=12, required=False, help_text="The customer's code")
    quote = serializers.CharField(max_length=24, required=False, help_text="An accepted quotation")
    kind = serializers.ChoiceField([Contract.Kind.INDIVIDUAL, Contract.Kind.FRAMEWORK], required=False)
    external_ref = TextField(max_length=64, required=False, allow_blank=True)
    lines = LineIn(many=True, required=False, max_length=MOST_LINES)  # type: ignore[call-arg]


class SupplementIn(ContractHeaderIn):
    """POST `/contracts/{number}/supplement/`: an application that adds to this contract (CT-07)."""

    external_ref = TextField(max_length=64, required=False, allow_blank=True)
    lines = LineIn(many=True, required=False, max_length=MOST_LINES)  # type: ignore[call-arg]


class ContractPatchIn(ContractHeaderIn):
    """PATCH: only what is sent changes; `lines` replaces all lines."""

    lines = LineIn(many=True, required=False, max_length=MOST_LINES)  # type: ignore[call-arg]


def draft_from(data: Mapping[str, Any], *, kind: str, supplement_to: str = "") -> ContractDraft:
    """The body of a POST as a draft."""
    given = _words(data)
    clauses = given.pop("clauses", None)
    if clauses is not None:
        clauses = {**standard_clauses(given.get("language", "zh-hans")), **clauses}
    return ContractDraft(
        kind=kind,
        supplement_to=supplement_to,
        lines=tuple(data.get("lines", ())),
        clauses=clauses,
        **{"title": "", **{name: value for name, value in given.items() if value is not None}},
    )


def draft_after(contract: Contract, data: Mapping[str, Any]) -> ContractDraft:
    """The application's present contents with the body of a PATCH laid over them."""
    names = (
        "title",
        "order_intention",
        "policy_basis",
        "language",
        "terms",
        "prepaid_percent",
        "valid_from",
        "valid_until",
        "nonstandard_terms",
        "freight",
        *FLAGS.values(),
    )
    header = {name: getattr(contract, name) for name in names}
    is_priced = contract.kind == Contract.Kind.INDIVIDUAL
    has_lines = bool(data["lines"]) if "lines" in data else contract.lines.exists()
    header["amount"] = None if is_priced or has_lines else contract.amount
    changed = _words(data)
    clauses = {**contract.clauses, **(changed.pop("clauses", None) or {})}
    lines = data["lines"] if "lines" in data else [line_as_draft(line) for line in contract.lines.all()]
    return ContractDraft(
        kind=contract.kind,
        supplement_to=contract.supplement_to.number if contract.supplement_to else "",
        lines=tuple(lines),
        clauses=clauses,
        **{**header, **changed},
    )


def _words(data: Mapping[str, Any]) -> dict[str, Any]:
    apart = ("customer", "quote", "kind", "lines")
    return {FLAGS.get(name, name): value for name, value in data.items() if name not in apart}


def line_as_draft(line: ContractLine) -> LineDraft:
    """A line as it stands; a price found in a list is found again, another one stays."""
    is_typed = line.price_source in ("manual", "quote")
    return LineDraft(
        sku=line.sku,
        quantity=line.quantity,
        unit_price=line.unit_price if is_typed else None,
        discount_percent=line.discount_percent,
        tax_rate=line.tax_rate,
        remark=line.remark,
    )


class ContractLineOut(serializers.Serializer[Any]):
    line = serializers.IntegerField(source="line_no")
    sku = serializers.CharField()
    name = serializers.CharField()
    spec = serializers.CharField()
    unit = serializers.CharField()
    quantity = QuantityStringField()
    unit_price = PriceStringField(help_text="Without tax")
    list_price = PriceStringField(allow_null=True)
    discount_percent = PercentStringField()
    tax_rate = RateStringField()
    net = AmountStringField()
    tax = AmountStringField()
    gross = AmountStringField()
    remark = serializers.CharField()


class SignatureOut(serializers.Serializer[Any]):
    part = serializers.CharField()
    part_label = LabelField(source="get_part_display")
    round = serializers.IntegerField()
    note = serializers.CharField()
    promised_on = serializers.DateField(allow_null=True)
    actor = serializers.CharField(source="actor.username")
    at = serializers.DateTimeField()


class ContractOut(serializers.ModelSerializer[Contract]):
    """A contract, a supplement, or a customer's confirmation letter on the register."""

    status_label = LabelField(source="get_status_display")
    kind_label = LabelField(source="get_kind_display")
    terms_label = LabelField(source="get_terms_display")
    customer = serializers.CharField(source="customer.number")
    customer_label = LabelField(source="customer.name")
    salesperson = serializers.CharField(source="salesperson.username")
    supplement_to = serializers.CharField(source="supplement_to.number", allow_null=True, default=None)
    quote = serializers.CharField(source="quote.number", allow_null=True, default=None)
    amount = AmountStringField(allow_null=True, help_text="Tax included; null is a framework without ceiling")
    supplemented = AmountStringField()
    ceiling = AmountStringField(allow_null=True, help_text="Amount with supplements: what orders may come to")
    freight = AmountStringField()
    net = AmountStringField()
    tax = AmountStringField()
    prepaid_percent = PercentStringField(allow_null=True)
    nonstandard = serializers.BooleanField(source="has_nonstandard_terms")
    nonstandard_product = serializers.BooleanField(source="is_nonstandard_product")
    new_requirements = serializers.BooleanField(source="has_new_requirements")
    over_capacity = serializers.BooleanField(source="is_over_capacity")
    has_signed_copy = serializers.SerializerMethodField()
    available_actions = AvailableActionsField()
    lines = ContractLineOut(many=True)
    signatures = SignatureOut(many=True)

    class Meta:
        model = Contract
        fields = (
            "number",
            "status",
            "status_label",
            "kind",
            "kind_label",
            "customer",
            "customer_label",
            "salesperson",
            "supplement_to",
            "quote",
            "title",
            "order_intention",
            "policy_basis",
            "language",
            "currency",
            "amount",
            "supplemented",
            "ceiling",
            "freight",
            "net",
            "tax",
            "terms",
            "terms_label",
            "prepaid_percent",
            "valid_from",
            "valid_until",
            "clauses",
            "nonstandard",
            "nonstandard_terms",
            "nonstandard_product",
            "new_requirements",
            "over_capacity",
            "needs_legal_review",
            "signed_on",
            "signed_by_customer",
            "has_signed_copy",
            "external_ref",
            "created_at",
            "submitted_at",
            "registered_at",
            "ended_on",
            "updated_at",
            "version",
            "available_actions",
            "lines",
            "signatures",
        )

    def get_has_signed_copy(self, contract: Contract) -> bool:
        return contract.scan_id is not None

    def to_representation(self, contract: Contract) -> dict[str, Any]:
        shown = super().to_representation(contract)
        if str(shown.get("external_ref", "")).startswith("page:"):
            shown["external_ref"] = ""  # our own guard against a form sent twice
        return shown


class ApproveIn(serializers.Serializer[Any]):
    """`part` where the person's role carries several; production names the day (CT-06)."""

    part = serializers.ChoiceField(
        [(part, ContractSignature.Part(part).label) for part in SPECIAL_PARTS], required=False
    )
    promised_on = serializers.DateField(required=False, allow_null=True)
    note = TextField(max_length=500, required=False, allow_blank=True)


class CountersignIn(serializers.Serializer[Any]):
    side = serializers.ChoiceField(
        [(part, ContractSignature.Part(part).label) for part in COUNTERSIGNING_PARTS]
    )
    note = TextField(max_length=500, required=False, allow_blank=True)


class RegisterIn(serializers.Serializer[Any]):
    """`file` is the scan of the signed copy (multipart), unless it is filed already."""

    signed_on = serializers.DateField()
    signed_by_customer = TextField(max_length=60)
    file = serializers.FileField(required=False)
