# Writes disproportionality.csv: 2x2 tables with the values R gives. Needs Debian's r-base-core and r-cran-epitools.
# Run here: Rscript disproportionality.R
suppressPackageStartupMessages(library(epitools))

cells <- rbind(
  c(252, 2282, 2739, 1118864),      # risperidone in JADER
  c(206, 796, 2785, 1120350),       # haloperidol in JADER
  c(34, 5083, 2957, 1116063),       # carbamazepine in JADER
  c(1, 1, 1, 1),
  c(1, 2, 3, 4),                    # |ad - bc| below N / 2: Yates' correction stops at zero
  c(3, 97, 30, 9870),
  c(10, 0, 5, 1000),                # b is 0
  c(4, 96, 0, 900),                 # c is 0
  c(0, 400, 25, 99575),             # a is 0
  c(7, 13, 9, 0),                   # d is 0
  c(5, 5, 500, 500),                # independent
  c(2, 998, 5000, 5000),            # below expectation
  c(12000, 488000, 38000, 24462000), # as many reports as a whole source has
  c(900, 12000000, 1100, 12998000)
)

number <- function(x) ifelse(is.finite(x), trimws(formatC(x, digits = 17, format = "g")), "")

row_of <- function(cell, level) {
  a <- cell[1]; b <- cell[2]; c <- cell[3]; d <- cell[4]
  # epitools wants the reference group first, and the outcome last.
  two_by_two <- matrix(c(d, c, b, a), nrow = 2, byrow = TRUE)
  all_cells <- all(cell > 0)
  ror <- if (all_cells) oddsratio.wald(two_by_two, conf.level = level)$measure[2, ] else rep(NA, 3)
  prr <- if (a > 0 && c > 0) riskratio.wald(two_by_two, conf.level = level)$measure[2, ] else rep(NA, 3)
  chi2 <- chisq.test(two_by_two, correct = TRUE)
  expected <- chi2$expected[2, 2]
  tail <- (1 - level) / 2
  ic <- log2(c(
    (a + 0.5) / (expected + 0.5),
    qgamma(tail, shape = a + 0.5, rate = expected + 0.5),
    qgamma(tail, shape = a + 0.5, rate = expected + 0.5, lower.tail = FALSE)
  ))
  c(formatC(cell, format = "d"), level, number(c(ror, prr, chi2$statistic, ic)))
}

# R warns that the chi-squared distribution fits small tables badly; only the statistic is used.
rows <- suppressWarnings(
  do.call(rbind, lapply(c(0.9, 0.95, 0.99), function(level) t(apply(cells, 1, row_of, level = level))))
)
colnames(rows) <- c(
  "a", "b", "c", "d", "level", "ror", "ror_low", "ror_high", "prr", "prr_low", "prr_high", "chi2_yates",
  "ic", "ic_low", "ic_high"
)
write.csv(rows, "disproportionality.csv", quote = FALSE, row.names = FALSE)
