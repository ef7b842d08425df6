"""Forecasts of incidents as draws, the baselines they must beat, and the proof over past origins.

Every member takes a `Panel`, horizons in months and a generator, and returns joint draws: one row per area,
one column per possible future, so that totals are sums of draws and never sums of summaries.
"""
