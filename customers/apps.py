from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from core.labels import register_acts
        from customers import feed, movers

        feed.register()
        movers.register()
        register_acts(
            {
                "customers_exported": _("Customer list exported"),
                "desk_assigned": _("Desk assigned"),
                "desk_delegated": _("Desk delegated"),
                "desk_left": _("Desk work ended"),
                "region_added": _("Region added"),
            }
        )
