"""The command line: check a study, run it, ask where a number comes from."""
