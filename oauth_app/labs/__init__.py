"""Experiments with sign-ins. They use the project's instruments; the app's core knows nothing of them."""
