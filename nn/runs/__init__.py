"""Run directories: writing, reading, resuming, comparing and verifying the files of training runs."""
