"""Endpoints of credit: the steps of the review chain, slips, bank lines, matches, and a customer's credit."""
