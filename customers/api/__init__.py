"""The customer file over the API, one subject a module."""
