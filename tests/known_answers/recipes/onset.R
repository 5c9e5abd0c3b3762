# Writes onset_times.csv (the cases) and onset.csv (what R says of them). R 4.2.2, survival 3.5-3. Run: Rscript onset.R
library(survival)
options(digits = 17)
level <- 0.95
fall <- qchisq(level, 1) / 2

set.seed(20260104)
draw <- function(n, shape, scale, longest) {
  limit <- sample(longest, n, replace = TRUE)
  day <- floor(scale * (-log(runif(n)))^(1 / shape))
  data.frame(day, limit)[day <= limit, ]
}
sets <- list(
  early = draw(80, 0.7, 20, 5:200), constant = draw(60, 1, 8, 3:60), late = draw(40, 1.6, 12, 4:50), few = draw(12, 0.9, 6, 8:40)
)
sets$ties <- data.frame(day = c(0, 0, 0, 0, 1, 1, 2, 2, 2, 3, 7, 7, 30), limit = 365)
cases <- do.call(rbind, lapply(names(sets), function(name) cbind(set = name, sets[[name]])))
write.csv(cases, "onset_times.csv", row.names = FALSE, quote = FALSE)

# Log-likelihood of log shape and log scale; a limit of Inf is none.
log_lik <- function(at, day, limit) {
  f <- function(t) pweibull(t, exp(at[1]), exp(at[2]))
  sum(log(f(day + 1) - f(day)) - log(f(limit + 1)))
}
profile_limits <- function(day, limit) {
  fit <- optim(c(0, log(mean(day) + 1)), function(at) -log_lik(at, day, limit), method = "BFGS", control = list(reltol = 1e-15))
  best <- function(which, value) {
    other <- optimize(
      function(o) log_lik(if (which == 1) c(value, o) else c(o, value), day, limit), fit$par[3 - which] + c(-4, if (which == 1) 30 else 4),
      maximum = TRUE, tol = 1e-10
    )
    other$objective + fit$value + fall
  }
  ends <- sapply(1:2, function(which) {
    sapply(c(-1, 1), function(side) {
      at <- function(d) best(which, fit$par[which] + side * d)
      d <- 0.05
      while (at(d) > 0 && d < 3) d <- d * 1.3
      if (d >= 3) NA else fit$par[which] + side * uniroot(function(x) at(x), c(0, d), tol = 1e-10)$root
    })
  })
  list(estimate = exp(fit$par), low = exp(ends[1, ]), high = exp(ends[2, ]))
}
rows <- NULL
add <- function(set, what, where, estimate, low = NA, high = NA) {
  rows <<- rbind(rows, data.frame(set, what, where, estimate, low, high))
}
for (name in names(sets)) {
  day <- sets[[name]]$day
  limit <- sets[[name]]$limit
  n <- length(day)
  # Shape and scale: survreg has intervals but no truncation; both have profile limits from the likelihood above.
  s <- survreg(Surv(ifelse(day == 0, NA, day), day + 1, type = "interval2") ~ 1, dist = "weibull", rel.tolerance = 1e-14)
  add(name, "survreg", "shape", 1 / s$scale)
  add(name, "survreg", "scale", exp(unname(coef(s))))
  for (taken in c(FALSE, TRUE)) {
    p <- profile_limits(day, if (taken) limit else rep(Inf, n))
    for (i in 1:2) add(name, if (taken) "taken" else "ignored", c("shape", "scale")[i], p$estimate[i], p$low[i], p$high[i])
  }
  # Product limit in reverse time: in reversed time a case enters after its reversed limit.
  reversed <- 1000 - day
  f <- survfit(Surv(1000 - limit - 0.5, reversed, rep(1, n)) ~ 1, conf.type = "log-log", conf.int = level)
  for (d in sort(unique(day))) {
    # Share with onset up to d: survival in reversed time just before 1000 - d.
    at <- which(f$time < 1000 - d)
    if (length(at)) {
      j <- max(at)
      add(name, "reverse", d, f$surv[j], f$lower[j], f$upper[j])
    }
  }
  # Quartiles: smallest and largest ranks by trying them all.
  sorted <- c(0, sort(day), Inf)
  for (q in c(0.25, 0.5, 0.75)) {
    low_rank <- max(which(pbinom(0:n - 1, n, q) <= (1 - level) / 2)) - 1
    high_rank <- min(which(pbinom(0:(n + 1) - 1, n, q, lower.tail = FALSE) <= (1 - level) / 2)) - 1
    add(name, "quantile", q, unname(quantile(day, q, type = 2)), sorted[low_rank + 1], sorted[high_rank + 1])
  }
}
p <- c(0.01, 0.04, 0.03, 0.2)
for (i in seq_along(p)) add("holm", "holm", p[i], p.adjust(p, "holm")[i])
rows$estimate <- format(rows$estimate, digits = 17, trim = TRUE)
rows$low <- format(rows$low, digits = 17, trim = TRUE)
rows$high <- format(rows$high, digits = 17, trim = TRUE)
write.csv(rows, "onset.csv", row.names = FALSE, quote = FALSE)
