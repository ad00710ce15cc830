"""The people and their credentials of the admin's tests."""

from tests.admin.conftest import admin as admin
from tests.admin.conftest import alice as alice
from tests.admin.conftest import alices as alices
from tests.admin.conftest import teacher as teacher
from tests.admin.conftest import tokens as tokens
from tests.oauth_app.conftest import company as company
from tests.sessions_app.labs.stores.conftest import lab as lab
