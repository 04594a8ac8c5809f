from django.utils.translation import gettext_lazy as _

from core.navigation import NavItem

NAVIGATION = [
    NavItem(
        _("Dispatch"),
        "dispatch_board",
        "truck-delivery",
        "fulfillment.view",
        order=50,
        section=_("Goods"),
        also=("/shipments/",),
    ),
    NavItem(_("Gate desk"), "gate", "shield-lock", "fulfillment.gate_out", order=52, section=_("Goods")),
]
