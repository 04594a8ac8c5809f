"""Filters of the admin that say their values in words instead of keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.admin import AllValuesFieldListFilter
from django.contrib.admin.views.main import ChangeList
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from core.models import Document
from core.templatetags.ui import channel_name

WAYS_OF_NOTICE = {
    "email": gettext_lazy("E-mail"),
    "in_app": gettext_lazy("Message in the program"),
    "sms_log": gettext_lazy("Text message, logged"),
}


class _NamedValues(AllValuesFieldListFilter):
    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield {**choice, "display": self.name_of(str(choice["display"]))}

    def name_of(self, value: str) -> str:
        raise NotImplementedError


class ChannelFilter(_NamedValues):
    def name_of(self, value: str) -> str:
        return channel_name(value)


class WayOfNoticeFilter(_NamedValues):
    def name_of(self, value: str) -> str:
        return str(WAYS_OF_NOTICE.get(value, value))


class DocumentTypeFilter(_NamedValues):
    def name_of(self, value: str) -> str:
        for model in apps.get_models():
            if issubclass(model, Document) and model.document_type == value and not model._meta.proxy:
                return str(capfirst(model._meta.verbose_name))
        return value
