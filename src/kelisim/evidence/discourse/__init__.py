"""Watched portals and accounts, as printed; texts that people coded, and what those codes can say."""
