# Writes rates.csv: exact rates, ratios and differences with the values R gives. Needs Debian's r-base-core.
# Run here: Rscript rates.R
pairs <- rbind(              # episodes and person-days of the group, then of the reference
  c(12, 1000000, 7, 2000000),
  c(1, 36525, 1, 36525),
  c(0, 400000, 5, 900000),   # no episode in the group
  c(3, 400000, 0, 900000),   # no episode in the reference
  c(0, 1000, 0, 2000),       # no episode at all
  c(2, 1, 3, 100),           # where rounding the person-years moves the rate most
  c(37, 123456789, 2500, 987654321),
  c(15000, 3652500, 1, 365)
)
per <- 100000
number <- function(x) ifelse(is.finite(x), trimws(formatC(x, digits = 17, format = "g")), "")

row_of <- function(pair, level) {
  a <- pair[1]; t1 <- pair[2]; c <- pair[3]; t0 <- pair[4]
  # poisson.test solves for the limits by the quantiles of the gamma distribution, per unit of time.
  exact <- function(x, days) poisson.test(x, days / 365.25, conf.level = level)
  here <- exact(a, t1); there <- exact(c, t0)
  r1 <- here$estimate * per; i1 <- here$conf.int * per
  r0 <- there$estimate * per; i0 <- there$conf.int * per
  years <- round(t1 / 365.25, 3)
  tail <- (1 - level) / 2
  rounded <- round(c(a / years, qchisq(tail, 2 * a) / 2 / years, qchisq(1 - tail, 2 * (a + 1)) / 2 / years) * per, 3)
  ratio <- if (c > 0) poisson.test(c(a, c), c(t1, t0), conf.level = level) else list(estimate = NA, conf.int = c(NA, NA))
  difference <- c(
    r1 - r0,
    r1 - r0 - sqrt((r1 - i1[1])^2 + (i0[2] - r0)^2),
    r1 - r0 + sqrt((i1[2] - r1)^2 + (r0 - i0[1])^2)
  )
  c(formatC(pair, format = "d"), level, number(c(r1, i1, rounded, ratio$estimate, ratio$conf.int, difference)))
}

rows <- do.call(rbind, lapply(c(0.9, 0.95, 0.99), function(level) t(apply(pairs, 1, row_of, level = level))))
limits <- function(name) paste0(name, c("", "_low", "_high"))
colnames(rows) <- c("a", "t1", "c", "t0", "level", sapply(c("rate", "rounded", "ratio", "difference"), limits))
write.csv(rows, "rates.csv", quote = FALSE, row.names = FALSE)
