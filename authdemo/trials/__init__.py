"""What attacks on all three mechanisms have in common: predict, send, see the answer and the line that decided.

Each app's attacks/ has its own attempts, its own table, and the templates of its own parts.
"""
