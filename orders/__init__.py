"""The sales order from intake to settlement, and the paper it came in on.

Owns orders, order lines, customer confirmations and issued Excel order forms. States: the table "Order
status" of the rule book, as data in `orders/workflow.py`. Rules: G-02, G-03, G-06, IN-01..IN-08,
XL-01..XL-03, VA-01..VA-05, AP-05..AP-07, CT-02.
"""
