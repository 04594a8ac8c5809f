"""Our own firm on its papers: names and address from the administrator, the bank account from two people.

details = company_details()              # two statements; for letterheads and messages
details.name_in("en"), details.bank

maintain_company(draft, actor=admin)
proposed = propose_company_bank(bank="…", account_number="…", reason="…", actor=admin)
confirm_company_bank(proposed, actor=cfo)          # only then do papers name the account (IN-07)
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _

from core.clock import now
from core.errors import Conflict, FieldProblem, InvalidInput, SameActor
from core.models import CompanyBank, CompanyProfile, User
from core.money import BASE_CURRENCY
from core.trail import record_act
from core.transactions import unit_of_work
from core.workflow import require_permission

MAINTAIN, CONFIRM = "core.maintain_company", "core.confirm_company_bank"
NO_PROFILE = {"name": "顺单", "name_en": "Shundan"}


@dataclass(frozen=True, slots=True)
class ProfileDraft:
    """What the administrator keeps; everything but the name may be empty."""

    name: str
    name_en: str = ""
    uscc: str = ""
    address: str = ""
    address_en: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class CompanyDetails:
    """The firm as its papers name it today; bank fields are empty until an account is confirmed."""

    name: str
    name_en: str = ""
    uscc: str = ""
    address: str = ""
    address_en: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    bank: str = ""
    bank_en: str = ""
    account_number: str = ""
    swift: str = ""

    def name_in(self, language: str) -> str:
        return self.name if language.startswith("zh") else self.name_en or self.name

    def address_in(self, language: str) -> str:
        return self.address if language.startswith("zh") else self.address_en or self.address

    def bank_in(self, language: str) -> str:
        return self.bank if language.startswith("zh") else self.bank_en or self.bank


def company_details(currency: str = BASE_CURRENCY) -> CompanyDetails:
    """What papers in a currency may name; our account in another currency is never offered. Two statements."""
    profile = CompanyProfile.objects.first()
    account = (
        CompanyBank.objects.confirmed().filter(currency=currency).order_by("-confirmed_at", "-id").first()
    )
    named = _fields(profile, tuple(ProfileDraft.__dataclass_fields__)) or NO_PROFILE
    return CompanyDetails(**named, **_fields(account, ("bank", "bank_en", "account_number", "swift")))


def _fields(row: CompanyProfile | CompanyBank | None, names: tuple[str, ...]) -> dict[str, str]:
    return {name: getattr(row, name) for name in names} if row else {}


@unit_of_work
def maintain_company(draft: ProfileDraft, *, actor: User) -> CompanyProfile:
    """Write the company's names, code and address; the trail keeps what they were (AU-01)."""
    require_permission(actor, MAINTAIN, rule="AU-01")
    if not draft.name.strip():
        raise InvalidInput(problems=[FieldProblem("#/name", "required", _("Enter the company name."))])
    profile = CompanyProfile.objects.select_for_update().first() or CompanyProfile(pk=1)
    values = {name: value.strip() for name, value in asdict(draft).items()}
    changed = {
        name: [getattr(profile, name), value]
        for name, value in values.items()
        if getattr(profile, name) != value
    }
    for name, value in values.items():
        setattr(profile, name, value)
    profile.updated_at, profile.updated_by = now(), actor
    profile.save()
    if changed:
        record_act("company.maintain", actor=actor, subject="company", data=changed)
    return profile


@unit_of_work
def propose_company_bank(
    *,
    bank: str,
    account_number: str,
    reason: str,
    actor: User,
    bank_en: str = "",
    swift: str = "",
    currency: str = BASE_CURRENCY,
) -> CompanyBank:
    """Propose another account for papers; customers are told of it only after its confirmation (IC-01)."""
    require_permission(actor, MAINTAIN, rule="IC-01")
    needed = {"bank": bank, "account_number": account_number, "reason": reason}
    problems = [
        FieldProblem(f"#/{name}", "required", _("This entry is needed."))
        for name, value in needed.items()
        if not value.strip()
    ]
    if problems:
        raise InvalidInput(problems=problems)
    proposed = CompanyBank.objects.create(
        bank=bank.strip(),
        bank_en=bank_en.strip(),
        account_number=account_number.strip(),
        swift=swift.strip().upper(),
        currency=currency.strip().upper(),
        reason=reason.strip(),
        proposed_at=now(),
        proposed_by=actor,
    )
    _record("company.propose_bank", proposed, actor=actor)
    return proposed


@unit_of_work
def confirm_company_bank(proposed: CompanyBank, *, actor: User) -> CompanyBank:
    """Let papers name the account: the chief financial officer, another person than the proposer (IC-01)."""
    require_permission(actor, CONFIRM, rule="IC-01")
    row = CompanyBank.objects.select_for_update().get(pk=proposed.pk)
    if row.confirmed_at is not None:
        raise Conflict(_("These bank details have already been confirmed."))
    if row.proposed_by_id == actor.pk:
        raise SameActor(_("Whoever proposed bank details cannot confirm them. Another person must do so."))
    row.confirmed_at, row.confirmed_by = now(), actor
    row.save(update_fields=["confirmed_at", "confirmed_by"])
    _record("company.confirm_bank", row, actor=actor)
    return row


def _record(name: str, row: CompanyBank, *, actor: User) -> None:
    record_act(
        name,
        actor=actor,
        subject="company",
        note=row.reason,
        data={
            "bank": row.bank,
            "account_number": row.account_number,
            "swift": row.swift,
            "currency": row.currency,
            "proposed_by": row.proposed_by.username,
        },
    )
