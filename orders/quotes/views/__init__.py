"""Pages of quotations: list, builder, page with its steps, comparison, review queue."""
