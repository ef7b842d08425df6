"""Associations, youth wings and the groups that have none."""
