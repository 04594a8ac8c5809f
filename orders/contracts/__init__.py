"""Contracts (CT-01..CT-03, CT-06, CT-07): application, approvals, countersigning, seal, registration.

Owns Contract, ContractLine and ContractSignature. States: draft → manager_review → (special_review) →
gm_review → (legal_review) → countersigning → sealing → sealed → in_force; ended, rejected, cancelled.
"""
