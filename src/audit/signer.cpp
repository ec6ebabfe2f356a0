#include "audit/signer.hpp"

#include <algorithm>

namespace atalaya::audit {
namespace {

SignedChain fresh_chain(const ChainName& name) {
    return {{}, genesis(chain_id(name.team, name.lane)), -1};
}

std::string origin_of(std::string_view instance, const ChainName& chain) {
    return chain.lane == log_lane ? make_instance_origin(instance)
                                  : make_origin(instance, chain.team, chain.lane);
}

} // namespace

NoteKey signer_key(std::string_view instance, const Secret& seed, const ChainName& chain) {
    return {origin_of(instance, chain), SignatureType::ed25519, crypto::ed25519_public_key(seed)};
}

Signer::Signer(Secret seed, SignerState state, bool rebuilding, std::chrono::seconds interval)
    : seed_(std::move(seed)),
      rebuilding_(rebuilding),
      interval_(interval),
      state_(std::move(state)) {}

void Signer::alarm(const ChainName& chain, std::int64_t seq, std::string reason) {
    alarms_.push_back({chain, seq, std::move(reason)});
}

bool Signer::is_sound(const SignerHead& head) {
    const SignedChain& chain = state_.chains.at(head.chain);
    const std::int64_t size = chain.frontier.size();
    if (head.seq < size) {
        alarm(head.chain, head.seq + 1,
              "the chain ends at " + std::to_string(head.seq) + ", and a checkpoint of " +
                  std::to_string(size) + " events was signed");
        return false;
    }
    if (head.seq == size && head.hash != chain.last) {
        alarm(head.chain, size, "the last event has another hash than when it was signed");
        return false;
    }
    if (head.seq < head.published) {
        alarm(head.chain, head.seq + 1,
              "the chain ends at " + std::to_string(head.seq) + ", and a checkpoint of " +
                  std::to_string(head.published) + " events was published");
        return false;
    }
    if (head.published > size && !rebuilding_) {
        alarm(head.chain, size + 1,
              "there is a checkpoint of " + std::to_string(head.published) +
                  " events that this signer does not remember");
        return false;
    }
    return true;
}

bool Signer::is_due(const SignerHead& head, std::int64_t size, Clock::time_point now) const {
    const auto last = signed_at_.find(head.chain);
    return last == signed_at_.end() || now - last->second >= interval_ ||
           head.seq - size >= signed_at_once;
}

std::vector<SignerWish> Signer::look(const std::vector<SignerHead>& heads, Clock::time_point now) {
    alarms_.clear();
    heads_.clear();
    std::vector<SignerWish> wishes;
    for (const SignerHead& head : heads) {
        heads_.insert_or_assign(head.chain, head);
        state_.chains.try_emplace(head.chain, fresh_chain(head.chain));
        const SignedChain& chain = state_.chains.at(head.chain);
        const std::int64_t size = chain.frontier.size();
        if (!is_sound(head))
            continue;
        // What was signed before a crash is published before anything else is signed.
        if (head.published < size && chain.log_index >= 0)
            made_.push_back(sign(head.chain, chain));
        else if (head.seq > size && is_due(head, size, now))
            wishes.push_back({head.chain, std::max<std::int64_t>(size, 1)});
    }
    for (const auto& [name, chain] : state_.chains) {
        if (!heads_.contains(name))
            alarm(name, 0, "the chain has no head any more");
    }
    return wishes;
}

void Signer::take(const std::vector<SignerRow>& rows, const std::vector<SignerWish>& wishes,
                  bool cut_off, Clock::time_point now) {
    auto next = rows.begin();
    for (const SignerWish& wish : wishes) {
        const auto begin = next;
        while (next != rows.end() && next->chain == wish.chain)
            ++next;
        if (begin == next && cut_off)
            return; // of this one and those behind it nothing was read yet
        follow(wish.chain, begin, next, now);
    }
}

void Signer::follow(const ChainName& name, Rows begin, Rows end, Clock::time_point now) {
    SignedChain chain = state_.chains.at(name);
    const SignerHead& head = heads_.at(name);
    const std::int64_t size = chain.frontier.size();
    if (size > 0) {
        if (begin == end || begin->seq != size || begin->link.row_hash != chain.last)
            return alarm(name, size,
                         "the event up to which was signed is gone or has another hash");
        ++begin;
    }
    if (begin == end)
        return alarm(name, size + 1, "events are missing before the head");
    ChainVerifier verifier(chain_id(name.team, name.lane), size, chain.last);
    for (auto row = begin; row != end; ++row) {
        verifier.step(row->link);
        if (!verifier.report().ok)
            return alarm(name, row->seq, verifier.report().reason);
        chain.frontier.append(row->link.row_hash);
        chain.last = row->link.row_hash;
        if (chain.frontier.size() == head.published && head.published_root &&
            chain.frontier.root() != *head.published_root)
            return alarm(name, row->seq, "the events differ from a checkpoint that was published");
    }
    if (chain.frontier.size() < head.published) {
        state_.chains[name] = chain; // rebuilding, and not there yet: nothing new to sign
        moved_ = true;
        return;
    }
    chain.log_index = state_.log.size();
    SignedCheckpoint made = sign(name, chain);
    state_.log.append(crypto::sha256(
        to_text(Checkpoint{origin_of(state_.instance, name), made.size, made.root})));
    made_.push_back(std::move(made));
    state_.chains[name] = std::move(chain);
    signed_at_[name] = now;
    moved_ = true;
}

SignedCheckpoint Signer::sign_text(const ChainName& name, const Checkpoint& checkpoint) const {
    const NoteKey key = signer_key(state_.instance, seed_, name);
    const std::string text = to_text(checkpoint);
    SignedCheckpoint out;
    out.chain = name;
    out.size = checkpoint.size;
    out.root = checkpoint.root;
    out.note = to_text(Note{text, {sign_note(key, seed_, text)}});
    out.vkey = to_vkey(key);
    return out;
}

SignedCheckpoint Signer::sign(const ChainName& name, const SignedChain& chain) const {
    SignedCheckpoint out = sign_text(
        name, {origin_of(state_.instance, name), chain.frontier.size(), chain.frontier.root()});
    out.row_hash = chain.last;
    out.log_index = chain.log_index;
    return out;
}

SignedCheckpoint Signer::sign_log() const {
    const ChainName name{platform_team, log_lane};
    return sign_text(name,
                     {origin_of(state_.instance, name), state_.log.size(), state_.log.root()});
}

void Signer::change_key(Secret seed) {
    seed_ = std::move(seed);
    log_published_ = 0;
}

std::vector<SignedCheckpoint> Signer::take_checkpoints() {
    if (state_.log.size() > log_published_) {
        made_.push_back(sign_log());
        log_published_ = state_.log.size();
    }
    moved_ = false;
    return std::exchange(made_, {});
}

} // namespace atalaya::audit
