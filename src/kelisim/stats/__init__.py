"""Arithmetic that knows no politics: composition, segregation, location, rates, growth, printed numbers.

Every function takes plain arrays or numbers and returns plain floats; the evidence rooms attach source and
grade. What has no value here raises `NotDefined` with a reason, because degenerate is a finding.
"""
