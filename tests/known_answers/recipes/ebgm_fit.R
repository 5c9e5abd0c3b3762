# Writes ebgm_fit.csv: the prior of the two-gamma mixture fitted to the table of ebgm_table.csv, all cells written out.
# Needs Debian's r-base-core. Run here: Rscript ebgm_fit.R
pairs <- read.csv("ebgm_table.csv")
counts <- xtabs(reports ~ drug + term, pairs)
expected <- outer(rowSums(counts), colSums(counts)) / sum(counts)
bin <- floor(log10(expected) * 50)

# Cells of one count and one bin are one entry, with their mean of expected reports.
key <- paste(counts, bin)
entries <- data.frame(
  n = as.vector(tapply(as.vector(counts), key, function(x) x[1])),
  e = as.vector(tapply(as.vector(expected), key, mean)),
  weight = as.vector(tapply(rep(1, length(counts)), key, sum))
)

minus_log_likelihood <- function(theta, cells) {
  a <- exp(theta)
  p <- plogis(theta[5])
  one <- dnbinom(cells$n, size = a[1], prob = a[2] / (a[2] + cells$e), log = TRUE) + plogis(theta[5], log.p = TRUE)
  two <- dnbinom(cells$n, size = a[3], prob = a[4] / (a[4] + cells$e), log = TRUE) + plogis(-theta[5], log.p = TRUE)
  top <- pmax(one, two)
  -sum(cells$weight * (top + log(exp(one - top) + exp(two - top))))
}

fit <- function(cells) {
  start <- c(log(c(2, 0.5, 5, 5)), qlogis(0.1))
  found <- nlminb(start, minus_log_likelihood, cells = cells, control = list(eval.max = 5000, iter.max = 5000, rel.tol = 1e-15))
  for (again in 1:5) {
    found <- nlm(minus_log_likelihood, if (again == 1) found$par else found$estimate,
                 cells = cells, gradtol = 1e-12, steptol = 1e-14, iterlim = 5000)
  }
  c(exp(found$estimate[1:4]), plogis(found$estimate[5]), -found$minimum)
}

number <- function(x) trimws(formatC(x, digits = 17, format = "g"))
whole <- data.frame(n = as.vector(counts), e = as.vector(expected), weight = 1)
rows <- rbind(
  c("squashed", nrow(entries), number(fit(entries))),
  c("all", nrow(whole), number(fit(whole)))
)
colnames(rows) <- c("cells", "entries", "alpha_1", "beta_1", "alpha_2", "beta_2", "weight", "log_likelihood")
write.csv(rows, "ebgm_fit.csv", row.names = FALSE, quote = FALSE)
