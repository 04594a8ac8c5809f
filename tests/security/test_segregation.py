"""Who may take which step, and never the same person two that exclude each other; superusers and API clients
decide nothing, by whichever door (IC-01, AP-06)."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.errors import PermissionDenied, SameActor
from core.models import Event, RoleGrant, User
from core.roles import roles
from core.tokens import SCOPES
from core.trail import Fact, record_event
from core.workflow import Workflow
from credit.services import reviews
from credit.services.bank import match_bank_line
from credit.services.checking import check_order
from credit.workflow import REMITTANCE_WORKFLOW
from customers.models import Customer, DeskAssignment
from fulfillment.services import (
    check_shipment,
    make_dispatch_notice,
    record_pick,
    sign_dispatch_notice,
)
from fulfillment.workflow import NOTICE_WORKFLOW, SHIPMENT_WORKFLOW
from orders.workflow import ORDER_WORKFLOW
from tests.api.clients import client_for
from tests.conftest import Cast, Company
from tests.credit.matters import at_finance, checked, fresh, line_for, slip_for, submitted, traces
from tests.factories import person
from tests.fulfillment.matters import approved, found_all, goods_traces, noticed, pick_all, signed
from tests.security.matrix import ADMIN, API, PAGES
from tests.security.test_access_matrix import address_of, cells, is_turned_away, of_form, of_json
from tests.security.world import World, build_world, one_of_each

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

SALES = frozenset({"sales_assistant", "salesperson"})
REVIEWERS = frozenset({"sales_assistant", "salesperson", "sales_manager", "marketing_manager", "finance"})
STEPS: dict[tuple[str, str], frozenset[str]] = {
    # Every step a person may take and the roles that may, from the step matrix; None: it follows from another.
    ("order", "submit"): SALES | {"erp_client"},
    ("order", "pass_check"): frozenset({"sales_assistant"}),
    ("order", "pass_rep"): frozenset({"salesperson"}),
    ("order", "pass_manager"): frozenset({"sales_manager"}),
    ("order", "pass_marketing"): frozenset({"marketing_manager"}),
    ("order", "pass_finance"): frozenset({"finance"}),
    ("order", "reject"): REVIEWERS,
    ("order", "reopen"): SALES | {"erp_client"},
    ("order", "cancel"): SALES | {"sales_manager"},
    ("remittance", "match"): frozenset({"sales_accountant"}),
    ("remittance", "correct"): frozenset({"sales_accountant"}),
    ("remittance", "void"): frozenset({"sales_assistant", "finance"}),
    ("dispatch", "sign"): frozenset({"sales_manager"}),
    ("dispatch", "void"): SALES,
    ("shipment", "pick"): frozenset({"picker"}),
    ("shipment", "check"): frozenset({"checker"}),
    ("shipment", "send_back"): frozenset({"checker"}),
    ("shipment", "gate_out"): frozenset({"guard"}),
    ("shipment", "deliver"): SALES,
    ("shipment", "void"): SALES,
}
WORKFLOWS: tuple[Workflow, ...] = (ORDER_WORKFLOW, REMITTANCE_WORKFLOW, NOTICE_WORKFLOW, SHIPMENT_WORKFLOW)

# Pairs that the rule book names, on one order, in the order in which they can happen (IC-01, AP-06, DS-01, DS-02).
LEVELS = ("check", "rep_review", "manager_review", "marketing_review", "finance_review")
EXCLUDED = {
    *((one, other) for one, other in itertools.permutations(LEVELS, 2)),
    *(("enter", level) for level in ("manager_review", "marketing_review", "finance_review", "match")),
    ("slip", "match"), ("slip", "finance_review"), ("match", "slip"),
    *(("match", level) for level in ("check", "finance_review")),
    *((level, "match") for level in LEVELS),
    *((a, b) for a, b in itertools.permutations(("dispatch_make", "dispatch_sign", "pick", "pack_check"), 2)),
    *((a, b) for a in ("manager_review", "finance_review") for b in ("dispatch_make", "pick", "pack_check", "gate")),
}  # fmt: skip


@pytest.fixture
def world(cast: Cast, company: Company) -> World:
    return build_world(cast, company)


# --- role × step --------------------------------------------------------------------------------------


@pytest.mark.rule("IC-01", "IC-02")
def test_every_step_that_a_person_takes_is_in_the_table() -> None:
    taken = {
        (flow.document_type, step.name) for flow in WORKFLOWS for step in flow.transitions if step.permission
    }
    assert taken == set(STEPS)


@pytest.mark.rule("IC-01", "IC-02", "AP-01")
@pytest.mark.parametrize("step", STEPS, ids="-".join)
def test_a_step_is_open_to_its_roles_and_to_nobody_else(
    step: tuple[str, str], cast: Cast, world: World
) -> None:
    flow = next(flow for flow in WORKFLOWS if flow.document_type == step[0])
    papers = {
        "order": world.draft,
        "remittance": world.open_slip,
        "dispatch": world.open_notice,
        "shipment": world.shipment,
    }
    paper = papers[step[0]]
    admitted = set()
    for who, user in world.people.items():
        paper.status = flow[step[1]].sources[0]
        try:
            flow.require(paper, step[1], actor=user)
        except SameActor:
            admitted.add(who)  # the role may; this very person has acted before
        except PermissionDenied:
            continue
        else:
            admitted.add(who)
    assert admitted == STEPS[step]


@pytest.mark.rule("IC-01")
def test_a_step_that_follows_from_another_is_offered_to_nobody(world: World) -> None:
    for flow in WORKFLOWS:
        for step in flow.transitions:
            if not step.permission:
                world.draft.status = step.sources[0]
                offered = [
                    who for who, user in world.people.items() if step in flow.available(world.draft, user)
                ]
                assert offered == [], step.name


# --- the same person, another person ------------------------------------------------------------------


@pytest.mark.rule("IC-01", "AP-06")
def test_duties_exclude_each_other_as_the_rule_book_says() -> None:
    excluded = {
        (earlier, later) for later, duty in ORDER_WORKFLOW.duties.items() for earlier in duty.conflicts
    }
    assert EXCLUDED - excluded == set()


@pytest.mark.rule("IC-01", "AP-06")
@pytest.mark.parametrize(("earlier", "later"), sorted(EXCLUDED), ids=str)
def test_one_person_never_takes_two_duties_that_exclude_each_other(
    earlier: str, later: str, cast: Cast, company: Company
) -> None:
    order = submitted(cast, company, keyed_by=cast.second_assistant)
    one, other = person("one", is_superuser=True), person("other")
    record_event(order, Fact("acted", "acted", duty=earlier), actor=one)

    with pytest.raises(SameActor) as refused:
        ORDER_WORKFLOW.require_duty(order, later, actor=one)
    assert refused.value.rule in ("AP-06", "IC-01")
    ORDER_WORKFLOW.require_duty(order, later, actor=other)

    # In the next round the levels are free again; what was keyed, proved or carried stays.
    order.round += 1
    if ORDER_WORKFLOW.duties[earlier].lasting:
        with pytest.raises(SameActor):
            ORDER_WORKFLOW.require_duty(order, later, actor=one)
    else:
        ORDER_WORKFLOW.require_duty(order, later, actor=one)


def refuses(act: Any, *, rules: tuple[str, ...], actor: User) -> None:
    """Refused for the person, nothing moved, and the trail keeps who tried."""
    before, goods = traces(), goods_traces()
    with pytest.raises(SameActor) as refused:
        act()
    assert refused.value.rule in rules
    assert traces() == before
    assert goods_traces() == goods
    kept = Event.objects.filter(outcome="refused", actor=actor, rule=refused.value.rule)
    assert kept.count() == 1


def two_roles(user: User, *slugs: str) -> User:
    """The same person after years in the house, with posts that were never taken away."""
    RoleGrant.objects.bulk_create(RoleGrant(user=user, role=slug) for slug in slugs)
    return User.objects.get(pk=user.pk)


@pytest.mark.rule("AP-06")
def test_who_checked_an_order_reviews_it_on_no_level(cast: Cast, company: Company) -> None:
    order = checked(cast, company)
    many = two_roles(cast.assistant, "salesperson", "sales_manager", "finance")
    Customer.objects.filter(pk=company.customer.pk).update(salesperson=many)
    refuses(lambda: reviews.pass_rep(order, version=order.version, actor=many), rules=("AP-06",), actor=many)


@pytest.mark.rule("AP-06")
def test_who_keyed_an_order_gives_no_final_approval(cast: Cast, company: Company) -> None:
    order = at_finance(cast, company, submitted(cast, company, keyed_by=cast.second_assistant))
    many = two_roles(cast.second_assistant, "finance")
    act = lambda: reviews.approve_order(order, version=order.version, actor=many)  # noqa: E731
    refuses(act, rules=("AP-06",), actor=many)


@pytest.mark.rule("AP-06")
def test_who_reviewed_as_manager_gives_no_final_approval(cast: Cast, company: Company) -> None:
    order = at_finance(cast, company)
    many = two_roles(cast.manager, "finance")
    act = lambda: reviews.approve_order(order, version=order.version, actor=many)  # noqa: E731
    refuses(act, rules=("AP-06",), actor=many)


@pytest.mark.rule("IC-01", "PM-03")
def test_who_recorded_a_slip_does_not_prove_it(cast: Cast, company: Company) -> None:
    slip = slip_for(cast, submitted(cast, company, keyed_by=cast.second_assistant))
    line = line_for(cast, company, slip)
    many = two_roles(cast.assistant, "sales_accountant")
    refuses(lambda: match_bank_line(slip, line, actor=many), rules=("IC-01", "AP-06"), actor=many)


@pytest.mark.rule("IC-01", "PM-03")
def test_who_proved_the_money_does_not_check_the_order(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip = slip_for(cast, order)
    match_bank_line(slip, line_for(cast, company, slip), actor=cast.accountant)
    many = two_roles(cast.accountant, "sales_assistant")
    DeskAssignment.objects.create(user=many, region=cast.south, starts_on=date(2020, 1, 1))
    act = lambda: check_order(fresh(order), version=fresh(order).version, actor=many)  # noqa: E731
    refuses(act, rules=("IC-01", "AP-06"), actor=many)


@pytest.mark.rule("IC-01", "DS-01")
def test_who_approved_an_order_does_not_make_its_notice(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    many = two_roles(cast.finance, "sales_assistant")
    refuses(lambda: make_dispatch_notice(order, lines=None, actor=many), rules=("IC-01",), actor=many)


@pytest.mark.rule("IC-01", "DS-01")
def test_who_made_a_notice_does_not_sign_it(cast: Cast, company: Company) -> None:
    notice = noticed(cast, approved(cast, company))
    many = two_roles(cast.assistant, "sales_manager")
    act = lambda: sign_dispatch_notice(notice, version=notice.version, actor=many)  # noqa: E731
    refuses(act, rules=("IC-01",), actor=many)


@pytest.mark.rule("IC-01", "DS-02")
def test_who_signed_a_notice_does_not_pick_and_who_picked_does_not_check(
    cast: Cast, company: Company
) -> None:
    order = approved(cast, company)
    shipment = signed(cast, order)
    signer = two_roles(cast.second_manager, "picker")
    act = lambda: record_pick(shipment, picked=pick_all(shipment), version=shipment.version, actor=signer)  # noqa: E731
    refuses(act, rules=("IC-01",), actor=signer)

    done = record_pick(shipment, picked=pick_all(shipment), version=shipment.version, actor=cast.picker)
    picker = two_roles(cast.picker, "checker")
    act = lambda: check_shipment(done, checked=found_all(done), version=done.version, actor=picker)  # noqa: E731
    refuses(act, rules=("IC-01",), actor=picker)


@pytest.mark.rule("IC-01")
def test_a_personal_token_is_the_same_person(cast: Cast, company: Company) -> None:
    order = at_finance(cast, company)
    many = two_roles(cast.manager, "finance")
    client = client_for(many, "reviews:write")
    before = traces()
    answer = client.post(
        f"/api/v1/orders/{order.number}/pass-finance/",
        {}, format="json", HTTP_IF_MATCH=order.etag, HTTP_IDEMPOTENCY_KEY="one-key",
    )  # fmt: skip
    assert (answer.status_code, answer.json().get("rule")) == (403, "AP-06")
    assert traces() == before


# --- superusers and clients ---------------------------------------------------------------------------


def unsafe_steps() -> list[tuple[str, str]]:
    """Every act on a page or by the API that takes a permission."""
    return [
        (name, method) for name, method, guard in cells(PAGES | API) if method != "GET" and "." in str(guard)
    ]


@pytest.mark.rule("IC-01", "AU-01")
def test_a_superuser_takes_no_step_by_page_or_api_and_the_trail_keeps_each_attempt(
    cast: Cast, company: Company, world: World
) -> None:
    root = world.people["superuser"]
    client = Client()
    client.force_login(root)
    before, goods = traces(), goods_traces()
    wrong = []
    for name, method in unsafe_steps():
        tried = Event.objects.filter(outcome="refused", actor=root).count()
        extra = of_json(company.customer.etag) if name.startswith("api-") else of_form()
        body = "{}" if name.startswith("api-") else ""
        answer = client.generic(method, address_of(name, world, company), body, **extra)
        kept = Event.objects.filter(outcome="refused", actor=root).count() - tried
        if (
            name == "api-customer"
        ):  # sales or finance may, so the service asks; it finds no such customer first
            assert answer.status_code == 404
        elif (answer.status_code, kept) != (403, 1):
            wrong.append(f"{method} {name}: {answer.status_code}, {kept} in the trail")
    assert wrong == []
    assert (traces(), goods_traces()) == (before, goods)


@pytest.mark.rule("IC-01")
def test_a_superuser_takes_no_step_in_the_administration(cast: Cast, world: World) -> None:
    root = world.people["superuser"]
    client = Client()
    client.force_login(root)
    before, rows = (traces(), goods_traces()), one_of_each()
    inside = []
    for label in ADMIN:
        base, row = f"admin:{label.lower().replace('.', '_')}", rows[label]
        for action in (
            "pass_orders",
            "reject_orders",
            "accept_likeliest",
            "approve",
            "confirm",
            "revoke",
            "delete_selected",
        ):
            body = {
                "action": action,
                "_selected_action": [row.pk if row is not None else 0],
                "note": "x",
                "post": "yes",
            }
            answer = client.post(reverse(f"{base}_changelist"), body)
            inside += [] if is_turned_away(answer) else [f"{label} {action}"]
    decide = reverse("admin:credit_orderforreview_decide", args=[world.in_finance.pk])
    assert is_turned_away(client.post(decide, {"version": world.in_finance.version, "pass": "1"}))
    assert inside == []
    assert (traces(), goods_traces()) == before


ADMIN_ACTIONS = (
    "pass_orders", "reject_orders", "accept_likeliest", "approve", "confirm", "revoke", "delete_selected",
)  # fmt: skip
RECORDS_FACTS = {
    # What a client may send: it records facts; it approves, proves, signs and posts nothing.
    "api-customers", "api-customer", "api-customer-contacts", "api-customer-addresses", "api-receipts", "api-orders",
    "api-orders-validate", "api-orders-import", "api-order", "api-order-comments", "api-order-submit",
    "api-order-reopen", "api-remittances", "api-remittance-allocate", "api-enquiries", "api-enquiry",
    "api-enquiry-respond", "api-enquiry-confirm-demand", "api-enquiry-close", "api-enquiry-reopen",
    "api-enquiry-reassign", "api-enquiry-link-customer", "api-enquiry-comments",
    "api-customer-comments", "api-customer-contact", "api-customer-contact-erase", "api-customer-address",
    "api-customer-address-erase", "api-customer-consent", "api-customer-part-numbers",
    "api-contracts", "api-contract", "api-contract-submit", "api-contract-reopen", "api-contract-cancel",
    "api-contract-supplement", "api-contract-comments",
    "api-quotes", "api-quote", "api-quote-comments", "api-quote-submit", "api-quote-withdraw", "api-quote-revise",
    "api-quote-convert",
}  # fmt: skip


@pytest.mark.rule("IC-01", "AU-01")
def test_a_client_decides_nothing_by_any_route_even_with_the_role_of_finance(
    cast: Cast, company: Company, world: World
) -> None:
    erp = two_roles(cast.erp, "finance", "sales_manager", "sales_accountant", "picker")
    client = client_for(erp, *SCOPES, actor=cast.admin)
    before, goods, inside = traces(), goods_traces(), []
    for name, method in unsafe_steps():
        if name.startswith("api-") and name not in RECORDS_FACTS:
            answer = client.generic(method, address_of(name, world, company), "{}", **of_json('"x-1"'))
            if answer.status_code != 403 or not answer.json()["rule"]:
                inside.append(f"{method} {name}: {answer.status_code}")
    assert inside == [], "\n".join(inside)
    assert (traces(), goods_traces()) == (before, goods)


@pytest.mark.rule("IC-01")
def test_a_client_sees_no_more_rows_for_a_role_of_staff_it_was_granted(cast: Cast) -> None:
    erp = two_roles(cast.erp, "salesperson")
    assert erp.row_scopes == frozenset({"all"})
    someone = two_roles(cast.rep, "erp_client")
    assert someone.row_scopes == frozenset({"own"})


@pytest.mark.rule("IC-01")
def test_the_administrator_holds_no_business_role() -> None:
    allowed = {slug for slug, role in roles().items() if not role.is_for_clients} - {"admin"}
    apart = roles()["admin"].conflicts | {slug for slug in allowed if "admin" in roles()[slug].conflicts}
    looking_only = {"auditor", "marketing_manager", "marketing_director"}
    assert allowed - apart <= looking_only
