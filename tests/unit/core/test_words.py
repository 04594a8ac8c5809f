"""Amounts in words: the vectors of Chinese bills, and 10,000 amounts that read back as themselves."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from core.words import DIGITS, SCALES, SMALL, TENS, amount_in_words

pytestmark = pytest.mark.rule("QT-01")
BIGGEST = 2**63 - 1


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("1409.50", "人民币壹仟肆佰零玖元伍角"),
        ("16409.02", "人民币壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "人民币叁佰贰拾伍元零肆分"),
        ("1001", "人民币壹仟零壹元整"),
        ("0", "人民币零元整"),
        ("100000000", "人民币壹亿元整"),
        ("10", "人民币壹拾元整"),
        ("0.05", "人民币伍分"),
        ("0.50", "人民币伍角"),
        ("6007.14", "人民币陆仟零柒元壹角肆分"),
        ("100010000", "人民币壹亿零壹万元整"),
        ("100005000", "人民币壹亿零伍仟元整"),
        ("10000000001", "人民币壹佰亿零壹元整"),
        ("-12.30", "人民币负壹拾贰元叁角"),
    ],
)
def test_a_chinese_paper_writes_the_amount_so_that_nothing_can_be_added(amount: str, words: str) -> None:
    assert amount_in_words(Decimal(amount), "CNY", "zh-hans") == words


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("12000.50", "CNY", "SAY RMB TWELVE THOUSAND AND 50/100 ONLY"),
        ("0", "CNY", "SAY RMB ZERO ONLY"),
        ("1001", "USD", "SAY US DOLLARS ONE THOUSAND ONE ONLY"),
        ("1000115.07", "EUR", "SAY EUROS ONE MILLION ONE HUNDRED FIFTEEN AND 07/100 ONLY"),
        ("42.00", "CHF", "SAY CHF FORTY-TWO ONLY"),
    ],
)
def test_an_english_paper_says_the_amount(amount: str, currency: str, words: str) -> None:
    assert amount_in_words(Decimal(amount), currency, "en") == words


@pytest.mark.parametrize(("currency", "begins"), [("USD", "美元"), ("EUR", "欧元"), ("CHF", "CHF")])
def test_another_currency_goes_by_its_own_name(currency: str, begins: str) -> None:
    assert amount_in_words(Decimal("8.00"), currency, "zh-hans") == f"{begins}捌元整"


@pytest.mark.parametrize("amount", ["1.005", "0.001"])
def test_a_third_place_is_an_error_of_the_caller(amount: str) -> None:
    with pytest.raises(ValueError, match="2 places"):
        amount_in_words(Decimal(amount), "CNY", "zh-hans")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_ten_thousand_amounts_read_back_as_the_numbers_they_were(language: str) -> None:
    chance = random.Random(20261121)
    read = from_chinese if language == "zh-hans" else from_english
    amounts = [0, 1, 10, 100, 1000, 10_000_000, BIGGEST, -BIGGEST]
    amounts += [chance.randrange(10 ** chance.randrange(1, 19)) for _ in range(9_992)]
    for fen in amounts:
        amount = Decimal(min(fen, BIGGEST)).scaleb(-2)
        words = amount_in_words(amount, "CNY", language)
        assert read(words) == amount, words
        assert "零零" not in words
        assert "  " not in words


def from_chinese(words: str) -> Decimal:
    """The reader's rules, written independently of the writer's."""
    text = words.removeprefix("人民币")
    sign = -1 if text.startswith("负") else 1
    text = text.removeprefix("负").removesuffix("整")
    whole, has_yuan, rest = text.rpartition("元")
    if not has_yuan:
        whole, rest = "", text
    tenths, hundredths = 0, 0
    for place in ("角", "分"):
        head, found, tail = rest.partition(place)
        if found:
            digit = DIGITS.index(head[-1])
            tenths, hundredths = (digit, hundredths) if place == "角" else (tenths, digit)
            rest = tail
    return sign * (Decimal(_chinese_whole(whole)) + Decimal(tenths * 10 + hundredths) / 100)


def _chinese_whole(text: str) -> int:
    for unit, value in (("亿", 10**8), ("万", 10**4), ("仟", 1000), ("佰", 100), ("拾", 10)):
        head, found, tail = text.rpartition(unit)
        if found:
            return _chinese_whole(head) * value + _chinese_whole(tail)
    text = text.strip("零")
    return DIGITS.index(text) if text else 0


def from_english(words: str) -> Decimal:
    text = words.removeprefix("SAY RMB ").removesuffix(" ONLY")
    sign = -1 if text.startswith("MINUS ") else 1
    whole, _and, cents = text.removeprefix("MINUS ").partition(" AND ")
    total = group = 0
    for word in whole.replace("-", " ").split():
        if word in SMALL:
            group += SMALL.index(word)
        elif word in TENS:
            group += TENS.index(word) * 10
        elif word == "HUNDRED":
            group *= 100
        else:
            total, group = total + group * 1000 ** SCALES.index(word), 0
    return sign * (Decimal(total + group) + Decimal(cents.removesuffix("/100") or 0) / 100)
