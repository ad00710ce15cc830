"""How times are written where a template does not say, and so in all of the admin.

To the second: several acts often fall into one minute.
"""

from __future__ import annotations

DATE_FORMAT = "Y-m-d"
TIME_FORMAT = "H:i:s"
DATETIME_FORMAT = "Y-m-d H:i:s"
