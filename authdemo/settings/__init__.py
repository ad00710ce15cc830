"""The site's settings: what any Django project has (`base`), then one file for each mechanism."""

from .api_docs import *  # noqa: F403
from .base import *  # noqa: F403
from .guard import *  # noqa: F403
from .jwt import *  # noqa: F403
from .oauth import *  # noqa: F403
from .provider import *  # noqa: F403
from .sessions import *  # noqa: F403
