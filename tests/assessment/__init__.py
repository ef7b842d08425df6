"""Tests of assessment: cards, recipe, index, zones."""
