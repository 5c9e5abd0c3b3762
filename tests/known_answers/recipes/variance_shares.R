# Writes variance_shares.csv: what the sum of squares of made-up values (variance_values.csv) loses without each factor, over the
# total, by R's lm and drop1. Needs Debian's r-base-core. Run here: Rscript variance_shares.R
set.seed(20240104)
grid <- expand.grid(definition = c("d1", "d2", "d3"), roles = c("ps", "any"), era = c("all", "early", "late"), stringsAsFactors = FALSE)
grid$value <- round(as.numeric(factor(grid$definition)) * 0.4 + (grid$roles == "any") * 0.9 + rnorm(nrow(grid), 0, 0.3), 6)
grid <- grid[-c(2, 7, 11), ]
fit <- lm(value ~ definition + roles + era, grid)
dropped <- drop1(fit)
total <- sum((grid$value - mean(grid$value))^2)
shares <- data.frame(factor = rownames(dropped)[-1], share = trimws(formatC(dropped[-1, "Sum of Sq"] / total, digits = 15, format = "g")))
write.csv(grid, "variance_values.csv", quote = FALSE, row.names = FALSE)
write.csv(shares, "variance_shares.csv", quote = FALSE, row.names = FALSE)
