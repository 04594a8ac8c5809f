"""A contract from the application to the register, and who may sign what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.clock import today
from core.errors import (
    BusinessError,
    Conflict,
    InvalidInput,
    PermissionDenied,
    RuleRefused,
    SameActor,
    StaleVersion,
    TransitionNotAllowed,
)
from core.models import Event, User
from core.parameters import confirm_parameter, propose_parameter
from customers.models import Customer
from orders.contracts.services import (
    apply_for_contract,
    approve_contract,
    approve_gm,
    approve_legal,
    approve_manager,
    attach_signed_copy,
    cancel_contract,
    countersign,
    edit_contract,
    end_contract,
    register_contract,
    reject_contract,
    reopen_contract,
    seal_contract,
    sign_special,
    submit_contract,
)
from orders.drafts import LineDraft
from orders.models import Contract
from tests import factories
from tests.conftest import Cast, Company
from tests.credit.matters import picture
from tests.orders.contracts import (
    applied,
    at_countersigning,
    at_manager,
    contract_draft,
    contract_traces,
    framework_draft,
    fresh_contract,
    in_force,
    sealed,
    signed_specially,
    supplement_draft,
)

D = Decimal
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def refused(act: Callable[[], object], error: type[BusinessError], rule: str) -> BusinessError:
    """The act is refused by the rule, nothing has moved, and the trail keeps the attempt."""
    before = contract_traces()
    with pytest.raises(error) as refusal:
        act()
    assert refusal.value.rule == rule
    assert contract_traces() == before
    assert Event.objects.filter(outcome="refused", rule=rule).exists()
    return refusal.value


# --- the application ------------------------------------------------------------------------------


@pytest.mark.rule("CT-01")
def test_an_application_keeps_lines_amount_and_what_it_follows(cast: Cast, company: Company) -> None:
    contract = applied(cast, company, contract_draft(("A1023", "10"), ("B2040", "7"), freight=D("50.00")))

    assert (contract.number, contract.status, contract.kind) == ("CT202611-0001", "draft", "individual")
    assert (contract.net, contract.tax, contract.amount) == (D("9886.42"), D("1285.23"), D("11221.65"))
    assert [line.sku for line in contract.lines.all()] == ["A1023", "B2040"]
    assert contract.clauses["payment"].startswith("甲方按本合同约定的付款方式")
    assert contract.region == cast.south
    assert Event.objects.get(document_number=contract.number).duty == "contract_apply"


@pytest.mark.rule("CT-01")
def test_everything_wrong_in_an_application_is_said_at_once(cast: Cast, company: Company) -> None:
    draft = contract_draft(
        ("NOPE", "1"),
        title=" ",
        valid_from=date(2026, 5, 1),
        valid_until=date(2026, 4, 1),
        clauses={"weather": "x"},
        amount=D("5.00"),
    )

    error = refused(lambda: applied(cast, company, draft), InvalidInput, "CT-01")

    assert [problem.pointer for problem in error.problems] == [
        "#/lines/0/sku",
        "#/amount",
        "#/title",
        "#/clauses",
        "#/valid_until",
    ]


@pytest.mark.rule("CT-01")
def test_a_framework_needs_its_dates_and_has_no_lines(cast: Cast, company: Company) -> None:
    draft = contract_draft(("A1023", "1"), kind="framework", amount=D("0.00"))

    error = refused(lambda: applied(cast, company, draft), InvalidInput, "CT-01")

    assert [problem.pointer for problem in error.problems] == [
        "#/lines",
        "#/valid_from",
        "#/valid_until",
        "#/amount",
    ]


@pytest.mark.rule("CM-12")
def test_nobody_contracts_with_a_stopped_customer(cast: Cast, company: Company) -> None:
    Customer.objects.filter(pk=company.customer.pk).update(status="stopped")
    company.customer.refresh_from_db()

    refused(lambda: applied(cast, company), RuleRefused, "CM-12")


@pytest.mark.rule("CT-01")
def test_the_same_reference_makes_one_application(cast: Cast, company: Company) -> None:
    draft = contract_draft(external_ref="ERP-7")
    first = applied(cast, company, draft, cast.erp)

    error = refused(lambda: applied(cast, company, draft, cast.erp), Conflict, "CT-01")

    assert error.facts["existing"] == first.number


@pytest.mark.rule("CT-01", "AU-01")
def test_a_correction_keeps_before_and_after(cast: Cast, company: Company) -> None:
    contract = applied(cast, company)

    edit_contract(
        contract, draft=contract_draft(("A1023", "2"), title="两台"), actor=cast.assistant, version=1
    )

    contract = fresh_contract(contract)
    assert (contract.title, contract.amount, contract.version) == ("两台", D("2214.80"), 2)
    changes = Event.objects.get(document_number=contract.number, name="edited").data["changes"]
    assert {"label": "subject", "before": "伺服电机年度采购", "after": "两台"} in [
        {**change, "label": "subject"} if change["after"] == "两台" else change for change in changes
    ]
    refused(
        lambda: edit_contract(contract, draft=contract_draft(), actor=cast.assistant, version=1),
        StaleVersion,
        "AP-07",
    )


@pytest.mark.rule("CT-03")
@pytest.mark.parametrize(
    ("change", "pointer", "rule"),
    [
        ({"clauses": {"delivery": " ", "payment": "x"}}, "#/clauses/product", "CT-03"),
        ({"order_intention": ""}, "#/order_intention", "CT-01"),
        ({"policy_basis": " "}, "#/policy_basis", "CT-01"),
        ({"has_nonstandard_terms": True}, "#/nonstandard_terms", "CT-03"),
        ({"valid_until": date(2026, 11, 20)}, "#/valid_until", "CT-01"),
    ],
)
def test_an_incomplete_application_is_not_submitted(
    cast: Cast, company: Company, change: dict[str, Any], pointer: str, rule: str
) -> None:
    contract = applied(cast, company, contract_draft(**change))

    error = refused(
        lambda: submit_contract(contract, actor=cast.assistant, version=contract.version), RuleRefused, rule
    )

    assert error.problems[0].pointer == pointer


@pytest.mark.rule("CT-03")
def test_every_mandatory_clause_is_asked_for_by_name(cast: Cast, company: Company) -> None:
    contract = applied(cast, company, contract_draft(clauses={}))

    error = refused(lambda: submit_contract(contract, actor=cast.assistant), RuleRefused, "CT-03")

    asked = [problem.pointer.rpartition("/")[2] for problem in error.problems]
    assert asked == ["product", "quantity", "price", "delivery", "payment", "liability", "disputes"]


@pytest.mark.rule("CT-03")
def test_an_amount_of_nothing_is_not_submitted(cast: Cast, company: Company) -> None:
    free = LineDraft("A1023", D(1), discount_percent=D(100))
    contract = applied(cast, company, contract_draft(free))

    error = refused(lambda: submit_contract(contract, actor=cast.assistant), RuleRefused, "CT-03")

    assert error.problems[0].pointer == "#/amount"


# --- the flow -------------------------------------------------------------------------------------


@pytest.mark.rule("CT-01", "CT-04")
def test_a_contract_goes_from_the_application_to_the_register(cast: Cast, company: Company) -> None:
    contract = at_manager(cast, company)
    assert (contract.status, contract.needs_legal_review) == ("manager_review", False)

    approve_manager(contract, actor=cast.manager, version=contract.version)
    approve_gm(contract, actor=cast.gm)
    assert fresh_contract(contract).status == "countersigning"
    countersign(contract, side="finance", actor=cast.finance)
    assert fresh_contract(contract).status == "countersigning"
    countersign(contract, side="sales", actor=cast.director)
    assert fresh_contract(contract).status == "sealing"
    seal_contract(contract, actor=cast.second_assistant)
    register_contract(
        contract,
        signed_on=today(),
        signed_by_customer=" 王芳 ",
        scan=picture(cast.second_assistant, "signed_copy"),
        actor=cast.second_assistant,
    )

    contract = fresh_contract(contract)
    assert (contract.status, contract.signed_on, contract.signed_by_customer) == ("in_force", today(), "王芳")
    assert contract.scan is not None
    assert contract.scan.document_number == contract.number
    signed = list(contract.signatures.values_list("part", "actor__username", "round"))
    assert signed == [
        ("manager", "wangqiang", 1),
        ("gm", "zhengguo", 1),
        ("finance", "zhoujie", 1),
        ("sales", "fangfang", 1),
        ("seal", "wuting", 1),
    ]
    assert [event.name for event in contract.events().order_by("pk")] == [
        "applied",
        "submit",
        "approve_manager",
        "approve_gm",
        "countersign_finance",
        "countersign_sales",
        "complete_countersigning",
        "seal",
        "scanned",
        "register",
    ]


@pytest.mark.rule("CT-01")
def test_the_sales_manager_may_countersign_for_sales_as_well(cast: Cast, company: Company) -> None:
    contract = at_countersigning(cast, company)

    countersign(contract, side="sales", actor=cast.manager)
    countersign(contract, side="finance", actor=cast.cfo)

    assert fresh_contract(contract).status == "sealing"


@pytest.mark.rule("CT-01")
def test_one_side_signs_once(cast: Cast, company: Company) -> None:
    contract = at_countersigning(cast, company)
    countersign(contract, side="sales", actor=cast.manager)

    refused(lambda: countersign(contract, side="sales", actor=cast.director), Conflict, "CT-01")


@pytest.mark.rule("CT-01", "AP-07")
def test_nobody_signs_out_of_turn_or_on_a_stale_page(cast: Cast, company: Company) -> None:
    contract = at_manager(cast, company)

    refused(lambda: approve_gm(contract, actor=cast.gm), TransitionNotAllowed, "AP-07")
    refused(lambda: countersign(contract, side="sales", actor=cast.director), TransitionNotAllowed, "AP-07")
    refused(lambda: approve_manager(contract, actor=cast.manager, version=1), StaleVersion, "AP-07")


@pytest.mark.rule("CT-01", "IC-01")
@pytest.mark.parametrize("who", ["assistant", "rep", "gm", "legal", "finance", "auditor", "admin", "erp"])
def test_only_a_sales_manager_gives_the_first_approval(cast: Cast, company: Company, who: str) -> None:
    contract = at_manager(cast, company)

    refused(lambda: approve_manager(contract, actor=getattr(cast, who)), PermissionDenied, "CT-01")


# --- segregation ----------------------------------------------------------------------------------


@pytest.mark.rule("IC-01", "CT-01")
def test_whoever_applied_signs_nowhere_not_even_as_superuser(cast: Cast, company: Company) -> None:
    everything = factories.person(
        "jack", "sales_manager", "general_manager", "legal", "engineering", "qc", "planning", "sales_assistant",
        desks=(cast.south,), is_superuser=True,
    )  # fmt: skip
    contract = applied(cast, company, contract_draft(is_over_capacity=True), everything)
    submit_contract(contract, actor=everything)
    refused(lambda: approve_manager(contract, actor=everything), SameActor, "IC-01")
    approve_manager(contract, actor=cast.manager)
    for part in ("technical", "qc"):
        refused(lambda part=part: sign_special(contract, part=part, actor=everything), SameActor, "CT-06")
    signed_specially(cast, contract)
    refused(lambda: approve_gm(contract, actor=everything), SameActor, "IC-01")
    approve_gm(contract, actor=cast.gm)
    refused(lambda: countersign(contract, side="sales", actor=everything), SameActor, "IC-01")
    countersign(contract, side="sales", actor=cast.director)
    countersign(contract, side="finance", actor=cast.finance)
    refused(lambda: seal_contract(contract, actor=everything), SameActor, "IC-01")


@pytest.mark.rule("IC-01", "CT-01")
def test_whoever_corrected_it_has_applied_too(cast: Cast, company: Company) -> None:
    contract = applied(cast, company)
    edit_contract(contract, draft=contract_draft(title="x"), actor=cast.manager)
    submit_contract(contract, actor=cast.assistant)

    refused(lambda: approve_manager(contract, actor=cast.manager), SameActor, "IC-01")
    approve_manager(contract, actor=cast.second_manager)


@pytest.mark.rule("IC-01", "CT-01")
def test_manager_and_general_manager_are_two_people(cast: Cast, company: Company) -> None:
    both = factories.person("both", "sales_manager", "general_manager", desks=(cast.south,))
    contract = at_manager(cast, company)
    approve_manager(contract, actor=both)

    refused(lambda: approve_gm(contract, actor=both), SameActor, "IC-01")


@pytest.mark.rule("IC-01", "CT-06")
def test_nobody_signs_a_special_contract_for_two_departments(cast: Cast, company: Company) -> None:
    both = factories.person("both", "engineering", "qc")
    contract = at_manager(cast, company, contract_draft(is_nonstandard_product=True))
    approve_manager(contract, actor=cast.manager)
    sign_special(contract, part="technical", actor=both)

    refused(lambda: sign_special(contract, part="qc", actor=both), SameActor, "CT-06")


@pytest.mark.rule("IC-01", "CT-01")
def test_an_api_client_signs_nothing_whatever_its_role(cast: Cast, company: Company) -> None:
    client = factories.person("machine", "sales_manager", desks=(cast.south,), is_service=True)
    contract = at_manager(cast, company)

    refused(lambda: approve_manager(contract, actor=client), PermissionDenied, "CT-01")


# --- legal and special ----------------------------------------------------------------------------


@pytest.mark.rule("CT-03", "G-08")
@pytest.mark.parametrize(
    ("amount", "legal"), [("99999.99", False), ("100000.00", True), ("100000.01", True), (None, True)]
)
def test_legal_reviews_from_the_limit_on(
    cast: Cast, company: Company, amount: str | None, legal: bool
) -> None:
    contract = at_manager(cast, company, framework_draft(amount))
    assert contract.needs_legal_review is legal
    approve_manager(contract, actor=cast.manager)
    approve_gm(contract, actor=cast.gm)

    assert fresh_contract(contract).status == ("legal_review" if legal else "countersigning")


@pytest.mark.rule("CT-03")
@pytest.mark.parametrize(
    "change",
    [
        {"has_nonstandard_terms": True, "nonstandard_terms": "质保三年"},
        {"clauses": None},
    ],
)
def test_terms_that_differ_go_to_legal_however_small_the_amount(
    cast: Cast, company: Company, change: dict[str, Any]
) -> None:
    if change.get("clauses", 1) is None:
        standard = applied(cast, company).clauses
        change = {"clauses": {**standard, "payment": "货到付款"}}
    contract = at_manager(cast, company, contract_draft(**change))

    assert contract.needs_legal_review


@pytest.mark.rule("CT-03")
def test_the_limit_of_the_day_of_submission_counts(cast: Cast, company: Company) -> None:
    contract = at_manager(cast, company)
    value = propose_parameter(
        "contract.legal_from", "5000.00", effective_from=today(), reason="稳妥", actor=cast.admin
    )
    confirm_parameter(value, actor=cast.finance)

    assert not fresh_contract(contract).needs_legal_review
    assert at_manager(cast, company).needs_legal_review


@pytest.mark.rule("CT-03")
def test_only_legal_agrees_for_legal(cast: Cast, company: Company) -> None:
    contract = at_manager(cast, company, framework_draft("200000.00"))
    approve_manager(contract, actor=cast.manager)
    approve_gm(contract, actor=cast.gm)

    refused(lambda: approve_legal(contract, actor=cast.cfo), PermissionDenied, "CT-03")
    approve_legal(contract, actor=cast.legal, note="条款可行")

    assert fresh_contract(contract).status == "countersigning"


@pytest.mark.rule("CT-06")
@pytest.mark.parametrize("flag", ["is_nonstandard_product", "has_new_requirements", "is_over_capacity"])
def test_a_special_contract_is_signed_by_four_departments_first(
    cast: Cast, company: Company, flag: str
) -> None:
    contract = at_manager(cast, company, contract_draft(**{flag: True}))
    approve_manager(contract, actor=cast.manager)
    assert fresh_contract(contract).status == "special_review"
    refused(lambda: approve_gm(contract, actor=cast.gm), TransitionNotAllowed, "AP-07")

    sign_special(contract, part="price", actor=cast.finance)
    sign_special(contract, part="qc", actor=cast.qc)
    day = today() + timedelta(days=30)
    sign_special(contract, part="production", actor=cast.planner, promised_on=day)
    assert fresh_contract(contract).status == "special_review"
    sign_special(contract, part="technical", actor=cast.engineer, note="图纸已确认")

    assert fresh_contract(contract).status == "gm_review"
    assert contract.signatures.get(part="production").promised_on == day


@pytest.mark.rule("CT-06")
@pytest.mark.parametrize("day", [None, date(2026, 11, 20)])
def test_production_says_when(cast: Cast, company: Company, day: date | None) -> None:
    contract = at_manager(cast, company, contract_draft(is_over_capacity=True))
    approve_manager(contract, actor=cast.manager)

    error = refused(
        lambda: sign_special(contract, part="production", actor=cast.planner, promised_on=day),
        InvalidInput,
        "CT-06",
    )

    assert error.problems[0].pointer == "#/promised_on"


@pytest.mark.rule("CT-06")
def test_a_department_signs_only_for_itself(cast: Cast, company: Company) -> None:
    contract = at_manager(cast, company, contract_draft(is_over_capacity=True))
    approve_manager(contract, actor=cast.manager)

    refused(lambda: sign_special(contract, part="technical", actor=cast.qc), PermissionDenied, "CT-06")


@pytest.mark.rule("CT-06", "CT-01")
def test_finance_signs_the_price_and_may_countersign(cast: Cast, company: Company) -> None:
    contract = at_countersigning(cast, company, contract_draft(is_over_capacity=True))

    countersign(contract, side="finance", actor=cast.finance)

    assert contract.signatures.filter(actor=cast.finance).count() == 2


@pytest.mark.rule("CT-01")
def test_one_approval_finds_the_part_of_whoever_gives_it(cast: Cast, company: Company) -> None:
    contract = at_manager(cast, company, framework_draft("100000.00", has_new_requirements=True))
    day = today() + timedelta(days=9)
    turns: list[User] = [
        cast.manager, cast.qc, cast.engineer, cast.planner, cast.finance, cast.gm, cast.legal, cast.director, cast.cfo,
    ]  # fmt: skip
    for person in turns:
        approve_contract(contract, actor=person, promised_on=day)

    assert fresh_contract(contract).status == "sealing"
    refused(lambda: approve_contract(contract, actor=cast.director), TransitionNotAllowed, "AP-07")


# --- back and out ---------------------------------------------------------------------------------


@pytest.mark.rule("CT-01")
def test_a_rejected_application_is_reworked_and_signed_afresh(cast: Cast, company: Company) -> None:
    contract = at_manager(cast, company)
    approve_manager(contract, actor=cast.manager)
    refused(lambda: reject_contract(contract, reason=" ", actor=cast.gm), InvalidInput, "CT-01")
    reject_contract(contract, reason="价格偏低", actor=cast.gm)
    assert fresh_contract(contract).status == "rejected"

    reopen_contract(contract, actor=cast.assistant)
    edit_contract(contract, draft=contract_draft(("A1023", "9")), actor=cast.assistant)
    submit_contract(contract, actor=cast.assistant)
    approve_manager(contract, actor=cast.manager)

    contract = fresh_contract(contract)
    assert (contract.round, contract.status) == (2, "gm_review")
    assert list(contract.signatures.values_list("part", "round")) == [("manager", 1), ("manager", 2)]


@pytest.mark.rule("CT-01", "IC-01")
def test_only_those_whose_turn_it_is_reject(cast: Cast, company: Company) -> None:
    contract = at_manager(cast, company)

    refused(lambda: reject_contract(contract, reason="不同意", actor=cast.legal), PermissionDenied, "CT-01")
    refused(
        lambda: reject_contract(contract, reason="不同意", actor=cast.assistant), PermissionDenied, "CT-01"
    )


@pytest.mark.rule("CT-01")
def test_an_application_is_cancelled_by_its_applicant_or_a_manager_with_a_reason(
    cast: Cast, company: Company
) -> None:
    contract = at_countersigning(cast, company)
    refused(lambda: cancel_contract(contract, reason="算了", actor=cast.rep), PermissionDenied, "CT-01")
    refused(lambda: cancel_contract(contract, reason="", actor=cast.assistant), InvalidInput, "CT-01")

    cancel_contract(contract, reason="客户取消", actor=cast.assistant)

    assert fresh_contract(contract).status == "cancelled"


@pytest.mark.rule("CT-01")
def test_a_sealed_contract_is_not_cancelled_any_more(cast: Cast, company: Company) -> None:
    contract = sealed(cast, company)

    refused(
        lambda: cancel_contract(contract, reason="x", actor=cast.assistant), TransitionNotAllowed, "AP-07"
    )


# --- the register ---------------------------------------------------------------------------------


@pytest.mark.rule("CT-04")
def test_the_register_takes_no_contract_without_its_signed_copy(cast: Cast, company: Company) -> None:
    contract = sealed(cast, company)

    def register(**facts: Any) -> Contract:
        given = {"signed_on": today(), "signed_by_customer": "王芳", "actor": cast.second_assistant, **facts}
        return register_contract(contract, **given)

    refused(register, InvalidInput, "CT-04")
    attach_signed_copy(contract, attachment=picture(cast.assistant, "signed_copy"), actor=cast.assistant)
    refused(lambda: register(signed_on=today() + timedelta(days=1)), InvalidInput, "CT-04")
    refused(lambda: register(signed_by_customer=" "), InvalidInput, "CT-04")
    refused(lambda: register(actor=cast.gm), PermissionDenied, "CT-04")

    assert register().status == "in_force"


@pytest.mark.rule("CT-04", "AU-03")
def test_a_later_copy_takes_the_place_and_the_first_stays_on_file(cast: Cast, company: Company) -> None:
    contract = in_force(cast, company)
    first = contract.scan

    attach_signed_copy(contract, attachment=picture(cast.assistant, "signed_copy"), actor=cast.assistant)

    contract = fresh_contract(contract)
    assert contract.scan_id != first.pk
    first.refresh_from_db()
    assert first.document_number == contract.number


@pytest.mark.rule("CT-04")
def test_an_ended_contract_stays_on_the_register(cast: Cast, company: Company) -> None:
    contract = in_force(cast, company)
    refused(lambda: end_contract(contract, reason="", actor=cast.assistant), InvalidInput, "CT-04")

    end_contract(contract, reason="履行完毕", actor=cast.assistant)

    contract = fresh_contract(contract)
    assert (contract.status, contract.ended_on) == ("ended", today())
    assert contract in Contract.objects.registered()


# --- supplements ----------------------------------------------------------------------------------


@pytest.mark.rule("CT-07")
def test_a_supplement_goes_through_the_same_approvals_and_adds_its_amount(
    cast: Cast, company: Company
) -> None:
    parent = in_force(cast, company)
    supplement = sealed(cast, company, supplement_draft(parent, "1000.00"))
    assert fresh_contract(parent).ceiling == D("11074.00")

    register_contract(
        supplement,
        signed_on=today(),
        signed_by_customer="王芳",
        scan=picture(cast.assistant, "signed_copy"),
        actor=cast.assistant,
    )

    parent = fresh_contract(parent)
    assert (parent.amount, parent.supplemented, parent.ceiling) == (
        D("11074.00"),
        D("1000.00"),
        D("12074.00"),
    )
    kept = Event.objects.get(document_number=parent.number, name="supplemented")
    assert (kept.data["before"], kept.data["after"]) == ("11074.00", "12074.00")
    refused(lambda: end_contract(supplement, reason="x", actor=cast.assistant), RuleRefused, "CT-07")


@pytest.mark.rule("CT-03", "CT-07")
def test_legal_reviews_a_supplement_by_what_the_contract_then_comes_to(cast: Cast, company: Company) -> None:
    parent = in_force(cast, company, framework_draft("90000.00"))

    assert not at_manager(cast, company, supplement_draft(parent, "9999.99")).needs_legal_review
    assert at_manager(cast, company, supplement_draft(parent, "10000.00")).needs_legal_review


@pytest.mark.rule("CT-07")
@pytest.mark.parametrize("what", ["draft", "no_ceiling", "supplement", "other_customer", "nothing"])
def test_what_takes_no_supplement(cast: Cast, company: Company, what: str) -> None:
    parent = {
        "draft": lambda: applied(cast, company),
        "no_ceiling": lambda: in_force(cast, company, framework_draft(None)),
        "supplement": lambda: in_force(cast, company, supplement_draft(in_force(cast, company), "5.00")),
        "other_customer": lambda: apply_for_contract(
            company.northern_customer, draft=contract_draft(), actor=cast.north_assistant
        ),
        "nothing": lambda: Contract(number="CT209901-0001"),
    }[what]()

    error = refused(lambda: applied(cast, company, supplement_draft(parent, "100.00")), InvalidInput, "CT-01")

    assert error.problems[0].pointer == "#/supplement_to"


@pytest.mark.rule("CT-07")
def test_a_supplement_is_not_registered_once_its_contract_has_ended(cast: Cast, company: Company) -> None:
    parent = in_force(cast, company)
    supplement = sealed(cast, company, supplement_draft(parent, "1000.00"))
    end_contract(parent, reason="结束", actor=cast.assistant)
    scan = picture(cast.assistant, "signed_copy")

    refused(
        lambda: register_contract(
            supplement, signed_on=today(), signed_by_customer="王芳", scan=scan, actor=cast.assistant
        ),
        RuleRefused,
        "CT-07",
    )


@pytest.mark.rule("CT-01")
def test_kind_and_supplemented_contract_stay(cast: Cast, company: Company) -> None:
    contract = applied(cast, company)
    parent = in_force(cast, company)

    refused(
        lambda: edit_contract(contract, draft=framework_draft(), actor=cast.assistant), RuleRefused, "CT-01"
    )
    assert replace(contract_draft(), title="x").kind == parent.kind


@pytest.mark.rule("SY-02", "CT-03")
def test_a_contract_in_another_currency_goes_to_legal(cast: Cast, company: Company) -> None:
    Customer.objects.filter(pk=company.customer.pk).update(currency="USD")
    company.customer.refresh_from_db()
    factories.price_list(
        {company.motor: "130.00"}, maker=cast.catalogue, approver=cast.gm, code="USD", currency="USD"
    )

    contract = at_manager(cast, company)

    assert (contract.currency, contract.amount, contract.needs_legal_review) == ("USD", D("1469.00"), True)
