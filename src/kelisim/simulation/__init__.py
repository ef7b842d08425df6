"""Simulation: invented regions with a planted truth, to prove what the house claims without real persons."""
