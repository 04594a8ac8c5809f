"""Bank lines and matches."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import query
from core.api.etag import with_etag
from core.api.fields import AmountStringField, TextField, WholeNumberField
from core.api.idempotency import idempotent
from core.api.views import ApiView, ListView
from credit.api.remittances import CENT, RemittanceOut, problem, slips_for
from credit.models import BankAccount, BankLine, Remittance
from credit.services.bank import enter_bank_line, match_bank_line


class BankLineOut(serializers.ModelSerializer[BankLine]):
    account = serializers.CharField(source="account.code")
    currency = serializers.CharField(source="account.currency")
    amount = AmountStringField(read_only=True)
    remittance = serializers.SerializerMethodField()

    class Meta:
        model = BankLine
        fields = (
            "id",
            "account",
            "currency",
            "reference",
            "booked_on",
            "amount",
            "payer",
            "remark",
            "entered_at",
            "matched_at",
            "remittance",
        )

    def get_remittance(self, line: BankLine) -> str | None:
        return line.remittance.number if line.matched_at else None


class BankLineIn(serializers.Serializer[Any]):
    account = TextField(max_length=12)
    reference = TextField(max_length=64)
    booked_on = serializers.DateField()
    amount = AmountStringField(min_value=CENT)
    payer = TextField(max_length=120)
    remark = TextField(max_length=200, required=False, allow_blank=True, default="")


class BankLinesView(ListView):
    """GET the lines of the bank statements, matched or not. POST enters one line."""

    required_scope = "bank"
    permissions = {"GET": "credit.view", "POST": "credit.enter_bank_lines"}
    filters = ("matched",)
    orderings = {"booked_on": "booked_on", "id": "pk"}
    search_fields = ("reference", "payer", "remark")
    serializer_class = BankLineOut
    body_serializer = BankLineIn

    def rows(self) -> QuerySet[BankLine]:
        return BankLine.objects.visible_to(self.user).select_related("account", "remittance")

    def narrow(self, rows: QuerySet[BankLine]) -> QuerySet[BankLine]:
        wanted = query.yes_no(self.request, "matched")
        return rows if wanted is None else rows.filter(matched_at__isnull=not wanted)

    @idempotent
    def post(self, request: Request) -> Any:
        entry = self.read(BankLineIn)
        account = BankAccount.objects.filter(code=entry.pop("account")).first()
        if account is None:
            raise problem("#/account", "unknown", _("There is no such account."))
        return enter_bank_line(account, actor=self.user, **entry)

    def answer(self, request: Request, result: BankLine) -> Response:
        return Response(BankLineOut(result, context={"request": request}).data, status=201)


class MatchIn(serializers.Serializer[Any]):
    remittance = TextField(max_length=24)
    bank_line = WholeNumberField(min_value=1, max_value=2**53)
    version = WholeNumberField(required=False)


class BankMatchesView(ApiView):
    """POST: says that this bank line proves this slip (PM-03). Answers the slip."""

    required_scope = "bank"
    permissions = {"POST": "credit.match"}
    serializer_class = RemittanceOut
    body_serializer = MatchIn
    other_problems = ("412",)

    @idempotent
    def post(self, request: Request) -> Any:
        entry = self.read(MatchIn)
        slip = slips_for(self.user).filter(number=entry["remittance"]).first()
        line = BankLine.objects.filter(pk=entry["bank_line"]).first()
        if slip is None:
            raise problem("#/remittance", "unknown", _("There is no such slip."))
        if line is None:
            raise problem("#/bank_line", "unknown", _("There is no such bank line."))
        return match_bank_line(slip, line, actor=self.user, version=entry.get("version"))

    def answer(self, request: Request, result: Remittance) -> Response:
        slip = slips_for(self.user).get(pk=result.pk)
        return with_etag(Response(RemittanceOut(slip, context={"request": request}).data, status=201), slip)
