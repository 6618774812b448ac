"""Files that are whole at any instant, prove it when they are read, and are opened by their kind and size."""
