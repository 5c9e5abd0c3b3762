# Writes agreement.csv: kappa and its relatives of 2x2 tables. Needs Debian's r-base-core and r-cran-epir. Run here:
# Rscript agreement.R
#
# Estimates, indices and the exact interval of pabak by epiR::epi.kappa. The standard error of kappa by the delta method with
# numerical derivatives of the multinomial proportions, which is what Fleiss, Cohen and Everitt (1969) give in closed form.
# epi.kappa(method = "fleiss") gives another one: that under the hypothesis of no agreement.
suppressMessages(library(epiR))
tables <- rbind(
  c(19, 10, 6, 43), c(40, 9, 6, 45), c(80, 10, 5, 5), c(1, 2, 3, 15462), c(49, 185, 44, 15462), c(2, 30, 40, 3), c(424, 110, 13, 118),
  c(0, 5, 7, 100)
)
kappa_of <- function(p) {
  first <- p[1] + p[2]; second <- p[1] + p[3]
  expected <- first * second + (1 - first) * (1 - second)
  (p[1] + p[4] - expected) / (1 - expected)
}
gradient <- function(p) {
  sapply(1:4, function(i) {
    h <- max(p[i], 1e-3) * 1e-4
    up <- p; down <- p; up[i] <- p[i] + h; down[i] <- p[i] - h
    (kappa_free(up) - kappa_free(down)) / (2 * h)
  })
}
# As kappa_of, of any four numbers: they are brought to a sum of 1.
kappa_free <- function(x) kappa_of(x / sum(x))
number <- function(x) trimws(formatC(x, digits = 15, format = "g"))

row_of <- function(cells, level) {
  n <- sum(cells); p <- cells / n
  epi <- epi.kappa(matrix(cells, 2, byrow = TRUE), method = "fleiss", conf.level = level)
  g <- gradient(p)
  se <- sqrt((sum(p * g^2) - sum(p * g)^2) / n)
  z <- qnorm((1 + level) / 2)
  exact <- binom.test(cells[1] + cells[4], n, conf.level = level)
  c(cells, level, number(c(
    epi$kappa$est, max(epi$kappa$est - z * se, -1), min(epi$kappa$est + z * se, 1),
    epi$pabak$est, epi$pabak$lower, epi$pabak$upper, epi$pindex$est, epi$bindex$est,
    exact$estimate, exact$conf.int
  )))
}

rows <- do.call(rbind, lapply(c(0.9, 0.95), function(level) t(apply(tables, 1, row_of, level = level))))
colnames(rows) <- c(
  "a", "b", "c", "d", "level", "kappa", "kappa_low", "kappa_high", "pabak", "pabak_low", "pabak_high", "prevalence_index",
  "bias_index", "observed", "observed_low", "observed_high"
)
write.csv(rows, "agreement.csv", quote = FALSE, row.names = FALSE)
