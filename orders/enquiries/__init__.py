"""Enquiries (EN-01, EN-02): what a customer or a prospect asks for, before there is a quotation.

Owns Enquiry and EnquiryLine. States: new → in_progress → quoted; closed with a lost reason from each.
"""
