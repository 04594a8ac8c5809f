"""Tables of inventory, one subject a module."""

from inventory.models.price import Price, PriceList, PriceListQuerySet
from inventory.models.product import CustomerPart, Product, ProductQuerySet
from inventory.models.stock import (
    Batch,
    BatchQuerySet,
    Reservation,
    ReservationQuerySet,
    StockLevel,
    StockLevelQuerySet,
    StockMovement,
    Warehouse,
)

__all__ = [
    "Batch",
    "BatchQuerySet",
    "CustomerPart",
    "Price",
    "PriceList",
    "PriceListQuerySet",
    "Product",
    "ProductQuerySet",
    "Reservation",
    "ReservationQuerySet",
    "StockLevel",
    "StockLevelQuerySet",
    "StockMovement",
    "Warehouse",
]
