from django.utils.translation import gettext_lazy as _

from core.navigation import NavItem

NAVIGATION = [
    NavItem(
        _("Reviews"),
        "reviews",
        "clipboard-check",
        permission=(
            "credit.check",
            "credit.pass_rep",
            "credit.pass_manager",
            "credit.pass_marketing",
            "credit.pass_finance",
        ),
        order=40,
        section=_("Money"),
    ),
    NavItem(
        _("Remittance slips"),
        "remittances",
        "receipt",
        permission="credit.view",
        order=41,
        section=_("Money"),
    ),
    NavItem(
        _("Bank lines"),
        "bank_lines",
        "building-bank",
        permission="credit.match",
        order=42,
        section=_("Money"),
    ),
    NavItem(
        _("Credit limits"),
        "credit_limits",
        "shield-lock",
        permission=("credit.propose_limit", "credit.approve_limit"),
        order=43,
        section=_("Money"),
    ),
]
