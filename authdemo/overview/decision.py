"""The decision tree as data: a few questions, and answers that give their reasons."""

from __future__ import annotations

from dataclasses import dataclass

from authdemo.mechanisms import JWT, OAUTH, SESSIONS, Mechanism


@dataclass(frozen=True)
class Answer:
    """What to take, why, and what would change it. Several `parts` are a combination."""

    parts: tuple[Mechanism, ...]
    title: str
    reasons: tuple[str, ...]
    switch_when: str


@dataclass(frozen=True)
class Option:
    """One reply to a question, and where it leads."""

    label: str
    leads_to: Question | Answer

    @property
    def answer(self) -> Answer | None:
        """The answer that this reply ends in, None where another question follows."""
        return self.leads_to if isinstance(self.leads_to, Answer) else None


@dataclass(frozen=True)
class Question:
    """A question with its replies."""

    text: str
    options: tuple[Option, ...]


PLAIN_SESSIONS = Answer(
    parts=(SESSIONS,),
    title="Django sessions",
    reasons=(
        "Django has them switched on. You write no code for it.",
        "Sign-out, a changed password and “end my other devices” work at once, since each request asks the server.",
        "The cookie is out of reach for JavaScript, so a script that gets into your page cannot carry it away.",
    ),
    switch_when="Another service must know the caller without asking you, or other people's apps want in.",
)
PROVIDER_SIGN_IN = Answer(
    parts=(OAUTH, SESSIONS),
    title="OAuth2 with OpenID Connect to sign in, a session afterwards",
    reasons=(
        "The password is typed at the provider and never reaches you.",
        "The provider's answer is used once, to open an ordinary Django session. What is good about sessions stays.",
        "django-allauth runs the protocol. It has many parts that must all be right.",
    ),
    switch_when="The provider must not be able to lock your users out: then offer a password of your own as well.",
)
BOTH_SIGN_INS = Answer(
    parts=(SESSIONS, OAUTH),
    title="A session for all, opened by password or by a provider",
    reasons=(
        "Both ways end in the same session, so the rest of your site does not care.",
        "Connect a provider only to somebody who is signed in, or whose address the provider has verified.",
    ),
    switch_when="Nearly nobody uses the password any more: then drop it, and with it a form that can be attacked.",
)
SAME_SITE_APP = Answer(
    parts=(SESSIONS,),
    title="Django sessions, also for a single-page app",
    reasons=(
        "The browser sends the cookie with fetch() as well, as long as app and API are the same site.",
        "The app holds no token, so there is none to steal from its storage.",
        "Send Django's CSRF token with every request that changes something.",
    ),
    switch_when="A mobile app or a page on another site calls the same API.",
)
API_TOKENS = Answer(
    parts=(JWT,),
    title="JWT: a short access token and a refresh token",
    reasons=(
        "A mobile app keeps no cookies for you. It sends a token in a header.",
        "Fifteen minutes of access limit what a stolen copy is worth. The refresh token can be taken back.",
        "Each refresh gives a new refresh token. An old one that comes back shows that somebody has a copy.",
    ),
    switch_when="You must be able to end access in this very second: a session or an opaque token does that, "
    "a JWT only with a list that is looked up each time.",
)
BETWEEN_SERVICES = Answer(
    parts=(SESSIONS, JWT),
    title="Sessions for people, JWT between services",
    reasons=(
        "The other service checks the signature with your public key. It needs no database and no call to you.",
        "It cannot make tokens itself, since it never has the private key (RS256, not HS256).",
        "People in browsers keep a session, where sign-out is sign-out.",
    ),
    switch_when="The other service is always able to ask you: then a look-up is simpler, and revoking works at once.",
)
YOU_ARE_THE_PROVIDER = Answer(
    parts=(OAUTH, SESSIONS),
    title="OAuth2, with you as the provider",
    reasons=(
        "Your users never give their password to somebody else's app.",
        "Each app gets only the scopes that the user agreed to, and the user can end one app without the others.",
        "The user signs in at your site to agree, with an ordinary session.",
    ),
    switch_when="All apps are your own: then you need no consent, and one of the answers above is simpler.",
)
ALL_OF_IT = Answer(
    parts=(SESSIONS, JWT, OAUTH),
    title="A combination: each for its own callers",
    reasons=(
        "Your pages use sessions, your services check JWTs, other people's apps come by OAuth2.",
        "One user model stands behind all three. This project is built like that.",
        "Start with sessions alone. Add the next one on the day when its caller is there.",
    ),
    switch_when="One of the callers goes away: drop its mechanism, with everything that had to be kept safe for it.",
)

PASSWORDS = Question(
    "Who checks the password?",
    (
        Option("My site does", PLAIN_SESSIONS),
        Option("GitHub, Google, or my company's identity provider", PROVIDER_SIGN_IN),
        Option("Both, as the user likes", BOTH_SIGN_INS),
    ),
)
OWN_APP = Question(
    "Where does your app run?",
    (
        Option("In the browser, on the same site as the API", SAME_SITE_APP),
        Option("On phones, or on pages of another site", API_TOKENS),
    ),
)
TREE = Question(
    "Who calls your server?",
    (
        Option("Browsers, which show pages of my site", PASSWORDS),
        Option("An app of my own that calls an API", OWN_APP),
        Option("Other services, which must check the caller by themselves", BETWEEN_SERVICES),
        Option("Other people's apps, on behalf of my users", YOU_ARE_THE_PROVIDER),
        Option("Several of these", ALL_OF_IT),
    ),
)


def follow(path: str) -> tuple[list[tuple[Question, Option]], Question | Answer]:
    """Return the replies on a way through the tree, and what stands at its end.

    "" is the start, "0-2" the first reply and then the third. Raises LookupError for a way that does not exist.
    """
    node: Question | Answer = TREE
    taken: list[tuple[Question, Option]] = []
    for step in path.split("-") if path else []:
        if not isinstance(node, Question) or step not in {str(number) for number in range(len(node.options))}:
            raise LookupError(path)
        option = node.options[int(step)]
        taken.append((node, option))
        node = option.leads_to
    return taken, node
