"""More attacks: by an ID token that is wrong in one way."""

from __future__ import annotations

from functools import partial

from .making import NO_QUESTION, NO_SIGNATURE, NOT_COMPARED, by_id_token, compared
from .token_runs import CHANGED_SUB

more = partial(by_id_token, more=True)
ATTEMPTS = (
    more(
        "wrong-nonce",
        question="The ID token answers another sign-in. Is it good for this one?",
        short="Foreign or missing nonce",
        plan="Mallory signs in. Her answer has an ID token of another sign-in of Alice's: once with that one's nonce, "
        "once with none.",
        check="_nonce",
        text='token.claims.get("nonce")',
        clause="The token must bring back what this sign-in has asked (OpenID Connect Core §3.1.3.7, 11).",
        why="a token that was copied once is good for every sign-in after that.",
        stock=NO_QUESTION,
    ),
    more(
        "wrong-key",
        question="Somebody else has signed the ID token. Who notices?",
        short="Wrong key",
        plan="Mallory signs in. Her answer has an ID token of Alice's, signed with a key that is not the provider's.",
        check="_signature",
        text="_signed_by(key, token)",
        clause="Only a key that the provider has published decides (OpenID Connect Core §3.1.3.7, 6).",
        why="what is not verified can be written by anybody between the two.",
        stock=NO_SIGNATURE,
    ),
    more(
        "alg-none",
        question="Nobody has signed the ID token, and it says so. Who believes it?",
        short="alg: none",
        plan="Mallory signs in. Her answer has an ID token of Alice's with alg: none, and no signature.",
        check="_signed_by",
        text="algorithms=[",
        clause="The key says which algorithm (RFC 8725 §3.1), so what the token says of itself does not matter.",
        why="the token itself decides whether it is verified.",
        stock=NO_SIGNATURE,
    ),
    more(
        "changed-sub",
        question="The ID token says Alice, user-info says Mallory. Who is it?",
        short="Changed sub",
        plan="Mallory signs in with Outside ID. Her ID token says that she is Alice, and its signature is right. With "
        "the access token, the provider says that she is Mallory.",
        run=CHANGED_SUB,
        check="_sub",
        text='expected.userinfo.get("sub") == sub',
        clause="Both must name the same person (OpenID Connect Core §5.3.2).",
        why="two were asked, and one was not listened to.",
        stock=NOT_COMPARED,
    ),
    more(
        "wrong-issuer",
        question="Another issuer says that it is Alice. Is it our Alice?",
        short="Wrong iss",
        plan="Mallory signs in. Her answer has an ID token of another issuer, signed by the same key.",
        check="_iss",
        text='token.claims.get("iss")',
        clause="Exactly the issuer that was asked (OpenID Connect Core §3.1.3.7, 2).",
        why="an account number means something at its own issuer only.",
        stock=compared("iss"),
    ),
    more(
        "expired",
        question="The ID token is two hours old. Is it still Alice?",
        short="Expired",
        plan="Mallory signs in. Her answer has an ID token that Alice got two hours ago, and that was good for one.",
        check="_exp",
        text="time.time() < exp",
        clause="Not after its end (OpenID Connect Core §3.1.3.7, 9), and made a moment ago.",
        why="whoever finds an old one has it for ever.",
        stock=compared("exp"),
    ),
)
