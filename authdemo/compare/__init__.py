"""One scenario, three mechanisms side by side: really sent, counted, and with a clock for the thief.

Reading order: `choices.py` (what can be chosen), `steps.py` (what happens), `story.py` (what was seen), `columns/`
(one mechanism each, the same methods), `play.py` (one step of a run). The page: `forms.py` (what may be sent),
`views.py`, `page.py` (what is shown), and the words for what was seen: `endings.py`, `clocks.py`, `summary.py`.
Everything else is the command, and where a run is kept.
"""
