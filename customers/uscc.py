"""The unified social credit code and its check digit (GB 32100-2015). Pure but for the form error."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.components import Badge

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18


def check_digit(first_17: str) -> str:
    """The 18th character: 31 minus the weighted sum modulo 31, as an index into the alphabet."""
    total = sum(ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(first_17))
    return ALPHABET[(31 - total % 31) % 31]


def is_valid_uscc(code: str) -> bool:
    if len(code) != LENGTH or any(character not in ALPHABET for character in code):
        return False
    return check_digit(code[:-1]) == code[-1]


def checked_code(code: str) -> Badge:
    """What the check says of a code on file, in words."""
    if not code:
        return Badge(_("no credit code on file"), "waiting")
    if is_valid_uscc(code):
        return Badge(_("check digit agrees"), "done")
    return Badge(_("check digit does not agree"), "blocked")


def credit_code_problem(code: str) -> str:
    return _("%(code)s is no credit code: it has 18 characters, and the last must agree with the others.") % {
        "code": code
    }


def validate_uscc(code: str) -> None:
    if not is_valid_uscc(code):
        raise ValidationError(credit_code_problem(code), code="uscc")
