"""Fixtures that every test may ask for: real servers, a real database, a real browser."""

pytest_plugins = ["tests.fixtures.postgres", "tests.fixtures.demo", "tests.fixtures.browser", "tests.fixtures.redis"]
