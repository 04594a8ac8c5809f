from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FulfillmentConfig(AppConfig):
    name = "fulfillment"
    verbose_name = _("Dispatch and delivery")

    def ready(self) -> None:
        from core.labels import register_acts
        from fulfillment import feed, files

        files.register()
        feed.register()
        register_acts({"carrier_entered": _("Carrier entered")})
