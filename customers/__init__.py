"""The customer file: who the customers are, which desk serves them, who is responsible.

Owns customers, contacts, addresses, regions, desk assignments and delegations. States: active, frozen,
stopped, merged (CM-12). Rules: CM-01..CM-12, RG-01..RG-03. The scope of what a person sees starts
here: `Customer.objects.visible_to(user)`.
"""
