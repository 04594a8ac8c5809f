"""The use cases of credit, one a module: slips, bank, checking, reviews, receivables."""
