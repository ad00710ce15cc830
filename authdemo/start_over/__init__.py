"""Start over: end what one browser holds, and nothing of anybody else's."""
