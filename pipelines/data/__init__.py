"""Data sets: questions with what is known of their right answers, read from files of many formats."""
