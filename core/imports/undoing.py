"""What keeps imported rows from being taken back, for every kind of row alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.imports.registry import Obstacle
from core.models import ImportRow
from core.sql import among


def as_kept(value: Any) -> Any:
    """A stored value as the import keeps it: text that is the same for equal values, or None."""
    if value is None:
        return None
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def kept_values(row: Any, names: Iterable[str]) -> dict[str, Any]:
    """Fields by name; of a foreign key the key itself, by `region_id`."""
    return {name: as_kept(getattr(row, name)) for name in names}


def uses_of(
    model: type[Model], keys: Sequence[int], *, apart_from: Iterable[type[Model]] = ()
) -> dict[int, list[str]]:
    """What points at these rows, by key, in words. One query per kind of row that could."""
    own = {*apart_from}
    found: dict[int, list[str]] = {}
    for relation in model._meta.related_objects:
        other = relation.related_model
        if not isinstance(other, type) or other in own or other is model:
            continue
        name = relation.field.attname
        rows = other._default_manager.filter(**{f"{name}__in": among(keys)}).order_by()
        for key in rows.values_list(name, flat=True).distinct():
            found.setdefault(key, []).append(str(other._meta.verbose_name))
    return found


def obstacles_among(
    rows: Sequence[ImportRow], *, stored: Mapping[int, Mapping[str, Any]], uses: Mapping[int, Sequence[str]]
) -> list[Obstacle]:
    """Rows that are gone, have been changed since, or (if they came with the import) are used by something.

    `stored` are the present values by key, `uses` what points at them.
    """
    found = []
    for row in rows:
        assert row.object_id is not None
        now = stored.get(row.object_id)
        if now is None:
            reason = _("It no longer exists.")
        elif row.after is None or any(now.get(name) != value for name, value in row.after.items()):
            reason = _("It has been changed since the import.")
        elif row.before is None and row.object_id in uses:
            names = pgettext("between names of a list", ", ").join(uses[row.object_id])
            reason = _("It is used by: %(documents)s.") % {"documents": names}
        else:
            continue
        found.append(Obstacle(row.row_no, row.key, reason))
    return found
