"""The words for an event in the language of whoever reads it, not of whoever acted."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import Document, Event
from core.workflow import Workflow

_acts: dict[str, Any] = {}


def register_acts(labels: Mapping[str, Any]) -> None:
    """The words for acts that belong to no document, by their names in the trail."""
    _acts.update(labels)


register_acts(
    {
        "calendar.remove": gettext_lazy("Calendar day removed"),
        "calendar.set": gettext_lazy("Calendar day set"),
        "company.confirm_bank": gettext_lazy("Bank details confirmed"),
        "company.maintain": gettext_lazy("Company profile changed"),
        "company.propose_bank": gettext_lazy("Bank details proposed"),
        "file.download": gettext_lazy("File downloaded"),
        "notice.retry": gettext_lazy("Notice sent again"),
        "person.create": gettext_lazy("Account created"),
        "person.deactivate": gettext_lazy("Access closed"),
        "person.grant_role": gettext_lazy("Role given"),
        "person.reactivate": gettext_lazy("Access opened"),
        "person.revoke_role": gettext_lazy("Role taken away"),
        "person.set_password": gettext_lazy("Password set"),
        "setting.confirm": gettext_lazy("Setting confirmed"),
        "setting.propose": gettext_lazy("Setting proposed"),
        "token.issue": gettext_lazy("API token issued"),
        "token.revoke": gettext_lazy("API token revoked"),
    }
)


@cache
def workflows() -> dict[str, Workflow]:
    """The workflow of every kind of document, by its type."""
    return {
        model.document_type: model.workflow
        for model in apps.get_models()
        if issubclass(model, Document) and hasattr(model, "workflow") and not model._meta.proxy
    }


def label_of(event: Event) -> str:
    """The transition's label now and here; for other facts the label written with the event, in English,
    translated where the catalogue has it."""
    if event.name in _acts:
        return str(_acts[event.name])
    workflow = workflows().get(event.document_type)
    if workflow is not None:
        for transition in workflow.transitions:
            if transition.name == event.name:
                return str(transition.label)
    return _(event.label) if event.label else ""
