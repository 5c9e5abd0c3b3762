# Writes standardisation.csv: directly standardised rates by epitools. Needs Debian's r-base-core and r-cran-epitools.
# Run here: Rscript standardisation.R
suppressPackageStartupMessages(library(epitools))

strata <- list(
  usual = list(events = c(3, 12, 9, 2), days = c(900000, 2500000, 1800000, 300000), weights = c(26, 34, 28, 12)),
  sparse = list(events = c(0, 1, 0, 1), days = c(40000, 900000, 700000, 5000), weights = c(0.2, 0.3, 0.3, 0.2)),
  heavy = list(events = c(120, 800, 640), days = c(4000000, 9000000, 5000000), weights = c(1, 1, 2)),
  single = list(events = 4, days = 365250, weights = 7)
)
number <- function(x) trimws(formatC(x, digits = 17, format = "g"))
cells <- function(x) paste(format(x, scientific = FALSE, trim = TRUE, drop0trailing = TRUE), collapse = " ")

row_of <- function(name, level) {
  s <- strata[[name]]
  rate <- ageadjust.direct(s$events, s$days / 365.25, stdpop = s$weights, conf.level = level)[-1] * 100000
  c(name, level, cells(s$events), cells(s$days), cells(s$weights), number(rate))
}

rows <- do.call(rbind, lapply(c(0.9, 0.95, 0.99), function(level) t(sapply(names(strata), row_of, level = level))))
colnames(rows) <- c("name", "level", "events", "person_days", "weights", "estimate", "low", "high")
write.csv(rows, "standardisation.csv", quote = FALSE, row.names = FALSE)
