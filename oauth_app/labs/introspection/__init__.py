"""A signature verified, or the site asked: the same call both ways, what it costs, and who notices an end."""
