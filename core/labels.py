"""The words for an event in the language of whoever reads it, not of whoever acted."""

from __future__ import annotations

from functools import cache

from django.apps import apps
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from core.models import Document, Event
from core.workflow import Workflow


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
    workflow = workflows().get(event.document_type)
    if workflow is not None:
        for transition in workflow.transitions:
            if transition.name == event.name:
                return str(transition.label)
    return _(event.label) if event.label else ""
