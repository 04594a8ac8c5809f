"""A pasted line taken apart into contact, phone and address; a phone masked."""

from __future__ import annotations

import pytest

from customers.address_text import PastedAddress, address_from_text
from customers.phones import masked_phone


@pytest.mark.rule("CM-02")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "张三 0571-88886666 浙江省杭州市余杭区文一西路 1 号",
            PastedAddress("张三", "0571-88886666", "浙江省", "杭州市", "余杭区", "文一西路 1 号"),
        ),
        (
            "浙江省杭州市余杭区文一西路969号3幢 李四 13812345678",
            PastedAddress("李四", "13812345678", "浙江省", "杭州市", "余杭区", "文一西路969号3幢"),
        ),
        (
            "收货人：王小明\n联系电话：０２１－６８８８ ９９９９ 转 801\n地址：上海市浦东新区张江路 88 号",
            PastedAddress("王小明", "021-6888 9999 转 801", "上海市", "上海市", "浦东新区", "张江路 88 号"),
        ),
        (
            "北京朝阳区建国路1号 陈经理 010-65001234",
            PastedAddress("陈经理", "010-65001234", "北京市", "北京市", "朝阳区", "建国路1号"),
        ),
        (
            "广西南宁市青秀区民族大道1号，联系人：韦芳，0771-5551234",
            PastedAddress("韦芳", "0771-5551234", "广西壮族自治区", "南宁市", "青秀区", "民族大道1号"),
        ),
        (
            "新疆维吾尔自治区伊犁哈萨克自治州伊宁市解放路5号",
            PastedAddress("", "", "新疆维吾尔自治区", "伊犁哈萨克自治州", "伊宁市", "解放路5号"),
        ),
        (
            "江苏省苏州市昆山市花桥镇绿地大道 1 号 0512-50001234-8001 赵工",
            PastedAddress("赵工", "0512-50001234-8001", "江苏省", "苏州市", "昆山市", "花桥镇绿地大道 1 号"),
        ),
        (
            "广东省东莞市长安镇振安路 3 号 David Lee +86 769-81234567",
            PastedAddress("David Lee", "+86 769-81234567", "广东省", "东莞市", "", "长安镇振安路 3 号"),
        ),
        ("浙江义乌市稠州北路 1 号", PastedAddress(province="浙江省", city="义乌市", detail="稠州北路 1 号")),
    ],
)
def test_a_pasted_line_is_taken_apart(text: str, expected: PastedAddress) -> None:
    assert address_from_text(text) == expected


@pytest.mark.parametrize(
    "text", ["", "   ", "杭州西湖", "你好，请尽快发货", "😀\n\t", "省市区县" * 50, "1" * 600]
)
def test_what_cannot_be_told_apart_is_kept_for_the_person(text: str) -> None:
    found = address_from_text(text)

    assert found.province == found.detail == ""
    assert "".join(found.rest.split()) or not text.strip() or found.contact or found.phone


@pytest.mark.rule("CM-03")
@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("0571-88886666", "0571-****6666"),
        ("0571-8888 6666", "0571-**** 6666"),
        ("13812345678", "138****5678"),
        ("+86 571 88886666", "+86 571 ****6666"),
        ("021-68889999 转 801", "021-****9999 转 ***"),
        ("88886666", "****6666"),
        ("12345", "***45"),
        ("", ""),
    ],
)
def test_a_masked_phone_keeps_its_last_four_digits(phone: str, shown: str) -> None:
    assert masked_phone(phone) == shown
