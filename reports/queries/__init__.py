"""Reads across all stages: the work queue, the palette, the month."""
