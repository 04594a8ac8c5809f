"""Tables of fulfillment, one document a module."""

from fulfillment.models.carrier import Carrier
from fulfillment.models.delivery import DeliveryLine, DeliveryProof
from fulfillment.models.dispatch import DispatchLine, DispatchNotice
from fulfillment.models.shipment import GatePass, Shipment, ShipmentLine

__all__ = [
    "Carrier",
    "DeliveryLine",
    "DeliveryProof",
    "DispatchLine",
    "DispatchNotice",
    "GatePass",
    "Shipment",
    "ShipmentLine",
]
