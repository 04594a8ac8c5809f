"""What would make sense in another company's product.

Money, clock and working days, the document workflow, numbering, business errors, effective-dated
parameters, the append-only trail, attachments, the outbox, jobs with progress, idempotency keys,
tokens, staff and their roles. Owns the tables `core_*`. Rules: G-01..G-08, AP-07, AU-01..AU-03.
"""
