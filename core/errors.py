"""Business errors: the fact, the rule that refused, and what to do, built once and shown everywhere.

The page shows them at the field, the API as problem+json, the admin per row. The message is
translated when it is read, so raise with text from `gettext` and values already in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing wrong at one place. `pointer` is a JSON pointer such as `#/lines/3/quantity`."""

    pointer: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One thing wrong in a workbook: sheet, row and column as the spreadsheet shows them (XL-02)."""

    sheet: str
    row: int
    column: str
    code: str
    detail: str
    value: str = ""


class BusinessError(Exception):
    """A rule refused. `code` is stable for machines, `rule` the ID in the rule book."""

    code = "refused"
    rule = ""
    http_status = 422

    def __init__(
        self,
        message: str = "",
        *,
        rule: str = "",
        code: str = "",
        problems: Sequence[FieldProblem] = (),
        **facts: Any,
    ) -> None:
        self.message = message or str(self.default_message())
        self.rule = rule or self.rule
        self.code = code or self.code
        self.problems = tuple(problems)
        self.facts = facts
        self.attempt: Any = None
        super().__init__(self.message)

    @classmethod
    def default_message(cls) -> str:
        return _("This is not possible.")

    def __str__(self) -> str:
        return f"{self.message} ({self.rule})" if self.rule else self.message


class InvalidInput(BusinessError):
    """What was sent is malformed or incomplete; every problem is listed at once."""

    code, http_status = "invalid_input", 400

    @classmethod
    def default_message(cls) -> str:
        return _("Some entries need to be corrected.")


class RuleRefused(BusinessError):
    """The input is well-formed, and a rule refuses it."""

    code, http_status = "rule_refused", 422


class PermissionDenied(BusinessError):
    """The role does not carry this act."""

    code, http_status = "permission_denied", 403

    @classmethod
    def default_message(cls) -> str:
        return _("Your role does not allow this.")


class SameActor(PermissionDenied):
    """Segregation of duties: this person has already acted in an incompatible duty (AP-06, IC-01)."""

    code, rule = "same_actor", "IC-01"


class NotFound(BusinessError):
    """Unknown, or out of the person's scope: the two are not told apart."""

    code, http_status = "not_found", 404

    @classmethod
    def default_message(cls) -> str:
        return _("Not found.")


class TransitionNotAllowed(BusinessError):
    """The document is not in a state from which this step leads on, or somebody has just taken it."""

    code, rule, http_status = "transition_not_allowed", "AP-07", 409


class StaleVersion(BusinessError):
    """The document changed since it was read; nothing was saved (AP-07)."""

    code, rule, http_status = "stale_version", "AP-07", 412


class Conflict(BusinessError):
    """The same thing exists already."""

    code, http_status = "conflict", 409


class Busy(BusinessError):
    """The database stayed locked; nothing was saved, try again."""

    code, http_status = "busy", 503

    @classmethod
    def default_message(cls) -> str:
        return _("The system is busy. Nothing was saved; please try again.")


@dataclass(slots=True)
class Problems:
    """Collects everything wrong, so that it is shown at once and not one after another."""

    found: list[FieldProblem] = field(default_factory=list)

    def add(self, pointer: str, code: str, detail: str) -> None:
        self.found.append(FieldProblem(pointer, code, detail))

    def raise_if_any(self, message: str = "", rule: str = "") -> None:
        if self.found:
            raise InvalidInput(message, rule=rule, problems=self.found)
