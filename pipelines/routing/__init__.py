"""From predicted scores to choices, and what the choices are worth: decisions, curves, metrics, evaluation."""
