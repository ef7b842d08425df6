"""Doors in: studies, tables and their encodings. What cannot be read without guessing is refused."""
