"""After the signature: satisfaction surveys today, returns and complaints next to them.

Owns surveys. Rules: SV-01. Acts on what fulfillment completed and tells nobody to its left.
"""
