"""The application (合同申报单): entered, corrected, submitted, taken up again, given up (CT-01, CT-03)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.clock import now, today
from core.errors import Conflict, FieldProblem, PermissionDenied, RuleRefused
from core.models import User
from core.money import BASE_CURRENCY, ZERO
from core.numbering import next_number
from core.parameters import parameters_on
from core.sql import insert_rows
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from core.workflow import compare_and_set, require_permission, require_version
from customers.models import Customer
from customers.services.saving import require_goes_on
from orders.assessment import require_customer_is_served
from orders.contracts.assessment import PricedContract, assess_contract
from orders.contracts.clauses import CLAUSES, changed_clauses, missing_clauses
from orders.contracts.drafts import ContractDraft
from orders.contracts.policy import needs_legal_review
from orders.contracts.workflow import CONTRACT_WORKFLOW, ContractStatus
from orders.drafts import LineDraft
from orders.models import Contract, ContractLine

PREFIX = "CT"
APPLIED = Fact("applied", gettext_noop("Contract applied for"), duty="contract_apply", rule="CT-01")
EDITED = Fact("edited", gettext_noop("Application corrected"), duty="contract_apply", rule="CT-01")
MOST_CHANGES_KEPT = 60


@unit_of_work
def apply_for_contract(customer: Customer, *, draft: ContractDraft, actor: User) -> Contract:
    """Enter an application for a contract, a framework contract or a supplement as a draft (CT-01, CT-07).

    Raises InvalidInput with a pointer for everything wrong, Conflict for a client's reference that exists,
    RuleRefused for a customer who may not order. Statements do not grow with the lines.
    """
    require_permission(actor, "orders.apply_for_contracts", rule="CT-01")
    priced = assess_contract(customer, draft)
    contract = Contract(
        number=next_number(PREFIX),
        created_by=actor,
        customer=customer,
        region=customer.region,
        salesperson=customer.salesperson,
        currency=customer.currency,
        external_ref=draft.external_ref,
        **_header_of(priced),
    )
    _insert(contract, actor)
    require_goes_on(customer)
    insert_rows(ContractLine, _line_rows(contract, priced))
    record_event(contract, APPLIED, actor=actor, data={**snapshot(contract), "lines": len(priced.lines)})
    return contract


def _insert(contract: Contract, actor: User) -> None:
    try:
        with transaction.atomic():  # a reference used twice must not spoil the caller's transaction
            contract.save(force_insert=True)
    except IntegrityError as error:
        earlier = Contract.objects.filter(created_by=actor, external_ref=contract.external_ref)
        number = earlier.values_list("number", flat=True).first() if contract.external_ref else None
        if number is None:
            raise
        raise Conflict(
            _("The reference %(reference)s is already used by %(number)s.")
            % {"reference": contract.external_ref, "number": number},
            rule="CT-01",
            code="duplicate_external_ref",
            existing=number,
        ) from error


@unit_of_work
def edit_contract(
    contract: Contract, *, draft: ContractDraft, actor: User, version: int | None = None
) -> Contract:
    """Replace header and lines of an application that is not submitted; the event keeps before and after.

    Kind, customer and the contract supplemented stay; so do lines, freight and terms that came from an
    accepted quotation (QT-04). Whoever corrects has applied too (IC-01).
    """
    contract = Contract.objects.locked().get(pk=contract.pk)
    require_version(contract, version)
    require_permission(actor, "orders.apply_for_contracts", rule="CT-01")
    customer = Customer.objects.with_defaults().get(pk=contract.customer_id)
    if contract.quote_id is not None:
        draft = _with_quoted_lines(contract, draft)
    priced = assess_contract(customer, draft)
    header = _header_of(priced)
    if (header["kind"], _key(header["supplement_to"])) != (contract.kind, contract.supplement_to_id):
        raise RuleRefused(
            _("The kind of an application stays as it is. Cancel %(number)s and apply anew.")
            % {"number": contract.number},
            rule="CT-01",
            code="kind_stays",
        )
    before = {name: getattr(contract, name) for name in header}
    compare_and_set(contract, sources=(ContractStatus.DRAFT,), changes=header)
    lines = ContractLine.objects.filter(contract=contract)
    lines._raw_delete(lines.db)  # an application's lines: nothing points to them
    insert_rows(ContractLine, _line_rows(contract, priced))
    changes = _changes(before, header)
    data = {**snapshot(contract), "lines": len(priced.lines), "changes": changes[:MOST_CHANGES_KEPT]}
    record_event(contract, EDITED, actor=actor, data=data)
    return contract


def _with_quoted_lines(contract: Contract, draft: ContractDraft) -> ContractDraft:
    """The draft with the quotation's lines, freight and terms, whatever it says of them unless it differs."""
    quoted = tuple(
        LineDraft(
            sku=line.sku,
            quantity=line.quantity,
            unit_price=line.unit_price,
            discount_percent=line.discount_percent,
            tax_rate=line.tax_rate,
            remark=line.remark,
            price_source=line.price_source,
        )
        for line in contract.lines.order_by("line_no")
    )
    if draft.lines and [_worth(line) for line in draft.lines] != [_worth(line) for line in quoted]:
        raise RuleRefused(
            _(
                "The lines of %(number)s are those of the accepted quotation and stay as they are. Have the "
                "quotation revised, or cancel this application."
            )
            % {"number": contract.number},
            rule="QT-04",
            code="lines_of_the_quotation",
        )
    return replace(
        draft,
        lines=quoted,
        amount=None,
        freight=contract.freight,
        terms=contract.terms,
        prepaid_percent=contract.prepaid_percent,
    )


def _worth(line: LineDraft) -> tuple[Any, ...]:
    return (line.sku, line.quantity, line.unit_price, line.discount_percent, line.tax_rate)


def _key(contract: Contract | None) -> int | None:
    return contract.pk if contract is not None else None


@unit_of_work
def submit_contract(
    contract: Contract, *, actor: User, version: int | None = None, note: str = ""
) -> Contract:
    """Send an application to the sales manager (CT-01).

    Every mandatory clause has its text (CT-03), the amount is above 0.00, intention and policy are named,
    the customer may contract. Fixes whether legal has to review, by the setting of today. Raises
    RuleRefused that lists everything missing.
    """
    contract = Contract.objects.locked().get(pk=contract.pk)
    require_version(contract, version)
    CONTRACT_WORKFLOW.require(contract, "submit", actor=actor)
    require_customer_is_served(contract.customer)
    obstacles = obstacles_of(contract)
    if obstacles:
        raise RuleRefused(
            obstacles[0].problem.detail
            if len(obstacles) == 1
            else _("%(number)s cannot be submitted yet.") % {"number": contract.number},
            rule=obstacles[0].rule,
            code="incomplete",
            problems=[obstacle.problem for obstacle in obstacles],
        )
    legal = needs_legal_review(
        reach_of(contract),
        limit=parameters_on().amount("contract.legal_from"),
        has_nonstandard_terms=has_nonstandard_terms(contract),
    )
    CONTRACT_WORKFLOW.move(
        contract,
        "submit",
        actor=actor,
        version=version,
        note=note,
        data={**snapshot(contract), "legal": legal, "special": contract.is_special},
        changes={"submitted_at": now(), "needs_legal_review": legal},
    )
    return contract


def has_nonstandard_terms(contract: Contract) -> bool:
    """Said so by the applicant, or a clause's text is not our standard one (CT-03)."""
    return contract.has_nonstandard_terms or bool(changed_clauses(contract.clauses, contract.language))


def reach_of(contract: Contract) -> Decimal | None:
    """What the contract may come to in the company's currency, tax included: a supplement with all that it
    adds to; None where nobody can say, without a ceiling or in another currency."""
    if contract.currency != BASE_CURRENCY:
        return None
    parent = contract.supplement_to
    if parent is None or parent.ceiling is None or contract.amount is None:
        return contract.amount
    return parent.ceiling + contract.amount


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that keeps an application back, with its rule."""

    rule: str
    problem: FieldProblem


def obstacles_of(contract: Contract) -> list[Obstacle]:
    """Everything that keeps an application from being submitted; empty when nothing does."""
    found: list[Obstacle] = []

    def add(rule: str, pointer: str, code: str, detail: str) -> None:
        found.append(Obstacle(rule, FieldProblem(pointer, code, detail)))

    if contract.amount is not None and contract.amount <= ZERO:
        add(
            "CT-03",
            "#/amount",
            "amount_missing",
            _("The contract amount is 0.00. Enter lines or an amount above 0.00."),
        )
    if not contract.order_intention.strip():
        add(
            "CT-01",
            "#/order_intention",
            "required",
            _("The order intention is missing. Write down what the customer wants to order."),
        )
    if not contract.policy_basis.strip():
        add(
            "CT-01",
            "#/policy_basis",
            "required",
            _("The sales policy applied is missing. Name the price list or policy."),
        )
    for slug in missing_clauses(contract.clauses):
        add(
            "CT-03",
            f"#/clauses/{slug}",
            "clause_missing",
            _('The clause "%(clause)s" has no text. Every mandatory clause needs one.')
            % {"clause": CLAUSES[slug]},
        )
    if contract.has_nonstandard_terms and not contract.nonstandard_terms.strip():
        add(
            "CT-03", "#/nonstandard_terms", "required", _("Terms differ from the standard. Write down which.")
        )
    if contract.valid_until is not None and contract.valid_until < today():
        add(
            "CT-01",
            "#/valid_until",
            "in_the_past",
            _("The contract would have ended already. Enter a later last day."),
        )
    parent = contract.supplement_to
    if parent is not None and parent.status != ContractStatus.IN_FORCE:
        add(
            "CT-07",
            "#/supplement_to",
            "not_in_force",
            _("%(number)s is not in force any more and takes no supplement.") % {"number": parent.number},
        )
    return found


@unit_of_work
def reopen_contract(
    contract: Contract, *, actor: User, version: int | None = None, note: str = ""
) -> Contract:
    """Take a rejected application up again as a draft; all signatures start afresh."""
    contract = Contract.objects.locked().get(pk=contract.pk)
    changes = {"round": contract.round + 1, "submitted_at": None, "needs_legal_review": False}
    CONTRACT_WORKFLOW.move(contract, "reopen", actor=actor, version=version, note=note, changes=changes)
    return contract


@unit_of_work
def cancel_contract(contract: Contract, *, reason: str, actor: User, version: int | None = None) -> Contract:
    """Give an application up before it is sealed: the applicant or a sales manager, with a reason."""
    contract = Contract.objects.locked().get(pk=contract.pk)
    require_version(contract, version)
    CONTRACT_WORKFLOW.require(contract, "cancel", actor=actor)
    if contract.created_by_id != actor.pk and not actor.may("orders.cancel_any"):
        raise PermissionDenied(
            _("Only the person who applied for %(number)s or a sales manager may cancel it.")
            % {"number": contract.number},
            rule="CT-01",
        )
    CONTRACT_WORKFLOW.move(contract, "cancel", actor=actor, version=version, note=reason)
    return contract


# --- The stored shape -----------------------------------------------------------------------------


def snapshot(contract: Contract) -> dict[str, Any]:
    """What an event keeps of the contract's figures."""
    return {
        "kind": contract.kind,
        "amount": None if contract.amount is None else str(contract.amount),
        "currency": contract.currency,
        "version": contract.version,
    }


def _header_of(priced: PricedContract) -> dict[str, Any]:
    draft = priced.draft
    return {
        "kind": draft.kind,
        "supplement_to": priced.parent,
        "title": draft.title.strip(),
        "order_intention": draft.order_intention,
        "policy_basis": draft.policy_basis,
        "language": draft.language,
        "amount": priced.amount,
        "freight": draft.freight,
        "net": priced.net,
        "tax": priced.tax,
        "terms": priced.terms,
        "prepaid_percent": priced.prepaid_percent,
        "valid_from": draft.valid_from,
        "valid_until": draft.valid_until,
        "clauses": dict(priced.clauses),
        "has_nonstandard_terms": draft.has_nonstandard_terms,
        "nonstandard_terms": draft.nonstandard_terms,
        "is_nonstandard_product": draft.is_nonstandard_product,
        "has_new_requirements": draft.has_new_requirements,
        "is_over_capacity": draft.is_over_capacity,
        "updated_at": now(),
    }


def _line_rows(contract: Contract, priced: PricedContract) -> Sequence[Mapping[str, Any]]:
    return [
        {
            "contract": contract.pk,
            "line_no": line.line_no,
            "product": line.product.product_id,
            "sku": line.product.sku,
            "name": line.product.name,
            "spec": line.product.spec,
            "unit": line.product.unit,
            "quantity": line.draft.quantity,
            "unit_price": line.unit_price,
            "list_price": line.list_price,
            "floor_price": line.floor_price,
            "price_source": line.price_source,
            "discount_percent": line.draft.discount_percent,
            "tax_rate": line.tax_rate,
            "net": line.amounts.net,
            "tax": line.amounts.tax,
            "gross": line.amounts.gross,
            "remark": line.draft.remark,
        }
        for line in priced.lines
    ]


NOT_SHOWN = {"updated_at", "net", "tax", "clauses", "supplement_to", "kind"}


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, str]]:
    changed = [
        {"label": _label_of(name), "before": _shown(before[name]), "after": _shown(after[name])}
        for name in after
        if name not in NOT_SHOWN and before[name] != after[name]
    ]
    clauses = [
        {"label": str(CLAUSES[slug]), "before": before["clauses"].get(slug, ""), "after": text}
        for slug, text in after["clauses"].items()
        if before["clauses"].get(slug, "") != text
    ]
    return [*changed, *clauses]


def _label_of(name: str) -> str:
    field: Any = Contract._meta.get_field(name)
    return str(field.verbose_name)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "✓" if value else ""
    return "" if value is None else str(value)
