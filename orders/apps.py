from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = _("Orders")

    def ready(self) -> None:
        from core.labels import register_acts
        from orders import feed, files, merging, notices
        from orders.contracts import access as contracts
        from orders.enquiries import access as enquiries
        from orders.quotes import access as quotes
        from orders.quotes import notices as quote_notices

        notices.register()
        files.register()
        feed.register()
        contracts.register()
        enquiries.register()
        quotes.register()
        quote_notices.register()
        merging.register()
        register_acts({"order_form_issued": _("Order form issued")})
