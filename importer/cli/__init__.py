"""One module per command. click lives here and nowhere else."""
