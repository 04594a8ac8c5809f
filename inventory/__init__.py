"""What we sell and what lies in the warehouses.

Owns products, price lists, warehouses, stock levels, batches, reservations and the append-only stock
movements. Rules: G-01, G-02, QT-03 (price lists), ST-01..ST-05, PP-02. A reservation names the document
it is for by number, because orders stand to the right of stock.
"""
