"""Catalogue, prices and stock over the API, by the services the pages call."""
