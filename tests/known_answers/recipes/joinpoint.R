# Writes joinpoint_series.csv, made-up yearly counts; joinpoint_orders.csv, the permutations of the tests; and joinpoint.csv: for
# every series and number of joinpoints the best place by a grid search over R's glm, deviance, slopes, their limits and those of
# the mean slope, and the p of the permutation test against the fit with the most joinpoints.
# Needs Debian's r-base-core. Run here: Rscript joinpoint.R
set.seed(20240102)
made <- function(name, years, mean, bend, at, spread) {
  year <- seq(2005, length.out = years)
  log_rate <- -0.03 * (year - 2005) + bend * pmax(0, year - at)
  size <- round(1e6 * runif(years, 0.5, 2))
  rate <- exp(log_rate) * mean / 1e6
  frailty <- if (spread > 0) rgamma(years, 1 / spread, 1 / spread) else 1
  data.frame(name = name, year = year, events = rpois(years, rate * size * frailty), size = size)
}
series <- rbind(
  made("bent", 16, 40, -0.25, 2012, 0), made("straight", 16, 25, 0, 2012, 0.1),
  made("short", 9, 30, 0.4, 2009, 0), made("sparse", 14, 2, 0, 2010, 0)
)
permutations <- 60
tight <- glm.control(epsilon = 1e-13, maxit = 100)
most <- function(n) if (n < 12) 1 else 2

places <- function(n, k) {
  inner <- 3:(n - 2)
  if (k == 0) return(list(integer(0)))
  found <- combn(inner, k, simplify = FALSE)
  Filter(function(place) all(diff(place) > 2), found)
}
columns <- function(year, at) {
  hinges <- if (length(at)) sapply(at, function(t) pmax(0, year - t)) else NULL
  cbind(1, year - year[1], hinges)
}
has_estimate <- function(y, year, at) {
  ends <- c(year[1], at, year[length(year)])
  all(sapply(seq_len(length(ends) - 1), function(s) sum(y[year >= ends[s] & year <= ends[s + 1]] > 0) >= 2))
}
best <- function(y, year, size, k) {
  found <- list(deviance = Inf)
  for (place in places(length(year), k)) {
    at <- year[place]
    if (!has_estimate(y, year, at)) next
    X <- columns(year, at)
    fit <- glm.fit(X, y, family = quasipoisson(), offset = log(size), control = tight)
    if (fit$deviance < found$deviance) found <- list(deviance = fit$deviance, at = at, b = unname(fit$coefficients), mean = fit$fitted.values)
  }
  found
}
limits_of <- function(fit, y, year, level) {
  k <- length(fit$at)
  steps <- if (k) sapply(fit$at, function(t) ifelse(year > t, 1, ifelse(year == t, 0.5, 0))) else NULL
  X <- cbind(columns(year, fit$at), steps)
  free <- length(year) - ncol(X)
  phi <- sum((y - fit$mean)^2 / fit$mean) / free
  V <- max(1, phi) * solve(crossprod(X, fit$mean * X))
  b <- c(fit$b, rep(0, k))
  q <- qt((1 + level) / 2, free)
  of <- function(contrast) {
    se <- sqrt(drop(contrast %*% V %*% contrast))
    100 * expm1(sum(contrast * b) + c(0, -q * se, q * se))
  }
  slopes <- lapply(0:k, function(s) of(c(0, 1, rep(1, s), rep(0, k - s), rep(0, k))))
  list(slopes = do.call(rbind, slopes), average = of((X[nrow(X), ] - X[1, ]) / (year[length(year)] - year[1])), phi = phi)
}
number <- function(x) paste(trimws(formatC(x, digits = 15, format = "g")), collapse = ";")
rows <- orders <- NULL
for (name in unique(series$name)) {
  one <- series[series$name == name, ]
  n <- nrow(one)
  order_rows <- t(replicate(permutations, sample(n)))
  orders <- rbind(orders, data.frame(name = name, draw = rep(seq_len(permutations), each = n), place = rep(seq_len(n), permutations), from = as.vector(t(order_rows)) - 1))
  fits <- lapply(0:most(n), function(k) best(one$events, one$year, one$size, k))
  for (k in 0:most(n)) {
    fit <- fits[[k + 1]]
    told <- limits_of(fit, one$events, one$year, 0.95)
    p <- NA
    if (k < most(n)) {
      against <- fits[[most(n) + 1]]
      root <- sqrt(fit$mean + 3 / 8)
      residual <- sqrt(one$events + 3 / 8) - root
      ratios <- apply(order_rows, 1, function(order) {
        y <- pmax(0, (root + residual[order])^2 - 3 / 8)
        best(y, one$year, one$size, k)$deviance / best(y, one$year, one$size, most(n))$deviance
      })
      p <- (1 + sum(ratios >= fit$deviance / against$deviance)) / (1 + permutations)
    }
    rows <- rbind(rows, data.frame(
      name = name, joinpoints = k, at = paste(fit$at, collapse = ";"), deviance = number(fit$deviance), dispersion = number(told$phi),
      change = number(told$slopes[, 1]), change_low = number(told$slopes[, 2]), change_high = number(told$slopes[, 3]),
      average = number(told$average[1]), average_low = number(told$average[2]), average_high = number(told$average[3]),
      p = if (is.na(p)) "" else number(p)
    ))
  }
}
write.csv(series, "joinpoint_series.csv", quote = FALSE, row.names = FALSE)
write.csv(orders, "joinpoint_orders.csv", quote = FALSE, row.names = FALSE)
write.csv(rows, "joinpoint.csv", quote = FALSE, row.names = FALSE)
