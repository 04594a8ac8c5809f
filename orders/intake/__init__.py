"""Ways in which an order comes in other than by typing: the standard Excel form (XL-01..XL-03)."""
