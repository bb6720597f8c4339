"""The defects: what each breaks, where it is, what is changed into what, and who must catch it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from repatria.exchange.events import RightReturned
from tests.clearing import test_non_interference, test_paper
from tests.deal import test_classes, test_fit, test_quota
from tests.defects import checks
from tests.defects.checks import rule
from tests.exchange import (
    test_agreeing,
    test_asked,
    test_attacks,
    test_deadlines,
    test_disputes,
    test_late,
    test_merge,
    test_outward,
    test_parties,
    test_seeing,
)
from tests.families import test_commands as test_family_commands
from tests.families import test_proof as test_family_proof
from tests.law import test_review
from tests.public import test_published, test_suppression
from tests.remains import test_examining

EXCHANGE = "repatria.exchange."


@dataclass(frozen=True)
class Defect:
    breaks: str
    where: str
    old: str
    new: str
    caught_by: Callable[[], object]


DEFECTS = {
    # --- keys and signatures ------------------------------------------------------------------------------------------
    "a revoked key is accepted": Defect(
        "authority at that index", EXCHANGE + "state:State.key_at",
        "(grant.until is None or grant.until >= index)", "True",
        test_late.test_a_visitors_words_after_its_revocation_count_for_nothing,
    ),
    "a signature that does not fit is accepted": Defect(
        "authority", "repatria.ledger.note:ed25519_verify", "        return False\n    return True",
        "        return True\n    return True",
        test_merge.test_a_signature_of_one_exchange_is_worth_nothing_in_another,
    ),
    "one key binds a party": Defect(
        "m of n (THREATS 18)", EXCHANGE + "authority:check_signatures", "have < needed", "have < 0",
        partial(rule, "authority.quorum"),
    ),
    "a stolen key appoints signatories": Defect(
        "m of n (THREATS 18)", EXCHANGE + "authority:_signatories_needed",
        "return _to_bind(", "return 0 and _to_bind(",
        test_attacks.test_a_stolen_member_key_cannot_replace_the_signatories_with_its_own,
    ),
    "a signature of another exchange is accepted": Defect(
        "domain separation (THREATS 8)", EXCHANGE + "fold:_admit", "body.exchange != state.exchange", "False",
        partial(rule, "exchange.other"),
    ),
    "a replayed event takes effect again": Defect(
        "replay (THREATS 7)", EXCHANGE + "fold:_admit", "if name in state.events:", "if False:",
        partial(rule, "chain.replayed"),
    ),
    "two events for one place of a chain both take effect": Defect(
        "one chain per author", EXCHANGE + "fold:is_forked", "return body.seq <= seq or body.prev != last",
        "return False",
        test_attacks.test_everything_behind_a_fork_is_void_however_far_behind,
    ),
    "a back-dated event is accepted": Defect(
        "back-dating (THREATS 4)", EXCHANGE + "fold:_take_as_said", "if size < seen:", "if False:",
        partial(rule, "seen.backwards"),
    ),
    "an event takes effect before what it rests on": Defect(
        "refs before effect", EXCHANGE + "fold:check_refs", "ref not in state.events", "False",
        test_attacks.test_ordered_before_what_it_refers_to_an_event_is_delayed_and_takes_effect_afterwards,
    ),
    # --- late, dark, lost ---------------------------------------------------------------------------------------------
    "a late release after revocation counts without the other side's signature": Defect(
        "late events, rule 6", EXCHANGE + "person:_between_desks", "right.dark or right.release_revoked", "right.dark",
        test_late.test_a_release_by_a_key_revoked_since_is_unconfirmed_until_the_unrevoked_receipt_comes,
    ),
    "a late receipt after revocation counts as if the key stood": Defect(
        "late events, rule 6", EXCHANGE + "person:Right.said", " if not receipt.revoked", "",
        test_late.test_with_both_keys_revoked_a_handover_stays_unconfirmed_until_both_sides_settle_it,
    ),
    "what a revoked desk gave back is available at once": Defect(
        "late events, rule 6", EXCHANGE + "person:Person._by_latest_right", "if right.end_revoked:", "if False:",
        partial(test_late.test_what_a_revoked_desk_says_it_gave_back_is_not_available_before_both_sides_settle_it,
                RightReturned),
    ),
    "a dark desk's people are available by time alone": Defect(
        "late events, rule 6", EXCHANGE + "person:Person._by_latest_right",
        "return UNCONFIRMED if right.dark else RIGHT_OUT", "return WITHHELD if right.dark else RIGHT_OUT",
        test_late.test_nobody_is_available_again_by_being_unconfirmed,
    ),
    "a right expires by a device's clock": Defect(
        "time, rule 7", EXCHANGE + "handing:_held_right", "    if fact.place != right.place:",
        "    if fact.body.at[:10] > state.stages[right.stage].date:\n"
        "        raise Refuse(\"right.ended\", \"the day is over\")\n"
        "    if fact.place != right.place:",
        checks.a_clock_ten_years_off_changes_nothing,
    ),
    "one mediator makes the time": Defect(
        "time, rule 7", EXCHANGE + "state:State.log_time", "latest[self.mediator_quorum - 1]", "latest[0]",
        test_deadlines.test_the_day_passes_when_a_quorum_of_mediators_says_so_and_not_before,
    ),
    "an acknowledgement comes before fsync": Defect(
        "acknowledged implies present", "repatria.store.tiles:LogStore._write_frame", "journal.fsync()", "pass",
        checks.a_power_cut_loses_nothing_acknowledged,
    ),
    # --- rights and the balance ---------------------------------------------------------------------------------------
    "a desk releases without holding the right": Defect(
        "single right", EXCHANGE + "handing:_held_right", "right.holder != holder or ", "",
        partial(rule, "right.other"),
    ),
    "a second right is granted while one is out": Defect(
        "single right", EXCHANGE + "handing:right_granted", "if person.state not in AVAILABLE:", "if False:",
        partial(rule, "right.single"),
    ),
    "a right is used twice": Defect(
        "single release", EXCHANGE + "handing:_held_right", "if not (right.out or ", "if not (True or ",
        partial(rule, "right.ended"),
    ),
    "the balance leaves out rights that others hold": Defect(
        "prefix balance, worst case", EXCHANGE + "sequence:_may_have", "return right.holder != holder and known.out",
        "return False",
        test_late.test_two_desks_of_one_side_apart_cannot_together_run_ahead_of_the_places_bound,
    ),
    "the balance is not looked at": Defect(
        "prefix balance", EXCHANGE + "sequence:check_sequence", "if person.counts and not", "if False and not",
        test_parties.test_the_bound_holds_the_side_however_many_of_its_parties_hold_people,
    ),
    "a direct-repatriation case is held up by the balance": Defect(
        "outside the ratio, rule 5", EXCHANGE + "sequence:check_sequence", "if person.counts and not", "if not",
        checks.people_outside_the_ratio_are_held_up_by_nothing_and_counted_nowhere,
    ),
    "a direct-repatriation case counts in the balance": Defect(
        "outside the ratio, rule 5", EXCHANGE + "counting:_in_balance", "if not person.counts:", "if False:",
        checks.people_outside_the_ratio_are_held_up_by_nothing_and_counted_nowhere,
    ),
    "the exposure of a stage is not looked at": Defect(
        "the bound over all places", EXCHANGE + "handing:_check_exposure", "if ahead > allowed:", "if False:",
        partial(rule, "stage.exposure"),
    ),
    "somebody is withdrawn under a right": Defect(
        "withdrawal never under a right", EXCHANGE + "always:withdrawn_from_list",
        "check_no_right_out(person)", "pass",
        partial(rule, "withdraw.right_out"),
    ),
    "a receipt answers a release of another epoch": Defect(
        "received iff both signed the same", EXCHANGE + "handing:_answer", "if right.epoch == event.epoch", "if True",
        partial(rule, "receipt.mismatch"),
    ),
    "whom one desk identified and another did not is free to be released again": Defect(
        "single release", EXCHANGE + "person:Person.state", " and self._may_be_across", " and False",
        test_late.test_whom_a_second_desk_identified_under_an_earlier_right_nobody_releases_again_before_it_is_settled,
    ),
    "a finding that comes after both sides have settled it is refused": Defect(
        "what took effect at a desk takes effect everywhere", EXCHANGE + "handing:_answer", "if identified and right",
        "if right",
        test_late.test_a_finding_that_comes_after_both_sides_have_settled_the_release_bears_them_out,
    ),
    "a release falls with a receipt that its desk could not know to be void": Defect(
        "what took effect at a desk takes effect everywhere", EXCHANGE + "handing:in_good_faith",
        "return all(", "return False and all(",
        test_late.test_a_release_stands_that_relies_on_a_receipt_which_falls_with_the_others_double_signing,
    ),
    "a void receipt answers for whoever can know that it is void": Defect(
        "prefix balance", EXCHANGE + "handing:in_good_faith", " and not state.known_to_fall(ref, fact.judged)", "",
        test_late.test_a_receipt_that_fell_is_no_answer_for_whoever_can_know_it,
    ),
    "a void receipt keeps giving credit": Defect(
        "prefix balance", EXCHANGE + "sequence:_unaware", "and not state.known_to_fall(event, knows.judged)", "",
        test_late.test_a_receipt_that_fell_is_no_answer_for_whoever_can_know_it,
    ),
    "anybody receives anybody": Defect(
        "received by whom they go to", EXCHANGE + "handing:_answer", "person.to != fact.member", "False",
        test_parties.test_a_party_of_the_same_side_cannot_receive_for_another,
    ),
    "supervisors of one side settle": Defect(
        "rule 6: both sides", EXCHANGE + "handing:release_confirmed",
        "if not set(state.parties) <= assent.members(assents):", "if False:",
        test_late.test_with_both_keys_revoked_a_handover_stays_unconfirmed_until_both_sides_settle_it,
    ),
    # --- wishes -------------------------------------------------------------------------------------------------------
    "somebody is released past the gate": Defect(
        "cleared first", EXCHANGE + "handing:check_cleared",
        "right.presented is None or right.presented not in fact.body.refs or ", "",
        partial(rule, "release.not_cleared"),
    ),
    "the gate's no is not heard": Defect(
        "wishes, rule 4", EXCHANGE + "clearing:had_chance", "return all(word.going for word in said)", "return True",
        test_late.test_a_gate_whose_clock_is_ten_years_slow_still_keeps_a_person_who_declined_there,
    ),
    "a yes is good for ever": Defect(
        "wishes, rule 4", EXCHANGE + "clearing:had_chance", "return chance_is_fresh(",
        "return True or chance_is_fresh(",
        partial(test_late.test_a_chance_to_decline_is_at_most_seven_days_old, "2025-12-02", False),
    ),
    "how many do not go can be read off the size of the words": Defect(
        "no reason, no number visible, rule 4", "repatria.clearing.commands:padded",
        "range(size - len(numbers))", "range(size - len(numbers) if len(numbers) == most else 0)",
        checks.the_neutrals_two_words_are_of_one_size_whoever_declines,
    ),
    "a word of not going carries its reason": Defect(
        "no reason visible, rule 4", "repatria.clearing.commands:padded",
        "padding = [given.random(16).hex() for _ in range(size - len(numbers))]",
        "padding = [('e' * 32 if numbers else given.random(16).hex() + '0')"
        " for _ in range(size - len(numbers))]",
        checks.the_neutrals_two_words_are_of_one_size_whoever_declines,
    ),
    "what was said in an interview shows in its place": Defect(
        "non-interference (THREATS 17)", "repatria.clearing.commands:visit",
        "interview = InterviewHeld(Slug(request.place)",
        "interview = InterviewHeld(Slug('sick-bay' if b'illness' in request.note else request.place)",
        partial(test_non_interference.alike, test_non_interference.PLAIN, test_non_interference.LOADED),
    ),
    "access refused is on no record": Defect(
        "the holder's breach, rule 4", EXCHANGE + "clearing:access_refused", "state.breaches.append(", "repr(",
        checks.access_refused_is_a_breach_on_record,
    ),
    "a suspension turns back who is past the gate": Defect(
        "suspension, rule 8", EXCHANGE + "handing:person_released", "    check_cleared(person, right, fact)\n",
        "    check_cleared(person, right, fact)\n"
        "    if state.suspended_at(fact.index):\n        raise Refuse(\"round.suspended\", \"wait\")\n",
        test_late.test_a_suspension_turns_back_nobody_past_the_last_gate_and_lets_nobody_new_through,
    ),
    # --- lists and terms ----------------------------------------------------------------------------------------------
    "a blank answer is read as not held": Defect(
        "a blank is no answer, rule 9", EXCHANGE + "state:RegisterFact.blank",
        "given.answered if given is not None else 0", "self.rows if given is not None else 0",
        test_deadlines.test_rows_still_blank_when_the_day_has_passed_are_a_breach_that_nobody_had_to_say,
    ),
    "answers overdue are on no record": Defect(
        "the holder's breach", EXCHANGE + "deadlines:pass_to", "state.breaches.append(", "repr(",
        test_deadlines.test_rows_still_blank_when_the_day_has_passed_are_a_breach_that_nobody_had_to_say,
    ),
    "a record is erased of somebody still on the way": Defect(
        "erasing loses nobody", EXCHANGE + "erasing:is_awaited", "person.state != RECEIVED and not person.withdrawn",
        "False", partial(rule, "erase.awaited"),
    ),
    "somebody counts as found dead because remains were listed for them": Defect(
        "remains, GC I 16", EXCHANGE + "examining:_named",
        "return {each for findings in state.findings.values() for each in findings[-1].sought}",
        "return {SoughtFound(p.register, p.row) for p in state.persons.values() if not p.living}",
        test_examining.test_that_remains_were_listed_for_a_row_finds_nobody_dead,
    ),
    "a dispute is settled by whoever raised it alone": Defect(
        "disputes", EXCHANGE + "disputes:settlers", "if outcome == WITHDRAWN else", "if True else",
        test_disputes.test_among_many_parties_all_of_them_sign,
    ),
    "a late answer takes the breach back": Defect(
        "the holder's breach", EXCHANGE + "listing:answers_given", "    state.since[",
        "    state.breaches.clear()\n    state.since[",
        test_deadlines.test_an_answer_after_the_day_takes_nothing_back,
    ),
    "somebody is added whom nobody sought": Defect(
        "unilateral additions", EXCHANGE + "listing:_check_rows", "    if added:", "    if False:",
        partial(rule, "list.unilateral"),
    ),
    "a person has a price": Defect(
        "no price on a person, rule 12", EXCHANGE + "listing:_check_rows", "any(each.weight != 1", "any(False",
        partial(rule, "list.price"),
    ),
    "a guarantor whom the terms ask is not waited for": Defect(
        "signatures by terms, ADR 55", EXCHANGE + "consulting:terms_signed",
        "if {*state.parties, *besides} <=", "if {*state.parties} <=",
        test_asked.test_terms_come_into_force_when_the_guarantor_has_signed_them_too,
    ),
    "a member is amended out of being asked": Defect(
        "signatures by terms, ADR 55", EXCHANGE + "consulting:terms_amended",
        "(*asked_besides(state, TERMS), *terms.besides(TERMS))", "(*terms.besides(TERMS),)",
        test_asked.test_nobody_whom_the_terms_ask_can_be_left_out_by_an_amendment_that_asks_for_nobody,
    ),
    "fewer signatories than the terms ask for bind a party": Defect(
        "signatures by terms, ADR 55", EXCHANGE + "assent:check_quorum",
        "fact.signatories < needed", "fact.signatories < 0",
        partial(rule, "asked.quorum"),
    ),
    "a host puts a list before the parties": Defect(
        "signatures by terms, ADR 55", EXCHANGE + "assent:check_asked", "if kind in PUT_FORWARD and", "if False and",
        partial(rule, "asked.first"),
    ),
    "a register of the sought is shown to anybody": Defect(
        "disclose least, section 4.9", EXCHANGE + "listing:register_disclosed",
        "if state.terms is not None and not all(", "if False and not all(",
        partial(rule, "register.beyond_terms"),
    ),
    "more is disclosed of a person than the terms let be shown": Defect(
        "disclose least, section 4.9", "repatria.people.commands:shown_fields",
        "terms is None or terms.disclosure is None", "True", checks.a_disclosure_shows_the_fields_of_the_terms,
    ),
    "a list over its quota is signed": Defect(
        "quotas, ADR 57", "repatria.deal.quota:off_quota", "found > quota.at_most", "found > 10 * quota.at_most",
        partial(test_quota.test_a_list_keeps_both_limits, 7, True, ["deal.quota.over"]),
    ),
    "the seriously wounded are limited by a quota": Defect(
        "regardless of number, GC III 109(1)", "repatria.deal.quota:_sense",
        "set(each.values) & ill", "set(each.values) & {''}",
        partial(test_quota.test_nothing_limits_how_many_seriously_wounded_and_sick_go_home, "wounded"),
    ),
    "people outside every category are passed over": Defect(
        "tested against its category before anyone signs, DOMAIN 2", "repatria.deal.fit:_outside",
        "if fit.none:", "if False:",
        test_fit.test_six_hundred_and_forty_outside_the_categories_are_told_before_anyone_signs,
    ),
    "civilians are counted in a ratio": Defect(
        "outside the ratio, GC IV 34", "repatria.deal.classes:category_of",
        "if value in _values(field, fields.get(field)):",
        "if value != 'civilian_internee' and value in _values(field, fields.get(field)):",
        partial(test_classes.test_nobody_whom_the_law_keeps_out_of_a_ratio_slips_in_by_a_wide_category,
                "person_category", "civilian_internee", "GC IV 34"),
    ),
    "a list drops somebody": Defect(
        "conservation", EXCHANGE + "listing:final_list_signed",
        "if same is None or (same.register, same.row) != (person.register, person.row):",
        "if same is None:\n            continue\n        if False:",
        partial(rule, "list.drops"),
    ),
    "the public hears before the families": Defect(
        "families first, ADR 152", "repatria.families.commands:_is_told",
        "return last is not None and last.kind == known.told(case).kind", "return True",
        test_family_commands.test_no_count_is_signed_before_the_families_of_a_stage_were_written_to,
    ),
    "whoever asks is told": Defect(
        "to the entitled only, ADR 152", "repatria.families.commands:not_to_be_told", "if case.checked is None:",
        "if False:",
        test_family_commands.test_nobody_is_told_before_a_match_and_a_check_and_nobody_after_the_end,
    ),
    "a family's page takes a version that lacks a signature": Defect(
        "signed by all who must, ADR 153", "repatria.families.proof:_Check._apply", "if not signed or count < needed:",
        "if not signed:",
        partial(test_family_proof.test_what_somebody_does_to_a_bundle_is_found_out,
                "signatories' signatures are missing"),
    ),
    "a list's root is of other rows": Defect(
        "a family is shown its own row, ADR 151", EXCHANGE + "listing:_check_rows",
        "if listed.tree.root().hex() != event.root:", "if False:",
        partial(rule, "list.root"),
    ),
    "somebody comes back into the ratio by a later list": Defect(
        "outward only, GC III 109(1)", EXCHANGE + "outward:check_change",
        "if person.account not in (EXCHANGE, REPATRIATION) or of.account != REPATRIATION:", "if False:",
        test_outward.test_nobody_comes_back_into_the_ratio,
    ),
    "a class changes under somebody's hands": Defect(
        "nothing changes while a right is out", EXCHANGE + "outward:check_change", "if not is_free(state, person):",
        "if False:",
        partial(rule, "list.in_hand"),
    ),
    "what was answered for goes away under who relied on it": Defect(
        "merge of devices", EXCHANGE + "knowing:Knowledge.weight", "before.until >= self.judged", "False",
        test_outward.test_a_desk_that_could_not_know_goes_by_the_ratio_it_knew,
    ),
    "one neutral physician decides alone": Defect(
        "majority, GC III Annex II 10", EXCHANGE + "authority:_signatories_needed", "return COMMISSION_MAJORITY - 1",
        "return 0",
        partial(rule, "authority.quorum"),
    ),
    "a physician of the other side decides about prisoners": Defect(
        "seats on a board, GC III Annex II 1", EXCHANGE + "medical:medical_board_decided",
        "if fact.member not in seats:", "if False:",
        partial(rule, "board.member"),
    ),
    "two typings of one paper are not compared": Defect(
        "nothing half-taken from paper", "repatria.clearing.paper:compare",
        "elif first.answers[number] != second.answers[number]:", "elif False:",
        test_paper.test_papers_with_one_difference_say_nothing_to_the_ledger,
    ),
    "a stage opens with people whom the neutral has not seen": Defect(
        "proof of life where the terms ask for it", EXCHANGE + "seeing:lacks", "person.alive_on is None", "False",
        test_seeing.test_no_stage_opens_before_everybody_in_it_was_seen_where_the_terms_ask_for_it,
    ),
    "a nonce is taken before all have committed": Defect(
        "no gain by grinding", EXCHANGE + "planning:lottery_committed",
        "if set(_drawing(state)) <= set(draw.commitments):", "if True:",
        test_agreeing.test_nobody_reveals_before_everybody_has_committed,
    ),
    "a nonce is taken before all are held": Defect(
        "no gain by aborting", EXCHANGE + "planning:lottery_revealed", "if unheld := not_held(state):",
        "if unheld := {}:", test_agreeing.test_nobody_reveals_before_every_nonce_is_held_by_all_its_holders,
    ),
    "somebody is planned by a draw that they were not in": Defect(
        "no gain by grinding", EXCHANGE + "planning:check_structure", "if number in state.undrawn:", "if False:",
        partial(rule, "plan.undrawn"),
    ),
    "a draw is held again without a word of the one before": Defect(
        "no gain by aborting", EXCHANGE + "planning:lottery_committed",
        "if freeze.replaces != last_draw(state):", "if False:",
        test_agreeing.test_a_draw_is_held_again_in_sight_of_all_or_not_at_all,
    ),
    "a round closes over people in the air": Defect(
        "conservation", EXCHANGE + "closing:round_closed", "if people := sum(hanging(state).values()):",
        "if people := 0:",
        partial(rule, "close.hanging"),
    ),
    # --- the law of the exchange as it stands -------------------------------------------------------------------------
    "only the first record of a person is asked about": Defect(
        "outside the ratio, GC III 33", "repatria.law.standing:_all_words", "for record in records if",
        "for record in records[:1] if",
        test_review.test_a_second_record_that_disagrees_is_enough_and_an_unknown_one_is_no_pass,
    ),
    "what a record leaves open passes": Defect(
        "not known is no pass", "repatria.law.standing:_class", "if all(said.values()) or", "if True or",
        test_review.test_a_second_record_that_disagrees_is_enough_and_an_unknown_one_is_no_pass,
    ),
    "a chance to decline grows old unseen": Defect(
        "non-refoulement", "repatria.law.standing:_release", "(due or slot is None or", "(slot is None or",
        test_review.test_a_chance_too_old_is_a_breach_when_its_stage_is_due_and_still_to_be_given_before,
    ),
    "a wish is kept in a party's node": Defect(
        "non-interference", "repatria.law.standing:Known.__post_init__", "if self.role != NEUTRAL:", "if False:",
        test_review.test_a_wish_stops_in_the_neutrals_node_and_changes_nothing_in_any_other,
    ),
    "a party is asked what only the neutral may know": Defect(
        "non-interference", "repatria.law.review:_is_the_neutrals", "return any(", "return False and any(",
        test_review.test_a_wish_stops_in_the_neutrals_node_and_changes_nothing_in_any_other,
    ),
    # --- the public ---------------------------------------------------------------------------------------------------
    "a handful of people is told by itself": Defect(
        "no total of one, GC III 13", EXCHANGE + "suppression:blocks", "together >= small:", "together >= 1:",
        partial(test_suppression.test_an_attacker_who_tries_every_series_finds_no_count_that_is_held_back, 2, 3, 9),
    ),
    "a table that nobody's rule made is published": Defect(
        "nothing else can be published", EXCHANGE + "publishing:counts_published", "if table != expected:", "if False:",
        partial(rule, "counts.differs"),
    ),
    "a table tells of what came after it": Defect(
        "tables only grow", EXCHANGE + "publishing:told_stages", "each.index < size and ", "",
        test_published.test_nine_people_are_held_back_and_told_with_the_next_stage,
    ),
    "one side publishes alone": Defect(
        "confirmed by all", EXCHANGE + "publishing:counts_published",
        "if assent.parties_and_a_mediator(assent.members(assents), state.parties, state.mediators):", "if True:",
        test_published.test_a_table_is_published_when_every_party_and_a_mediator_have_signed_it_and_not_before,
    ),
    # --- merging ------------------------------------------------------------------------------------------------------
    "a late release is judged by what came in meanwhile": Defect(
        "merge of devices", EXCHANGE + "knowing:Knowledge.has",
        "0 <= self.state.events.get(act, self.judged) < self.judged", "act in self.state.events",
        checks.what_devices_did_apart_merges_in_any_order,
    ),
}  # fmt: skip
