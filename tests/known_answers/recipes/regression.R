# Writes regression_strata.csv, made-up strata, and regression.csv, the rate ratios that R's glm and MASS::glm.nb give for them.
# Needs Debian's r-base-core and r-cran-mass (7.3-58.2). Run here: Rscript regression.R
suppressPackageStartupMessages(library(MASS))
set.seed(20240101)
levels_of <- expand.grid(
  year = 2015:2022, sex = c("female", "male"), age_band = c("18-39", "40-64", "65-84", "85+"), exposed = c("false", "true"),
  stringsAsFactors = FALSE
)

made <- function(name, days, spread, empty_band = "") {
  strata <- levels_of
  strata$name <- name
  strata$person_days <- round(days * runif(nrow(strata), 0.2, 2))
  rate <- 30 / 100000 / 365.25 * ifelse(strata$exposed == "true", 2, 1) * ifelse(strata$sex == "male", 1.4, 1) *
    0.95^(strata$year - 2015) * ifelse(strata$age_band == empty_band, 0, 1)
  frailty <- if (spread > 0) rgamma(nrow(strata), shape = 1 / spread, rate = 1 / spread) else 1
  strata$events <- rpois(nrow(strata), rate * frailty * strata$person_days)
  strata
}

strata <- rbind(
  made("poisson", 5000000, 0),
  made("overdispersed", 10000000, 1),
  made("sparse", 150000, 0, empty_band = "85+")
)
level <- 0.95
number <- function(x) trimws(formatC(x, digits = 15, format = "g"))
tight <- glm.control(epsilon = 1e-14, maxit = 100)

# Limits by uniroot on the profile of the deviance, the dispersion of the negative binomial held at its estimate.
row_of <- function(name, interest) {
  used <- strata[strata$name == name, ]
  # An age band without episodes has no finite coefficient; without it, the likelihood of the rest is the same.
  used <- used[used$age_band %in% used$age_band[used$events > 0], ]
  used$interest <- if (interest == "exposed") as.numeric(used$exposed == "true") else used$year - min(used$year)
  if (interest == "year") {
    used <- aggregate(cbind(events, person_days) ~ interest + sex + age_band, used, sum)
    others <- events ~ sex + age_band
  } else {
    used$years <- used$year - min(used$year)
    others <- events ~ sex + age_band + years
  }
  with_interest <- update(others, . ~ . + interest)
  with_time <- update(with_interest, . ~ . + offset(log(person_days)))
  poisson_fit <- glm(with_time, poisson, used, control = tight)
  dispersion <- sum(residuals(poisson_fit, "pearson")^2) / poisson_fit$df.residual
  if (name == "overdispersed" && interest == "exposed") {
    theta <- glm.nb(with_time, used, control = tight)$theta
    family <- negative.binomial(theta)
    log_likelihood <- function(fit) sum(dnbinom(used$events, size = theta, mu = fitted(fit), log = TRUE))
  } else {
    theta <- NA
    family <- poisson()
    log_likelihood <- function(fit) sum(dpois(used$events, fitted(fit), log = TRUE))
  }
  fit <- glm(with_time, family, used, control = tight)
  best <- log_likelihood(fit)
  b <- coef(fit)["interest"]
  beyond <- function(value) {
    used$shifted <- log(used$person_days) + value * used$interest
    at <- glm(update(others, . ~ . + offset(shifted)), family, used, control = tight)
    2 * (best - log_likelihood(at)) - qchisq(level, 1)
  }
  limits <- c(uniroot(beyond, c(b - 3, b), tol = 1e-10)$root, uniroot(beyond, c(b, b + 3), tol = 1e-10)$root)
  c(name, interest, level, number(exp(c(b, limits))), number(dispersion), if (is.na(theta)) "" else number(1 / theta))
}

rows <- rbind(
  row_of("poisson", "exposed"), row_of("overdispersed", "exposed"), row_of("sparse", "exposed"),
  row_of("poisson", "year"), row_of("sparse", "year")
)
colnames(rows) <- c("name", "interest", "level", "estimate", "low", "high", "dispersion", "alpha")
write.csv(rows, "regression.csv", quote = FALSE, row.names = FALSE)
write.csv(strata[c("name", "exposed", "age_band", "sex", "year", "events", "person_days")], "regression_strata.csv", quote = FALSE, row.names = FALSE)
