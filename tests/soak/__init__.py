"""`make soak`: the site at work for long. What grows is found: memory, descriptors, connections, journals, tables."""
