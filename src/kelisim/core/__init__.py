"""The words of the house: areas, groups, periods, languages, estimates, tables, provenance, findings, errors.

Everything here is a plain frozen value on the standard library and numpy. A word enters this room when
two other rooms need it; nothing here reads a file, and nothing here knows what an indicator means.
"""
