"""Pages that train a network in the browser: its recorded steps as JavaScript, its data, its start."""
