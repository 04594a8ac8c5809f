"""The clauses a contract must have (CT-03), in their order, with our standard texts in Chinese and English.

A contract keeps its own text per clause, `{"delivery": "…"}`; a text that equals the standard one is
standard. Texts belong to the paper, not to the interface, so they stand here and not in the catalogues.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

CLAUSES: dict[str, str | Promise] = {
    "product": pgettext_lazy("clause of a contract", "Product"),
    "quantity": pgettext_lazy("clause of a contract", "Quantity"),
    "price": pgettext_lazy("clause of a contract", "Price"),
    "delivery": pgettext_lazy("clause of a contract", "Delivery"),
    "payment": pgettext_lazy("clause of a contract", "Payment"),
    "liability": pgettext_lazy("clause of a contract", "Liability"),
    "disputes": pgettext_lazy("clause of a contract", "Settlement of disputes"),
}
"""All of them are mandatory (CT-03): slug, heading."""

MANDATORY = tuple(CLAUSES)

STANDARD: dict[str, dict[str, str]] = {
    "zh-hans": {
        "product": (
            "产品的编码、名称、规格型号、单位见本合同产品清单。产品为全新产品，质量符合现行国家标准、"
            "行业标准及双方确认的技术要求。"
        ),
        "quantity": (
            "各产品的数量见本合同产品清单；以框架合同供货的，以双方确认的订单为准。"
            "乙方可以分批交货，数量以甲方签收数为准。"
        ),
        "price": (
            "单价、税率及金额见本合同产品清单，均以本合同载明的币种计价。"
            "合同金额为价税合计，包含清单载明的运费；增减金额须签订补充协议。"
        ),
        "delivery": (
            "乙方按本合同约定的交货期限将产品送至甲方指定地点。甲方应在收货时当场清点外包装及数量并签收；"
            "对质量有异议的，应自签收之日起十五日内书面提出，逾期视为验收合格。"
            "产品毁损、灭失的风险自甲方签收时起由甲方承担。"
        ),
        "payment": (
            "甲方按本合同约定的付款方式，将款项付至本合同载明的乙方账户。乙方依法开具增值税发票。"
            "款项未付清前，产品所有权归乙方。"
        ),
        "liability": (
            "甲方逾期付款的，每逾期一日按逾期金额的万分之五向乙方支付违约金；乙方逾期交货的，"
            "每逾期一日按逾期交货部分价款的万分之五向甲方支付违约金。"
            "一方因不可抗力不能履行的，应及时通知对方并提供证明，可以部分或者全部免除责任。"
        ),
        "disputes": (
            "本合同适用中华人民共和国法律。因本合同发生的争议，双方应协商解决；协商不成的，"
            "任何一方可以向乙方住所地有管辖权的人民法院提起诉讼。"
        ),
    },
    "en": {
        "product": (
            "Codes, names, specifications and units of the products are those of the list of products in this "
            "contract. The products are new and meet the national and industry standards in force and the "
            "technical requirements confirmed by both parties."
        ),
        "quantity": (
            "The quantities are those of the list of products; under a framework contract, those of the orders "
            "confirmed by both parties. The Seller may deliver in parts; the quantities signed for by the "
            "Buyer count."
        ),
        "price": (
            "Unit prices, tax rates and amounts are those of the list of products, in the currency of this "
            "contract. The contract amount includes tax and the freight listed; any change of the amount needs "
            "a supplement."
        ),
        "delivery": (
            "The Seller delivers within the agreed time to the place named by the Buyer. The Buyer checks the "
            "packing and the quantities on receipt and signs for them. Objections to quality are raised in "
            "writing within fifteen days of signing; after that the products count as accepted. The risk "
            "passes to the Buyer when he signs."
        ),
        "payment": (
            "The Buyer pays as agreed in this contract to the Seller's account named in it. The Seller issues "
            "VAT invoices as the law requires. Title remains with the Seller until full payment."
        ),
        "liability": (
            "A party late with payment or delivery pays the other 0.05% of the overdue payment, or of the "
            "price of the part delivered late, for each day of delay. A party prevented by force majeure "
            "notifies the other at once with proof and may be released in part or in full."
        ),
        "disputes": (
            "This contract is governed by the laws of the People's Republic of China. The parties settle "
            "disputes by negotiation; failing that, either party may sue before the competent People's Court "
            "at the Seller's domicile."
        ),
    },
}


def standard_clause(slug: str, language: str) -> str:
    """Our standard text; `both` gives the Chinese and then the English one."""
    if language == "both":
        return f"{STANDARD['zh-hans'][slug]}\n{STANDARD['en'][slug]}"
    return STANDARD.get(language, STANDARD["zh-hans"])[slug]


def standard_clauses(language: str) -> dict[str, str]:
    """What a new contract starts with: every mandatory clause in its standard text."""
    return {slug: standard_clause(slug, language) for slug in MANDATORY}


def missing_clauses(clauses: Mapping[str, str]) -> list[str]:
    """The mandatory clauses without a text (CT-03), in order."""
    return [slug for slug in MANDATORY if not str(clauses.get(slug, "")).strip()]


def changed_clauses(clauses: Mapping[str, str], language: str) -> list[str]:
    """The clauses whose text is not the standard one: non-standard terms need a legal review (CT-03)."""
    return [
        slug
        for slug in MANDATORY
        if _plain(clauses.get(slug, "")) not in ("", _plain(standard_clause(slug, language)))
    ]


def _plain(text: str) -> str:
    return " ".join(str(text).split())
