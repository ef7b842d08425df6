"""Tests of the arithmetic: laws by hypothesis, hand-worked cases, numbers of independent programs."""
