"""Pages that train a network in the browser: its recorded steps as JavaScript, with its data and its start."""
