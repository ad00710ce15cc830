"""The same token, signed in four ways: what it costs, who can verify it, and how long somebody else can use it."""
