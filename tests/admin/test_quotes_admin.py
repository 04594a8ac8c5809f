"""Managers, director, GM and finance agree to quotations in the administration, by the same service (QT-03)."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.models import Event
from inventory.models import Price
from tests.orders.quotes import fresh, in_review, line_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
QUEUE = "admin:orders_quoteforreview_changelist"
D = Decimal


def act(client, action, *quotes, **data):
    chosen = {"action": action, "_selected_action": [quote.pk for quote in quotes], **data}
    return client.post(reverse(QUEUE), chosen, follow=True).content.decode()


@pytest.mark.rule("QT-03")
def test_each_post_sees_what_its_limit_covers(cast, company, signed_in):
    Price.objects.filter(product=company.motor).update(floor_price=D("800"))
    small = in_review(cast, company, line_of("A1023", "1", discount_percent=D(4)))
    medium = in_review(cast, company, line_of("A1023", "1", discount_percent=D(9)))
    below = in_review(cast, company, line_of("A1023", "1", unit_price=D(700)))
    plain = in_review(cast, company)

    def seen(person):
        page = signed_in(person).get(reverse(QUEUE)).content.decode()
        return [quote for quote in (small, medium, below, plain) if quote.number in page]

    assert seen(cast.manager) == [small]
    assert seen(cast.director) == [small, medium]
    assert seen(cast.gm) == [small, medium, below]
    assert seen(cast.finance) == [small, medium, below, plain]


@pytest.mark.rule("QT-02", "QT-03")
def test_agreeing_and_returning_row_by_row(cast, company, signed_in):
    first = in_review(cast, company, line_of("A1023", "1", discount_percent=D(4)))
    second = in_review(cast, company, line_of("A1023", "1", discount_percent=D(4)))
    client = signed_in(cast.manager)

    act(client, "agree", first)
    page = act(client, "give_back", second)

    assert first.reviews.get().department == "price"
    assert Event.objects.get(document_number=first.number, name="reviewed").channel == "admin"
    assert "second" not in page
    assert fresh(second).status == "in_review", "without a reason nothing is returned"
    act(client, "give_back", second, note="折扣太大")
    assert fresh(second).status == "draft"


@pytest.mark.rule("QT-02")
def test_the_last_agreement_clears_it(cast, company, signed_in):
    quote = in_review(cast, company)

    act(signed_in(cast.finance), "agree", quote)

    assert fresh(quote).status == "cleared"


def test_the_page_of_one_shows_lines_and_who_has_to_agree(cast, company, signed_in):
    quote = in_review(cast, company, line_of("A1023", "1", discount_percent=D(4)))
    page = signed_in(cast.manager).get(reverse("admin:orders_quoteforreview_change", args=[quote.pk]))

    assert page.status_code == 200
    assert "A1023" in page.content.decode()


def test_others_do_not_open_it(cast, company, signed_in):
    in_review(cast, company)

    assert signed_in(cast.catalogue).get(reverse(QUEUE)).status_code in (302, 403)


@pytest.mark.rule("QT-03")
def test_the_floor_price_of_a_line_is_for_those_who_may_see_it(cast, company, signed_in):
    Price.objects.filter(product=company.motor).update(floor_price=D("876.54"))
    quote = in_review(cast, company, line_of("A1023", "1", unit_price=D(700)))
    address = reverse("admin:orders_quote_change", args=[quote.pk])

    for person, is_shown in ((cast.gm, True), (cast.legal, False), (cast.auditor, False)):
        page = signed_in(person).get(address)
        assert page.status_code == 200
        assert ("876.54" in page.content.decode()) is is_shown
