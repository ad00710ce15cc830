"""One guard for every password: how often may somebody guess?

django-axes keeps the counts, calls the guard before and after each try, and replaces the answer during a lock. Here is
what it leaves open: which names are one account (`keys`), when a lock begins and ends (`locks`), what is kept of a try
(`models`, `handler`), and what the answer says (`answers`).
"""
