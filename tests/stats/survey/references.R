# Numbers of the R package survey, for comparison: data sets and random designs are written as CSV, and for every
# case the estimates that this package finds. Usage: Rscript references.R FOLDER
suppressMessages(library(survey))
folder <- commandArgs(trailingOnly = TRUE)[1]
options(survey.lonely.psu = "adjust", warn = -1, digits = 17)
rows <- list()
out <- function(case, what, key, value, se = NA, low = NA, high = NA, df = NA, deff = NA)
  rows[[length(rows) + 1]] <<- data.frame(case, what, key = as.character(key), value = as.numeric(value),
    se = as.numeric(se), low = as.numeric(low), high = as.numeric(high), df = as.numeric(df), deff = as.numeric(deff))
save_csv <- function(data, name) {
  for (column in names(data)) if (is.factor(data[[column]])) data[[column]] <- as.character(data[[column]])
  write.table(format(data, digits = 17, trim = TRUE), file.path(folder, paste0(name, ".csv")), sep = ",",
    row.names = FALSE, na = "", quote = FALSE)
}
one <- function(case, what, key, m, df, deff = NA) {
  ci <- confint(m, df = df)
  out(case, what, key, coef(m), SE(m), ci[1], ci[2], df, deff)
}
report <- function(case, d, tight = FALSE) {
  df <- degf(d); replicated <- inherits(d, "svyrep.design")
  for (kind in list(TRUE, "replace")) {
    name <- if (identical(kind, TRUE)) "wor" else "replace"
    m <- svymean(~y, d, deff = kind); one(case, paste0("mean ", name), "", m, df, deff(m))
    m <- svytotal(~y, d, deff = kind); one(case, paste0("total ", name), "", m, df, deff(m))
  }
  one(case, "ratio", "", svyratio(~y, ~x, d), df)
  for (level in sort(unique(as.character(d$variables$g)))) {
    s <- d[d$variables$g == level, ]
    m <- svymean(~y, s, deff = TRUE); one(case, "domain mean", level, m, degf(s), deff(m))
    m <- svytotal(~y, s, deff = TRUE); one(case, "domain total", level, m, degf(s), deff(m))
  }
  m <- svymean(~factor(g), d, deff = TRUE)
  for (i in seq_along(coef(m)))
    out(case, "share", sub("factor\\(g\\)", "", names(coef(m))[i]), coef(m)[i], SE(m)[i], deff = deff(m)[i])
  v <- vcov(m); for (i in 1:nrow(v)) for (j in 1:i) out(case, "share vcov", paste(i - 1, j - 1), v[i, j])
  # Inside, the package evaluates a variable called g in the data, so the groups get another name for the models.
  models <- d; models$variables$groups <- models$variables$g; models$variables$g <- NULL
  for (method in c("logit", "beta")) {
    m <- svyciprop(~b, models, method = method, df = df); ci <- attr(m, "ci"); out(case, paste("interval", method), "", coef(m), NA, ci[1], ci[2])
  }
  for (p in c(0.1, 0.25, 0.5, 0.75, 0.9)) {
    q <- svyquantile(~y, d, p, ci = TRUE, interval.type = "mean", qrule = "math", df = df)$y
    out(case, "quantile", p, q[1], q[4], q[2], q[3])
  }
  steps <<- if (tight) glm.control(epsilon = 1e-14, maxit = 100) else glm.control()
  fits <- list(gaussian = svyglm(y ~ x + factor(groups), models), logit = svyglm(b ~ x, models, family = quasibinomial(), control = steps),
    poisson = svyglm(k ~ x + offset(o), models, family = quasipoisson(), control = steps))
  for (f in names(fits)) for (i in seq_along(coef(fits[[f]])))
    out(case, paste("glm", f), i - 1, coef(fits[[f]])[i], SE(fits[[f]])[i], df = fits[[f]]$df.residual)
  if (!replicated) {
    t <- svychisq(~g + b, d); out(case, "chisq", "", t$statistic[[1]], low = t$p.value[[1]], df = t$parameter[[1]], high = t$parameter[[2]])
  }
}
adjusted <- function(case, d) {
  out(case, "weights", "", NA)
  save_csv(data.frame(w = weights(d)), paste0("weights_", gsub(" ", "_", case)))
  m <- svymean(~y, d); out(case, "mean", "", coef(m), SE(m)); m <- svytotal(~y, d); out(case, "total", "", coef(m), SE(m))
  m <- svyratio(~y, ~x, d); out(case, "ratio", "", coef(m), SE(m))
  for (level in sort(unique(as.character(d$variables$g)))) {
    s <- d[d$variables$g == level, ]; m <- svymean(~y, s); out(case, "domain mean", level, coef(m), SE(m))
  }
}

data(api); data(scd); data(nhanes)
prepare <- function(data) {
  data$y <- data$api00; data$x <- data$api99; data$g <- as.character(data$stype); data$b <- as.numeric(data$sch.wide == "Yes")
  data$k <- round(data$meals / 10); data$o <- log(data$api.stu); data
}
kept <- c("y", "x", "g", "b", "k", "o", "pw", "stype", "dnum", "snum", "fpc", "fpc1", "fpc2", "ell", "awards")
write_api <- function(data, name) save_csv(data[, intersect(kept, names(data))], name)
strat <- prepare(apistrat); clus1 <- prepare(apiclus1); clus2 <- prepare(apiclus2)
write_api(strat, "apistrat"); write_api(clus1, "apiclus1"); write_api(clus2, "apiclus2")
report("apistrat", svydesign(~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = strat))
report("apiclus1", svydesign(~dnum, weights = ~pw, fpc = ~fpc, data = clus1))
report("apiclus2", svydesign(~dnum + snum, weights = ~pw, fpc = ~fpc1 + fpc2, data = clus2))
report("apiclus2 without fpc", svydesign(~dnum + snum, weights = ~pw, data = clus2))

nh <- nhanes[!is.na(nhanes$HI_CHOL), ]
nhanes$y <- nhanes$WTMEC2YR %% 97 + nhanes$RIAGENDR; nhanes$x <- nhanes$RIAGENDR; nhanes$g <- paste0("r", nhanes$race)
nhanes$b <- nhanes$HI_CHOL; nhanes$k <- nhanes$race; nhanes$o <- nhanes$RIAGENDR / 10
nhanes$h <- nhanes$SDMVSTRA; nhanes$p <- nhanes$SDMVPSU; nhanes$w <- nhanes$WTMEC2YR
save_csv(nhanes[, c("h", "p", "w", "y", "x", "g", "b", "k", "o")], "nhanes")
nd <- svydesign(~p, strata = ~h, weights = ~w, nest = TRUE, data = nhanes)
report("nhanes", subset(nd, !is.na(b)))
nr <- as.svrepdesign(nd, type = "JKn"); report("nhanes JKn", subset(nr, !is.na(b)), tight = TRUE)

scd$h <- scd$ESA; scd$p <- scd$ambulance; scd$w <- 1
scd$y <- scd$alive; scd$x <- scd$arrests
save_csv(scd[, c("h", "p", "w", "y", "x")], "scd")
sd <- svydesign(~p, strata = ~h, weights = ~w, data = scd, nest = TRUE)
r <- svyratio(~y, ~x, sd); out("scd", "ratio", "", coef(r), SE(r))
for (how in c("BRR", "Fay", "JKn", "JK1")) {
  rd <- switch(how, Fay = as.svrepdesign(sd, type = "Fay", fay.rho = 0.3),
    JK1 = as.svrepdesign(svydesign(~I(paste(h, p)), weights = ~w, data = scd), type = "JK1"), as.svrepdesign(sd, type = how))
  m <- svymean(~y, rd); out(paste("scd", how), "mean", "", coef(m), SE(m))
  m <- svytotal(~y, rd); out(paste("scd", how), "total", "", coef(m), SE(m))
  r <- svyratio(~y, ~x, rd); out(paste("scd", how), "ratio", "", coef(r), SE(r))
}

set.seed(20260101)
boot <- as.svrepdesign(svydesign(~dnum, weights = ~pw, data = clus1), type = "subbootstrap", replicates = 60)
save_csv(as.data.frame(weights(boot, type = "analysis")), "boot_weights")
out("boot", "scale", "", boot$scale); report("boot", boot, tight = TRUE)

c1 <- svydesign(~dnum, weights = ~pw, fpc = ~fpc, data = clus1)
types <- table(apipop$stype); pop <- c(`(Intercept)` = sum(types), stypeH = types[["H"]], stypeM = types[["M"]])
award <- table(apipop$awards)
adjusted("poststratify", postStratify(c1, ~stype, as.data.frame(types, responseName = "Freq") |> setNames(c("stype", "Freq"))))
full <- c(pop, x = sum(apipop$api99))
tight <- function(...) calibrate(..., epsilon = 1e-12, maxit = 200)
adjusted("linear", tight(c1, ~stype + x, full, calfun = "linear"))
adjusted("linear bounded", tight(c1, ~stype + x, full, calfun = "linear", bounds = c(0.6, 1.6)))
adjusted("raking", tight(c1, ~stype + x, full, calfun = "raking"))
adjusted("logit", tight(c1, ~stype + x, full, calfun = "logit", bounds = c(0.4, 2.5)))
margins <- list(data.frame(stype = names(types), Freq = as.numeric(types)), data.frame(awards = names(award), Freq = as.numeric(award)))
adjusted("rake", rake(c1, list(~stype, ~awards), margins, control = list(maxit = 500, epsilon = 1e-10, verbose = FALSE)))
cut <- trimWeights(c1, lower = 0, upper = 40, strict = TRUE); out("trim", "weights", "", NA)
uneven <- clus1; uneven$pw <- uneven$pw * (1 + (seq_len(nrow(uneven)) %% 7) / 3); write_api(uneven, "uneven")
cut <- trimWeights(svydesign(~dnum, weights = ~pw, data = uneven), lower = 35, upper = 80, strict = TRUE)
save_csv(data.frame(w = weights(cut)), "weights_trim")
for (kind in c("JK1")) {
  rd <- calibrate(as.svrepdesign(svydesign(~dnum, weights = ~pw, data = clus1), type = "JK1"), ~stype, pop)
  m <- svymean(~y, rd); out("calibrated JK1", "mean", "", coef(m), SE(m))
  m <- svytotal(~y, rd); out("calibrated JK1", "total", "", coef(m), SE(m))
}

for (i in 1:24) {
  strata <- sample(2:6, 1); data <- NULL
  for (h in 1:strata) {
    n <- sample(2:7, 1)
    for (p in 1:n) {
      size <- sample(2:9, 1); effect <- rnorm(1)
      data <- rbind(data, data.frame(h, p, s = 1:size, N = n + sample(0:9, 1) * 0 + h * 3, M = size + sample(1:20, 1), effect))
    }
  }
  n <- nrow(data); data$w <- rgamma(n, 3) * 20; data$x <- 3 + rgamma(n, 2)
  data$y <- round(10 + 2 * data$effect + data$x + rnorm(n), if (i %% 2) 6 else 0)
  data$g <- sample(c("a", "b", "c"), n, TRUE, c(0.5, 0.3, 0.2)); data$b <- rbinom(n, 1, plogis(data$effect / 2))
  data$k <- rpois(n, data$x / 2); data$o <- log(data$x) / 3
  save_csv(data, paste0("random", i))
  d <- switch(1 + i %% 3, svydesign(~p, strata = ~h, weights = ~w, data = data, nest = TRUE),
    svydesign(~p, strata = ~h, weights = ~w, fpc = ~N, data = data, nest = TRUE),
    svydesign(~p + s, strata = ~h, weights = ~w, fpc = ~N + M, data = data, nest = TRUE))
  report(paste0("random", i), d)
}
write.table(format(do.call(rbind, rows), digits = 17, trim = TRUE), file.path(folder, "references.csv"), sep = ",", row.names = FALSE, quote = FALSE)
cat(as.character(packageVersion("survey")), file = file.path(folder, "version.txt"))
