"""The tables of the remittance check, to be read beside the rule book: R1..R5 and M1..M4.

Pure: amounts in, a decision out. Every amount is tax included and of one currency. Letters stand on the
two kinds of figures as what is on file: signed, dated, for this order (RM-07); zero when there is none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from core.money import CENT, ZERO, round_half_up


class Result(StrEnum):
    PASS = "pass"  # noqa: S105 - a verdict
    HOLD = "hold"


class Needed(StrEnum):
    """A paper or a payment that is missing."""

    SLIP = "slip"
    COMMITMENT_LETTER = "commitment_letter"
    GUARANTEE_LETTER = "guarantee_letter"
    DEFERRAL_AGREEMENT = "deferral_agreement"
    ARREARS_PAYMENT = "arrears_payment"
    CONTACT_LOG = "contact_log"


HOLD_TOP_UP, HOLD_REMITTANCE, HOLD_LETTER, HOLD_ARREARS = "top_up", "remittance", "letter", "arrears"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing missing, and for how much; a contact log has no amount."""

    kind: Needed
    amount: Decimal | None = None


Way = tuple[Need, ...]
"""Things that clear the order when they are all brought."""


@dataclass(frozen=True, slots=True)
class CreditTerms:
    """The company's settings of section 24 that the tables read."""

    equality_passes: bool = True
    asks_full_top_up: bool = False
    uses_credit_without_slip: bool = False
    allows_deferral_with_slip: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What the customer and the salesperson are good for, and the letters on file for this order.

    `limit` L, `credit_in_use` U of the customer's other live orders, `quota` Q and `quota_in_use` GU of
    the responsible salesperson. A frozen customer has no credit (CR-08).
    """

    limit: Decimal = ZERO
    credit_in_use: Decimal = ZERO
    quota: Decimal = ZERO
    quota_in_use: Decimal = ZERO
    is_frozen: bool = False
    commitment_letter: Decimal = ZERO
    guarantee_letter: Decimal = ZERO
    deferral: Decimal = ZERO
    has_contact_log: bool = False
    terms: CreditTerms = CreditTerms()

    @property
    def available_credit(self) -> Decimal:
        """AC = max(0, L − U), nothing while frozen (CR-03, CR-08)."""
        return ZERO if self.is_frozen else max(ZERO, self.limit - self.credit_in_use)

    @property
    def available_quota(self) -> Decimal:
        """AQ = max(0, Q − GU)."""
        return max(ZERO, self.quota - self.quota_in_use)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepaidFigures(Trust):
    """Figures of an order that is paid before delivery or in instalments (section 11).

    `due_now` R0 is what is due at approval, `paid` P the sum of the order's valid allocations.
    """

    due_now: Decimal
    paid: Decimal

    @property
    def shortfall(self) -> Decimal:
        """S = max(0, R0 − P)."""
        return max(ZERO, self.due_now - self.paid)

    @property
    def excess(self) -> Decimal:
        """X = max(0, S − AC)."""
        return max(ZERO, self.shortfall - self.available_credit)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyFigures(PrepaidFigures):
    """Figures of an order settled monthly (section 12); `due_now` is the whole order amount A.

    `arrears` V is everything posted whose due date is past; `arrears_agreement` the director's agreement
    on it, zero once its date is past (M4).
    """

    arrears: Decimal = ZERO
    arrears_agreement: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the table says: `row`, pass or hold, and on a pass how the shortfall is covered.

    R0 − P = credit + guarantee + deferral on every pass. On a hold any one of `ways_out` clears the order;
    the one that costs the least money comes first. `minimum_top_up` is the smallest further payment after
    which no director is needed. After M4 `continues` names the row that decided the rest.
    """

    row: str
    result: Result
    credit: Decimal = ZERO
    guarantee: Decimal = ZERO
    deferral: Decimal = ZERO
    ways_out: tuple[Way, ...] = ()
    minimum_top_up: Decimal = ZERO
    holds: tuple[str, ...] = ()
    continues: str = ""

    @property
    def is_passed(self) -> bool:
        return self.result is Result.PASS

    @property
    def coverage(self) -> Decimal:
        return self.credit + self.guarantee + self.deferral

    @property
    def needs(self) -> Way:
        """What is missing on the way that costs the least money."""
        return self.ways_out[0] if self.ways_out else ()

    @property
    def deciding_row(self) -> str:
        return self.continues or self.row


def due_at_approval(total: Decimal, *, prepaid_percent: Decimal | None) -> Decimal:
    """R0: the whole order amount, or the prepaid share of it when paid in instalments."""
    if prepaid_percent is None:
        return total
    return round_half_up(total * prepaid_percent / 100)


def decide(figures: PrepaidFigures) -> Decision:
    """The table for these figures: section 12 for monthly settlement, else section 11."""
    return decide_monthly(figures) if isinstance(figures, MonthlyFigures) else decide_prepaid(figures)


def decide_prepaid(figures: PrepaidFigures) -> Decision:
    """Section 11, from the top: the first row that fits decides (RM-01..RM-05)."""
    if figures.paid >= figures.due_now:
        return Decision(row="R1", result=Result.PASS)
    if figures.paid <= ZERO and not figures.terms.uses_credit_without_slip:
        return _without_slip(figures)
    if figures.shortfall <= figures.available_credit:
        return _within_credit(figures)
    if figures.excess <= figures.available_quota:
        return _covered("R3", figures, credit=figures.available_credit, guarantee=figures.excess)
    return _beyond_quota("R4", figures, can_defer=figures.terms.allows_deferral_with_slip)


def decide_monthly(figures: MonthlyFigures) -> Decision:
    """Section 12: arrears first, then credit without letter, then guarantee or agreement (MS-03)."""
    if figures.arrears <= ZERO:
        return _monthly_part(figures)
    if figures.arrears_agreement < figures.arrears:
        return _arrears(figures)
    rest = _monthly_part(replace(figures, has_contact_log=True))
    log = _contact_log(figures)
    if log and rest.is_passed:
        rest = Decision(row=rest.row, result=Result.HOLD, holds=(HOLD_LETTER,), ways_out=(log,))
    elif log:
        rest = replace(rest, ways_out=tuple((*way, *log) for way in rest.ways_out))
    return replace(rest, row="M4", continues=rest.row)


def _monthly_part(figures: MonthlyFigures) -> Decision:
    """M2 and M3: the credit part needs neither commitment letter nor slip."""
    if figures.shortfall <= figures.available_credit:
        return Decision(row="M2", result=Result.PASS, credit=figures.shortfall)
    figures = replace(figures, commitment_letter=figures.available_credit)
    if figures.excess <= figures.available_quota:
        return _covered("M3", figures, credit=figures.available_credit, guarantee=figures.excess)
    return _beyond_quota("M3", figures, can_defer=True)


def _arrears(figures: MonthlyFigures) -> Decision:
    """M1: settle what is overdue, or the director's agreement on all of it."""
    log = _contact_log(figures)
    return Decision(
        row="M1",
        result=Result.HOLD,
        holds=(HOLD_ARREARS,),
        minimum_top_up=figures.arrears,
        ways_out=(
            (Need(Needed.DEFERRAL_AGREEMENT, figures.arrears), *log),
            (Need(Needed.ARREARS_PAYMENT, figures.arrears),),
        ),
    )


def _within_credit(figures: PrepaidFigures) -> Decision:
    """R2; at equality a company may ask for the cent that brings it below (RM-02)."""
    if figures.shortfall == figures.available_credit and not figures.terms.equality_passes:
        return _held_for_money("R2", figures, CENT)
    return _covered("R2", figures, credit=figures.shortfall)


def _covered(row: str, figures: PrepaidFigures, *, credit: Decimal, guarantee: Decimal = ZERO) -> Decision:
    """A row that passes once its papers are on file (RM-07, RM-11)."""
    missing = _papers_for(figures, credit=credit, guarantee=guarantee)
    if missing:
        return _held_for_papers(row, figures, missing)
    return Decision(row=row, result=Result.PASS, credit=credit, guarantee=guarantee)


def _beyond_quota(row: str, figures: PrepaidFigures, *, can_defer: bool) -> Decision:
    """R4, end of M3: a top-up, or the director's agreement on what a guarantee leaves (RM-03, RM-05)."""
    credit = figures.available_credit
    guarantee = min(figures.guarantee_letter, figures.available_quota)
    deferred = figures.excess - guarantee
    papers = _papers_for(figures, credit=credit, guarantee=guarantee)
    if can_defer and figures.deferral >= deferred:
        if papers:
            return _held_for_papers(row, figures, papers)
        return Decision(row=row, result=Result.PASS, credit=credit, guarantee=guarantee, deferral=deferred)
    asked = figures.excess if figures.terms.asks_full_top_up else figures.excess - figures.available_quota
    agreement = (Need(Needed.DEFERRAL_AGREEMENT, deferred), *papers) if can_defer else ()
    return _held_for_money(row, figures, asked, agreement=agreement)


def _without_slip(figures: PrepaidFigures) -> Decision:
    """R5: the credit limit is not used; guarantee and agreement must carry everything (RM-04)."""
    log = _contact_log(figures)
    guarantee = min(figures.guarantee_letter, figures.available_quota, figures.due_now)
    deferred = figures.due_now - guarantee
    if figures.deferral >= deferred:
        if log:
            return _held_for_papers("R5", figures, log)
        return Decision(row="R5", result=Result.PASS, guarantee=guarantee, deferral=deferred)
    least = max(CENT, figures.due_now - figures.available_credit - figures.available_quota)
    agreement = (Need(Needed.DEFERRAL_AGREEMENT, deferred), *log)
    return replace(_held_for_money("R5", figures, least, agreement=agreement), holds=(HOLD_REMITTANCE,))


def _held_for_money(row: str, figures: PrepaidFigures, asked: Decimal, *, agreement: Way = ()) -> Decision:
    """Hold until the least payment and its papers, the director's agreement, or all the money is there."""
    after = replace(figures, paid=figures.paid + asked)
    credit = min(after.shortfall, after.available_credit)
    if credit == after.available_credit == after.shortfall and not figures.terms.equality_passes and credit:
        asked, credit = asked + CENT, credit - CENT
        after = replace(figures, paid=figures.paid + asked)
    papers = _papers_for(after, credit=credit, guarantee=after.excess) if after.shortfall else ()
    ways = [agreement, (Need(Needed.SLIP, asked), *papers), (Need(Needed.SLIP, figures.shortfall),)]
    return Decision(
        row=row,
        result=Result.HOLD,
        holds=(HOLD_TOP_UP,),
        minimum_top_up=asked,
        ways_out=tuple(dict.fromkeys(way for way in ways if way)),
    )


def _held_for_papers(row: str, figures: PrepaidFigures, missing: Way) -> Decision:
    ways: list[Way] = [missing]
    if figures.shortfall > ZERO:
        ways.append((Need(Needed.SLIP, figures.shortfall),))
    return Decision(row=row, result=Result.HOLD, holds=(HOLD_LETTER,), ways_out=tuple(ways))


def _papers_for(figures: Trust, *, credit: Decimal, guarantee: Decimal) -> Way:
    missing = []
    if figures.commitment_letter < credit:
        missing.append(Need(Needed.COMMITMENT_LETTER, credit))
    if figures.guarantee_letter < guarantee:
        missing.append(Need(Needed.GUARANTEE_LETTER, guarantee))
    return (*missing, *_contact_log(figures))


def _contact_log(figures: Trust) -> Way:
    """RM-11: nothing but R1 and M2 passes without a log of why money is missing."""
    return () if figures.has_contact_log else (Need(Needed.CONTACT_LOG),)
