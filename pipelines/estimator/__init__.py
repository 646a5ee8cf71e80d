"""The estimators that several learned strategies share: rows of numbers in, plain arrays out."""
