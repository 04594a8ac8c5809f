"""What becomes of enquiries, and that every figure is the length of the list behind it (EN-01, G-07)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.clock import clock_set_to
from orders.enquiries.figures import Conversion, conversion_figures, sum_of
from orders.enquiries.queries import OUTCOMES, EnquiryFilter, enquiries_matching
from orders.enquiries.services import close_enquiry, respond_enquiry
from orders.models import Enquiry, Order
from orders.quotes.services import accept_quote, create_quote, send_quote, submit_quote
from orders.quotes.services.converting import convert_quote_to_order
from orders.services.placing import cancel_order
from tests.conftest import Cast, Company
from tests.orders.enquiries.matters import enquiry_of
from tests.orders.quotes import agree_all, fresh, quote_of

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
"""9 o'clock in Shanghai; the answer is due on Tuesday."""


def ordered(enquiry: Enquiry, company: Company, cast: Cast) -> Order:
    """An order that came out of a quotation of the enquiry."""
    quote = create_quote(company.customer, draft=quote_of(("A1023", "1")), enquiry=enquiry, actor=cast.rep)
    quote = agree_all(submit_quote(quote, actor=cast.rep))
    quote = accept_quote(send_quote(quote, actor=cast.rep), answered_by="王芳", actor=cast.rep)
    return convert_quote_to_order(fresh(quote), actor=cast.rep)


@pytest.fixture
def november(cast: Cast, company: Company) -> list[Enquiry]:
    """Seven of one Monday: in time, late, missed, closed silently in time, lost, ordered, and a cancelled order."""

    def at(hours: int) -> Any:
        return clock_set_to(MONDAY + timedelta(hours=hours))

    with at(0):
        made = [enquiry_of(cast, company, channel="phone" if n < 4 else "email") for n in range(7)]
    with at(3):
        respond_enquiry(made[0], actor=cast.rep)
        close_enquiry(made[3], lost_reason="no_need", actor=cast.rep)
    with at(9):
        close_enquiry(respond_enquiry(made[4], actor=cast.rep), lost_reason="price", actor=cast.rep)
        ordered(made[5], company, cast)
        cancel_order(ordered(made[6], company, cast), reason="客户取消", actor=cast.rep)
    with at(39):  # midnight after Tuesday
        respond_enquiry(made[1], actor=cast.rep)
    return made


@pytest.fixture
def later() -> Any:
    with clock_set_to(MONDAY + timedelta(days=10)):
        yield


@pytest.mark.rule("EN-01", "G-07")
def test_the_figures_of_a_month(cast: Cast, november: list[Enquiry], later: None) -> None:
    table = conversion_figures(cast.manager, EnquiryFilter(), group_by="month")
    (row,) = table.rows
    figures = row.figures
    assert (row.key, figures.received, figures.answered, figures.on_time, figures.late) == (
        "2026-11",
        7,
        5,
        4,
        2,
    )
    assert (figures.quoted, figures.ordered, figures.lost) == (2, 1, 2)
    assert figures.on_time_rate == Decimal("66.67")  # 4 of 4 + 2; the one closed in time is in neither
    assert figures.mean_hours == Decimal("13.80")  # 3 + 39 + 9 + 9 + 9 over 5
    assert (figures.quote_rate, figures.order_rate) == (Decimal("28.57"), Decimal("14.29"))
    assert table.lost == [("no_need", 1), ("price", 1)]


@pytest.mark.rule("EN-01")
@pytest.mark.parametrize(
    ("group_by", "keys"),
    [("owner", ["limin"]), ("channel", ["email", "phone"]), ("month", ["2026-11"])],
)
def test_groups_add_up_to_the_whole(
    cast: Cast, november: list[Enquiry], later: None, group_by: str, keys: list[str]
) -> None:
    table = conversion_figures(cast.manager, EnquiryFilter(), group_by=group_by)
    assert [row.key for row in table.rows] == keys
    assert (table.total.received, table.total.on_time) == (7, 4)
    assert sum_of(row.figures for row in table.rows) == table.total


@pytest.mark.rule("EN-01")
def test_every_figure_is_the_length_of_the_list_that_explains_it(
    cast: Cast, november: list[Enquiry], later: None
) -> None:
    total = conversion_figures(cast.manager, EnquiryFilter(), group_by="month").total
    for outcome in OUTCOMES:
        rows = enquiries_matching(cast.manager, EnquiryFilter(outcome=outcome))
        assert rows.count() == getattr(total, outcome), outcome


@pytest.mark.rule("EN-01", "RG-02")
def test_a_desk_counts_its_own(cast: Cast, november: list[Enquiry], later: None) -> None:
    assert conversion_figures(cast.assistant, EnquiryFilter(), group_by="month").total.received == 7
    assert conversion_figures(cast.north_assistant, EnquiryFilter(), group_by="month").rows == []


@pytest.mark.rule("EN-01", "G-04")
def test_months_are_cut_at_midnight_in_shanghai(cast: Cast, company: Company) -> None:
    for moment in (datetime(2026, 10, 31, 15, 59, tzinfo=UTC), datetime(2026, 10, 31, 16, 0, tzinfo=UTC)):
        with clock_set_to(moment):
            enquiry_of(cast, company)
    table = conversion_figures(cast.manager, EnquiryFilter(), group_by="month")
    assert [(row.key, row.figures.received) for row in table.rows] == [("2026-11", 1), ("2026-10", 1)]
    october = EnquiryFilter(received_from=date(2026, 10, 1), received_until=date(2026, 11, 1))
    assert conversion_figures(cast.manager, october, group_by="month").total.received == 1


@pytest.mark.rule("G-07")
def test_without_a_base_there_is_no_rate() -> None:
    nothing = Conversion(received=0)
    assert (nothing.on_time_rate, nothing.quote_rate, nothing.order_rate, nothing.mean_hours) == (None,) * 4
    assert Conversion(received=3).on_time_rate is None
    assert Conversion(received=3).quote_rate == Decimal("0.00")


@pytest.mark.rule("EN-01")
def test_the_figures_cost_two_statements(
    cast: Cast, november: list[Enquiry], later: None, django_assert_max_num_queries: Any
) -> None:
    assert cast.manager.may("orders.view")
    for group_by in ("month", "owner", "channel"):
        with django_assert_max_num_queries(2):
            conversion_figures(cast.manager, EnquiryFilter(), group_by=group_by)
