"""What the import centre takes for the catalogue: products, and prices into versions not yet approved (SY-03)."""

from core.imports.registry import register_import_kind
from inventory.imports.prices import PRICES
from inventory.imports.products import PRODUCTS

register_import_kind(PRODUCTS)
register_import_kind(PRICES)
