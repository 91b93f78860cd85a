"""Plans, problems and outcomes as text and JSON. Renders values, decides nothing."""
