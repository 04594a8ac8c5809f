"""QT-01, CT-01, CT-03: the papers of quotation and contract, in Chinese, English and both."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.company import ProfileDraft, confirm_company_bank, maintain_company, propose_company_bank
from orders.contracts.clauses import STANDARD, changed_clauses, missing_clauses, standard_clauses
from orders.models import Contract, ContractLine, ContractSignature, Quote, QuoteLine
from orders.papers import application_pdf, contract_pdf, quote_pdf
from orders.pricing import price_line
from tests.conftest import Cast, Company
from tests.papers import Paper, faults_of_layout, read_paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
D = Decimal
LANGUAGES = ("zh-hans", "en", "both")
LONG_NAME = "高精度行星减速机组合件含法兰联轴器及安装附件 Planetary gearbox assembly, backlash below 3 arcmin"
REMARKS = "收货后七日内清点，破损请联系。Please check the goods on receipt. "


@pytest.fixture
def letterhead(cast: Cast) -> None:
    maintain_company(
        ProfileDraft(
            name="杭州顺单机电设备有限公司", name_en="Hangzhou Shundan Co., Ltd.", phone="0571-55500100"
        ),
        actor=cast.admin,
    )
    account = propose_company_bank(
        bank="中国工商银行",
        bank_en="ICBC",
        account_number="1202020919900012345",
        reason="开业",
        actor=cast.admin,
    )
    confirm_company_bank(account, actor=cast.cfo)


def lines_of(company: Company, model: Any, count: int, parent: dict[str, Any], **facts: Any) -> list[Any]:
    """Motors at 980.00 and cable at 12.3456; every third line has a long name and a long code."""
    made = []
    for number in range(1, count + 1):
        product = company.motor if number % 2 else company.cable
        quantity, price = D(7 * number), D("980.00") if number % 2 else D("12.3456")
        discount = D(5) if number % 4 == 0 else D(0)
        priced = price_line(quantity, price, discount, D("0.13"))
        is_long = number % 3 == 0
        made.append(
            model(
                **parent, line_no=number, product=product, sku="PGX-0090-I10-S2-FLANGE24" if is_long else product.sku,
                name=LONG_NAME if is_long else product.name, spec=product.spec, unit=product.unit,
                quantity=quantity, unit_price=price, discount_percent=discount, tax_rate=D("0.13"),
                net=priced.net, tax=priced.tax, gross=priced.gross, **facts,
            )
        )  # fmt: skip
    return made


def quoted(cast: Cast, company: Company, count: int = 1, alternatives: int = 0, **facts: Any) -> Quote:
    quote = Quote(
        number="QT202611-0001", series="QT202611-0001", customer=company.customer, region=cast.south,
        salesperson=cast.rep, created_by=cast.rep, quoted_on=date(2026, 11, 21), valid_until=date(2026, 12, 21),
        contact_name="王芳", terms="staged", prepaid_percent=D(30), warranty="质保 12 个月",
        preferential_policy="年度采购满 50 万元返利 1%", delivery_cycle="15 个工作日", remarks=(REMARKS * 5)[:300],
        freight=D("120.00"),
    )  # fmt: skip
    lines = lines_of(company, QuoteLine, count, {"quote": quote})
    for line in lines[:alternatives]:
        line.is_alternative = True
    offered = lines[alternatives:]
    quote.net = sum((line.net for line in offered), D(0))
    quote.tax = sum((line.tax for line in offered), D(0))
    quote.total = quote.net + quote.tax + quote.freight
    for name, value in facts.items():
        setattr(quote, name, value)
    quote.save()
    QuoteLine.objects.bulk_create(lines)
    return Quote.objects.for_display().get(pk=quote.pk)


def contracted(cast: Cast, company: Company, count: int = 1, **facts: Any) -> Contract:
    contract = Contract(
        number="CT202611-0001", customer=company.customer, region=cast.south, salesperson=cast.rep,
        created_by=cast.rep, title="伺服电机采购", terms="prepaid", freight=D("120.00"),
        clauses=standard_clauses("zh-hans"), order_intention="四季度扩产，需要伺服电机。",
        policy_basis="2026 年度销售政策",
    )  # fmt: skip
    lines = lines_of(company, ContractLine, count, {"contract": contract})
    contract.net = sum((line.net for line in lines), D(0))
    contract.tax = sum((line.tax for line in lines), D(0))
    contract.amount = contract.net + contract.tax + contract.freight
    for name, value in facts.items():
        setattr(contract, name, value)
    contract.save()
    ContractLine.objects.bulk_create(lines)
    return Contract.objects.for_display().get(pk=contract.pk)


def has_every_amount(paper: Paper, lines: Any) -> bool:
    return all(f"{line.gross:,.2f}" in paper.text and f"{line.net:,.2f}" in paper.text for line in lines)


@pytest.mark.rule("QT-01", "G-02")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 8, 9, 40])
def test_a_quotation_is_on_a4_with_nothing_clipped(
    cast: Cast, company: Company, letterhead: None, count: int, language: str
) -> None:
    quote = quoted(cast, company, count)
    paper = read_paper(quote_pdf(quote, language=language))
    assert faults_of_layout(paper) == []
    assert paper.pages <= 1 + count // 8 + (language == "both")  # two lines for each label
    assert has_every_amount(paper, quote.lines.all())
    for page, text in enumerate(paper.texts, 1):
        assert "QT202611-0001" in text
        assert f"{page}" in text.splitlines()[-1]
    assert f"{quote.total:,.2f}" in paper.text


@pytest.mark.rule("QT-01")
def test_a_quotation_says_everything_the_customer_must_know(
    cast: Cast, company: Company, letterhead: None
) -> None:
    paper = read_paper(quote_pdf(quoted(cast, company, 2, revision=2), language="en"))
    for said in (
        "Hangzhou Shundan Co., Ltd.", "Quotation", "QT202611-0001", "V2", "杭州华信电子有限公司", "C2026001", "王芳",
        "A1023", "伺服电机", "750W", "Net amount", "Tax rate", "13%", "7,751.80", "Freight, tax included", "120.00",
        "SAY RMB EIGHT THOUSAND ", "30% (CNY ", "before delivery", "15 个工作日", "质保 12 个月",
        "年度采购满 50 万元返利 1%", "valid until 2026-12-21", "ICBC", "1202020919900012345",
        "Accepted by the customer", "Page 1 of 1",
    ):  # fmt: skip
        assert "".join(said.split()) in paper.text, said


@pytest.mark.rule("QT-01")
def test_a_chinese_quotation_writes_the_amount_in_words(cast: Cast, company: Company) -> None:
    quote = quoted(cast, company, 1)
    assert quote.total == D("7871.80")
    assert "人民币柒仟捌佰柒拾壹元捌角" in read_paper(quote_pdf(quote, language="zh-hans")).text
    both = read_paper(quote_pdf(quote, language="both")).text
    assert "人民币柒仟捌佰柒拾壹元捌角" in both
    assert "SAYRMBSEVENTHOUSANDEIGHTHUNDREDSEVENTY-ONEAND80/100ONLY" in both


@pytest.mark.rule("QT-01")
def test_alternatives_stand_apart_and_outside_the_total(cast: Cast, company: Company) -> None:
    quote = quoted(cast, company, 3, alternatives=1)
    text = read_paper(quote_pdf(quote, language="en")).text
    assert "Alternatives,notpartofthetotal" in text
    assert text.index(f"{quote.total:,.2f}") < text.index("Alternatives,not")


@pytest.mark.rule("QT-01")
def test_the_quotations_own_language_is_the_default(cast: Cast, company: Company) -> None:
    assert "Quotation" in read_paper(quote_pdf(quoted(cast, company, language="en"))).text


@pytest.mark.rule("IN-07")
def test_no_account_is_named_before_it_is_confirmed(cast: Cast, company: Company) -> None:
    propose_company_bank(bank="ICBC", account_number="120202", reason="开业", actor=cast.admin)
    assert "120202" not in read_paper(quote_pdf(quoted(cast, company))).text


@pytest.mark.rule("QT-01")
def test_the_head_of_the_table_is_repeated_on_every_page_of_lines(cast: Cast, company: Company) -> None:
    paper = read_paper(quote_pdf(quoted(cast, company, 40), language="en"))
    with_lines = [text for text in paper.texts if "A1023" in text]
    assert len(with_lines) >= 2
    assert all("Net amount" in text for text in with_lines)


@pytest.mark.rule("QT-01")
@pytest.mark.plants_faults
def test_amounts_in_millions_leave_room_for_the_product(cast: Cast, company: Company) -> None:
    quote = quoted(cast, company, 3, alternatives=1)
    QuoteLine.objects.update(net=D("1234567890.12"), tax=D("160493825.72"), gross=D("1395061715.84"))
    paper = read_paper(quote_pdf(quote, language="both"))
    assert faults_of_layout(paper) == []
    assert "1,395,061,715.84" in paper.text


@pytest.mark.rule("QT-01")
def test_text_of_a_customer_is_text_and_never_markup(cast: Cast, company: Company) -> None:
    odd = '#panic("x") $x^2$ *bold* _it_ <label> @ref `raw` \\ // [] {}'
    text = read_paper(quote_pdf(quoted(cast, company, remarks=odd, title=odd))).text
    assert text.count('#panic("x")$x^2$*bold*_it_<label>@ref`raw`\\//[]{}') == 2


@pytest.mark.rule("QT-01")
def test_the_type_is_our_own_and_embedded(cast: Cast, company: Company) -> None:
    """`ignore_system_fonts`: a machine without fonts prints the same Chinese."""
    paper = read_paper(quote_pdf(quoted(cast, company)))
    assert {name.split("+")[-1].split("-")[0] for name in paper.fonts} == {"NotoSansSC"}
    assert "\ufffd" not in paper.text


@pytest.mark.rule("CT-01", "CT-03")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 9, 40])
def test_a_contract_is_on_a4_with_parties_lines_and_clauses(
    cast: Cast, company: Company, letterhead: None, count: int, language: str
) -> None:
    contract = contracted(cast, company, count, clauses=standard_clauses(language))
    paper = read_paper(contract_pdf(contract, language=language))
    assert faults_of_layout(paper) == []
    assert has_every_amount(paper, contract.lines.all())
    for said in ("杭州华信电子有限公司", company.customer.uscc, "CT202611-0001", "1202020919900012345"):
        assert said in paper.text
    for own in STANDARD.keys() & set({"both": ("zh-hans", "en")}.get(language, (language,))):
        for clause in STANDARD[own].values():
            assert "".join(clause.split())[:40] in paper.text


@pytest.mark.rule("CT-01")
def test_a_framework_contract_without_amount_and_lines_prints(cast: Cast, company: Company) -> None:
    contract = contracted(cast, company, 0, kind=Contract.Kind.FRAMEWORK, amount=None, freight=D(0))
    text = read_paper(contract_pdf(contract, language="en")).text
    assert "Frameworksalescontract" in text
    assert "SAYRMB" not in text


@pytest.mark.rule("CT-07")
def test_a_supplement_names_the_contract_it_supplements(cast: Cast, company: Company) -> None:
    main = contracted(cast, company)
    supplement = contracted(
        cast, company, number="CT202611-0002", kind=Contract.Kind.SUPPLEMENT, supplement_to=main
    )
    text = read_paper(contract_pdf(supplement, language="en")).text
    assert "Supplementaryagreement" in text
    assert "supplementtocontractCT202611-0001" in text


@pytest.mark.rule("CT-01")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_application_form_shows_who_has_signed_and_who_must(
    cast: Cast, company: Company, language: str
) -> None:
    contract = contracted(cast, company, 2)
    ContractSignature.objects.create(
        contract=contract, round=1, part="manager", actor=cast.manager, note="同意"
    )
    paper = read_paper(application_pdf(contract, language=language))
    assert faults_of_layout(paper) == []
    for said in ("四季度扩产", "2026年度销售政策", "王强", "同意", "2026-11-21"):
        assert said in paper.text


@pytest.mark.rule("CT-03")
def test_seven_clauses_are_mandatory_and_a_changed_one_is_noticed() -> None:
    clauses = standard_clauses("zh-hans")
    assert list(clauses) == ["product", "quantity", "price", "delivery", "payment", "liability", "disputes"]
    assert missing_clauses(clauses) == []
    assert missing_clauses({**clauses, "liability": " "}) == ["liability"]
    assert changed_clauses(clauses, "zh-hans") == []
    assert changed_clauses({**clauses, "payment": "货到九十日付款。"}, "zh-hans") == ["payment"]


@pytest.mark.rule("QT-01", "CT-01")
def test_a_paper_costs_the_same_for_one_line_and_for_forty(cast: Cast, company: Company) -> None:
    costs = []
    for count in (1, 40):
        quote = quoted(cast, company, count, number=f"QT{count}", series=f"QT{count}")
        contract = contracted(cast, company, count, number=f"CT{count}")
        with CaptureQueriesContext(connection) as asked:
            quote_pdf(quote)
        with CaptureQueriesContext(connection) as more:
            contract_pdf(contract)
        costs.append((len(asked), len(more)))
    # lines, profile, account; the contract also contact, address and attachments
    assert costs == [(3, 6), (3, 6)]
