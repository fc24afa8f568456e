"""Systems side by side: predictions, tables and figures from one configuration."""
