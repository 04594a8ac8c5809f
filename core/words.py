"""Amounts in words for papers (合计大写): nobody can add a digit to a word.

amount_in_words(Decimal("1409.50"), "CNY", "zh-hans")   # 人民币壹仟肆佰零玖元伍角
amount_in_words(Decimal("12000.50"), "CNY", "en")       # SAY RMB TWELVE THOUSAND AND 50/100 ONLY
"""

from __future__ import annotations

from decimal import Decimal

from core.money import Money

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("仟", "佰", "拾", "")
NAMES_ZH = {
    "CNY": "人民币", "USD": "美元", "EUR": "欧元", "HKD": "港币", "JPY": "日元", "GBP": "英镑",
}  # fmt: skip
NAMES_EN = {
    "CNY": "RMB", "USD": "US DOLLARS", "EUR": "EUROS", "HKD": "HONG KONG DOLLARS", "JPY": "JAPANESE YEN",
    "GBP": "POUNDS STERLING",
}  # fmt: skip
SMALL = (
    "ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE", "TEN", "ELEVEN",
    "TWELVE", "THIRTEEN", "FOURTEEN", "FIFTEEN", "SIXTEEN", "SEVENTEEN", "EIGHTEEN", "NINETEEN",
)  # fmt: skip
TENS = ("", "", "TWENTY", "THIRTY", "FORTY", "FIFTY", "SIXTY", "SEVENTY", "EIGHTY", "NINETY")
SCALES = ("", "THOUSAND", "MILLION", "BILLION", "TRILLION", "QUADRILLION")


def amount_in_words(amount: Decimal, currency: str, language: str) -> str:
    """The amount as a Chinese paper (大写) or an English one writes it. Raises ValueError beyond 2 places."""
    exact = Money(amount, currency).amount
    fen = int(exact.scaleb(2))
    return _chinese(fen, currency) if language.startswith("zh") else _english(fen, currency)


def _chinese(fen: int, currency: str) -> str:
    """零 where digits are skipped, 整 after 元 and never after 角 or 分, no gap after the currency."""
    yuan, rest = divmod(abs(fen), 100)
    tenths, hundredths = divmod(rest, 10)
    words = NAMES_ZH.get(currency, currency) + ("负" if fen < 0 else "")
    if yuan or not rest:
        words += _chinese_whole(yuan) + "元"
    if not rest:
        return words + "整"
    if tenths:
        words += DIGITS[tenths] + "角"
    elif yuan:
        words += "零"
    return words + (DIGITS[hundredths] + "分" if hundredths else "")


def _chinese_whole(number: int) -> str:
    for unit, name in ((10**8, "亿"), (10**4, "万")):
        if number >= unit:
            high, low = divmod(number, unit)
            gap = DIGITS[0] if 0 < low < unit // 10 else ""
            return _chinese_whole(high) + name + gap + (_chinese_whole(low) if low else "")
    return _four_digits(number)


def _four_digits(number: int) -> str:
    words, skipped = "", False
    for digit, place in zip(f"{number:04d}", PLACES, strict=True):
        if digit == "0":
            skipped = bool(words)
            continue
        words += (DIGITS[0] if skipped else "") + DIGITS[int(digit)] + place
        skipped = False
    return words or DIGITS[0]


def _english(fen: int, currency: str) -> str:
    whole, hundredths = divmod(abs(fen), 100)
    sign = " MINUS" if fen < 0 else ""
    cents = f" AND {hundredths:02d}/100" if hundredths else ""
    return f"SAY {NAMES_EN.get(currency, currency)}{sign} {_english_whole(whole)}{cents} ONLY"


def _english_whole(number: int) -> str:
    groups = []
    for scale in SCALES:
        number, group = divmod(number, 1000)
        if group:
            groups.append(f"{_three_digits(group)} {scale}".strip())
    return " ".join(reversed(groups)) or SMALL[0]


def _three_digits(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    words = [f"{SMALL[hundreds]} HUNDRED"] if hundreds else []
    if rest >= 20:
        words.append(TENS[rest // 10] + (f"-{SMALL[rest % 10]}" if rest % 10 else ""))
    elif rest:
        words.append(SMALL[rest])
    return " ".join(words)
