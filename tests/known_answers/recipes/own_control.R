# Writes own_control_cells.csv and own_control_matched.csv, made up, and own_control.csv: rate ratios within persons by R's glm with
# a level for each person (Poisson), an odds ratio by survival::clogit, and one of pairs by binom.test.
# Needs Debian's r-base-core and r-cran-survival (R 4.2.2, survival 3.5-3). Run here: Rscript own_control.R
suppressPackageStartupMessages(library(survival))
set.seed(20240105)
persons <- 60
cells <- expand.grid(window = c("none", "early", "late"), age = c("young", "old"), person = seq_len(persons), stringsAsFactors = FALSE)
cells$days <- sample(1:400, nrow(cells), replace = TRUE)
# Some persons lack some cells.
cells <- cells[runif(nrow(cells)) < 0.8, ]
weight <- cells$days * ifelse(cells$window == "early", 6, ifelse(cells$window == "late", 2, 1)) * ifelse(cells$age == "old", 1.5, 1)
cells$events <- 0
for (person in unique(cells$person)) {
  own <- which(cells$person == person)
  hit <- own[sample.int(length(own), 1 + (person %% 7 == 0), replace = TRUE, prob = weight[own])]
  for (cell in hit) cells$events[cell] <- cells$events[cell] + 1
}
# One window in the year before and three references: the first has the episode.
matched <- expand.grid(place = 0:3, person = seq_len(120))
matched$exposed <- as.integer(runif(nrow(matched)) < ifelse(matched$place == 0, 0.6, 0.3))
matched$other <- as.integer(runif(nrow(matched)) < 0.2 + 0.3 * matched$exposed)
matched$case <- as.integer(matched$place == 0)

level <- 0.95
fall <- qchisq(level, 1)
number <- function(x) trimws(formatC(x, digits = 15, format = "g"))
tight <- glm.control(epsilon = 1e-14, maxit = 100)

cells$early <- as.numeric(cells$window == "early")
cells$late <- as.numeric(cells$window == "late")
cells$old <- as.numeric(cells$age == "old")

poisson_row <- function(window) {
  other <- setdiff(c("early", "late"), window)
  formula <- reformulate(c(window, other, "old", "factor(person)"), "events")
  full <- glm(formula, poisson, cells, offset = log(days), control = tight)
  beyond <- function(value) {
    rest <- reformulate(c(other, "old", "factor(person)"), "events")
    held <- cells
    held$held <- log(held$days) + value * held[[window]]
    glm(rest, poisson, held, offset = held, control = tight)$deviance - full$deviance - fall
  }
  estimate <- unname(coef(full)[window])
  error <- sqrt(vcov(full)[window, window])
  root <- function(side) uniroot(beyond, sort(estimate + side * error * c(0.5, 5)), tol = 1e-12)$root
  data.frame(name = window, estimate = number(exp(estimate)), low = number(exp(root(-1))), high = number(exp(root(1))),
             standard_error = number(error))
}

logit_row <- function() {
  control <- coxph.control(eps = 1e-12, toler.chol = 1e-14, iter.max = 100)
  full <- clogit(case ~ exposed + other + strata(person), matched, control = control)
  beyond <- function(value) {
    held <- clogit(case ~ other + offset(value * exposed) + strata(person), matched, control = control)
    2 * (full$loglik[2] - held$loglik[2]) - fall
  }
  estimate <- unname(coef(full)["exposed"])
  error <- sqrt(vcov(full)["exposed", "exposed"])
  root <- function(side) uniroot(beyond, sort(estimate + side * error * c(0.5, 5)), tol = 1e-12)$root
  data.frame(name = "crossover", estimate = number(exp(estimate)), low = number(exp(root(-1))), high = number(exp(root(1))),
             standard_error = number(error))
}

# 11 pairs exposed in the risk window alone, 3 in the reference window alone.
share <- binom.test(11, 14, conf.level = level)$conf.int
pairs <- data.frame(name = "pairs", estimate = number(11 / 3), low = number(share[1] / (1 - share[1])),
                    high = number(share[2] / (1 - share[2])), standard_error = "")

write.csv(cells[c("person", "window", "age", "days", "events")], "own_control_cells.csv", row.names = FALSE, quote = FALSE)
write.csv(matched[c("person", "place", "exposed", "other", "case")], "own_control_matched.csv", row.names = FALSE, quote = FALSE)
write.csv(rbind(poisson_row("early"), poisson_row("late"), logit_row(), pairs), "own_control.csv", row.names = FALSE, quote = FALSE)
