"""Training: batches, steps, runners, the loop of reports, stopping."""
