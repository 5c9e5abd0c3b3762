# Writes ranking_quality.csv: Brier score, area under the ROC curve with DeLong's interval from its definition (every case with every
# other subject), and calibration slope and intercept by glm with Wald's interval. Base R only. Run here: Rscript ranking_quality.R
i <- 1:60
probability <- round(((37 * i) %% 97 + 1) / 99, 2)
is_case <- ((53 * i) %% 89) / 89 < probability
level <- 0.95
z <- qnorm((1 + level) / 2)

cases <- probability[is_case]
others <- probability[!is_case]
above <- outer(cases, others, function(x, y) (x > y) + (x == y) / 2)
auc <- mean(above)
se <- sqrt(var(rowMeans(above)) / length(cases) + var(colMeans(above)) / length(others))
stopifnot(all.equal(auc, unname(suppressWarnings(wilcox.test(cases, others)$statistic)) / length(above)))

tight <- glm.control(epsilon = 1e-14, maxit = 100)
slope <- glm(is_case ~ qlogis(probability), family = binomial, control = tight)
intercept <- glm(is_case ~ 1, offset = qlogis(probability), family = binomial, control = tight)
wald <- function(fit, n) coef(fit)[[n]] + c(0, -1, 1) * z * sqrt(vcov(fit)[n, n])

rows <- rbind(
  brier = c(mean((probability - is_case)^2), NA, NA),
  auc = auc + c(0, -1, 1) * z * se,
  calibration_slope = wald(slope, 2),
  calibration_intercept = wald(intercept, 1)
)
number <- function(x) trimws(formatC(x, digits = 17, format = "g"))
numbers <- apply(rows, 2, number)
numbers[is.na(rows)] <- ""
write.csv(
  data.frame(measure = rownames(rows), estimate = numbers[, 1], low = numbers[, 2], high = numbers[, 3]),
  "ranking_quality.csv", quote = FALSE, row.names = FALSE
)
