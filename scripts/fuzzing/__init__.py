"""What scripts/fuzz_files.py damages, and how."""
