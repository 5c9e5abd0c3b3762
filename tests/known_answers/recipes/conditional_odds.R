# Writes conditional_odds.csv: conditional odds ratios with exact limits as base R's fisher.test gives them.
# Run with R 4.2.2: Rscript conditional_odds.R
tables <- rbind(           # events and subjects of the group, then of the reference
  c(3, 12, 5, 90),
  c(0, 8, 4, 60),          # no event in the group
  c(1, 20, 1, 20),
  c(13, 15, 20, 60),
  c(40, 400, 25, 900),
  c(2, 3, 1, 200)
)
result <- NULL
for (level in c(0.9, 0.95)) for (i in seq_len(nrow(tables))) {
  x <- tables[i, ]
  test <- fisher.test(rbind(c(x[1], x[2] - x[1]), c(x[3], x[4] - x[3])), conf.level = level)
  result <- rbind(result, c(level, x, test$estimate, test$conf.int))
}
colnames(result) <- c("level", "events", "subjects", "reference_events", "reference_subjects", "estimate", "low", "high")
write.csv(format(as.data.frame(result), digits = 12, trim = TRUE), "conditional_odds.csv", row.names = FALSE, quote = FALSE)
