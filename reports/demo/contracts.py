"""Contracts in every state a newcomer wants to see: applied for, being signed, sealed, in force, sent back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from core.attachments import store_attachment
from core.clock import today
from core.models import User
from orders.contracts.drafts import ContractDraft
from orders.contracts.services import (
    apply_for_contract,
    approve_contract,
    countersign,
    register_contract,
    reject_contract,
    seal_contract,
    sign_special,
    submit_contract,
)
from orders.drafts import LineDraft
from orders.models import Contract
from reports.demo.company import Company
from reports.demo.deals import pace
from reports.demo.pictures import signed_contract
from reports.demo.stage import Life

DECIDES = {"manager_review": "wangqiang", "gm_review": "zhengguo", "legal_review": "fazheng"}
SPECIALISTS = {"technical": "jigong", "qc": "qinlan", "production": "jixiaoyun", "price": "zhoujie"}
COUNTERSIGNERS = {"sales": "fangfang", "finance": "zhoujie"}
ADDITION = Decimal("60000.00")


@dataclass(frozen=True, slots=True)
class Matter:
    """One contract: `ends` is the state it stays in, `signed` how many of the four special reviews it has.

    Without lines it is a framework contract up to `ceiling`.
    """

    place: int
    days_ago: int
    ends: str
    title: str
    lines: tuple[tuple[str, int], ...] = ()
    ceiling: Decimal | None = None
    special: str = ""
    signed: int = 0
    supplemented: bool = False


MATTERS = (
    Matter(1, 16, "in_force", "年度框架采购合同", ceiling=Decimal("480000.00"), supplemented=True),
    Matter(4, 15, "in_force", "伺服电机供货合同", (("A1004", 10), ("B1004", 10))),
    Matter(0, 12, "sealed", "电缆供货合同", (("E1006", 800),)),
    Matter(6, 11, "sealing", "低压电器供货合同", (("C1009", 90), ("C1015", 60))),
    Matter(7, 8, "countersigning", "传感器供货合同", (("F1009", 80),)),
    Matter(11, 8, "legal_review", "无上限框架合同"),
    Matter(12, 6, "gm_review", "气动元件供货合同", (("H1009", 60),)),
    Matter(14, 6, "special_review", "防爆电机定制合同", (("A1009", 6),), special="防爆等级 Ex d IIB T4", signed=2),
    Matter(17, 4, "manager_review", "滚珠丝杠供货合同", (("J1016", 24),)),
    Matter(18, 5, "rejected", "控制柜供货合同", (("K1007", 10),)),
    Matter(19, 2, "draft", "可编程控制器供货合同", (("G1006", 6),)),
)  # fmt: skip


def all_contracts(company: Company, days: Sequence[date]) -> Iterator[Life]:
    """Every contract of the demo, applied for on its working day."""
    for number, matter in enumerate(MATTERS):
        day = days[-1 - min(matter.days_ago, len(days) - 1)]
        yield contract_life(company, matter, pace(company, day, minutes=15 + 8 * number))


def contract_life(company: Company, matter: Matter, moments: Iterator[datetime]) -> Life:
    """From the application through its signatures to the register, or to where it stays."""
    yield next(moments)
    customer = company.customers[matter.place]
    applicant = company.rep_for(customer)
    contract = apply_for_contract(customer, draft=_application(matter), actor=applicant)
    yield from _advance(company, contract, matter, applicant, moments)
    if matter.supplemented:
        yield next(moments)
        draft = ContractDraft(
            kind="supplement", title="补充协议：增加年度额度", supplement_to=contract.number, amount=ADDITION,
            order_intention="下半年新增一条产线", policy_basis="按年度框架合同执行",
        )  # fmt: skip
        addition = apply_for_contract(customer, draft=draft, actor=applicant)
        yield from _advance(company, addition, matter, applicant, moments)


def _application(matter: Matter) -> ContractDraft:
    begins = today()
    ends = begins.replace(month=12, day=31) if matter.lines else begins + timedelta(days=364)
    return ContractDraft(
        kind="individual" if matter.lines else "framework",
        title=matter.title,
        lines=tuple(LineDraft(sku, Decimal(count)) for sku, count in matter.lines),
        amount=matter.ceiling,
        order_intention="客户已确认型号与数量" if matter.lines else "全年按计划分批下单",
        policy_basis="现行标准价目表",
        valid_from=begins,
        valid_until=max(ends, begins + timedelta(days=30)),
        has_new_requirements=bool(matter.special),
        has_nonstandard_terms=False,
        is_nonstandard_product=bool(matter.special),
    )


def _advance(
    company: Company, contract: Contract, matter: Matter, applicant: User, moments: Iterator[datetime]
) -> Life:
    """One signature after the other until the contract stands where its matter ends."""
    while True:
        contract = _fresh(contract)
        signatures = contract.signatures.count()
        if contract.status == matter.ends and not (
            matter.ends == "special_review" and signatures - 1 < matter.signed
        ):
            return
        if matter.ends == "rejected" and contract.status == "manager_review":
            yield next(moments)
            reason = "交货地点与付款方式不一致，请改正后再报"
            reject_contract(_fresh(contract), reason=reason, actor=company.people["wangqiang"])
            return
        yield next(moments)
        _sign_next(company, _fresh(contract), applicant)


def _sign_next(company: Company, contract: Contract, applicant: User) -> None:
    people, status = company.people, contract.status
    signed = set(contract.signatures.values_list("part", flat=True))
    if status == "draft":
        submit_contract(contract, actor=applicant)
    elif status in DECIDES:
        approve_contract(contract, actor=people[DECIDES[status]])
    elif status == "special_review":
        part = next(part for part in SPECIALISTS if part not in signed)
        day = company.calendar.after(today(), 20) if part == "production" else None
        sign_special(contract, part=part, promised_on=day, actor=people[SPECIALISTS[part]])
    elif status == "countersigning":
        side = next(side for side in COUNTERSIGNERS if side not in signed)
        countersign(contract, side=side, actor=people[COUNTERSIGNERS[side]])
    elif status == "sealing":
        seal_contract(contract, actor=company.assistant_for(contract.customer))
    else:
        _register(company, contract)


def _register(company: Company, contract: Contract) -> None:
    assistant = company.assistant_for(contract.customer)
    amount = "不设上限" if contract.amount is None else f"¥{contract.amount:,.2f}"
    rows = [("合同号", contract.number), ("买方", contract.customer.name), ("金额", amount)]
    scan = store_attachment(signed_contract(contract.number, rows), kind="signed_copy", actor=assistant)
    signer = contract.customer.default_contact
    register_contract(
        contract, signed_on=today(), signed_by_customer=signer.name if signer else "授权代表", scan=scan,
        actor=assistant,
    )  # fmt: skip


def _fresh(contract: Contract) -> Contract:
    return Contract.objects.select_related("customer__default_contact").get(pk=contract.pk)
