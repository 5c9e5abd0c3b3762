# Writes proportions.csv: exact binomial intervals by R's binom.test. Needs Debian's r-base-core. Run here: Rscript proportions.R
x_of_n <- rbind(
  c(0, 1), c(1, 1), c(0, 10), c(1, 10), c(5, 10), c(9, 10), c(10, 10), c(12, 9792), c(252, 2534), c(328, 297647),
  c(1, 25000000), c(24999999, 25000000), c(3000, 1124137)
)

number <- function(x) trimws(formatC(x, digits = 17, format = "g"))

row_of <- function(pair, level) {
  exact <- binom.test(pair[1], pair[2], conf.level = level)
  c(formatC(pair, format = "d"), level, number(c(exact$estimate, exact$conf.int)))
}

rows <- do.call(rbind, lapply(c(0.9, 0.95, 0.99), function(level) t(apply(x_of_n, 1, row_of, level = level))))
colnames(rows) <- c("numerator", "denominator", "level", "estimate", "low", "high")
write.csv(rows, "proportions.csv", quote = FALSE, row.names = FALSE)
