"""Statistics of experiments: intervals, paired comparisons, power, agreement; imports scipy and statsmodels late."""
