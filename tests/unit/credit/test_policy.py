"""The tables of sections 11 and 12, every boundary row of the rule book, without a database."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.policy import (
    CreditTerms,
    Decision,
    MonthlyFigures,
    Need,
    Needed,
    PrepaidFigures,
    decide_monthly,
    decide_prepaid,
    due_at_approval,
)

PLENTY = Decimal("1000000.00")


def money(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def prepaid(paid: str, *, used: str = "0", **more: object) -> PrepaidFigures:
    """R0 = 10,000.00, L = 1,000.00, AQ = 500.00, and every letter on file that could be asked for."""
    given_figures: dict[str, object] = {
        "due_now": money("10,000.00"),
        "paid": money(paid),
        "limit": money("1,000.00"),
        "credit_in_use": money(used),
        "quota": money("500.00"),
        "commitment_letter": PLENTY,
        "guarantee_letter": PLENTY,
        "has_contact_log": True,
    }
    return PrepaidFigures(**{**given_figures, **more})  # type: ignore[arg-type]


BOUNDARIES = [
    # U, P, S, AC, X, row, passed, C, G, top-up
    ("0", "10,000.01", "0", "1,000", "0", "R1", True, "0", "0", "0"),
    ("0", "10,000.00", "0", "1,000", "0", "R1", True, "0", "0", "0"),
    ("0", "9,999.99", "0.01", "1,000", "0", "R2", True, "0.01", "0", "0"),
    ("0", "9,000.01", "999.99", "1,000", "0", "R2", True, "999.99", "0", "0"),
    ("0", "9,000.00", "1,000.00", "1,000", "0", "R2", True, "1,000.00", "0", "0"),
    ("0", "8,999.99", "1,000.01", "1,000", "0.01", "R3", True, "1,000.00", "0.01", "0"),
    ("0", "8,500.00", "1,500.00", "1,000", "500.00", "R3", True, "1,000.00", "500.00", "0"),
    ("0", "8,499.99", "1,500.01", "1,000", "500.01", "R4", False, "0", "0", "0.01"),
    ("300", "9,300.00", "700.00", "700", "0", "R2", True, "700.00", "0", "0"),
    ("300", "9,299.99", "700.01", "700", "0.01", "R3", True, "700.00", "0.01", "0"),
    ("1,000", "9,500.00", "500.00", "0", "500.00", "R3", True, "0", "500.00", "0"),
]


@pytest.mark.rule("RM-01", "RM-02", "RM-03")
@pytest.mark.parametrize(
    ("used", "paid", "shortfall", "available", "excess", "row", "passed", "credit", "guarantee", "top_up"),
    BOUNDARIES,
)
def test_every_boundary_row_of_the_rule_book(
    used: str,
    paid: str,
    shortfall: str,
    available: str,
    excess: str,
    row: str,
    passed: bool,
    credit: str,
    guarantee: str,
    top_up: str,
) -> None:
    figures = prepaid(paid, used=used)

    decision = decide_prepaid(figures)

    assert (figures.shortfall, figures.available_credit) == (money(shortfall), money(available))
    assert figures.excess == money(excess)
    assert (decision.row, decision.is_passed) == (row, passed)
    assert (decision.credit, decision.guarantee) == (money(credit), money(guarantee))
    assert decision.minimum_top_up == money(top_up)


@pytest.mark.rule("RM-04")
def test_without_a_slip_guarantee_and_deferral_must_carry_everything() -> None:
    figures = prepaid("0", guarantee_letter=money("500.00"), deferral=money("9,500.00"))

    decision = decide_prepaid(figures)

    assert (decision.row, decision.is_passed) == ("R5", True)
    assert (decision.credit, decision.guarantee, decision.deferral) == (0, money("500.00"), money("9,500.00"))


@pytest.mark.rule("RM-04")
def test_without_a_slip_a_cent_too_little_holds_for_remittance() -> None:
    figures = prepaid("0", guarantee_letter=money("500.00"), deferral=money("9,499.99"))

    decision = decide_prepaid(figures)

    assert (decision.row, decision.is_passed, decision.holds) == ("R5", False, ("remittance",))
    assert decision.needs == (Need(Needed.DEFERRAL_AGREEMENT, money("9,500.00")),)
    assert decision.minimum_top_up == money("8,500.00")


@pytest.mark.rule("RM-04")
def test_a_slip_of_one_cent_is_a_slip() -> None:
    decision = decide_prepaid(prepaid("0.01"))

    assert (decision.row, decision.minimum_top_up) == ("R4", money("8,499.99"))


@pytest.mark.rule("RM-01")
def test_a_free_order_passes_without_any_slip() -> None:
    assert decide_prepaid(prepaid("0", due_now=money("0.00"))).row == "R1"


@pytest.mark.rule("RM-05")
def test_the_directors_agreement_clears_a_partial_slip() -> None:
    figures = prepaid("8,000.00", guarantee_letter=money("200.00"), deferral=money("800.00"))

    decision = decide_prepaid(figures)

    assert (decision.row, decision.is_passed) == ("R4", True)
    assert (decision.credit, decision.guarantee, decision.deferral) == (
        money("1,000"),
        money("200"),
        money("800"),
    )


@pytest.mark.rule("RM-05")
def test_an_agreement_does_not_help_a_partial_slip_where_the_company_says_so() -> None:
    terms = CreditTerms(allows_deferral_with_slip=False)

    decision = decide_prepaid(prepaid("8,000.00", deferral=PLENTY, terms=terms))

    assert (decision.row, decision.holds) == ("R4", ("top_up",))
    assert all(need.kind is not Needed.DEFERRAL_AGREEMENT for way in decision.ways_out for need in way)


@pytest.mark.rule("RM-02")
def test_where_equality_does_not_pass_one_cent_is_asked() -> None:
    decision = decide_prepaid(prepaid("9,000.00", terms=CreditTerms(equality_passes=False)))

    assert (decision.row, decision.holds, decision.minimum_top_up) == ("R2", ("top_up",), money("0.01"))


@pytest.mark.rule("RM-03")
def test_a_company_may_ask_for_the_whole_excess() -> None:
    decision = decide_prepaid(prepaid("8,499.99", terms=CreditTerms(asks_full_top_up=True)))

    assert decision.minimum_top_up == money("500.01")


@pytest.mark.rule("RM-04")
def test_a_company_may_use_the_limit_without_a_slip() -> None:
    terms = CreditTerms(uses_credit_without_slip=True)

    decision = decide_prepaid(prepaid("0", due_now=money("900.00"), terms=terms))

    assert (decision.row, decision.credit) == ("R2", money("900.00"))


@pytest.mark.rule("RM-07")
@pytest.mark.parametrize(
    ("letters", "missing"),
    [
        ({"commitment_letter": "999.99"}, [Need(Needed.COMMITMENT_LETTER, Decimal("1000.00"))]),
        ({"guarantee_letter": "499.99"}, [Need(Needed.GUARANTEE_LETTER, Decimal("500.00"))]),
        (
            {"commitment_letter": "0", "guarantee_letter": "0"},
            [
                Need(Needed.COMMITMENT_LETTER, Decimal("1000.00")),
                Need(Needed.GUARANTEE_LETTER, Decimal("500.00")),
            ],
        ),
    ],
)
def test_a_letter_short_by_a_cent_holds_the_order(letters: dict[str, str], missing: list[Need]) -> None:
    decision = decide_prepaid(
        prepaid("8,500.00", **{name: money(amount) for name, amount in letters.items()})
    )

    assert (decision.row, decision.holds) == ("R3", ("letter",))
    assert list(decision.needs) == missing
    assert decision.coverage == 0


@pytest.mark.rule("RM-11")
@pytest.mark.parametrize("paid", ["9,999.99", "8,500.00", "0"])
def test_no_row_but_r1_passes_without_a_contact_log(paid: str) -> None:
    decision = decide_prepaid(prepaid(paid, deferral=PLENTY, has_contact_log=False))

    assert not decision.is_passed
    assert Need(Needed.CONTACT_LOG) in decision.needs


@pytest.mark.rule("CR-08")
def test_a_frozen_customer_has_no_credit() -> None:
    decision = decide_prepaid(prepaid("9,500.00", is_frozen=True))

    assert (decision.row, decision.credit, decision.guarantee) == ("R3", 0, money("500.00"))


@pytest.mark.rule("CR-03")
def test_a_quota_below_its_use_counts_as_none() -> None:
    figures = prepaid("8,999.99", quota=money("100.00"), quota_in_use=money("400.00"))

    assert figures.available_quota == 0
    assert decide_prepaid(figures).row == "R4"


def monthly(total: str, *, paid: str = "0", **more: object) -> MonthlyFigures:
    given_figures: dict[str, object] = {
        "due_now": money(total),
        "paid": money(paid),
        "limit": money("1,000.00"),
        "quota": money("500.00"),
        "has_contact_log": True,
    }
    return MonthlyFigures(**{**given_figures, **more})  # type: ignore[arg-type]


@pytest.mark.rule("MS-03")
@pytest.mark.parametrize("arrears", ["0.01", "5,000.00"])
def test_m1_any_arrears_hold_the_order_and_no_guarantee_lifts_them(arrears: str) -> None:
    decision = decide_monthly(
        monthly("100.00", arrears=money(arrears), guarantee_letter=PLENTY, quota=PLENTY)
    )

    assert (decision.row, decision.holds, decision.minimum_top_up) == ("M1", ("arrears",), money(arrears))


@pytest.mark.rule("MS-01")
@pytest.mark.parametrize(
    ("total", "credit"), [("0.01", "0.01"), ("999.99", "999.99"), ("1,000.00", "1,000.00")]
)
def test_m2_credit_passes_without_letter_slip_or_log(total: str, credit: str) -> None:
    decision = decide_monthly(monthly(total, has_contact_log=False))

    assert (decision.row, decision.is_passed, decision.credit) == ("M2", True, money(credit))


@pytest.mark.rule("MS-03")
@pytest.mark.parametrize(("total", "guarantee"), [("1,000.01", "0.01"), ("1,500.00", "500.00")])
def test_m3_passes_with_a_guarantee_for_the_excess(total: str, guarantee: str) -> None:
    decision = decide_monthly(monthly(total, guarantee_letter=money(guarantee)))

    assert (decision.row, decision.is_passed) == ("M3", True)
    assert (decision.credit, decision.guarantee) == (money("1,000.00"), money(guarantee))


@pytest.mark.rule("MS-03")
def test_m3_holds_for_the_guarantee_letter_but_asks_for_no_commitment_letter() -> None:
    decision = decide_monthly(monthly("1,500.00"))

    assert (decision.row, decision.holds) == ("M3", ("letter",))
    assert decision.needs == (Need(Needed.GUARANTEE_LETTER, money("500.00")),)


@pytest.mark.rule("MS-03")
def test_m3_beyond_the_quota_asks_for_the_rest() -> None:
    decision = decide_monthly(monthly("1,500.01"))

    assert (decision.row, decision.holds, decision.minimum_top_up) == ("M3", ("top_up",), money("0.01"))


@pytest.mark.rule("MS-03")
def test_m3_beyond_the_quota_passes_with_the_directors_agreement_for_the_rest() -> None:
    decision = decide_monthly(monthly("2,000.00", guarantee_letter=money("500.00"), deferral=money("500.00")))

    assert (decision.credit, decision.guarantee, decision.deferral) == (
        money("1000"),
        money("500"),
        money("500"),
    )


@pytest.mark.rule("MS-03")
@pytest.mark.parametrize(("agreement", "row"), [("299.99", "M1"), ("300.00", "M4"), ("300.01", "M4")])
def test_m4_an_agreement_over_all_arrears_lifts_the_block(agreement: str, row: str) -> None:
    decision = decide_monthly(monthly("800.00", arrears=money("300.00"), arrears_agreement=money(agreement)))

    assert decision.row == row
    assert decision.is_passed is (row == "M4")


@pytest.mark.rule("MS-03", "RM-11")
def test_m4_goes_on_with_m2_or_m3_and_asks_for_the_log() -> None:
    figures = monthly("800.00", arrears=money("300.00"), arrears_agreement=money("300.00"))

    assert decide_monthly(figures).deciding_row == "M2"
    assert decide_monthly(replace(figures, due_now=money("1,200.00"))).deciding_row == "M3"
    assert decide_monthly(replace(figures, has_contact_log=False)).holds == ("letter",)


@pytest.mark.rule("RM-01")
@pytest.mark.parametrize(
    ("total", "percent", "due"),
    [
        ("10,000.00", None, "10,000.00"),
        ("10,000.00", "30", "3,000.00"),
        ("0.05", "30", "0.02"),
        ("99.99", "33.33", "33.33"),
    ],
)
def test_the_amount_due_at_approval(total: str, percent: str | None, due: str) -> None:
    assert due_at_approval(money(total), prepaid_percent=percent and Decimal(percent)) == money(due)  # type: ignore[arg-type]


amounts = st.integers(min_value=0, max_value=3_000_00).map(lambda cents: Decimal(cents).scaleb(-2))
terms = st.builds(CreditTerms, st.booleans(), st.booleans(), st.booleans(), st.booleans())
trust = {
    "due_now": amounts,
    "paid": amounts,
    "limit": amounts,
    "credit_in_use": amounts,
    "quota": amounts,
    "quota_in_use": amounts,
    "is_frozen": st.booleans(),
    "commitment_letter": amounts,
    "guarantee_letter": amounts,
    "deferral": amounts,
    "has_contact_log": st.booleans(),
    "terms": terms,
}
prepaid_figures = st.builds(PrepaidFigures, **trust)
monthly_figures = st.builds(MonthlyFigures, **trust, arrears=amounts, arrears_agreement=amounts)


def decide(figures: PrepaidFigures) -> Decision:
    return decide_monthly(figures) if isinstance(figures, MonthlyFigures) else decide_prepaid(figures)


@pytest.mark.rule("RM-07", "RM-09")
@given(st.one_of(prepaid_figures, monthly_figures))
def test_no_combination_passes_uncovered_and_none_covers_more_than_the_shortfall(
    figures: PrepaidFigures,
) -> None:
    decision = decide(figures)

    if decision.is_passed:
        assert decision.coverage == max(Decimal(0), figures.due_now - figures.paid)
        assert 0 <= decision.credit <= figures.available_credit
        assert 0 <= decision.guarantee <= min(figures.available_quota, figures.guarantee_letter)
        assert 0 <= decision.deferral <= figures.deferral
        assert not decision.holds
        assert not decision.ways_out
    else:
        assert decision.coverage == 0
        assert decision.holds
        assert decision.ways_out


def bring(figures: PrepaidFigures, way: tuple[Need, ...]) -> PrepaidFigures:
    """The figures after everything on a way has been brought."""
    for need in way:
        if need.kind is Needed.CONTACT_LOG:
            figures = replace(figures, has_contact_log=True)
        elif need.kind is Needed.SLIP:
            figures = replace(figures, paid=figures.paid + need.amount)
        elif need.kind is Needed.COMMITMENT_LETTER:
            figures = replace(figures, commitment_letter=need.amount)
        elif need.kind is Needed.GUARANTEE_LETTER:
            figures = replace(figures, guarantee_letter=need.amount)
        elif need.kind is Needed.ARREARS_PAYMENT:
            figures = replace(figures, arrears=Decimal(0))  # type: ignore[call-arg]
        elif isinstance(figures, MonthlyFigures) and decide(figures).row == "M1":
            figures = replace(figures, arrears_agreement=need.amount)
        else:
            figures = replace(figures, deferral=need.amount)
    return figures


@pytest.mark.rule("RM-03", "RM-11")
@given(st.one_of(prepaid_figures, monthly_figures))
def test_every_way_out_that_is_named_leads_out(figures: PrepaidFigures) -> None:
    decision = decide(figures)

    for way in decision.ways_out:
        after = decide(bring(figures, way))
        if decision.row == "M1":
            assert after.row != "M1"
        else:
            assert after.is_passed, (way, after)


@pytest.mark.rule("RM-03")
@given(prepaid_figures)
def test_a_cent_less_than_the_minimum_top_up_still_needs_the_director(figures: PrepaidFigures) -> None:
    decision = decide_prepaid(replace(figures, deferral=Decimal(0), terms=CreditTerms()))

    if decision.minimum_top_up > Decimal("0.01") and decision.row == "R4":
        short = replace(
            figures, paid=figures.paid + decision.minimum_top_up - Decimal("0.01"), deferral=Decimal(0)
        )
        assert decide_prepaid(replace(short, terms=CreditTerms())).row == "R4"
