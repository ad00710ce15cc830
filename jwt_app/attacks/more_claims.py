"""More attacks: tokens that the site has signed and that are not good here, and tokens that are hard to read."""

from __future__ import annotations

from functools import partial

from authdemo.trials.lines import Line

from . import verdicts
from .making import DOES_NOT_FIT, attack, claim

more = partial(attack, more=True)

# Not to wait an hour for a token to expire, the lab lets the site's own key sign one that has.
SIGNED = "The lab lets the site's own key sign it, since no attacker could."

AUDIENCE = claim("aud", '"Audience doesn\'t match"', "The claim aud says for which service a token is.")
ATTEMPTS = (
    more(
        "expired",
        question="A token expired an hour ago. Its signature is still right. Who takes it?",
        short="Expired",
        lead="A signature never ends. What ends is what the claim exp says, if anybody looks.",
        plan=f"A token whose exp is an hour ago. {SIGNED}",
        wrong="WRONG",
        why="a token that was copied once would open it for ever.",
        real=(claim("exp", "raise ExpiredSignatureError", "The claim exp is compared with the clock."),),
    ),
    more(
        "not-yet",
        question="A token is good from the next hour on. Who takes it now?",
        short="nbf",
        lead="A token can be issued for later, by the claim nbf: “not before”.",
        plan=f"A token whose nbf is in an hour. {SIGNED}",
        wrong="WRONG",
        why="it takes a token before its time.",
        real=(claim("nbf", "raise ImmatureSignatureError", "The claim nbf is compared with the clock."),),
    ),
    more(
        "wrong-audience",
        question="A token was issued for another service. Does it open this one?",
        short="Wrong aud",
        lead="Several services trust the same issuer. One of them gets your token, and could send it on to another.",
        plan=f"A token whose aud is another-api. {SIGNED}",
        wrong="WRONG",
        why="whoever gets a token for one service could use it at this one.",
        real=(AUDIENCE,),
    ),
    more(
        "wrong-issuer",
        question="The key is known, the issuer is not. Who looks at the issuer?",
        short="Wrong iss",
        lead="A key can serve more than one issuer: a test system, a second tenant. The signature says which key "
        "signed. For whom it signed is what the claim iss says.",
        plan=f"A token whose iss is another address. {SIGNED}",
        wrong="WRONG",
        why="users of two issuers have the same names and numbers, and are not the same people.",
        real=(claim("iss", 'raise InvalidIssuerError("Invalid issuer")', "The claim iss is compared."),),
    ),
    more(
        "id-token",
        question="An ID token says who somebody is. Does it open an API?",
        short="ID token as access token",
        lead="An ID token tells an app who has signed in (OpenID Connect). It is for that app, and passes through "
        "browsers. An API that takes it lets every app in that its users ever signed in to.",
        plan=f"A token as an ID token is: its aud is an app, it has a nonce and no token_type. {SIGNED}",
        wrong="WRONG",
        why="it is content with a name and a good signature.",
        real=(
            AUDIENCE,
            Line("demo.orders.verify.verified", "audience=audience", "The orders service asks the same."),
        ),
    ),
    more(
        "duplicate-claims",
        question="A claim stands in the token twice. Which of the two counts?",
        short="Duplicate claims",
        lead="Two programs can read the same JSON differently: of a name that stands there twice, one takes the first "
        "and one takes the last. If the one verifies and the other one believes, an attacker can speak to both.",
        plan="The claims username and role are written a second time, behind the others. The signature stays.",
        wrong="WRONG",
        why="what it verifies is not what came, but what it has read and written again.",
        real=(DOES_NOT_FIT,),
    ),
    more(
        "huge",
        question="A token has 50 KiB. What does that do to a server?",
        short="Huge",
        lead="A token comes with each request, and whoever sends it chooses how large it is.",
        plan="A claim of 40 KiB is added. The signature stays.",
        wrong="return claims_in",
        why="nothing is, this time: a careful verifier reads it, too. What is large costs milliseconds, and proves "
        "nothing.",
        real=(DOES_NOT_FIT,),
    ),
    more(
        "deeply-nested",
        question="A token has 20,000 brackets in one another. Who breaks down?",
        short="Deeply nested",
        lead="To read JSON, a program goes into each bracket and remembers where it came from. At some depth Python "
        "gives up, with an error that few programs expect.",
        plan="A claim of 20,000 brackets in one another is added. The signature stays.",
        choices=(
            ("neither", "Nobody: it is refused as any other forged token."),
            ("naive", "The verifier that is wrong on purpose, and not this site."),
            ("site", "This site, and not the verifier that is wrong on purpose."),
            ("both", "Both."),
        ),
        happened=verdicts.who_broke_down,
        wrong="WRONG",
        why="it reads what anybody may have written, before it knows who has. (The log has one line of it.)",
        real=(
            Line(
                "jwt.api_jwt.PyJWT.decode_complete",
                "payload = self._decode_payload(decoded)",
                "PyJWT reads the payload's JSON here: after the signature was verified, and it was wrong.",
            ),
        ),
    ),
    more(
        "unknown-crit",
        question="A token demands something that nobody here understands. May it be taken?",
        short="crit",
        lead="The member crit of a header lists what a verifier must understand (RFC 7515 §4.1.11), a condition, say. "
        "Who does not understand it has to refuse the token, since it may be good only under that condition.",
        plan=f"A token with a condition that this demo has made up. {SIGNED}",
        wrong="WRONG",
        why="it takes the token and leaves the condition out.",
        real=(
            Line(
                "jwt.api_jws.PyJWS._validate_crit",
                "Unsupported critical extension",
                "What PyJWT does not understand it refuses.",
            ),
        ),
    ),
    more(
        "b64-false",
        question="The payload is plain text that looks like base64url. What was signed?",
        short="b64",
        lead="With b64: false in the header, the payload is the text itself and is not decoded (RFC 7797). A service "
        "that signs texts, whatever they say, has signed one that looks like an encoded payload.",
        plan="The site's key signs a text which somebody gave it. It is what the claims of a teacher look like when "
        "they are encoded. (The lab signs it: this site signs no texts.)",
        wrong="WRONG",
        why="it decodes what was never encoded, and finds claims in it that nobody vouched for.",
        real=(
            Line(
                "jwt.api_jws.PyJWS._load",
                "Payload segment must be empty",
                "PyJWT takes such a payload from its caller and never from the token.",
            ),
        ),
    ),
)
