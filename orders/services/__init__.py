"""Use cases of the order, one a module: placing, submitting, progress."""
