"""Money and trust: the review chain, the remittance check, slips, bank lines, receivables.

Owns customer accounts, reviews, credit decisions, remittance slips and their allocations, bank lines,
the append-only ledger, postings and applications. Slip states: registered, credited, void (PM-01).
Rules: AP-01..AP-08, RM-01..RM-11, MS-01..MS-05, CR-01..CR-10, PM-01..PM-05, DL-03, CS-01, IC-01.
"""
