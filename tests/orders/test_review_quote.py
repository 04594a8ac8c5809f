"""Who has to agree to a quotation, who may, and what a refusal does (QT-02, QT-03)."""

from datetime import date
from decimal import Decimal

import pytest

from core.clock import clock_set_to, today
from core.errors import (
    Conflict,
    InvalidInput,
    PermissionDenied,
    RuleRefused,
    SameActor,
    StaleVersion,
    TransitionNotAllowed,
)
from core.models import RoleGrant, User
from inventory.models import Price, Product
from inventory.rows import PriceRow
from inventory.services.price_lists import approve_price_list, create_price_list
from orders.models import QuoteReview
from orders.quotes.services import edit_quote, review_quote, revise_quote, submit_quote
from tests.conftest import NOON
from tests.factories import person
from tests.orders.quotes import cleared, drafted, fresh, in_review, line_of, quote_of, sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
D = Decimal


def agree(quote, department, actor, **fields):
    return review_quote(quote, department=department, verdict="agreed", actor=actor, **fields)


def refuse(quote, department, actor, note="不行"):
    return review_quote(quote, department=department, verdict="refused", note=note, actor=actor)


@pytest.mark.rule("QT-02")
def test_finance_always_production_for_what_is_made_purchasing_for_what_is_bought(cast, company):
    assert in_review(cast, company).reviews_needed == ["finance"]
    assert in_review(cast, company, ("A1023", "200")).reviews_needed == ["finance", "production"]
    Product.objects.filter(pk=company.cable.pk).update(supply="buy")
    assert in_review(cast, company).reviews_needed == ["finance", "purchasing"]
    quote = in_review(cast, company, line_of("A1023", "1", is_made_to_order=True), ("B2040", "1"))
    assert quote.reviews_needed == ["finance", "production", "purchasing"]


@pytest.mark.rule("QT-02")
def test_all_must_agree_and_the_last_one_clears_it(cast, company):
    quote = in_review(cast, company, ("A1023", "200"))

    agree(quote, "finance", cast.finance)
    assert fresh(quote).status == "in_review"
    planner = User.objects.get(username="jixiaoyun")
    agree(quote, "production", planner, note="可排产", promised_on=date(2026, 12, 10))

    assert fresh(quote).status == "cleared"
    assert list(quote.reviews.values_list("department", "verdict", "promised_on")) == [
        ("finance", "agreed", None),
        ("production", "agreed", date(2026, 12, 10)),
    ]
    assert [event.name for event in quote.events()] == ["made", "submit", "reviewed", "reviewed", "clear"]


@pytest.mark.rule("QT-02")
def test_two_departments_on_the_same_page_version_do_not_get_in_each_others_way(cast, company):
    quote = in_review(cast, company, ("A1023", "200"))

    agree(quote, "finance", cast.finance, version=quote.version)
    agree(quote, "production", User.objects.get(username="jixiaoyun"), version=quote.version)

    assert fresh(quote).status == "cleared"


@pytest.mark.rule("QT-02")
def test_any_refusal_returns_it_with_the_reason_and_the_next_submission_is_a_new_round(cast, company):
    quote = in_review(cast, company, ("A1023", "200"))
    agree(quote, "production", User.objects.get(username="jixiaoyun"))
    refuse(quote, "finance", cast.finance, note="付款条件不清楚")

    returned = fresh(quote)
    assert (returned.status, returned.round) == ("draft", 1)
    assert quote.events().get(name="refuse").note == "付款条件不清楚"

    edit_quote(returned, draft=quote_of(("A1023", "150")), actor=cast.rep)
    again = submit_quote(fresh(quote), actor=cast.rep)
    assert (again.round, again.reviews_needed) == (2, ["finance", "production"])
    agree(again, "finance", cast.finance)
    assert fresh(quote).status == "in_review", "what was agreed in the first round does not count"
    assert QuoteReview.objects.filter(quote=quote).count() == 3


@pytest.mark.rule("QT-02")
def test_a_refusal_needs_a_reason(cast, company):
    quote = in_review(cast, company)

    with pytest.raises(InvalidInput) as refused:
        refuse(quote, "finance", cast.finance, note="  ")

    assert [problem.code for problem in refused.value.problems] == ["reason_required"]
    assert fresh(quote).status == "in_review"
    assert not quote.reviews.exists()


@pytest.mark.rule("QT-02", "IC-01")
def test_who_wrote_it_does_not_review_it_and_nobody_reviews_twice(cast, company):
    both = person("duomian", "salesperson", "planning", display_name="多面手")
    company.customer.salesperson = both
    company.customer.save()
    quote = submit_quote(drafted(cast, company, ("A1023", "200"), actor=both), actor=both)
    with pytest.raises(SameActor):
        agree(quote, "production", both)

    two_posts = person("liangzhi", "planning", "purchasing", display_name="两职")
    Product.objects.filter(pk=company.cable.pk).update(supply="buy")
    other = in_review(cast, company, ("A1023", "200"), ("B2040", "1"))
    agree(other, "production", two_posts)
    with pytest.raises(SameActor):
        agree(other, "purchasing", two_posts)

    assert not quote.reviews.exists()
    assert other.reviews.count() == 1


@pytest.mark.rule("QT-02")
def test_a_department_decides_once_and_only_where_it_is_asked(cast, company):
    quote = in_review(cast, company, ("A1023", "200"))
    agree(quote, "finance", cast.finance)

    with pytest.raises(Conflict) as refused:
        agree(quote, "finance", person("second", "finance"))
    assert refused.value.code == "reviewed_already"
    with pytest.raises(RuleRefused) as refused:
        agree(quote, "purchasing", User.objects.get(username="caiyong"))
    assert refused.value.code == "review_not_needed"
    with pytest.raises(PermissionDenied):
        agree(quote, "production", cast.finance)
    with pytest.raises(StaleVersion):
        agree(quote, "production", User.objects.get(username="jixiaoyun"), version=1)
    assert quote.reviews.count() == 1


@pytest.mark.rule("QT-02")
def test_what_is_not_in_review_is_not_reviewed(cast, company):
    with pytest.raises(TransitionNotAllowed):
        agree(drafted(cast, company), "finance", cast.finance)


@pytest.mark.rule("QT-03")
@pytest.mark.parametrize(
    ("discount", "level", "asked"),
    [("0", "rep", False), ("0.01", "manager", True), ("5", "manager", True), ("5.01", "director", True),
     ("10", "director", True), ("10.01", "gm", True)],
)  # fmt: skip
def test_a_discount_over_the_makers_limit_asks_the_next_post(cast, company, discount, level, asked):
    quote = in_review(cast, company, line_of("A1023", "1", discount_percent=D(discount)))

    assert (quote.price_level, "price" in quote.reviews_needed) == (level, asked)
    assert quote.largest_discount == D(discount)


@pytest.mark.rule("QT-03")
def test_a_manager_gives_five_percent_on_his_own_and_asks_for_six(cast, company):
    def by_manager(discount):
        draft = drafted(
            cast, company, line_of("A1023", "1", discount_percent=D(discount)), actor=cast.manager
        )
        return submit_quote(draft, actor=cast.manager)

    assert by_manager("5").reviews_needed == ["finance"]
    assert by_manager("6").reviews_needed == ["finance", "price"]


@pytest.mark.rule("QT-03")
def test_the_post_must_reach_the_level(cast, company):
    quote = in_review(cast, company, line_of("A1023", "1", discount_percent=D(8)))

    with pytest.raises(PermissionDenied) as refused:
        agree(quote, "price", cast.manager)
    assert refused.value.rule == "QT-03"
    agree(quote, "price", cast.director)

    assert quote.reviews.get().actor == cast.director


@pytest.mark.rule("QT-03")
def test_below_the_floor_only_the_general_manager(cast, company):
    Price.objects.filter(product=company.motor).update(floor_price=D("975"))
    quote = in_review(cast, company, line_of("A1023", "1", unit_price=D("974.99")))
    assert (quote.is_below_floor, quote.price_level) == (True, "gm")

    for person_ in (cast.manager, cast.director):
        with pytest.raises(PermissionDenied):
            agree(quote, "price", person_)
    agree(quote, "price", cast.gm)
    agree(quote, "finance", cast.finance)

    assert fresh(quote).status == "cleared"


@pytest.mark.rule("QT-03")
def test_an_alternative_below_the_floor_needs_the_general_manager_too(cast, company):
    Price.objects.filter(product=company.motor).update(floor_price=D("975"))
    quote = in_review(
        cast, company, ("B2040", "1"), line_of("A1023", "1", unit_price=D("900"), is_alternative=True)
    )

    assert quote.reviews_needed == ["finance", "price"]


@pytest.mark.rule("IC-01")
def test_an_api_client_never_reviews_whatever_its_role(cast, company):
    quote = in_review(cast, company)
    RoleGrant.objects.create(user=cast.erp, role="finance")

    with pytest.raises(PermissionDenied):
        agree(quote, "finance", User.objects.get(pk=cast.erp.pk))

    assert not quote.reviews.exists()


@pytest.mark.rule("QT-04")
def test_nobody_agrees_to_what_is_no_longer_valid_but_it_can_be_returned(cast, company):
    quote = in_review(cast, company, valid_until=date(2026, 11, 21))
    with clock_set_to(NOON.replace(day=22)):
        with pytest.raises(RuleRefused) as refused:
            agree(quote, "finance", cast.finance)
        assert refused.value.code == "quote_expired"
        refuse(quote, "finance", cast.finance, note="已过期")

    assert fresh(quote).status == "draft"


@pytest.mark.rule("QT-02", "AU-01")
def test_a_review_is_never_changed(cast, company):
    quote = cleared(cast, company)

    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError), transaction.atomic():
        QuoteReview.objects.filter(quote=quote).update(verdict="refused")


@pytest.mark.rule("QT-03")
def test_old_list_prices_offered_again_are_judged_by_the_list_of_today(cast, company):
    old = sent(cast, company, line_of("A1023", "2"))
    assert (old.price_level, old.reviews_needed) == ("rep", ["finance"])
    dearer = create_price_list(
        code="PL-NEW", name="涨价", valid_from=today(), actor=cast.catalogue,
        prices=[PriceRow("A1023", D("1088.00"), D("990.00"))],
    )  # fmt: skip
    approve_price_list(dearer, actor=cast.gm)

    new = submit_quote(revise_quote(old, actor=cast.rep), actor=cast.rep)

    line = new.lines.get()
    assert (line.unit_price, line.list_price, line.floor_price) == (D("980"), D("1088"), D("990"))
    assert (new.largest_discount, new.is_below_floor, new.price_level) == (D("9.93"), True, "gm")
    assert new.reviews_needed == ["finance", "price"]
    assert new.total == old.total
