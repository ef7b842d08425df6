# Reference values for scales: psych, lavaan, MASS and nlme on answers written by the test.
# Rscript references.R FOLDER reads answers.csv, places.csv there and writes references.csv.
suppressMessages({library(psych); library(lavaan); library(MASS); library(nlme)})
folder <- commandArgs(trailingOnly = TRUE)[1]
d <- read.csv(file.path(folder, "answers.csv"))
items <- c("a", "b", "c", "d", "e")
out <- list()
add <- function(case, what, value) {
  out[[length(out) + 1]] <<- data.frame(case = case, what = what, value = sprintf("%.15g", as.numeric(value)))
}
x <- d[items]
suppressWarnings({
  one <- psych::alpha(x)
  add("alpha", "value", one$total$raw_alpha)
  add("alpha", "low", one$feldt$lower.ci)
  add("alpha", "high", one$feldt$upper.ci)
  for (i in items) {
    add("alpha", paste0("rest ", i), one$item.stats[i, "r.drop"])
    add("alpha", paste0("without ", i), one$alpha.drop[i, "raw_alpha"])
  }
  f <- psych::fa(x, 1, fm = "minres")
  add("omega", "value", 1 - sum(f$uniquenesses) / sum(cor(x)))
  icc <- psych::ICC(as.matrix(x), lmer = FALSE)$results
  for (i in 1:6) {
    form <- c("1", "2", "3", "1k", "2k", "3k")[i]
    add("icc", form, icc[i, "ICC"])
    add("icc", paste(form, "low"), icc[i, "lower bound"])
    add("icc", paste(form, "high"), icc[i, "upper bound"])
  }
  p <- psych::polychoric(x, correct = 0)$rho
  for (i in 2:5) for (j in 1:(i - 1)) add("polychoric", paste(i - 1, j - 1), p[i, j])
})
model <- "f =~ a + b + c + d + e"
levels <- list(configural = "none", metric = "loadings", scalar = c("loadings", "intercepts"))
d$language <- factor(d$language, levels = c("kk", "ru", "uz"))
keep <- function(case, fit) {
  m <- fitMeasures(fit, c("chisq", "df", "cfi", "rmsea"))
  for (what in names(m)) add(case, what, m[what])
  e <- parameterEstimates(fit)
  for (g in 2:3) {
    mean <- e[e$lhs == "f" & e$op == "~1" & e$group == g, ]
    add(case, paste("mean", g), mean$est)
    add(case, paste("se", g), mean$se)
    add(case, paste("variance", g), e[e$lhs == "f" & e$op == "~~" & e$group == g, "est"])
  }
}
for (name in names(levels)) {
  keep(name, cfa(model, d, group = "language", group.equal = levels[[name]], std.lv = TRUE, meanstructure = TRUE))
}
keep("partial", cfa(model, d, group = "language", group.equal = levels$scalar, group.partial = "c ~ 1", std.lv = TRUE))
# The Satorra-Bentler scaling with independent interviews.
robust <- cfa(model, d, group = "language", group.equal = levels$scalar, std.lv = TRUE, meanstructure = TRUE, estimator = "MLM")
add("scalar", "scaling", fitMeasures(robust, "chisq.scaling.factor"))
add("configural", "scaling", fitMeasures(cfa(model, d, group = "language", std.lv = TRUE, meanstructure = TRUE, estimator = "MLM"), "chisq.scaling.factor"))
d$sum <- rowSums(d[items])
po <- polr(factor(c) ~ sum + language, d, Hess = TRUE, control = list(reltol = 1e-15, maxit = 1000))
add("polr", "loglik", logLik(po))
for (k in seq_along(coef(po))) {
  add("polr", paste("slope", k - 1), coef(po)[k])
  add("polr", paste("se", k - 1), sqrt(diag(vcov(po)))[k])
}
for (k in seq_along(po$zeta)) add("polr", paste("cut", k - 1), po$zeta[k])
y <- read.csv(file.path(folder, "places.csv"))
v <- as.numeric(VarCorr(lme(y ~ 1, random = ~ 1 | place, data = y))[, 1])
add("places", "reml", v[1] / sum(v))
write.csv(do.call(rbind, out), file.path(folder, "references.csv"), row.names = FALSE)
