"""Search keys of Chinese names."""

import pytest

from core.pinyin import pinyin_key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("陈丽", "cl chenli"),
        ("重庆长安", "cqca chongqingchangan"),
        ("伺服电机 750W", "sfdj750w sifudianji750w"),
        ("ABB（中国）", "abbzg abbzhongguo"),
        ("", ""),
        ("—", ""),
    ],
)
def test_initials_come_first_then_the_syllables(text: str, key: str) -> None:
    assert pinyin_key(text) == key


def test_a_long_name_is_cut_to_its_column() -> None:
    assert len(pinyin_key("华" * 200)) == 160
