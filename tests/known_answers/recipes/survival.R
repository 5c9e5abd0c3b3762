# Writes survival_subjects.csv (made-up subjects) and survival.csv, which tests/known_answers/test_survival.py reads.
# Run with R 4.2.2, survival 3.5-3, cmprsk 2.2-11: Rscript survival.R
library(survival)
library(cmprsk)

level <- 0.95
set.seed(17)
draw <- function(name, n, days, censored, late) {
  time <- floor(rexp(n, 1 / days))
  cause <- ifelse(runif(n) < censored, 0, ifelse(runif(n) < 0.85, 1, 2))
  entry <- ifelse(runif(n) < late, floor(runif(n) * 5), -1)
  time <- pmax(time, entry + 1)
  data.frame(name = name, time = time, cause = cause, entry = entry)
}
subjects <- rbind(
  draw("few", 13, 9, 0.3, 0),
  draw("ties", 120, 6, 0.15, 0),
  draw("censored", 60, 40, 0.8, 0),
  draw("none_censored", 40, 12, 0, 0),
  draw("late", 150, 14, 0.2, 0.3)
)
write.csv(subjects, "survival_subjects.csv", row.names = FALSE, quote = FALSE)

result <- NULL
add <- function(name, what, time, estimate, low, high) {
  result <<- rbind(result, data.frame(name, what, time, estimate, low, high))
}
for (name in unique(subjects$name)) {
  d <- subjects[subjects$name == name, ]
  begin <- pmax(d$entry, -1)
  km <- survfit(Surv(begin, d$time, d$cause > 0) ~ 1, conf.type = "log-log", conf.int = level)
  add(name, "kaplan_meier", km$time, km$surv, km$lower, km$upper)
  # Shares at which the curve is flat are left out: survfit gives the middle of the flat stretch, we its beginning.
  for (share in c(0.23, 0.51, 0.76)) {
    q <- quantile(km, share)
    add(name, "quantile", share, q$quantile, q$lower, q$upper)
  }
  state <- factor(d$cause, 0:2, c("censored", "first", "second"))
  id <- seq_len(nrow(d))
  aj <- survfit(Surv(begin, d$time, state) ~ 1, id = id, conf.type = "log-log", conf.int = level)
  for (k in 2:3) {
    add(name, paste0("aalen_johansen_", k - 1), aj$time, aj$pstate[, k], aj$lower[, k], aj$upper[, k])
  }
  # Another estimator of the variance (Aalen's), as a second opinion; only without late entry.
  if (all(d$entry < 0)) {
    days <- c(3, 7, 14)
    tp <- timepoints(cuminc(d$time, d$cause), days)
    for (k in seq_len(nrow(tp$est))) add(name, paste0("cuminc_variance_", k), days, tp$est[k, ], tp$var[k, ], NA)
  }
}
number <- sapply(result, is.numeric)
result[number] <- lapply(result[number], function(x) ifelse(is.na(x), "", sprintf("%.15g", x)))
write.csv(result, "survival.csv", row.names = FALSE, quote = FALSE)
