"""Where a token is kept, and what an injected script makes of it."""
