"""More attacks: without a signature, and with a key that should not count."""

from __future__ import annotations

from functools import partial

from .making import DOES_NOT_FIT, NOT_ALLOWED, OWN_KEYS, attack

more = partial(attack, more=True)

ATTEMPTS = (
    more(
        "stripped-signature",
        question="The signature is missing. Is that a wrong signature?",
        short="Stripped signature",
        lead="Code that verifies “if there is a signature” verifies nothing: an attacker leaves it out.",
        plan="The claims username and role are changed, alg stays, and nothing stands behind the second dot.",
        wrong="WRONG",
        why="it asks whether there is a signature before it asks whether it is right.",
        real=(DOES_NOT_FIT,),
    ),
    more(
        "changed-payload",
        question="Somebody writes another name into your token. Who notices?",
        short="Changed payload",
        lead="A payload is text in base64url. Everybody can decode it, change it, and encode it again.",
        plan="The claims username and role are changed. Header and signature stay as they were.",
        wrong="WRONG",
        why="it decodes and believes. The same is jwt.decode with verify_signature off.",
        real=(DOES_NOT_FIT,),
    ),
    more(
        "none-spelled-otherwise",
        question="“none” is forbidden. What about “None”?",
        short="none, otherwise spelled",
        lead="A verifier forbids “none” and lets everything else through. There are many ways to write it.",
        plan="alg: none is sent in four other spellings.",
        wrong="WRONG",
        why="a list of what is forbidden is never complete. A list of what is allowed is.",
        real=(NOT_ALLOWED,),
    ),
    more(
        "jwk-in-header",
        question="The token brings its own key along. Who verifies with that?",
        short="Injected jwk",
        lead="A header may hold the public key of whoever signed (RFC 7515 §4.1.3). An attacker makes a key pair, "
        "signs, and puts the public half in. The signature is really good.",
        plan="A new key signs claims for a teacher, and stands in the header itself.",
        wrong="WRONG",
        why="a signature says that the owner of a key signed. Whose key that is, the token cannot say.",
        real=(OWN_KEYS, DOES_NOT_FIT),
    ),
    more(
        "jku-in-header",
        question="The token says where its key is to be fetched. Who goes there?",
        short="jku",
        lead="A header may name the address of a key set (RFC 7515 §4.1.2). The attacker has one. A verifier that "
        "goes there gets a key that fits, and calls whatever address it is given, also inside your network.",
        plan="The hostile pages of this demo sign claims for a teacher, and publish the key.",
        wrong="WRONG",
        why="it fetches the key from where the token says. (Here it goes nowhere but to the hostile pages.)",
        real=(OWN_KEYS, DOES_NOT_FIT),
    ),
    more(
        "x5u-in-header",
        question="The same with a certificate. Does that make it better?",
        short="x5u",
        lead="x5u names the address of a certificate (RFC 7515 §4.1.5). A certificate that nobody vouches for is a "
        "key with a name on it, and anybody can write the name.",
        plan="The hostile pages sign claims for a teacher, and publish a certificate that they made themselves.",
        wrong="WRONG",
        why="it fetches the certificate from where the token says, and asks nobody who vouches for it.",
        real=(OWN_KEYS, DOES_NOT_FIT),
    ),
    more(
        "kid-as-path",
        question="A key's name is a file's name. Which file does the attacker name?",
        short="kid as a path",
        lead="Where keys lie in a folder, the kid becomes a path. With dots in it, it leads to another file, whose "
        "content the attacker knows as well. That content is the secret then.",
        plan="The kid leads out of the folder with the keys, to a public file. Its content signs, with HS256.",
        wrong="WRONG",
        why="the path leads to wherever the token says. (Here the folder is made for one look, and nothing else of "
        "this machine can be read.)",
        wrong_in="jwt_app.attacks.naive_keys.from_a_folder",
        real=(OWN_KEYS,),
    ),
    more(
        "kid-as-sql",
        question="A key is looked up by its name in a database. What does the attacker ask for?",
        short="kid as SQL",
        lead="Where keys lie in a table, the kid becomes a part of a statement. A quotation mark makes it "
        "a statement of its own, whose answer is a secret of the attacker's choice.",
        plan="The kid ends the statement and adds one that answers with a word. That word signs, with HS256.",
        wrong="WRONG",
        why="the token writes a part of the statement. (Here the database is in memory, and can only be read.)",
        wrong_in="jwt_app.attacks.naive_keys.from_a_table",
        real=(OWN_KEYS,),
    ),
)
