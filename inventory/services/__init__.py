"""What changes stock (`stock`, with `receipts` and `issues`) and what changes the `catalogue`."""
