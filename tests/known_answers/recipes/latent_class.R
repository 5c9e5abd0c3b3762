# Writes latent_class_patterns.csv and latent_class.csv: a two-class latent class model by brute force. Needs Debian's
# r-base-core. Run here: Rscript latent_class.R
#
# Patterns are drawn with a seed; `-1` is undecided. The likelihood is maximised by optim() from several starts on the logit scale;
# the information is optimHess() of it; profile limits are found by maximising it again with one parameter fixed,
# for shares with fewer than 5 expected subjects on one side.
set.seed(20)
level <- 0.95
draw <- function(n, share, sensitivity, specificity, missing) {
  class <- runif(n) < share
  x <- sapply(seq_along(sensitivity), function(j) as.integer(runif(n) < ifelse(class, sensitivity[j], 1 - specificity[j])))
  x[matrix(runif(length(x)) < missing, nrow(x))] <- -1
  x
}
sets <- list(
  complete = draw(1500, 0.3, c(0.9, 0.8, 0.7, 0.6), c(0.95, 0.9, 0.85, 0.97), 0),
  missing = draw(2500, 0.2, c(0.85, 0.7, 0.6, 0.75, 0.5), c(0.97, 0.9, 0.9, 0.95, 0.8), 0.25),
  just_identified = draw(2000, 0.4, c(0.9, 0.8, 0.75), c(0.9, 0.85, 0.9), 0),
  at_the_bound = draw(600, 0.3, c(0.9, 0.8, 0.7, 0.6), c(1, 0.9, 0.85, 0.8), 0)
)
log_likelihood <- function(theta, x, n) {
  m <- ncol(x); p <- plogis(theta)
  of_class <- function(share, met) {
    each <- matrix(met, nrow(x), m, byrow = TRUE)
    share * apply(ifelse(x == 1, each, ifelse(x == 0, 1 - each, 1)), 1, prod)
  }
  sum(n * log(of_class(p[1], p[2:(1 + m)]) + of_class(1 - p[1], p[(2 + m):(1 + 2 * m)])))
}
highest <- function(start, x, n, fixed = integer(0)) {
  free <- setdiff(seq_along(start), fixed)
  worse <- function(part) { theta <- start; theta[free] <- part; -log_likelihood(theta, x, n) }
  part <- start[free]
  for (i in 1:4) part <- optim(part, worse, method = "BFGS", control = list(maxit = 5000, reltol = 1e-15))$par
  theta <- start; theta[free] <- part
  list(theta = theta, value = -worse(part))
}
profile_limit <- function(best, x, n, place, side) {
  fall <- qchisq(level, 1); start <- best$theta
  beyond <- function(at) {
    theta <- start; theta[place] <- at
    found <- highest(theta, x, n, place); start <<- found$theta
    2 * (best$value - found$value) - fall
  }
  inner <- min(max(best$theta[place], -8), 8); outer <- inner + side
  while (abs(outer) < 12 && beyond(outer) <= 0) { inner <- outer; outer <- outer + side }
  if (abs(outer) >= 12) return((side > 0) * 1)
  start <- best$theta
  plogis(uniroot(beyond, sort(c(inner, outer)), tol = 1e-4)$root)
}
number <- function(x) trimws(formatC(x, digits = 10, format = "g"))

patterns <- list(); results <- list()
for (name in names(sets)) {
  x <- sets[[name]]
  counted <- aggregate(n ~ ., data.frame(x, n = 1L), sum)
  x <- as.matrix(counted[, -ncol(counted)]); n <- counted$n; m <- ncol(x)
  fits <- lapply(1:6, function(i) {
    highest(c(-0.8, rep(1.2, m), rep(-1.2, m)) + if (i == 1) 0 else rnorm(1 + 2 * m, 0, 0.5), x, n)
  })
  best <- fits[[which.max(sapply(fits, function(f) f$value))]]
  theta <- best$theta
  p <- plogis(theta)
  bound <- p < 1e-4 | p > 1 - 1e-4
  se <- rep(NA, length(theta))
  inner <- which(!bound)
  information <- -optimHess(theta[inner], function(part) { t <- theta; t[inner] <- part; log_likelihood(t, x, n) },
                            control = list(ndeps = rep(1e-4, length(inner))))
  se[inner] <- sqrt(diag(solve(information)))
  z <- qnorm((1 + level) / 2)
  low <- plogis(theta - z * se); high <- plogis(theta + z * se)
  class_size <- sum(n) * c(1, rep(c(p[1], 1 - p[1]), each = m))
  for (place in which(class_size * pmin(p, 1 - p) < 5)) {
    low[place] <- profile_limit(best, x, n, place, -1); high[place] <- profile_limit(best, x, n, place, 1)
  }
  patterns[[name]] <- data.frame(name, pattern = apply(x, 1, paste, collapse = " "), n)
  results[[name]] <- data.frame(name, place = seq_along(p) - 1, estimate = number(p), low = number(low), high = number(high),
                                log_likelihood = number(best$value))
}
write.csv(do.call(rbind, patterns), "latent_class_patterns.csv", quote = FALSE, row.names = FALSE)
write.csv(do.call(rbind, results), "latent_class.csv", quote = FALSE, row.names = FALSE)
