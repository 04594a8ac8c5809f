"""Papers of quotations and contracts as PDF, in Chinese, English or both (QT-01, CT-01, CT-03).

A few statements however many lines; about 0.1 s a page, so call them outside write transactions.
"""

from orders.papers.contract import application_pdf, contract_pdf
from orders.papers.quote import quote_pdf

__all__ = ["application_pdf", "contract_pdf", "quote_pdf"]
