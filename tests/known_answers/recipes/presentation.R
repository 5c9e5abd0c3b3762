# Silhouette (package cluster), bootstrap Jaccard stability (package fpc) and exact intervals (base R) of cases with ten features.
# Run in this folder: Rscript presentation.R
# R 4.2.2, cluster 2.1.4, fpc 2.2-10.
library(cluster)
library(fpc)

set.seed(41)
latent <- rep(1:3, c(90, 60, 40))
share <- rbind(rep(c(0.9, 0.85, 0.1, 0.3), c(3, 3, 3, 1)), rep(c(0.1, 0.9, 0.15, 0.5), c(3, 3, 3, 1)), rep(c(0.15, 0.1, 0.9, 0.4), c(3, 3, 3, 1)))
cases <- matrix(rbinom(190 * 10, 1, share[latent, ]), 190, 10)
colnames(cases) <- paste0("f", 1:10)
write.csv(cases, "presentation_cases.csv", row.names = FALSE)

best <- function(x, k) kmeans(x, k, nstart = 500, iter.max = 100)$cluster
resamples <- t(replicate(12, sample(190, 190, replace = TRUE)))
write.table(resamples, "presentation_resamples.csv", sep = ",", row.names = FALSE, col.names = FALSE)

out <- data.frame()
say <- function(what, k, value, low = NA, high = NA)
  out <<- rbind(out, data.frame(what = what, k = k, value = value, low = low, high = high))

for (k in 2:3) {
  whole <- best(cases, k)
  # Number of features in which two cases differ.
  say("silhouette", k, mean(silhouette(whole, dist(cases, "manhattan"))[, "sil_width"]))
  similar <- matrix(0, nrow(resamples), k)
  for (r in seq_len(nrow(resamples))) {
    drawn <- resamples[r, ]
    found <- best(cases[drawn, ], k)
    for (one in 1:k) similar[r, one] <- max(sapply(1:k, function(other) clujaccard(whole[drawn] == one, found == other)))
  }
  for (one in order(table(whole), decreasing = TRUE)) {
    say("size", k, sum(whole == one))
    say("stability", k, mean(similar[, one]))
  }
}
typical <- best(cases, 2)
typical <- typical == which.max(table(typical))
for (feature in 1:10) {
  test <- binom.test(sum(cases[typical, feature]), sum(typical))
  say(paste0("share_f", feature), 2, unname(test$estimate), test$conf.int[1], test$conf.int[2])
}
for (column in c("value", "low", "high")) out[[column]] <- sprintf("%.15g", out[[column]])
write.csv(out, "presentation.csv", row.names = FALSE, quote = FALSE)
