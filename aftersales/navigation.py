from django.utils.translation import gettext_lazy as _

from core.navigation import NavItem

NAVIGATION = [NavItem(_("Surveys"), "surveys", "star", permission="aftersales.view", order=80)]
