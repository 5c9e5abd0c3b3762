# Writes decomposition.csv: Kitagawa's parts written out state by state. Needs Debian's r-base-core. Run here: Rscript decomposition.R
states <- list(
  usual = list(x0 = c(30, 6, 1, 5, 2), t0 = c(3e6, 1e6, 2e5, 4e5, 3e5), x1 = c(8, 15, 3, 6, 4), t1 = c(1e6, 3e6, 1e6, 6e5, 5e5)),
  # A state without person-time in one period has the rate of the other period in both.
  arrives = list(x0 = c(10, 4, 0), t0 = c(2e6, 5e5, 0), x1 = c(5, 6, 2), t1 = c(1e6, 8e5, 3e5)),
  leaves = list(x0 = c(10, 4, 3), t0 = c(2e6, 5e5, 2e5), x1 = c(5, 6, 0), t1 = c(1e6, 8e5, 0))
)
number <- function(x) trimws(formatC(x, digits = 17, format = "g"))
cells <- function(x) paste(format(x, scientific = FALSE, trim = TRUE), collapse = " ")

row_of <- function(name) {
  s <- states[[name]]
  mix <- 0; within <- 0
  for (i in seq_along(s$x0)) {
    p0 <- s$t0[i] / sum(s$t0); p1 <- s$t1[i] / sum(s$t1)
    r0 <- if (s$t0[i] > 0) s$x0[i] / s$t0[i] else s$x1[i] / s$t1[i]
    r1 <- if (s$t1[i] > 0) s$x1[i] / s$t1[i] else r0
    mix <- mix + (p1 - p0) * mean(c(r0, r1))
    within <- within + (r1 - r0) * mean(c(p0, p1))
  }
  change <- sum(s$x1) / sum(s$t1) - sum(s$x0) / sum(s$t0)
  c(name, cells(s$x0), cells(s$t0), cells(s$x1), cells(s$t1), number(c(change, mix, within) * 365.25 * 100000))
}

rows <- t(sapply(names(states), row_of))
colnames(rows) <- c("name", "events_early", "days_early", "events_late", "days_late", "change", "by_mix", "within")
write.csv(rows, "decomposition.csv", quote = FALSE, row.names = FALSE)
