"""What estimates come to when nothing is there: negative controls, and p-values and intervals corrected by them."""
