"""Pages of the handbook that hold commands or code are run as they stand."""
