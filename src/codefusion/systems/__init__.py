"""What is measured side by side: each answers utterances with ranked programs."""
