# Writes calibration_controls.csv, made-up negative controls, and calibration.csv: the empirical null by optim on the same
# likelihoods (normal with standard errors; binomial counts with the normal error integrated out by integrate), profile limits
# by uniroot, and calibrated p-values and intervals. Run here (R 4.2.2): Rscript calibration.R
number <- function(x) trimws(formatC(x, digits = 15, format = "g"))
set.seed(20240601)
n1 <- c(400, 800, 1500, 300, 2500, 600, 900, 1200, 350, 700, 5000, 450, 1000, 640, 280)
theta <- rnorm(length(n1), -0.3, 0.6)
reports <- 40000
a <- rbinom(length(n1), n1, 0.006 * exp(theta))
controls <- data.frame(a = a, n1 = n1, c = 300 - a, n0 = reports - n1)
level <- 0.95
fall <- qchisq(level, 1) / 2

normal <- with(controls[a > 0, ], {
  b <- n1 - a; d <- n0 - c
  y <- log(a * d / (b * c)); se <- sqrt(1 / a + 1 / b + 1 / c + 1 / d)
  function(mu, sigma) sum(dnorm(y, mu, sqrt(sigma^2 + se^2), log = TRUE))
})
counts <- function(mu, sigma) sum(mapply(function(a, n1, c, n0) {
  one <- function(z) dbinom(a, a + c, plogis(log(n1 / n0) + mu + sigma * z)) * dnorm(z)
  log(integrate(one, -9, 9, rel.tol = 1e-11, abs.tol = 0, subdivisions = 500)$value)
}, controls$a, controls$n1, controls$c, controls$n0))

rows <- list()
for (kind in c("normal", "counts")) {
  f <- get(kind)
  top <- optim(c(-0.3, log(0.5)), function(b) -f(b[1], exp(b[2])), control = list(reltol = 1e-15, maxit = 5000))
  mu <- top$par[1]; sigma <- exp(top$par[2]); best <- -top$value
  at_mu <- function(m) optimize(function(s) f(m, s), c(0, 5), maximum = TRUE, tol = 1e-9)$objective - best + fall
  at_sigma <- function(s) optimize(function(m) f(m, s), c(-5, 5), maximum = TRUE, tol = 1e-9)$objective - best + fall
  rows[[length(rows) + 1]] <- data.frame(
    kind,
    mean = number(mu), mean_low = number(uniroot(at_mu, c(-5, mu), tol = 1e-9)$root),
    mean_high = number(uniroot(at_mu, c(mu, 5), tol = 1e-9)$root),
    sd = number(sigma), sd_low = number(if (at_sigma(0) >= 0) 0 else uniroot(at_sigma, c(0, sigma), tol = 1e-9)$root),
    sd_high = number(uniroot(at_sigma, c(sigma, 5), tol = 1e-9)$root),
    p = number(2 * pnorm(-abs((log(3) - mu) / sqrt(sigma^2 + 0.4^2)))),
    ratio = number(exp(log(3) - mu)), low = number(exp(log(3) - mu - qnorm(0.975) * sqrt(sigma^2 + 0.4^2))),
    high = number(exp(log(3) - mu + qnorm(0.975) * sqrt(sigma^2 + 0.4^2)))
  )
}
write.csv(controls, "calibration_controls.csv", row.names = FALSE, quote = FALSE)
write.csv(do.call(rbind, rows), "calibration.csv", row.names = FALSE, quote = FALSE)
