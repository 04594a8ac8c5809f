"""Bodies that cannot do harm: bounded depth, no NUL, no lone surrogate, no NaN; a clear 400 otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import DataAndFiles, JSONParser, MultiPartParser

DEEPEST = 32


def is_storable_text(text: str) -> bool:
    """False for what no database keeps: the NUL character and half a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


class SafeJSONParser(JSONParser):
    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError(_("The body is nested too deeply.")) from error
        _refuse_harmful(data, 1)
        return data


class SafeMultiPartParser(MultiPartParser):
    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> DataAndFiles:
        parsed = super().parse(stream, media_type, parser_context)
        for name, values in parsed.data.lists():
            _refuse_harmful([name, *values], 1)
        return parsed


def _refuse_harmful(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise ParseError(_("The body is nested too deeply."))
    if isinstance(value, str):
        if not is_storable_text(value):
            raise ParseError(
                _("The body contains characters that cannot be stored (NUL or half a surrogate pair).")
            )
    elif isinstance(value, dict):
        for key, item in value.items():
            _refuse_harmful(key, depth)
            _refuse_harmful(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _refuse_harmful(item, depth + 1)
