# The peer R survey as a process: reads the table, then one name of a task per line, and prints its seconds.
suppressMessages(library(survey))
data <- read.csv(commandArgs(trailingOnly = TRUE)[1])
for (name in c("z", "r", "d")) data[[name]] <- factor(data[[name]])
declare <- function() svydesign(~p, strata = ~h, weights = ~w, data = data, nest = TRUE)
d <- declare(); replicates <- NULL
tasks <- list(
  "declare design" = declare,
  "mean" = function() svymean(~y, d),
  "19 shares" = function() svymean(~z, d),
  "mean by 17 regions" = function() svyby(~y, ~r, d, svymean),
  "19 shares x 17 regions" = function() svyby(~z, ~r, d, svymean),
  "ratio" = function() svyratio(~y, ~x, d),
  "median and interval" = function() svyquantile(~y, d, 0.5, ci = TRUE),
  "OLS y ~ x + b" = function() svyglm(y ~ x + b, d),
  "logit b ~ x" = function() svyglm(b ~ x, d, family = quasibinomial()),
  "100 bootstrap replicates" = function() replicates <<- as.svrepdesign(d, type = "subbootstrap", replicates = 100),
  "mean by 17 regions, 100 replicates" = function() svyby(~y, ~r, replicates, svymean))
say <- function(text) { cat(text, "\n", sep = ""); flush(stdout()) }
say(paste("survey", packageVersion("survey"), "R", getRversion()))
lines <- file("stdin", open = "r")
while (length(name <- readLines(lines, n = 1)) > 0) {
  if (name == "peak") { say(sum(gc()[, 6]) / 1024); next }
  task <- tasks[[name]]
  if (is.null(task)) { say("none"); next }
  say(system.time(task())[["elapsed"]])
}
