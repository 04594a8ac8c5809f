from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Company and access")

    def ready(self) -> None:
        from core.field_names import name_fields
        from core.imports import jobs as import_jobs  # noqa: F401 - registers its kinds of work and its states
        from core.trail import record_refusal
        from core.transactions import refusal_recorders

        if record_refusal not in refusal_recorders:
            refusal_recorders.append(record_refusal)
        name_fields()
