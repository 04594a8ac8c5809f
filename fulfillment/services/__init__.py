"""The use cases of fulfillment, in the order in which goods meet them."""

from fulfillment.drafts import Arrival, CheckedLine, PickedLine
from fulfillment.services.delivering import record_delivery
from fulfillment.services.dispatching import (
    make_dispatch_notice,
    sign_dispatch_notice,
    void_dispatch_notice,
    void_shipment,
)
from fulfillment.services.gate import gate_out
from fulfillment.services.warehouse import check_shipment, record_pick, send_back

__all__ = [
    "Arrival",
    "CheckedLine",
    "PickedLine",
    "check_shipment",
    "gate_out",
    "make_dispatch_notice",
    "record_delivery",
    "record_pick",
    "send_back",
    "sign_dispatch_notice",
    "void_dispatch_notice",
    "void_shipment",
]
