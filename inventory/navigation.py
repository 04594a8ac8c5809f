from django.utils.translation import gettext_lazy as _

from core.navigation import NavItem

NAVIGATION = [
    NavItem(_("Products"), "products", "tag", permission="inventory.view", order=44, section=_("Goods")),
    NavItem(
        _("Price lists"),
        "price_lists",
        "list-check",
        permission="inventory.view_prices",
        order=45,
        section=_("Goods"),
    ),
    NavItem(_("Stock"), "stock", "package", permission="inventory.view", order=46, section=_("Goods")),
    NavItem(
        _("Receive goods"),
        "stock_receive",
        "box",
        permission="inventory.receive",
        order=47,
        section=_("Goods"),
    ),
]
