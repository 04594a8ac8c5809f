"""Everything that looks across: the home work queue, the search palette, the monthly report.

Reads every app and owns no table yet. The demo company lives here too, for it calls the services of all.
Rules: KP-01, KP-10, G-07, SY-07.
"""
