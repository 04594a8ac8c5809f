"""Use cases of reports: they read everything and write only their own tables."""
