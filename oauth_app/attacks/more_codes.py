"""More attacks: by a code or a state that comes again, by a mix-up, by links, frames and forged forms."""

from __future__ import annotations

from functools import partial

from authdemo.trials.lines import Line

from . import again_runs, form_runs
from .making import ACTED, OF_THREE, STATE, STEPS, attack

more = partial(attack, more=True)
ATTEMPTS = (
    more(
        "code-twice",
        question="Somebody finds a code in a log, after it was used. Is it worth anything?",
        short="Code used twice",
        lead="The address with the code stands in the browser's history, and perhaps in a log. Eve's sign-in is long "
        "over when somebody finds it.",
        plan=(
            "Eve signs in. (At this site she is refused, for her address is not verified, but her code is used.)",
            "A thief opens the same address, and then puts the code into a sign-in of their own.",
        ),
        run=again_runs.code_twice,
        wrong=f"{STEPS}.kept_for_a_reload",
        why="it spares itself a second call, and opens a second session.",
        real=(
            Line(
                STATE,
                "states.get(state_id)",
                "The address as it was: its state belongs to another session.",
            ),
            Line(
                "allauth.socialaccount.providers.oauth2.client.OAuth2Client.get_access_token",
                "resp = sess.request(",
                "With a state of the thief's own: each code is brought to the provider, and it takes one only once "
                "(RFC 6749 §4.1.2). PKCE would stop it as well.",
            ),
        ),
    ),
    more(
        "state-twice",
        question="A state was used. Can somebody bring it once more?",
        short="Replayed state",
        lead="Mallory cannot make up a state of your browser's. But she may read one afterwards, in a log or in an "
        "address that somebody has posted. Then she has you open it again, with a code of her own.",
        plan=(
            "A victim begins a sign-in and says no at the provider. The state has come back, and is used.",
            "Mallory has the victim open an address with that state and her own code.",
            "It is asked who the victim's browser is now.",
        ),
        run=again_runs.state_twice,
        wrong=f"{STEPS}.kept",
        why="the state stays good for as long as the session. (No PKCE either: the victim's verifier would not fit "
        "Mallory's code.)",
        real=(Line(STATE, "del states[state_id]", "A state is taken out of the session by its first use."),),
    ),
    more(
        "mix-up",
        question="One of your providers is dishonest. Does it get the codes of the others?",
        short="Mix-up of two providers",
        lead="You choose a provider that is in Mallory's hands. It sends your browser on to an honest one, where you "
        "consent. Where does the app take the honest one's code?",
        plan=(
            "Alice begins with Google, which the lab lets play the dishonest one here. It sends her on to Outside ID, "
            "with the state of her sign-in.",
            "She consents there, and comes back with the code of Outside ID.",
            "The naive app has one address for all providers, and asks the one that Alice has chosen.",
        ),
        run=again_runs.mix_up,
        wrong=f"{STEPS}.of_the_company",
        why="it takes the code to the provider that was chosen, not to the one that it came from. (No PKCE either, so "
        "the code alone is enough for Mallory.)",
        real=(
            Line(
                STATE,
                "and stashed_state[2] == provider_id",
                "Each provider has an address of its own here, and a state is good at that of its provider only "
                "(RFC 9700 §4.4.2).",
            ),
        ),
    ),
    more(
        "login-parameters",
        question="Does the address of our sign-in take orders?",
        short="auth_params and scope in a link",
        lead="The request to the provider says where the code goes, and what the app may do. Whoever could write into "
        "it could have the code sent elsewhere, or ask for more in the app's name. Three read such a link: the naive "
        "app, allauth's own class as it comes, and this site.",
        plan=(
            "A sign-in is begun as usual, and once more by an address with ?auth_params= and ?scope=.",
            "Both requests to the provider are compared.",
        ),
        columns=ACTED,
        **OF_THREE,
        run=form_runs.login_parameters,
        wrong=f"{STEPS}.what_the_link_says",
        why="the link is anybody's, and has the last word.",
        real=(
            Line(
                "oauth_app.client.provider.CarefulProvider.get_auth_params_from_request",
                "return dict(",
                "What the address says is not read.",
            ),
            Line(
                "allauth.socialaccount.providers.oauth2.provider.OAuth2Provider.get_auth_params_from_request",
                "ret.update(",
                "allauth as it comes: it reads it, and lets it have the last word.",
            ),
            Line(
                "oauth_app.client.provider.CarefulProvider.get_scope_from_request",
                "return list(",
                "Here it adds no scopes either.",
            ),
        ),
    ),
    more(
        "framed",
        question="A hostile page lays ours under its own. Do you press our button?",
        short="In a frame",
        lead="A page can show another one in a frame, make it invisible, and lay it over its own button. You mean to "
        "press theirs, and press “Sign in with …”, or “Allow”.",
        plan=("Pages with such a button are asked for, and what each says of frames is read, as a browser does.",),
        columns=("A hostile page may frame it", "yes", "no"),
        run=form_runs.framed,
        wrong="oauth_app.attacks.naive_page.framed",
        marked="xframe_options_exempt",
        why="the header that every page has is taken away.",
        real=(
            Line(
                "X_FRAME_OPTIONS",
                "X_FRAME_OPTIONS",
                "A browser shows no such page in a frame. The Content-Security-Policy says it once more.",
                setting=True,
            ),
        ),
    ),
    more(
        "connect-csrf",
        question="A hostile page posts “connect” and “disconnect” in your name. Is it done?",
        short="Forged connect",
        lead="Who connects an account of their own to your user comes in as you from then on. So a hostile page would "
        "like to press that button for you.",
        plan=(
            "alice signs in here, and Alice at the naive app.",
            "The forms that connect and disconnect are posted with her cookies, from another origin, without a token.",
        ),
        columns=ACTED,
        run=form_runs.connect_csrf,
        wrong="oauth_app.attacks.naive.connect",
        why="an exception that somebody made to get rid of an error.",
        real=(
            Line(
                "django.middleware.csrf.CsrfViewMiddleware.process_view",
                "if not self._origin_verified(request):",
                "The browser says which page sent the form. It is not ours, so nothing is done.",
            ),
            Line(
                "oauth_app.client.views.login",
                'if request.method != "POST":',
                "And there is no way round it by a link: a sign-in and a connection begin by POST only.",
            ),
        ),
    ),
)
