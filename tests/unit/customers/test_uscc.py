"""The check digit of the unified social credit code."""

import pytest

from customers.uscc import ALPHABET, check_digit, is_valid_uscc

REAL = ["9144030071526726XG", "91330100799655058B", "914403001922038216"]


@pytest.mark.rule("CM-02")
@pytest.mark.parametrize("code", REAL)
def test_real_codes_are_valid(code: str) -> None:
    assert is_valid_uscc(code)


@pytest.mark.rule("CM-02")
@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y4Z",
        "",
        "9144030071526726X",
        "9144030071526726xg",
        "9144030071526726XGG",
        "I1440300715267260",
    ],
)
def test_wrong_codes_are_not(code: str) -> None:
    assert not is_valid_uscc(code)


def test_the_published_example_should_end_with_three() -> None:
    assert check_digit("91350100M000100Y4") == "3"


@pytest.mark.parametrize("code", REAL)
def test_every_single_wrong_character_is_noticed(code: str) -> None:
    for place in range(17):
        for other in ALPHABET.replace(code[place], ""):
            assert not is_valid_uscc(code[:place] + other + code[place + 1 :])
