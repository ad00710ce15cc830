"""`make bench`: what the mechanisms cost here, and the same jobs done by others. Nothing of it is in the product."""
