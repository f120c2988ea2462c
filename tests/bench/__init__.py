"""`make bench`: how fast slots are found, and whether they are right. Medians and spread, ratios in one run."""
