"""Statistics of experiments: intervals, paired comparisons, power, agreement; the only importer of scipy.stats."""
