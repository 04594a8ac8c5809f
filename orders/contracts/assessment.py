"""Prices an application and finds everything wrong with it at once. Reads only; page and API share it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.errors import Problems
from core.money import ZERO
from customers.models import Customer
from orders.assessment import PricedLine, examine_draft
from orders.contracts.clauses import MANDATORY, STANDARD, standard_clause, standard_clauses
from orders.contracts.drafts import ContractDraft
from orders.contracts.workflow import ContractStatus
from orders.draft_checks import MOST, check_text, has_more_places, longest
from orders.drafts import OrderDraft
from orders.models import Contract, Order, Quote

Kind = Contract.Kind
APPLIED_FOR = (Kind.INDIVIDUAL, Kind.FRAMEWORK, Kind.SUPPLEMENT)
LONGEST_CLAUSE = 4_000
TEXTS = ("title", "order_intention", "policy_basis", "nonstandard_terms", "external_ref")


@dataclass(frozen=True, slots=True)
class PricedContract:
    """An application that can be saved. Amounts tax included; `amount` None is a framework without ceiling."""

    customer: Customer
    draft: ContractDraft
    parent: Contract | None
    terms: str
    prepaid_percent: Decimal | None
    lines: tuple[PricedLine, ...]
    net: Decimal
    tax: Decimal
    amount: Decimal | None
    clauses: Mapping[str, str]


def assess_contract(customer: Customer, draft: ContractDraft) -> PricedContract:
    """Price an application, or raise InvalidInput with a pointer for each thing wrong (CT-01, CT-07).

    A constant number of statements, however many lines. Raises RuleRefused for a customer who is not
    served any more (CM-12).
    """
    as_order = OrderDraft(
        channel=Order.Channel.EMAIL,
        lines=draft.lines,
        terms=draft.terms,
        prepaid_percent=draft.prepaid_percent,
        freight=draft.freight,
        stated_amount_absent=True,
    )
    examined = examine_draft(customer, as_order, is_order=False)
    found = Problems([problem for problem in examined.problems if problem.code != "no_lines"])
    parent = _check_kind(customer, draft, found)
    _check_texts(draft, found)
    _check_clauses(draft, found)
    _check_dates(draft, found)
    found.raise_if_any(rule="CT-01")
    totals = examined.priced.totals
    return PricedContract(
        customer=customer,
        draft=draft,
        parent=parent,
        terms=examined.priced.terms,
        prepaid_percent=examined.priced.prepaid_percent,
        lines=examined.priced.lines,
        net=totals.net,
        tax=totals.tax,
        amount=totals.total if draft.lines else draft.amount,
        clauses=clauses_of(draft),
    )


def clauses_of(draft: ContractDraft) -> dict[str, str]:
    """The clauses with their texts in the language of the paper; a standard text in another one is turned."""
    if draft.clauses is None:
        return standard_clauses(draft.language)
    standard = {slug: {_plain(texts[slug]) for texts in _standard_texts()} for slug in MANDATORY}
    return {
        slug: standard_clause(slug, draft.language) if _plain(text) in standard[slug] else str(text).strip()
        for slug, text in ((slug, draft.clauses.get(slug, "")) for slug in MANDATORY)
    }


def _standard_texts() -> list[dict[str, str]]:
    both = {slug: standard_clause(slug, "both") for slug in MANDATORY}
    return [*STANDARD.values(), both]


def _plain(text: Any) -> str:
    return " ".join(str(text).split())


def _check_kind(customer: Customer, draft: ContractDraft, found: Problems) -> Contract | None:
    if draft.kind not in APPLIED_FOR:
        found.add(
            "#/kind",
            "unknown_kind",
            _("Choose an individual contract, a framework contract or a supplement."),
        )
        return None
    if draft.kind == Kind.SUPPLEMENT:
        parent = _parent_of(customer, draft, found)
        if not draft.lines:
            _check_amount(draft, found, is_needed=True)
        return parent
    if draft.supplement_to:
        found.add("#/supplement_to", "no_supplement", _("Only a supplement names the contract it adds to."))
    if draft.kind == Kind.INDIVIDUAL and not draft.lines:
        found.add(
            "#/lines", "no_lines", _("The contract has no lines. Enter at least one product with a quantity.")
        )
    if draft.kind == Kind.INDIVIDUAL and draft.amount is not None:
        found.add(
            "#/amount",
            "from_lines",
            _("The amount of an individual contract comes from its lines. Leave it empty."),
        )
    if draft.kind == Kind.FRAMEWORK:
        _check_framework(draft, found)
    return None


def _check_framework(draft: ContractDraft, found: Problems) -> None:
    if draft.lines:
        found.add(
            "#/lines",
            "no_lines_here",
            _(
                "A framework contract has no lines of its own. Take them away, or choose an individual contract."
            ),
        )
    for name in ("valid_from", "valid_until"):
        if getattr(draft, name) is None:
            found.add(f"#/{name}", "required", _("A framework contract needs its first and its last day."))
    _check_amount(draft, found, is_needed=False)


def _check_amount(draft: ContractDraft, found: Problems, *, is_needed: bool) -> None:
    amount = draft.amount
    if amount is None:
        if is_needed:
            found.add("#/amount", "required", _("Enter lines, or the amount by which the contract grows."))
    elif amount <= ZERO or amount > MOST * 10 or has_more_places(amount, 2):
        found.add("#/amount", "bad_amount", _("Enter an amount above 0.00 with at most 2 decimals."))


def _parent_of(customer: Customer, draft: ContractDraft, found: Problems) -> Contract | None:
    number = draft.supplement_to.replace("\x00", "")[:24]
    parent = Contract.objects.filter(customer=customer, number=number).first()
    if parent is None:
        found.add(
            "#/supplement_to",
            "unknown_contract",
            _("The customer has no contract %(number)s.") % {"number": number or "—"},
        )
    elif parent.kind not in (Kind.INDIVIDUAL, Kind.FRAMEWORK) or parent.status != ContractStatus.IN_FORCE:
        found.add(
            "#/supplement_to",
            "not_in_force",
            _(
                "%(number)s is no individual or framework contract in force; only such a contract takes a supplement."
            )
            % {"number": number},
        )
    elif parent.amount is None:
        found.add(
            "#/supplement_to",
            "no_ceiling",
            _("%(number)s has no amount that could be exceeded; it needs no supplement.")
            % {"number": number},
        )
    return parent


def _check_texts(draft: ContractDraft, found: Problems) -> None:
    if not draft.title.strip():
        found.add("#/title", "required", _("Enter what the contract is about."))
    for name in TEXTS:
        check_text(f"#/{name}", getattr(draft, name), longest(Contract, name), found)
    if draft.language not in Quote.PaperLanguage.values:
        found.add("#/language", "unknown_language", _("Choose the language of the paper."))


def _check_clauses(draft: ContractDraft, found: Problems) -> None:
    for slug, text in (draft.clauses or {}).items():
        if slug not in MANDATORY:
            found.add(
                "#/clauses", "unknown_clause", _('There is no clause "%(slug)s".') % {"slug": str(slug)[:40]}
            )
        else:
            check_text(f"#/clauses/{slug}", str(text), LONGEST_CLAUSE, found)


def _check_dates(draft: ContractDraft, found: Problems) -> None:
    if (
        draft.valid_from is not None
        and draft.valid_until is not None
        and draft.valid_until < draft.valid_from
    ):
        found.add(
            "#/valid_until", "before_start", _("The last day lies before the first. Enter a later day.")
        )
