"""Scales: whether items hang together, mean the same in each language, and what they say of groups.

`items` reads item columns of a sample, `alpha`, `omega` and `intraclass` say how reliable a sum of them is,
`polychoric` and `bivariate` serve items with few categories, `places` how much people of one place are
alike. `factor` fits a one-factor model to several groups at once, `invariance` climbs with it from equal
form to equal means, `differential` looks at items one by one. `distance` is the matrix of social distance
between groups, `pooling` its partially pooled form, `guttman` the order of its steps, `stereotypes` the gap
between what people say of their own and of others. `gates` says what a scale may be used for. No file, and
no chance that is not handed in.
"""
