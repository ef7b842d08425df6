"""Tests of the doors in: what is read, what is refused, and where the refusal points."""
