# Writes reporting_trend.csv: the annual ratio of a proportional reporting ratio by R's glm with one effect for each year (Poisson,
# offset log of reports), its quasi-likelihood profile limits by uniroot; the years stand in reporting_trend_years.csv.
# Needs Debian's r-base-core. Run here: Rscript reporting_trend.R
set.seed(20240103)
made <- function(name, years, share, growth, spread) {
  year <- seq(2012, length.out = years)
  n1 <- round(runif(years, 500, 3000)); n0 <- round(runif(years, 5000, 30000))
  wave <- exp(rnorm(years, 0, 0.5))
  frailty <- if (spread > 0) exp(rnorm(years, 0, spread)) else 1
  data.frame(
    name = name, year = year, a = rpois(years, n1 * share * wave * 3 * exp(growth * (seq_len(years) - years / 2)) * frailty), n1 = n1,
    c = rpois(years, n0 * share * wave), n0 = n0
  )
}
years <- rbind(made("poisson", 12, 0.004, -0.05, 0), made("overdispersed", 10, 0.02, 0.03, 0.4), made("sparse", 5, 0.0006, 0.1, 0))
level <- 0.95
tight <- glm.control(epsilon = 1e-14, maxit = 100)
number <- function(x) trimws(formatC(x, digits = 15, format = "g"))
rows <- NULL
for (name in unique(years$name)) {
  one <- years[years$name == name, ]
  long <- data.frame(
    y = c(one$a, one$c), reports = c(one$n1, one$n0), group = rep(c(1, 0), each = nrow(one)), year = factor(rep(one$year, 2)),
    x = rep(one$year - mean(one$year), 2) * rep(c(1, 0), each = nrow(one))
  )
  fit <- glm(y ~ year + group + x + offset(log(reports)), poisson, long, control = tight)
  share <- fitted(fit)[long$group == 1] / (one$a + one$c)
  free <- nrow(one) - 2
  phi <- sum((one$a - (one$a + one$c) * share)^2 / ((one$a + one$c) * share * (1 - share))) / free
  fall <- qt((1 + level) / 2, free)^2 * max(1, phi)
  beyond <- function(h) {
    long$shifted <- log(long$reports) + h * long$x
    at <- glm(y ~ year + group + offset(shifted), poisson, long, control = tight)
    at$deviance - fit$deviance - fall
  }
  b <- coef(fit)["x"]
  limits <- c(uniroot(beyond, c(b - 3, b), tol = 1e-11)$root, uniroot(beyond, c(b, b + 3), tol = 1e-11)$root)
  rows <- rbind(rows, data.frame(name = name, level = level, estimate = number(exp(b)), low = number(exp(limits[1])), high = number(exp(limits[2])), dispersion = number(phi)))
}
write.csv(years, "reporting_trend_years.csv", quote = FALSE, row.names = FALSE)
write.csv(rows, "reporting_trend.csv", quote = FALSE, row.names = FALSE)
