# Writes bias.csv: E-values (formula of VanderWeele and Ding), quantiles of a trapezoid by numerical inversion, and corrected
# numbers by solving 2x2 tables in integers of people. Base R 4.2.2.
out <- NULL
add <- function(case, quantity, value) out <<- rbind(out, data.frame(case = case, quantity = quantity, value = sprintf("%.17g", value)))
strength <- function(r) { r <- ifelse(r < 1, 1 / r, r); r + sqrt(r * (r - 1)) }
hazard <- function(r) (1 - 0.5^sqrt(r)) / (1 - 0.5^sqrt(1 / r))
for (r in c(0.25, 0.8, 1, 1.05, 3.9, 12)) {
  add(r, "rate_ratio", strength(r)); add(r, "odds_ratio_rare", strength(r)); add(r, "hazard_ratio_rare", strength(r))
  add(r, "odds_ratio_common", strength(sqrt(r))); add(r, "hazard_ratio_common", strength(hazard(r)))
}
for (t in list(c(0.4, 0.6, 0.8, 0.95), c(0.5, 0.5, 0.7, 0.9), c(0.2, 0.3, 0.3, 0.3), c(0.1, 0.1, 0.6, 0.6))) {
  height <- 2 / (t[4] - t[1] + t[3] - t[2])
  density <- function(x) height * ifelse(x < t[2], (x - t[1]) / (t[2] - t[1]), ifelse(x > t[3], (t[4] - x) / (t[4] - t[3]), 1))
  inside <- sort(unique(t))
  cumulated <- function(x) {
    parts <- c(inside[inside < x], x)
    sum(sapply(seq_len(length(parts) - 1), function(i) integrate(density, parts[i], parts[i + 1], rel.tol = 1e-12)$value))
  }
  for (p in c(0.01, 0.2, 0.5, 0.77, 0.99))
    add(paste(t, collapse = " "), sprintf("%g", p), uniroot(function(x) cumulated(x) - p, c(t[1], t[4]) + c(1e-12, 0), tol = 1e-13)$root)
}
# Outcome found in a of n: with A true cases, a = Se A + (1 - Sp)(n - A).
for (row in list(c(60, 1000, 0.8, 0.97), c(5, 40, 0.55, 0.99), c(900, 1000, 0.95, 0.9))) {
  true_cases <- solve(row[3] - (1 - row[4]), row[1] - (1 - row[4]) * row[2])
  add(paste(row, collapse = " "), "proportion", true_cases / row[2])
}
# x episodes found in T person-years, PPV x are true, and those are Se of all.
add("40 20 0.7 0.9 0.5 0.8", "rate_ratio_corrected", (40 * 0.9 / 0.7) / (20 * 0.8 / 0.5))
write.csv(out, "bias.csv", row.names = FALSE, quote = FALSE)
