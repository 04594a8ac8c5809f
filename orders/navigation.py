from django.utils.translation import gettext_lazy as _

from core.navigation import NavItem

NAVIGATION = [
    NavItem(_("Enquiries"), "enquiries", "message", permission="orders.view", order=22, section=_("Sales")),
    NavItem(_("Quotations"), "quotes", "file-text", permission="orders.view", order=24, section=_("Sales")),
    NavItem(
        _("Quotation reviews"),
        "quote_reviews",
        "clipboard-check",
        permission=(
            "orders.review_quotes_finance",
            "orders.review_quotes_production",
            "orders.review_quotes_purchasing",
            "orders.approve_prices",
        ),
        order=25,
        section=_("Sales"),
    ),
    NavItem(
        _("Contracts"), "contracts", "writing-sign", permission="orders.view", order=27, section=_("Sales")
    ),
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
