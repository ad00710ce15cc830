"""A new key signs: who can verify what now? And: a claim is as old as its token."""
