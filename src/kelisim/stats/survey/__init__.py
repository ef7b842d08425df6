"""Estimation from samples that were drawn by a design: strata, clusters, unequal weights, finite populations.

The road is always the same. A `design.Design` says how people were drawn, by names of columns. A
`sample.Sample` joins it to the columns, codes strata and clusters once and refuses what cannot be right.
Then one algorithm serves all linear statistics (`variance`): weighted sums by cluster and cell, linearised
cluster totals, variance between clusters within strata. `moments`, `quantile`, `glm`, `chisq`, `table` and
`multiple` say what is estimated; `replicates` offers the second road to the variance, `calibration` and
`weighting` adjust the weights, `intervals` makes ends, `results` holds the values. Only numpy and scipy, no
file, no chance that is not handed in.
"""
