"""Everything that looks across: the home work queue, the search palette, the monthly report.

Reads every app, writes only its own. Owns archived monthly reports. Rules: KP-01, G-07, SY-07.
"""
