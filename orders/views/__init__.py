"""Pages of orders: list, order, entry, Excel form."""
