"""What is in a text: identifiers, each by two independent signals. Findings hold kinds and offsets, never the text."""
