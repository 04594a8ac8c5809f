"""A line as it is pasted from a chat or a slip, taken apart: contact, phone and address (CM-02). Pure.

`张三 0571-88886666 浙江省杭州市余杭区文一西路 1 号` gives the contact 张三, the phone and the parts of the address.
What cannot be told apart stays in `rest`, and the person decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MUNICIPALITIES = ("北京", "上海", "天津", "重庆")
REGIONS = {
    "内蒙古": "内蒙古自治区",
    "广西": "广西壮族自治区",
    "西藏": "西藏自治区",
    "宁夏": "宁夏回族自治区",
    "新疆": "新疆维吾尔自治区",
    "香港": "香港特别行政区",
    "澳门": "澳门特别行政区",
}
PROVINCES = (
    "河北", "山西", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽", "福建", "江西", "山东", "河南", "湖北", "湖南",
    "广东", "海南", "四川", "贵州", "云南", "陕西", "甘肃", "青海", "台湾",
)  # fmt: skip

WIDE = str.maketrans("０１２３４５６７８９－（）＋　，；：、", "0123456789-()+ ,;: ")
LABEL = re.compile(
    r"(?:收货人|收件人|联系人|姓名|联系电话|手机号码?|电话|手机|收货地址|详细地址|所在地区|地址|contact|phone|tel|address)\s*[:：]\s*",
    re.IGNORECASE,
)
FOREIGN = r"\+86[- ]?[1-9][0-9]{1,2}[- ]?[0-9]{3,4}[- ]?[0-9]{4}"
MOBILE = r"1[0-9]{2}[- ]?[0-9]{4}[- ]?[0-9]{4}"
LANDLINE = r"\(?0[0-9]{2,3}\)?[- ]?[0-9]{3,4}[- ]?[0-9]{3,4}"
SERVICE = r"[48]00[- ]?[0-9]{3,4}[- ]?[0-9]{3,4}"
EXTENSION = r"\s*(?:转|ext\.?|x)\s*[0-9]{1,6}|-[0-9]{1,6}"
PHONE = re.compile(
    rf"(?<![0-9A-Za-z])(?:{FOREIGN}|(?:\+?86[- ]?)?(?:{MOBILE}|{LANDLINE}|{SERVICE}))(?:{EXTENSION})?(?![0-9])",
    re.IGNORECASE,
)
CITY = re.compile(r"[^\s省市区县]{1,10}?(?:自治州|地区|盟|市)")
DISTRICT = re.compile(r"[^\s]{1,12}?(?:自治县|自治旗|新区|开发区|区|县|市|旗)")
NAME = re.compile(r"[\u4e00-\u9fff·]{2,6}|[A-Za-z][A-Za-z .'-]{1,38}")
LATIN_NAME = re.compile(r"\s[A-Z][a-z]+(?: [A-Z][a-z]+)+$")
TITLES = ("先生", "女士", "小姐", "经理", "主管", "主任", "总", "工")


@dataclass(frozen=True, slots=True)
class PastedAddress:
    """The parts found; empty where the text did not say."""

    contact: str = ""
    phone: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    detail: str = ""
    rest: str = ""

    @property
    def has_address(self) -> bool:
        return bool(self.province and self.detail)


def address_from_text(text: str) -> PastedAddress:
    """Take a pasted line or block apart. The first phone counts; what is no part of it goes into `rest`."""
    plain = " ".join(LABEL.sub(" ", text.translate(WIDE)).replace(",", " ").replace(";", " ").split())
    phone, plain = _phone_of(plain)
    before, province, after = _province_of(plain)
    if not province:
        contact, rest = _name_of(plain) if phone else ("", plain)
        return PastedAddress(contact=contact, phone=phone, rest=rest)
    city, district, tail = _places_of(province, after)
    detail, behind = _detail_of(tail)
    contact, rest = _name_of(f"{before} {behind}".strip())
    return PastedAddress(contact, phone, province, city, district, detail, rest)


def _phone_of(text: str) -> tuple[str, str]:
    found = PHONE.search(text)
    if found is None:
        return "", text
    left = f"{text[: found.start()]} {text[found.end() :]}"
    return found.group().strip(), " ".join(left.split())


def _province_of(text: str) -> tuple[str, str, str]:
    """What stands before the province, its full name, and what comes after it."""
    found: list[tuple[int, int, str]] = []
    for short, full in REGIONS.items():
        if (at := text.find(short)) >= 0:
            end = at + (len(full) if text.startswith(full, at) else len(short))
            found.append((at, end, full))
    for short in PROVINCES:
        if (at := text.find(short)) >= 0:
            end = at + len(short) + (1 if text.startswith("省", at + len(short)) else 0)
            found.append((at, end, f"{short}省"))
    for short in MUNICIPALITIES:
        if (at := text.find(short)) >= 0:
            end = at + len(short) + (1 if text.startswith("市", at + len(short)) else 0)
            found.append((at, end, f"{short}市"))
    if not found:
        return text, "", ""
    at, end, name = min(found)
    return text[:at].strip(), name, text[end:].strip()


def _places_of(province: str, text: str) -> tuple[str, str, str]:
    """City, district and the rest; a municipality is its own city."""
    city = province if province[:2] in MUNICIPALITIES else ""
    if city:
        text = text.removeprefix(city).removeprefix(city[:2]).strip()
        text = text.removeprefix("市辖区").strip()
    elif (found := CITY.match(text)) is not None:
        city, text = found.group(), text[found.end() :].strip()
    found = DISTRICT.match(text)
    if found is None or _is_street(found.group()):
        return city, "", text
    return city, found.group(), text[found.end() :].strip()


def _is_street(text: str) -> bool:
    """`文一西路小区` is no district: a street or an estate has begun before."""
    return bool(re.search(r"[路街道号弄巷村镇乡]|小区|园区|[0-9]", text))


def _detail_of(text: str) -> tuple[str, str]:
    """The street, and a name that stands behind it: the last word, if it is one and no part of the address."""
    if (latin := LATIN_NAME.search(text)) is not None:
        return text[: latin.start()].strip(), latin.group().strip()
    words = text.split()
    if len(words) > 1 and _is_person(words[-1]):
        return " ".join(words[:-1]), words[-1]
    return text, ""


def _is_person(word: str) -> bool:
    if not NAME.fullmatch(word) or len(word) > 4 + len(TITLES[0]):
        return False
    return not re.search(r"[路街道号弄巷村镇乡区栋幢座楼室层厂仓库园城厦店门]", word)


def _name_of(text: str) -> tuple[str, str]:
    """The first word that reads as a name, and what is left."""
    if (latin := LATIN_NAME.search(f" {text}")) is not None:
        return latin.group().strip(), f" {text}"[: latin.start()].strip()
    words = text.split()
    for place, word in enumerate(words):
        if NAME.fullmatch(word) and _is_person(word):
            return word, " ".join(words[:place] + words[place + 1 :])
    return "", text
