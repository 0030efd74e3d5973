"""Post a folder of captures: read it in batches, remember what was answered, go on where it stopped."""
