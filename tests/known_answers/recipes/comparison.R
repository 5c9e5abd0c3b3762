# Writes comparison_strata.csv, made-up 2x2 tables by stratum, comparison_stratified.csv, what R makes of each set of them, and
# comparison_tests.csv, exact inference on single tables. Needs Debian's r-base-core, r-cran-metafor (3.8-1) and r-cran-epitools
# (0.5-10.1). Run here: Rscript comparison.R
suppressPackageStartupMessages({library(metafor); library(epitools)})
set.seed(20240102)
level <- 0.95
number <- function(x) trimws(formatC(x, digits = 15, format = "g"))

made <- function(name, groups, references, proportion, ratio) {
  odds <- proportion / (1 - proportion) * ratio
  a <- rbinom(length(groups), groups, odds / (1 + odds))
  c <- rbinom(length(groups), references, proportion)
  data.frame(name = name, stratum = seq_along(groups), a = a, b = groups - a, c = c, d = references - c)
}
strata <- rbind(
  made("alike", c(400, 900, 300, 50), c(20000, 40000, 9000, 800), c(0.002, 0.004, 0.01, 0.02), 6),
  made("unlike", c(400, 900, 300), c(20000, 40000, 9000), c(0.004, 0.004, 0.01), c(2, 8, 20)),
  made("few", c(4, 7, 3, 12, 9, 5, 8, 6), c(30, 45, 10, 80, 60, 20, 33, 41), 0.15, 3),
  made("comparator", c(547, 481, 300), c(481, 547, 900), c(0.05, 0.04, 0.03), 0.6)
)

of_set <- function(name) {
  s <- strata[strata$name == name, ]
  cube <- array(rbind(s$a, s$c, s$b, s$d), c(2, 2, nrow(s)))
  mh <- mantelhaen.test(cube, correct = FALSE, conf.level = level)
  bd <- rma.mh(measure = "OR", ai = a, bi = b, ci = c, di = d, data = s, level = 100 * level)
  n <- s$a + s$b + s$c + s$d
  expected <- sum((s$a + s$b) * (s$a + s$c) / n)
  tail <- c((1 - level) / 2, (1 + level) / 2)
  ic <- log2(c((sum(s$a) + 0.5) / (expected + 0.5), qgamma(tail, sum(s$a) + 0.5, expected + 0.5)))
  c(name, level, number(c(mh$estimate, mh$conf.int, ic, bd$TA, bd$TAp, sum(s$a * s$d + s$b * s$c > 0))))
}
stratified <- do.call(rbind, lapply(unique(strata$name), of_set))
colnames(stratified) <- c(
  "name", "level", "ror", "ror_low", "ror_high", "ic", "ic_low", "ic_high", "chi2", "p", "informative"
)

# Among them: empty cells, a strong association, one drug against another of JADER's Table 3 (olanzapine and haloperidol).
tables <- rbind(
  c(3, 97, 40, 960), c(0, 50, 12, 400), c(4, 0, 10, 90), c(7, 20, 0, 300), c(1, 1, 1, 1), c(12, 3, 5, 17), c(151, 1805, 206, 796),
  c(39, 442, 190, 22591), c(25, 522, 170, 4650), c(2, 100000, 3000, 15000000)
)
# The likelihood of fisher.test, solved to more digits than the four that it gives.
conditional <- function(cases, others, group, a) {
  support <- max(0, group - others):min(group, cases)
  null <- dhyper(support, cases, others, group, log = TRUE)
  given <- function(v) { w <- exp(null + v * support - max(null + v * support)); w / sum(w) }
  solve <- function(beyond, at_end, end) if (at_end) end else exp(uniroot(beyond, c(-20, 20), tol = 1e-13)$root)
  lowest <- a == min(support); highest <- a == max(support); tail <- (1 - level) / 2
  estimate <- if (highest) Inf else solve(function(v) sum(support * given(v)) - a, lowest, 0)
  low <- solve(function(v) sum(given(v)[support >= a]) - tail, lowest, 0)
  high <- solve(function(v) sum(given(v)[support <= a]) - tail, highest, Inf)
  exact <- fisher.test(matrix(c(a, group - a, cases - a, others - group + a), 2, byrow = TRUE), conf.level = level)
  stopifnot(all.equal(c(estimate, low, high), unname(c(exact$estimate, exact$conf.int)), tolerance = 0.01))
  c(estimate, low, high)
}

of_table <- function(x) {
  cases <- x[1] + x[3]; others <- x[2] + x[4]; group <- x[1] + x[2]
  below <- phyper(x[1] - 1, cases, others, group); above <- phyper(x[1], cases, others, group, lower.tail = FALSE)
  p <- 2 * min(below, above) + dhyper(x[1], cases, others, group)
  # epitools takes the upper tail as 1 - the lower one, so it agrees until that rounds to 0.
  stopifnot(abs(p - ormidp.test(x[1], x[2], x[3], x[4])$two.sided) < 1e-9)
  c(x, level, number(c(min(1, p), conditional(cases, others, group, x[1]))))
}
tests <- t(apply(tables, 1, of_table))
tests <- cbind(tests, number(p.adjust(as.numeric(tests[, 6]), "BH")))
colnames(tests) <- c("a", "b", "c", "d", "level", "p", "ror", "low", "high", "q")

write.csv(strata, "comparison_strata.csv", quote = FALSE, row.names = FALSE)
write.csv(stratified, "comparison_stratified.csv", quote = FALSE, row.names = FALSE)
write.csv(tests, "comparison_tests.csv", quote = FALSE, row.names = FALSE)
