"""Who carries for us (DS-04)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.models import User
from core.trail import record_act
from core.transactions import unit_of_work
from core.workflow import require_permission
from fulfillment.models import Carrier


@unit_of_work
def create_carrier(*, code: str, name: str, mode: str, actor: User) -> Carrier:
    """Enter a carrier of a mode of transport (DS-04). Raises InvalidInput for a code that exists."""
    require_permission(actor, "fulfillment.maintain_carriers", rule="DS-04")
    if Carrier.objects.filter(code=code).exists():
        raise InvalidInput(
            _("There is a carrier %(code)s already. Choose another code.") % {"code": code}, code="duplicate"
        )
    carrier = Carrier.objects.create(code=code, name=name, mode=mode)
    record_act("carrier_entered", actor=actor, subject=code)
    return carrier
