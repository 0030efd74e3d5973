"""What is in a text: identifiers with their check digits. Findings hold kinds and offsets, never the text."""
