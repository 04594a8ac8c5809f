"""The demo company: three months of a trading firm, made by calling the services, never by inserting rows.

Every order lives its own life (`lives`), all lives run side by side on one clock (`stage`), so numbers,
reservations and the trail come out in the order in which a real firm would have made them. Fixed seed:
the same day and seed give the same company.
"""
