"""The settings of the rule book: typed, with defaults, in force from a day on (rule book, configurable
defaults).

    p = parameters_on()                        # today's values; one query, read once per use case
    p["credit.default_limit"]                  # Decimal("1000.00")
    p["approval.chain"]                        # ("assistant", "rep", "manager", "finance")
    Decision(..., parameters=p.snapshot("credit.equal_passes", "no_slip.use_credit"))

    value = propose_parameter("survey.days", "5", effective_from=day, reason="…", actor=admin)
    confirm_parameter(value, actor=finance)    # another person; only then is it in force

A decision stores the values it was taken under (`snapshot`), so a later value never changes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.clock import now, today
from core.errors import Conflict, FieldProblem, InvalidInput, RuleRefused, SameActor
from core.models import ParameterValue, User
from core.parameter_registry import PARAMETERS, Parameter, Value, shown_value
from core.trail import record_act
from core.transactions import unit_of_work
from core.workflow import require_permission

__all__ = [
    "PARAMETERS",
    "Parameter",
    "Parameters",
    "Value",
    "confirm_parameter",
    "parameters_on",
    "propose_parameter",
    "shown_value",
]


class Parameters(Mapping[str, Value]):
    """The values in force on one day; every key of the registry is present."""

    def __init__(self, day: date, values: Mapping[str, Value]) -> None:
        self.day = day
        self._values = dict(values)

    def __getitem__(self, key: str) -> Value:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def amount(self, key: str) -> Decimal:
        """A value of kind amount, rate or percent."""
        value = self._values[key]
        if not isinstance(value, Decimal):
            raise TypeError(f"{key} is not a decimal setting")
        return value

    def number(self, key: str) -> int:
        value = self._values[key]
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"{key} is not a whole number")
        return value

    def is_on(self, key: str) -> bool:
        value = self._values[key]
        if not isinstance(value, bool):
            raise TypeError(f"{key} is not a yes-or-no setting")
        return value

    def choice(self, key: str) -> str:
        value = self._values[key]
        if not isinstance(value, str):
            raise TypeError(f"{key} is not a choice")
        return value

    def names(self, key: str) -> tuple[str, ...]:
        value = self._values[key]
        if not isinstance(value, tuple):
            raise TypeError(f"{key} is not a list")
        return value

    def snapshot(self, *keys: str) -> dict[str, str]:
        """The named values as text, to be stored with the decision taken under them."""
        return {key: shown_value(self._values[key]) for key in keys}


def parameters_on(day: date | None = None) -> Parameters:
    """Every setting as it is in force on a business day, today by default. One query."""
    day = day or today()
    values: dict[str, Value] = {key: parameter.default for key, parameter in PARAMETERS.items()}
    own = ParameterValue.objects.confirmed().filter(effective_from__lte=day).order_by("effective_from", "id")
    for key, stored in own.values_list("key", "value"):
        if key in PARAMETERS:
            values[key] = PARAMETERS[key].parse(stored)
    return Parameters(day, values)


@unit_of_work
def propose_parameter(
    key: str, raw: Any, *, effective_from: date, reason: str, actor: User
) -> ParameterValue:
    """Propose a value; nothing changes until finance confirms it. Never for a day already begun."""
    require_permission(actor, "core.propose_parameters", rule="AU-01")
    parameter = PARAMETERS.get(key)
    problems = []
    value: Value = None
    if parameter is None:
        problems.append(FieldProblem("#/key", "unknown", _("There is no setting %(key)s.") % {"key": key}))
    else:
        try:
            value = parameter.parse(raw)
        except (ValueError, TypeError):
            problems.append(
                FieldProblem("#/value", "invalid", _("This is not a valid value of the setting."))
            )
    if effective_from < today():
        problems.append(
            FieldProblem(
                "#/effective_from", "past", _("A setting cannot change the past. Choose today or later.")
            )
        )
    if not reason.strip():
        problems.append(FieldProblem("#/reason", "required", _("Give a reason.")))
    if problems or parameter is None:
        raise InvalidInput(problems=problems)
    proposed = ParameterValue.objects.create(
        key=key,
        value=parameter.stored(value),
        effective_from=effective_from,
        reason=reason.strip(),
        proposed_at=now(),
        proposed_by=actor,
    )
    _record("setting.propose", proposed, actor=actor)
    return proposed


@unit_of_work
def confirm_parameter(proposed: ParameterValue, *, actor: User) -> ParameterValue:
    """Put a proposed value in force: finance, and another person than the proposer (IC-01)."""
    require_permission(actor, "core.confirm_parameters", rule="AU-01")
    value = ParameterValue.objects.select_for_update().get(pk=proposed.pk)
    if value.confirmed_at is not None:
        raise Conflict(_("This value has already been confirmed."))
    if value.proposed_by_id == actor.pk:
        raise SameActor(
            _("Whoever proposed a value cannot confirm it. Another person of finance must do so.")
        )
    if value.effective_from < today():
        raise RuleRefused(
            _("The day %(day)s has passed, and a setting cannot change the past. Have it proposed again.")
            % {"day": value.effective_from.isoformat()},
            code="effective_in_past",
        )
    value.confirmed_at, value.confirmed_by = now(), actor
    value.save(update_fields=["confirmed_at", "confirmed_by"])
    _record("setting.confirm", value, actor=actor)
    return value


def _record(name: str, value: ParameterValue, *, actor: User) -> None:
    before = shown_value(parameters_on(value.effective_from)[value.key]) if name == "setting.propose" else ""
    record_act(
        name,
        actor=actor,
        subject=value.key,
        note=value.reason,
        data={
            "key": value.key,
            "before": before,
            "after": shown_value(PARAMETERS[value.key].parse(value.value)),
            "effective_from": value.effective_from.isoformat(),
            "proposed_by": value.proposed_by.username,
        },
    )
