"""The demo company's own name, address and bank account on its papers; all of it is invented."""

from __future__ import annotations

from collections.abc import Mapping

from core.company import ProfileDraft, confirm_company_bank, maintain_company, propose_company_bank
from core.models import User
from customers.uscc import check_digit

BODY = "91330108MA0HD2026"
PROFILE = ProfileDraft(
    name="杭州顺单机电设备有限公司",
    name_en="Hangzhou Shundan Electromechanical Equipment Co., Ltd.",
    uscc=BODY + check_digit(BODY),
    address="浙江省杭州市滨江区江南大道 588 号",
    address_en="588 Jiangnan Avenue, Binjiang District, Hangzhou, Zhejiang, China",
    phone="0571-5550 0100",
    email="sales@shundan.example",
    website="www.shundan.example",
)


def print_letterhead(people: Mapping[str, User]) -> None:
    """The administrator enters both; the chief financial officer stands for the account too (IN-07)."""
    maintain_company(PROFILE, actor=people["admin"])
    account = propose_company_bank(
        bank="中国工商银行杭州滨江支行",
        bank_en="Industrial and Commercial Bank of China, Hangzhou Binjiang Branch",
        account_number="1202020919900012345",
        swift="ICBKCNBJZJP",
        reason="开业",
        actor=people["admin"],
    )
    confirm_company_bank(account, actor=people["wuhao"])
