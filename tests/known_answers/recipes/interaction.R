# Writes interaction.csv: Omega by the formula of Noren et al. 2008 as printed (g11 with its 1 - 1 / (...)), limits by qgamma;
# the additive contrast with limits recovered from binom.test's. Run here (R 4.2.2): Rscript interaction.R
number <- function(x) trimws(formatC(x, digits = 15, format = "g"))
cells <- rbind(
  c(6, 172, 29, 229, 164, 5712, 29, 17149), c(0, 34, 10, 1000, 12, 811, 207, 21939), c(26, 392, 4, 600, 63, 2700, 95, 18744),
  c(3, 3, 1, 40, 2, 50, 5, 900), c(1, 20, 0, 500, 0, 400, 200, 20000)
)
colnames(cells) <- c("x11", "n11", "x10", "n10", "x01", "n01", "x00", "n00")
row_of <- function(r) {
  f00 <- r["x00"] / r["n00"]; f10 <- r["x10"] / r["n10"]; f01 <- r["x01"] / r["n01"]; f11 <- r["x11"] / r["n11"]
  o <- function(f) f / (1 - f)
  g11 <- 1 - 1 / (max(o(f00), o(f10)) + max(o(f00), o(f01)) - o(f00) + 1)
  e <- g11 * r["n11"]
  limits <- function(x, n) binom.test(x, n)$conf.int
  l <- rbind(limits(r["x11"], r["n11"]), limits(r["x10"], r["n10"]), limits(r["x01"], r["n01"]), limits(r["x00"], r["n00"]))
  p <- c(f11, f10, f01, f00)
  d <- f11 - f10 - f01 + f00
  down <- sqrt((p[1] - l[1, 1])^2 + (l[2, 2] - p[2])^2 + (l[3, 2] - p[3])^2 + (p[4] - l[4, 1])^2)
  up <- sqrt((l[1, 2] - p[1])^2 + (p[2] - l[2, 1])^2 + (p[3] - l[3, 1])^2 + (l[4, 2] - p[4])^2)
  c(r, expected = e, omega = log2((r["x11"] + 0.5) / (e + 0.5)),
    omega_low = log2(qgamma(0.025, r["x11"] + 0.5, e + 0.5)), omega_high = log2(qgamma(0.975, r["x11"] + 0.5, e + 0.5)),
    contrast = d, contrast_low = d - down, contrast_high = d + up)
}
out <- t(apply(cells, 1, row_of))
colnames(out) <- c(colnames(cells), "expected", "omega", "omega_low", "omega_high", "contrast", "contrast_low", "contrast_high")
write.csv(apply(out, 2, number), "interaction.csv", row.names = FALSE, quote = FALSE)
