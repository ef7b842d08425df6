"""Runs: the steps of the main job in their order, and the record of what was run on what."""
