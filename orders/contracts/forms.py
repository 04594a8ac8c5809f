"""The typed application: what the contract is about, its lines on the order's grid, and its clauses."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import today
from core.errors import FieldProblem
from core.models import User
from core.widgets import AmountInput, DateInput
from customers.models import Customer
from orders.contracts.ceiling import usable_contracts
from orders.contracts.clauses import CLAUSES, standard_clauses
from orders.contracts.drafts import ContractDraft
from orders.forms import EMPTY_ROWS, SPARE_ROWS, TAX_CHOICES, CustomerChoice, GridEntry, LineFormSet
from orders.models import Contract, ContractLine, Order, Quote

Kind = Contract.Kind
TYPED_KINDS = [(kind.value, kind.label) for kind in (Kind.INDIVIDUAL, Kind.FRAMEWORK)]
FROM_LISTS = ("list", "break", "customer", "customer_break")
TEXTS = (
    "title",
    "order_intention",
    "policy_basis",
    "language",
    "terms",
    "nonstandard_terms",
)
FLAGS = ("has_nonstandard_terms", "is_nonstandard_product", "has_new_requirements", "is_over_capacity")


class NeededText(forms.CharField):
    """Shown as needed; left empty it is saved all the same, and the submission asks for it."""

    def validate(self, value: Any) -> None:
        return None


def _text(label: Any, most: int, *, rows: int = 0, is_needed: bool = False, **kwargs: Any) -> forms.CharField:
    widget: Any = forms.Textarea({"rows": rows}) if rows else forms.TextInput()
    kind = NeededText if is_needed else forms.CharField
    return kind(label=label, max_length=most, required=is_needed, widget=widget, **kwargs)


def _amount(label: Any, **kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, widget=AmountInput, required=False, max_digits=14, decimal_places=2,
        min_value=Decimal(0), **kwargs,
    )  # fmt: skip


class ContractHeaderForm(forms.Form):
    """What stands above and below the lines of an application (合同申报单)."""

    use_required_attribute = False  # a form not yet filled in is not wrong yet

    customer = CustomerChoice(options="contract_customer_options")
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=TYPED_KINDS, required=False)
    title = _text(gettext_lazy("Subject"), 120, is_needed=True)
    order_intention = _text(
        gettext_lazy("Order intention"),
        2000,
        rows=3,
        is_needed=True,
        help_text=gettext_lazy("What the customer wants to order, and from when."),
    )
    policy_basis = _text(
        gettext_lazy("Sales policy applied"),
        300,
        is_needed=True,
        help_text=gettext_lazy("The price list or sales policy the contract follows."),
    )
    amount = _amount(
        gettext_lazy("Amount, tax included"),
        help_text=gettext_lazy(
            "Of a framework contract the ceiling, or empty; else it comes from the lines."
        ),
    )
    freight = _amount(gettext_lazy("Freight charged, tax included"))
    valid_from = forms.DateField(label=gettext_lazy("Valid from"), widget=DateInput, required=False)
    valid_until = forms.DateField(label=gettext_lazy("Valid until"), widget=DateInput, required=False)
    terms = forms.ChoiceField(
        label=gettext_lazy("Payment terms"),
        choices=[("", gettext_lazy("as the customer file")), *Order.Terms.choices],
        required=False,
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the paper"), choices=Quote.PaperLanguage.choices
    )
    is_nonstandard_product = forms.BooleanField(label=gettext_lazy("Non-standard product"), required=False)
    has_new_requirements = forms.BooleanField(
        label=gettext_lazy("New quality or technical needs"), required=False
    )
    is_over_capacity = forms.BooleanField(label=gettext_lazy("Over capacity"), required=False)
    has_nonstandard_terms = forms.BooleanField(
        label=gettext_lazy("Terms differ from the standard"), required=False
    )
    nonstandard_terms = _text(gettext_lazy("Which terms differ"), 500)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    supplement_to = forms.CharField(widget=forms.HiddenInput, required=False, max_length=24)

    def __init__(
        self, *args: Any, user: User, customer: Customer | None = None, is_new: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.known = customer
        self.fields["form_key"].initial = uuid.uuid4
        for slug, label in CLAUSES.items():
            self.fields[clause_field(slug)] = _text(label, 4000, rows=3, is_needed=True)
        if not is_new:
            del self.fields["kind"]
        if customer is not None:
            del self.fields["customer"]
            return
        chosen = self["customer"].value()
        scope = Customer.objects.visible_to(user).with_defaults()
        self.fields["customer"].queryset = (  # type: ignore[attr-defined]
            scope.filter(number=str(chosen)[:12]) if chosen else scope.active().order_by("number")[:200]
        )

    def customer_chosen(self) -> Customer | None:
        return self.known if self.known is not None else self.cleaned_data.get("customer")

    def clauses(self) -> list[forms.BoundField]:
        return [self[clause_field(slug)] for slug in CLAUSES]


def clause_field(slug: str) -> str:
    return f"clause_{slug}"


class ContractEntry(GridEntry):
    """Header, lines and clauses together, and the draft they make.

    `contract` is the application corrected, `parent` the contract that a new supplement adds to.
    """

    def __init__(
        self,
        user: User,
        *,
        data: Any = None,
        contract: Contract | None = None,
        parent: Contract | None = None,
        initial: Any = None,
    ) -> None:
        super().__init__()
        self.contract = contract
        self.parent = parent if contract is None else contract.supplement_to
        known = contract or parent
        self.header = ContractHeaderForm(
            data,
            user=user,
            customer=known.customer if known is not None else None,
            is_new=known is None,
            initial=header_of(contract) if contract is not None else _new_header(parent, initial),
        )
        rows = [row_of(line) for line in contract.lines.all()] if contract is not None else []
        spare = 0 if self.is_from_quote else SPARE_ROWS if rows or parent else EMPTY_ROWS
        self.lines = LineFormSet(data, prefix="line", initial=[*rows, *({} for _n in range(spare))])

    @property
    def is_from_quote(self) -> bool:
        """Its lines are the accepted quotation's and stay so (QT-04)."""
        return self.contract is not None and self.contract.quote_id is not None

    @property
    def kind(self) -> str:
        if self.contract is not None:
            return self.contract.kind
        return Kind.SUPPLEMENT if self.parent is not None else self.header.cleaned_data.get("kind") or ""

    def draft(self) -> ContractDraft:
        data, kept = self.header.cleaned_data, self.contract
        return ContractDraft(
            kind=self.kind,
            lines=() if self.is_from_quote else tuple(form.draft() for form in self.filled),
            amount=data["amount"] if self.kind != Kind.INDIVIDUAL else None,
            freight=data["freight"] or Decimal("0.00"),
            supplement_to=self.parent.number if self.parent is not None else "",
            prepaid_percent=kept.prepaid_percent
            if kept is not None and data["terms"] == kept.terms
            else None,
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
            clauses={slug: data[clause_field(slug)] for slug in CLAUSES},
            external_ref=f"page:{data['form_key']}" if kept is None and data.get("form_key") else "",
            **{name: data[name] for name in (*TEXTS, *FLAGS)},
        )

    def put_problems(self, problems: Any) -> None:
        """A clause's problem belongs to its own box."""
        moved = [
            FieldProblem(problem.pointer.replace("#/clauses/", "#/clause_"), problem.code, problem.detail)
            for problem in problems
        ]
        super().put_problems(moved)


def _new_header(parent: Contract | None, initial: Any) -> dict[str, Any]:
    language = parent.language if parent is not None else (initial or {}).get("language", "zh-hans")
    clauses = standard_clauses(language)
    return {
        "language": language,
        "title": _("Supplement to %(number)s") % {"number": parent.number} if parent is not None else "",
        "terms": parent.terms if parent is not None else "",
        "supplement_to": parent.number if parent is not None else "",
        **{clause_field(slug): text for slug, text in clauses.items()},
        **(initial or {}),
    }


def header_of(contract: Contract) -> dict[str, Any]:
    names = (*TEXTS, *FLAGS, "valid_from", "valid_until", "version")
    return {
        **{name: getattr(contract, name) for name in names},
        "freight": contract.freight or None,
        "amount": None if contract.kind == Kind.INDIVIDUAL else contract.amount,
        **{clause_field(slug): contract.clauses.get(slug, "") for slug in CLAUSES},
    }


def row_of(line: ContractLine) -> dict[str, Any]:
    rate = next((value for value, _label in TAX_CHOICES if value and Decimal(value) == line.tax_rate), "")
    return {
        "sku": line.sku,
        "quantity": line.quantity,
        "unit_price": None if line.price_source in FROM_LISTS else line.unit_price,
        "discount_percent": line.discount_percent or None,
        "tax_rate": rate,
        "remark": line.remark,
    }


# --- The steps ------------------------------------------------------------------------------------


class SignForm(forms.Form):
    """One of the four signatures on a special contract (CT-06)."""

    note = _text(gettext_lazy("Opinion"), 500, rows=3)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ProductionSignForm(SignForm):
    """Production also says when (CT-06)."""

    promised_on = forms.DateField(label=gettext_lazy("Can deliver on"), widget=DateInput)
    field_order = ("promised_on", "note", "version")


class RegisterForm(forms.Form):
    """The sealed contract enters the register, with the copy both sides have signed (CT-04)."""

    signed_on = forms.DateField(label=gettext_lazy("Signed on"), widget=DateInput, initial=today)
    signed_by_customer = forms.CharField(label=gettext_lazy("Signed for the customer by"), max_length=60)
    file = forms.FileField(
        label=gettext_lazy("Signed copy"),
        required=False,
        help_text=gettext_lazy("PDF, JPEG or PNG, at most 10 MB."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ScanForm(forms.Form):
    """A new scan of a contract already sealed."""

    file = forms.FileField(
        label=gettext_lazy("Signed copy"), help_text=gettext_lazy("PDF, JPEG or PNG, at most 10 MB.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ContractChoice(forms.ModelChoiceField):
    """A contract in force, found by number, subject or customer; the page holds only the customer's own."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=Contract.objects.none(),
            to_field_name="number",
            required=False,
            label=gettext_lazy("Contract"),
            widget=forms.Select(),
            **kwargs,
        )

    def label_from_instance(self, contract: Contract) -> str:
        return f"{contract.number} {contract.title}"


class LinkForm(forms.Form):
    """Under which contract an order stands: only this customer's contracts in force (CT-02)."""

    contract = ContractChoice(empty_label=gettext_lazy("no contract"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contract"].queryset = usable_contracts(order.customer_id).order_by("-pk")  # type: ignore[attr-defined]
