"""The auditor: finds and explains contradictions in incoming tables, and repairs nothing."""
