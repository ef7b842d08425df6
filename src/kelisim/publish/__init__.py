"""Publication: pages, bulletin and open data from a `Release`, and from nothing else."""
