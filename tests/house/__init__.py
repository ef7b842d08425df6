"""Tests of the house: floor plan, words around code, licences, installation, documentation."""
