"""Pages of credit: the steps of an order, slips, bank lines, and the review queue."""
