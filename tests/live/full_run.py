"""One visitor tries everything. To have a new part searched, add its step here."""

from __future__ import annotations

from collections.abc import Callable

from tests.live import (
    attack_steps,
    compare_steps,
    inspector_steps,
    key_steps,
    more_steps,
    provider_steps,
    session_steps,
    steps,
    third_party_steps,
    tour_steps,
)
from tests.live.visit import Run

STEPS: list[Callable[[Run], None]] = [
    steps.open_the_wire,
    steps.session_sign_in_refused,
    steps.sessions_on_two_devices,
    session_steps.each_store_by_hand,
    session_steps.each_store_by_a_button,
    session_steps.each_attack,
    session_steps.a_new_password,
    session_steps.a_lock,
    tour_steps.the_tour,
    steps.tokens_on_the_page,
    steps.tokens_revealed,
    inspector_steps.tokens_inspected,
    attack_steps.each_attack_on_a_token,
    steps.tokens_by_program,
    steps.a_token_in_a_cookie,
    steps.tokens_in_four_places,
    steps.a_family_that_ends,
    steps.replay_after_sign_out,
    provider_steps.sign_in_with_each_provider,
    provider_steps.a_forged_callback,
    provider_steps.a_sign_in_in_slow_motion,
    provider_steps.connect_switch_disconnect,
    provider_steps.on_my_behalf,
    third_party_steps.a_third_party_app,
    third_party_steps.paper_and_ink,
    third_party_steps.a_television,
    more_steps.an_app_of_ones_own,
    more_steps.verify_or_ask,
    attack_steps.each_attack_on_a_sign_in,
    compare_steps.a_scenario,
    steps.the_other_device,
    steps.credentials_in_addresses,
    steps.the_wire_as_a_page,
    steps.the_admin,
    provider_steps.stores_during_a_sign_in,
    key_steps.a_new_key,
    steps.sign_out_and_start_over,
]
