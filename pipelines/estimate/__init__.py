"""The estimator: what pipelines will cost and how long they will take, and afterwards how right that was."""
