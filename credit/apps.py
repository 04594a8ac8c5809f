from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CreditConfig(AppConfig):
    name = "credit"
    verbose_name = _("Money and credit")

    def ready(self) -> None:
        from core.labels import register_acts
        from credit import feed, files, merging
        from credit.purchases import posted_purchases
        from customers.grading_sources import register_purchases

        files.register()
        feed.register()
        merging.register()
        register_purchases(posted_purchases)
        register_acts(
            {
                "bank_account_opened": _("Bank account opened"),
                "enter_bank_line": _("Bank line entered"),
            }
        )
