"""The register of incidents and co-operation, and how often incidents happen."""
