"""What the clock asks of orders and what leads to them; each task stands with its document."""

from orders.quotes.tasks import expire_quotes_today

__all__ = ["expire_quotes_today"]
