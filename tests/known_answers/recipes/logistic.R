# Writes logistic_data.csv and logistic.csv: Firth's and ridge logistic regression, estimates and profile limits.
# Data: `endometrial` of brglm2 (Heinze and Schemper 2002: NV separates), and a made-up grouped table with an empty cell.
# Firth's coefficients are those of brglm2 (AS_mean); its limits, and all of the ridge, are found by optim and uniroot on the
# penalised likelihood itself. Needs Debian's r-base-core and r-cran-brglm2 (0.8.2). Run here: Rscript logistic.R
suppressPackageStartupMessages(library(brglm2))
number <- function(x) trimws(formatC(x, digits = 15, format = "g"))
data(endometrial)
endo <- data.frame(name = "endometrial", x1 = endometrial$NV, x2 = endometrial$PI, x3 = endometrial$EH,
                   successes = endometrial$HG, trials = 1)
grouped <- expand.grid(x1 = 0:1, x2 = 0:1, x3 = 0:2)
grouped$name <- "grouped"
grouped$successes <- c(40, 0, 12, 0, 35, 0, 14, 3, 20, 1, 9, 2)
grouped$trials <- c(4000, 60, 800, 12, 3000, 90, 900, 30, 1500, 25, 600, 20)
data_all <- rbind(endo, grouped[, names(endo)])
level <- 0.95
fall <- qchisq(level, 1)

penalised <- function(d, kind, strength) {
  x <- cbind(1, d$x1, d$x2, d$x3)
  function(beta) {
    eta <- drop(x %*% beta)
    p <- plogis(eta)
    l <- sum(d$successes * eta - d$trials * (pmax(eta, 0) + log1p(exp(-abs(eta)))))
    if (kind == "firth") {
      l + as.numeric(determinant(crossprod(x * (d$trials * p * (1 - p)), x))$modulus) / 2
    } else {
      l - strength * sum(beta[3:4]^2) / 2
    }
  }
}
maximise <- function(f, start) {
  for (i in 1:6) start <- optim(start, function(b) -f(b), method = "BFGS", control = list(reltol = 1e-15, maxit = 5000))$par
  start
}

rows <- list()
for (name in c("endometrial", "grouped")) for (kind in c("firth", "ridge")) {
  if (name == "endometrial" && kind == "ridge") next
  d <- data_all[data_all$name == name, ]
  f <- penalised(d, kind, 2)
  best <- maximise(f, c(log(sum(d$successes) / (sum(d$trials) - sum(d$successes))), 0, 0, 0))
  if (kind == "firth") {
    fit <- glm(cbind(successes, trials - successes) ~ x1 + x2 + x3, binomial, d, method = "brglmFit", type = "AS_mean",
               control = list(epsilon = 1e-12, maxit = 2000))
    stopifnot(max(abs(coef(fit) - best)) < 1e-3)
    best <- coef(fit)
  }
  top <- f(best)
  for (column in if (kind == "firth") 2:4 else 2) {
    se <- sqrt(solve(optimHess(best, function(b) -f(b)))[column, column])
    beyond <- function(value) {
      free <- setdiff(1:4, column)
      whole <- function(rest) { b <- numeric(4); b[free] <- rest; b[column] <- value; b }
      rest <- maximise(function(rest) f(whole(rest)), best[free])
      2 * (top - f(whole(rest))) - fall
    }
    side <- function(sign) {
      far <- best[column] + sign * 2 * se
      while (beyond(far) < 0) far <- far + sign * se
      uniroot(beyond, sort(c(best[column], far)), tol = 1e-10)$root
    }
    rows[[length(rows) + 1]] <- data.frame(name, kind, column = column - 1, estimate = number(exp(best[column])),
                                           low = number(exp(side(-1))), high = number(exp(side(1))))
  }
}
write.csv(data_all, "logistic_data.csv", row.names = FALSE, quote = FALSE)
write.csv(do.call(rbind, rows), "logistic.csv", row.names = FALSE, quote = FALSE)
