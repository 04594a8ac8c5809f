"""Quotations (QT-01, QT-02, QT-04) in versions, and the price authority of QT-03.

Owns Quote, QuoteLine, QuoteReview and PriceApproval. States: draft → in_review → cleared → sent → accepted →
converted; declined, expired, superseded, withdrawn.
"""
