"""The contract's page: where it stands, who has signed, what is ordered under it, and its papers."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.comments import COMMENT_PERMISSION
from core.components import Meter, NextStep, Step
from core.models import Event
from core.pages import StaffPage, visible_or_404
from core.panels import next_actions, owners_of, panels_of
from core.views_comments import CommentPage
from orders.contracts.ceiling import BINDING_KINDS
from orders.contracts.clauses import CLAUSES, changed_clauses
from orders.contracts.queries import ContractFile, contract_for_page, file_of
from orders.contracts.services.applying import has_nonstandard_terms, obstacles_of
from orders.contracts.services.approving import PERMISSIONS_AT, SIGNINGS
from orders.contracts.workflow import COUNTERSIGNING_PARTS, SPECIAL_PARTS, ContractStatus
from orders.models import Contract, ContractSignature
from orders.papers import application_pdf, contract_pdf

S = ContractStatus
Part = ContractSignature.Part
LANGUAGES = ("zh-hans", "en", "both")
WHAT = {
    S.DRAFT: gettext_lazy("Complete the application and submit it."),
    S.MANAGER_REVIEW: gettext_lazy("The sales manager decides on the application."),
    S.SPECIAL_REVIEW: gettext_lazy("Technical department, quality control, production and finance sign."),
    S.GM_REVIEW: gettext_lazy("The general manager decides on the application."),
    S.LEGAL_REVIEW: gettext_lazy("Legal reviews the terms."),
    S.COUNTERSIGNING: gettext_lazy("Sales head and finance countersign the contract."),
    S.SEALING: gettext_lazy("Print the contract and affix the seal."),
    S.SEALED: gettext_lazy("File the signed copy and enter the contract in the register."),
    S.IN_FORCE: gettext_lazy("The contract is in force; orders may stand under it."),
    S.ENDED: gettext_lazy("The contract has ended. The record stays."),
    S.REJECTED: gettext_lazy("The application was rejected. Rework it or cancel it."),
    S.CANCELLED: gettext_lazy("The application was cancelled. The record stays."),
}
OWNERS: dict[str, tuple[str, ...]] = {
    S.DRAFT: ("orders.apply_for_contracts",),
    S.REJECTED: ("orders.apply_for_contracts",),
    S.SEALING: ("orders.seal_contracts",),
    S.SEALED: ("orders.register_contracts",),
}
MEANING = {S.IN_FORCE: "done", S.ENDED: "neutral", S.CANCELLED: "neutral", S.REJECTED: "blocked"}
CLOSED = (S.IN_FORCE, S.ENDED, S.CANCELLED)


class ContractPage(StaffPage):
    """At most 16 statements, however many lines and orders."""

    permission = "orders.view"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        contract = None if "\x00" in number else contract_for_page(self.user, number)
        if contract is None:
            raise Http404
        file = file_of(contract)
        return render(
            request,
            "orders/contract_detail.html",
            {
                "contract": contract,
                "file": file,
                "lines": list(contract.lines.all()),
                "steps": steps_of(contract),
                "next_step": next_step_of(contract, self.user, file),
                "obstacles": obstacles_of(contract) if contract.status == S.DRAFT else [],
                "signatures": signatures_of(contract, file),
                "clauses": clauses_of(contract),
                "differs": has_nonstandard_terms(contract),
                "meter": meter_of(contract, file),
                "comment_url": reverse("contract_comment", args=[contract.number])
                if self.user.may(COMMENT_PERMISSION)
                else "",
                "may_supplement": may_supplement(contract, self.user),
                "panels": panels_of(request, contract),
            },
        )


def may_supplement(contract: Contract, user: Any) -> bool:
    kinds = (Contract.Kind.INDIVIDUAL, Contract.Kind.FRAMEWORK)
    return (
        user.may("orders.apply_for_contracts")
        and contract.status == S.IN_FORCE
        and contract.kind in kinds
        and contract.amount is not None
    )


def steps_of(contract: Contract) -> list[Step]:
    """Where the contract stands, for the stepper (CT-01)."""
    steps: list[tuple[Any, tuple[str, ...]]] = [
        (_("Application"), (S.DRAFT, S.REJECTED)),
        (_("Sales manager"), (S.MANAGER_REVIEW,)),
    ]
    if contract.is_special:
        steps.append((_("Special review"), (S.SPECIAL_REVIEW,)))
    steps.append((_("General manager"), (S.GM_REVIEW,)))
    if contract.needs_legal_review:
        steps.append((_("Legal"), (S.LEGAL_REVIEW,)))
    steps += [
        (_("Countersigning"), (S.COUNTERSIGNING,)),
        (_("Seal"), (S.SEALING,)),
        (_("Register"), (S.SEALED,)),
    ]
    if contract.kind == Contract.Kind.CONFIRMATION or contract.status == S.CANCELLED:
        return [] if contract.kind == Contract.Kind.CONFIRMATION else [Step(label) for label, _in in steps]
    at = next((n for n, (_label, states) in enumerate(steps) if contract.status in states), len(steps))
    current = "blocked" if contract.status == S.REJECTED else "current"
    return [
        Step(label, "done" if n < at else current if n == at else "todo")
        for n, (label, _states) in enumerate(steps)
    ]


def next_step_of(contract: Contract, user: Any, file: ContractFile) -> NextStep:
    status = contract.status
    permissions = OWNERS.get(status) or open_permissions(contract, file)
    owners = pgettext("between names of a list", ", ").join(
        owners_of(permission) for permission in permissions
    )
    return NextStep(
        WHAT[S(status)],
        next_actions(contract, user),
        owner=owners,
        since=None if status in CLOSED else _since(contract, file.events),
        meaning=MEANING.get(S(status), "waiting"),
        detail=_("Still to sign: %(parts)s") % {"parts": _names(parts)}
        if (parts := open_parts_of(contract, file))
        else "",
    )


def open_parts_of(contract: Contract, file: ContractFile) -> list[str]:
    """The signatures that the present state still wants."""
    if contract.status not in (S.SPECIAL_REVIEW, S.COUNTERSIGNING):
        return []
    parts = SPECIAL_PARTS if contract.status == S.SPECIAL_REVIEW else COUNTERSIGNING_PARTS
    signed = {one.part for one in file.signatures if one.round == contract.round}
    return [part for part in parts if part not in signed]


def open_permissions(contract: Contract, file: ContractFile) -> tuple[str, ...]:
    parts = open_parts_of(contract, file)
    if parts:
        return tuple(SIGNINGS[part].permission for part in parts)
    return PERMISSIONS_AT.get(contract.status, ())


def _names(parts: list[str]) -> str:
    return pgettext("between names of a list", ", ").join(str(Part(part).label) for part in parts)


def _since(contract: Contract, events: list[Event]) -> Any:
    moved = (event for event in events if event.to_status and event.outcome == "done")
    latest = next(moved, None)
    return latest.at if latest is not None else contract.created_at


def signatures_of(contract: Contract, file: ContractFile) -> list[dict[str, Any]]:
    """One row per signature the contract needs, with the present one if it is given."""
    if contract.kind == Contract.Kind.CONFIRMATION:
        return []
    parts: list[str] = [Part.MANAGER]
    parts += list(SPECIAL_PARTS) if contract.is_special else []
    parts.append(Part.GM)
    parts += [Part.LEGAL] if contract.needs_legal_review else []
    parts += [*COUNTERSIGNING_PARTS, Part.SEAL]
    given = {one.part: one for one in file.signatures if one.round == contract.round}
    return [{"label": Part(part).label, "part": part, "signature": given.get(part)} for part in parts]


def clauses_of(contract: Contract) -> list[dict[str, Any]]:
    changed = set(changed_clauses(contract.clauses, contract.language))
    return [
        {"label": label, "text": contract.clauses.get(slug, ""), "differs": slug in changed}
        for slug, label in CLAUSES.items()
    ]


def meter_of(contract: Contract, file: ContractFile) -> Meter | None:
    """How much of the amount is ordered and what is left (CT-07)."""
    is_signed = contract.status in (S.IN_FORCE, S.ENDED) and contract.kind in BINDING_KINDS
    if contract.ceiling is None or not is_signed:
        return None
    return Meter(
        _("Ordered under the contract"),
        used=file.room.ordered,
        total=contract.ceiling,
        currency=contract.currency,
        used_label=_("ordered"),
        free_label=_("left"),
    )


class ContractCommentPage(CommentPage):
    """A comment; it stays in the history."""

    view_permission = "orders.view"

    def documents(self) -> Any:
        return Contract.objects.visible_to(self.user)


class ContractPaperPage(StaffPage):
    """The contract as PDF, `?language=` zh-hans, en or both; by default its own."""

    permission = "orders.view"
    make: Any = staticmethod(contract_pdf)
    suffix = ""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        contracts = Contract.objects.visible_to(self.user).for_display()
        contract = visible_or_404(contracts, number=number)
        wanted = request.GET.get("language", "")
        content = self.make(contract, language=wanted if wanted in LANGUAGES else "")
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="{contract.number}{self.suffix}.pdf"'
        return response


class ContractApplicationPage(ContractPaperPage):
    """The application form (合同申报单) as PDF, with the signatures so far."""

    make = staticmethod(application_pdf)
    suffix = "-application"
