"""One scenario, three mechanisms side by side: really sent, counted, and with a clock for the thief.

Reading order: `choices.py` (what can be chosen), `steps.py` (what happens), `story.py` (what was seen), `columns/`
(one mechanism each, the same methods), `play.py` (one step of a run). Everything else is the page and its store.
"""
