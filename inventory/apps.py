from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InventoryConfig(AppConfig):
    name = "inventory"
    verbose_name = _("Catalogue and stock")

    def ready(self) -> None:
        from core.labels import register_acts
        from inventory import merging

        merging.register()

        register_acts(
            {
                "goods_received": _("Goods received"),
                "product_changed": _("Product changed"),
                "product_discontinued": _("Product discontinued"),
                "product_reactivated": _("Product on sale again"),
                "products_created": _("Products created"),
                "warehouse_opened": _("Warehouse opened"),
            }
        )
