from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        from core.labels import register_acts

        register_acts(
            {
                "register.sign": _("Contract register signed"),
                "register.take": _("Stock of the contract register taken"),
            }
        )
