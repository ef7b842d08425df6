"""The gate: the only way out of the house. What is not a `Release` cannot be published."""
