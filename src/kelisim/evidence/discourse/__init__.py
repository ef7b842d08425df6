"""Watched portals and accounts, as printed."""
