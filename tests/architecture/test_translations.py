"""Both languages are complete: every word of the code is in the catalogues, translated and well put."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Message
from django.conf import settings
from django.utils.translation import gettext, ngettext, override

from core.devtools.translations import faults_of, faults_of_message

ROOT = Path(settings.BASE_DIR)


def test_the_catalogues_are_complete_and_compiled() -> None:
    faults = faults_of(ROOT)
    assert not faults, "run `manage.py translations` and translate what is new:\n" + "\n".join(faults)


@pytest.mark.parametrize(
    ("msgid", "said", "fault"),
    [
        ("Save", "", "untranslated"),
        ("%(name)s is empty.", "%(nane)s 是空文件。", "placeholders"),
        ("Saved.", "已保存！", "an exclamation mark"),
        ("Saved. Go on.", "已保存, 请继续。", "half-width punctuation"),
        ("Saved (twice)", "已保存(两次)", "half-width brackets"),
        ("At most 3", "最多 ３ 个", "full-width digits"),
        ("Your orders", "您的订单", "您"),
    ],
)
def test_a_fault_of_wording_is_found(msgid: str, said: str, fault: str) -> None:
    assert any(fault in found for found in faults_of_message(Message(msgid, said), "zh_Hans"))


def test_a_letter_to_the_customer_may_be_polite() -> None:
    letter = Message("Thank you", "感谢您", locations=[("templates/mail/order/received.txt", 1)])
    assert not list(faults_of_message(letter, "zh_Hans"))


def test_a_count_has_its_forms_in_both_languages() -> None:
    with override("en"):
        assert ngettext("%(lines)s line", "%(lines)s lines", 1) % {"lines": 1} == "1 line"
        assert ngettext("%(lines)s line", "%(lines)s lines", 2) % {"lines": 2} == "2 lines"
    with override("zh-hans"):
        assert ngettext("%(lines)s line", "%(lines)s lines", 2) % {"lines": 2} == "2 行"


def test_the_admin_of_other_people_speaks_chinese() -> None:
    with override("zh-hans"):
        assert gettext("No results found") == "没有找到结果"
