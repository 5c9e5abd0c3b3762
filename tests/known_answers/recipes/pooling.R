# Writes pooling.csv: posterior means and quantiles of the rates of a class, by brute force. Needs Debian's r-base-core.
# Run here: Rscript pooling.R
#
# The same model as the measure's, written with R's own negative binomial density and summed over a wide, fine grid: pull of the
# average member uniform, log class rate flat.
classes <- list(
  usual = list(x = c(3, 0, 8, 1), t = c(200000, 100000, 400000, 30000)),
  alike = list(x = c(2, 2, 2, 2, 2), t = rep(365250, 5)),
  uneven = list(x = c(100, 300, 40, 3, 700), t = c(100000, 200000, 40000, 10000, 900000)),
  single = list(x = c(1, 0, 0), t = c(100000, 200000, 300000))
)
level <- 0.95
number <- function(x) trimws(formatC(x, digits = 12, format = "g"))
cells <- function(x) paste(format(x, scientific = FALSE, trim = TRUE), collapse = " ")

rows_of <- function(name) {
  x <- classes[[name]]$x; t <- classes[[name]]$t / 365.25
  grid <- expand.grid(logit = seq(-16, 16, 0.25), log_rate = log(sum(x) / sum(t)) + seq(-60, 60, 0.04))
  shape <- mean(x) * exp(grid$logit); m <- exp(grid$log_rate)
  log_weight <- dlogis(grid$logit, log = TRUE)
  for (i in seq_along(x)) log_weight <- log_weight + dnbinom(x[i], size = shape, mu = m * t[i], log = TRUE)
  weight <- exp(log_weight - max(log_weight))
  keep <- weight > 1e-9
  weight <- weight[keep] / sum(weight[keep]); shape <- shape[keep]; m <- m[keep]
  t(sapply(seq_along(x), function(i) {
    s <- shape + x[i]; r <- shape / m + t[i]
    mean_rate <- sum(weight * s / r)
    quantile <- function(p) {
      beyond <- function(v) sum(weight * pgamma(exp(v), s, r)) - p
      ends <- log(mean_rate) + c(-40, 5)
      if (beyond(ends[1]) > 0) 0 else exp(uniroot(beyond, ends, tol = 1e-9)$root)
    }
    limits <- c(quantile((1 - level) / 2), quantile((1 + level) / 2))
    c(name, level, x[i], cells(classes[[name]]$t[i]), number(c(c(mean_rate, limits) * 100000, sum(weight * (r - t[i]) / r))))
  }))
}

rows <- do.call(rbind, lapply(names(classes), rows_of))
colnames(rows) <- c("name", "level", "events", "person_days", "estimate", "low", "high", "pull")
write.csv(rows, "pooling.csv", quote = FALSE, row.names = FALSE)
