"""Printed figures of an area: the passport, with the age and grade of every figure."""
