"""Query parameters, strictly: unknown ones and impossible values are 400, never ignored and never an
error."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime

from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from rest_framework.request import Request

from core.api.parsers import is_storable_text
from core.clock import BUSINESS_ZONE
from core.errors import FieldProblem, InvalidInput

NUMBER = re.compile(r"\d{1,19}", re.ASCII)


def refuse_unknown_parameters(params: QueryDict, known: Collection[str]) -> None:
    problems = []
    for name, values in params.lists():
        if not is_storable_text(name) or not all(is_storable_text(value) for value in values):
            detail = _("A parameter contains characters that cannot be stored.")
            raise InvalidInput(detail, problems=[FieldProblem("#/", "bad_characters", detail)])
        if name not in known:
            detail = _("Unknown parameter. Known are: %(names)s.") % {
                "names": ", ".join(sorted(known)) or "—"
            }
            problems.append(FieldProblem(f"#/{name}", "unknown_parameter", detail))
    if problems:
        raise InvalidInput(problems[0].detail, code="unknown_parameter", problems=problems)


def whole_number(
    request: Request, name: str, *, least: int = 0, most: int = 2**63 - 1, default: int = 0
) -> int:
    given = request.query_params.get(name)
    if given is None:
        return default
    if not NUMBER.fullmatch(given) or not least <= int(given) <= most:
        raise bad_parameter(
            name, _("Send a whole number from %(least)s to %(most)s.") % {"least": least, "most": most}
        )
    return int(given)


def day(request: Request, name: str, default: date | None = None) -> date | None:
    given = request.query_params.get(name)
    if given is None:
        return default
    try:
        found = parse_date(given) if given.isascii() else None
    except ValueError:
        found = None
    if found is None:
        raise bad_parameter(name, _("Send a day as YYYY-MM-DD."))
    return found


def moment(request: Request, name: str) -> datetime | None:
    """An ISO 8601 time; without an offset it is meant in the business zone."""
    given = request.query_params.get(name)
    if given is None:
        return None
    try:
        found = parse_datetime(given.replace(" ", "+")) if given.isascii() else None
    except ValueError:
        found = None
    if found is None or not 1900 < found.year < 9999:
        raise bad_parameter(name, _("Send a time as ISO 8601, for example 2026-11-21T14:05:00+08:00."))
    return found if found.tzinfo else found.replace(tzinfo=BUSINESS_ZONE)


def choice(request: Request, name: str, allowed: Collection[str]) -> str:
    """The value, or an empty string when the parameter is absent."""
    given = request.query_params.get(name)
    if given is None:
        return ""
    if given not in allowed:
        raise bad_parameter(name, _("Send one of: %(names)s.") % {"names": ", ".join(sorted(allowed))})
    return given


def names(request: Request, name: str, allowed: Collection[str] | None = None) -> list[str]:
    """A comma-separated list such as `?include=lines,payments`."""
    given = request.query_params.get(name)
    if not given:
        return []
    found = [part.strip() for part in given.split(",") if part.strip()]
    wrong = [part for part in found if allowed is not None and part not in allowed]
    if wrong:
        raise bad_parameter(
            name, _("Send a list of: %(names)s.") % {"names": ", ".join(sorted(allowed or ()))}
        )
    return found


def yes_no(request: Request, name: str) -> bool | None:
    given = choice(request, name, ("true", "false"))
    return None if not given else given == "true"


def bad_parameter(name: str, detail: str) -> InvalidInput:
    return InvalidInput(detail, code="bad_parameter", problems=[FieldProblem(f"#/{name}", "invalid", detail)])


def text(request: Request, name: str, *, longest: int = 200) -> str:
    given = str(request.query_params.get(name, "")).strip()
    if len(given) > longest:
        raise bad_parameter(name, _("At most %(longest)s characters.") % {"longest": longest})
    return given
