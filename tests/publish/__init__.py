"""Tests of publication: words, charts, pages."""
