"""From the warehouse shelf to the customer's signature.

Owns carriers, dispatch notices, shipments (pick, pack, check), gate passes and delivery proofs. Notice:
draft → signed (or void); shipment: picking → picked → checked → gone → delivered. Rules: DS-01..DS-06,
DL-01..DL-04, IC-01 (maker ↔ signer ↔ picker ↔ checker).
"""
