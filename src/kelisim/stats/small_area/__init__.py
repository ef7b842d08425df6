"""Small areas: figures of areas with few interviews, which lean on a model, and how far they may be trusted.

Two roads. `fay_herriot` takes one direct estimate and its variance per area (`direct` makes both from a
sample, `arcsine` for shares) and pulls each toward what the area's declared covariates foretell; `area_model`
is the two in one call. `mrp` fits answers by a multilevel logit (`mixed_logit`) and adds them up over counts
of the population (`cells`). `benchmark` makes areas add up to the whole, `gate` says which figure may be
shown and how many interviews would open the others, `results` holds the values. A covariate is what the
caller declares; none is chosen here.
"""
