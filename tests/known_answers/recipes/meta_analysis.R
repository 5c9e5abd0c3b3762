# Writes meta_analysis.csv: the binomial-normal model by brute force (sums over 4,001 values of the random effect; optim), tests
# by glm, I^2 by metafor (3.8-1), R 4.2.2.
# Hyperdynamic circulation, 14 studies: Pritz MB, Zhou XH, Brizendine EJ. J Neurosurg 1996 (metafor's dat.pritz1997).
# NMS: rows of study/literature.csv. Rare: with studies without an event. Alike: one proportion.
suppressPackageStartupMessages(library(metafor))
sets <- list(
  pritz = list(y = dat.pritz1997$xi, n = dat.pritz1997$ni),
  nms = list(y = c(7, 2, 5, 6, 1, 12, 4, 5, 10, 328), n = c(500, 82, 1250, 679, 1470, 9792, 2695, 223, 564, 297647),
             year = c(1986, 1986, 1986, 1987, 1988, 1990, 1991, 1992, 1994, 2020)),
  rare = list(y = c(0, 3, 1, 0, 9, 2), n = c(400, 900, 150, 60, 1200, 3000)),
  alike = list(y = c(5, 10, 20, 5), n = c(100, 200, 400, 100))
)
z <- seq(-12, 12, length.out = 4001)
normal <- dnorm(z, log = TRUE) + log(z[2] - z[1])
log_likelihood <- function(beta, tau, y, n, x) {
  eta <- as.vector(x %*% beta)
  if (tau < 1e-9) return(sum(dbinom(y, n, plogis(eta), log = TRUE)))
  sum(sapply(seq_along(y), function(i) {
    log_joint <- dbinom(y[i], n[i], plogis(eta[i] + tau * z), log = TRUE) + normal
    max(log_joint) + log(sum(exp(log_joint - max(log_joint))))
  }))
}
maximise <- function(y, n, x, start) {
  negative <- function(p) -log_likelihood(p[-length(p)], p[length(p)], y, n, x)
  found <- optim(start, negative, control = list(reltol = 1e-15, maxit = 5000))
  for (i in 1:2) found <- optim(found$par, negative, control = list(reltol = 1e-16, maxit = 5000))
  found
}
out <- NULL
add <- function(set, quantity, value) out <<- rbind(out, data.frame(set = set, quantity = quantity, value = sprintf("%.17g", value)))
for (set in names(sets)) {
  y <- sets[[set]]$y; n <- sets[[set]]$n; k <- length(y)
  one <- matrix(1, k, 1)
  start <- c(qlogis(sum(y) / sum(n)), 0.8)
  best <- maximise(y, n, one, start)
  tau <- abs(best$par[2]); if (set == "alike") tau <- 0
  top <- log_likelihood(best$par[1], tau, y, n, one)
  add(set, "mean", best$par[1]); add(set, "tau2", tau^2); add(set, "log_likelihood", top)
  given <- function(tau) optimize(function(b) log_likelihood(b, tau, y, n, one), best$par[1] + c(-4, 4), maximum = TRUE, tol = 1e-10)$objective
  beyond <- function(tau) 2 * (top - given(tau)) - qchisq(0.95, 1)
  low <- if (tau > 0 && beyond(0) > 0) uniroot(beyond, c(0, tau), tol = 1e-9)$root^2 else 0
  add(set, "tau2_low", low)
  add(set, "tau2_high", uniroot(beyond, c(tau, tau + 4), tol = 1e-9)$root^2)
  # Limits with tau and the mean integrated out by sums, without any normal approximation; half-normal prior, scale 2.
  if (set %in% c("pritz", "nms")) {
    means <- best$par[1] + seq(-4, 4, length.out = 161)
    taus <- seq(0, 5, length.out = 51)
    weight <- outer(means, taus, Vectorize(function(b, t) exp(log_likelihood(b, t, y, n, one) - top) * dnorm(t, 0, 2)))
    weight <- weight / sum(weight)
    cumulated <- cumsum(rowSums(weight)) - rowSums(weight) / 2
    for (p in c(0.025, 0.975)) {
      side <- if (p < 0.5) "low" else "high"
      add(set, paste0("pooled_", side), plogis(approx(cumulated, means, p)$y))
      new <- uniroot(function(u) sum(weight * outer(means, taus, function(b, t) pnorm((u - b) / pmax(t, 1e-9)))) - p,
                     best$par[1] + c(-9, 9), tol = 1e-8)$root
      add(set, paste0("predicted_", side), plogis(new))
    }
  }
  add(set, "lrt", glm(cbind(y, n - y) ~ 1, family = binomial)$deviance)
  w <- y * (n - y) / n
  if (all(w > 0)) add(set, "wald", sum(w * (qlogis(y / n) - weighted.mean(qlogis(y / n), w))^2))
  if (set == "pritz") add(set, "i2_metafor", rma.glmm(measure = "PLO", xi = y, ni = n)$I2 / 100)
  if (set == "nms") {
    covariates <- list(year = sets$nms$year / 10, size = log10(n), small = 1000 / n)
    for (name in names(covariates)) {
      covariate <- as.vector(scale(covariates[[name]]))
      fitted <- maximise(y, n, cbind(1, covariate), c(best$par[1], -0.2, 1))
      add(set, paste0("slope_", name), exp(fitted$par[2] / sd(covariates[[name]])))
    }
  }
}
write.csv(out, "meta_analysis.csv", row.names = FALSE, quote = FALSE)
