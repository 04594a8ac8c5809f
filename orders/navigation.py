from django.utils.translation import gettext_lazy as _

from core.navigation import NavItem

NAVIGATION = [
    NavItem(_("Enquiries"), "enquiries", "message", permission="orders.view", order=22, section=_("Sales")),
    NavItem(_("Orders"), "orders", "file-invoice", permission="orders.view", order=30, section=_("Sales")),
    NavItem(_("New order"), "order_new", "plus", permission="orders.enter", order=31, section=_("Sales")),
    NavItem(
        _("Upload order form"),
        "order_upload",
        "file-spreadsheet",
        permission="orders.enter",
        order=32,
        section=_("Sales"),
    ),
]
