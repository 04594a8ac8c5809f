from django.utils.translation import gettext_lazy as _

from orders.models.contract import Contract


class ContractForApproval(Contract):
    """A contract as the approval queue of the administration shows it."""

    class Meta:
        proxy = True
        verbose_name = _("contract to sign")
        verbose_name_plural = _("contracts to sign")
