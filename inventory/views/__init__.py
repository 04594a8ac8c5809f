"""Pages of catalogue, prices and stock."""
