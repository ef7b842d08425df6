"""Invented texts: a generator of short texts for benches, and a demonstration corpus whose truth is known."""
