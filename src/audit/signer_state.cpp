#include "audit/signer_state.hpp"

#include <algorithm>
#include <bit>

namespace atalaya::audit {
namespace {

constexpr std::string_view magic = "atalaya-signer-state-1\n";

void put_frontier(Writer& out, const Frontier& frontier) {
    out.i64(frontier.size());
    for (const Hash& one : frontier.hashes())
        out.raw(one);
}

Hash take_hash(Reader& in) {
    Hash out{};
    const BytesView bytes = in.raw(out.size());
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}

Frontier take_frontier(Reader& in) {
    const std::int64_t size = in.i64();
    std::vector<Hash> hashes(size < 0 ? 0 : std::popcount(static_cast<std::uint64_t>(size)));
    for (Hash& one : hashes)
        one = take_hash(in);
    auto frontier = Frontier::from(size, std::move(hashes));
    if (!frontier)
        in.fail();
    return frontier.value_or(Frontier());
}

} // namespace

Bytes encode_state(const SignerState& state) {
    Writer out;
    out.raw(magic).u16(static_cast<std::uint16_t>(state.instance.size())).raw(state.instance);
    put_frontier(out, state.log);
    out.u32(static_cast<std::uint32_t>(state.chains.size()));
    for (const auto& [name, chain] : state.chains) {
        out.raw(name.team.bytes).u16(static_cast<std::uint16_t>(name.lane));
        out.raw(chain.last).i64(chain.log_index);
        put_frontier(out, chain.frontier);
    }
    const Hash sum = crypto::sha256(out.bytes());
    out.raw(sum);
    return std::move(out).take();
}

Result<SignerState> parse_state(BytesView bytes) {
    const ParseError refused{"the file is no memory of a signer, or was cut off"};
    if (bytes.size() < magic.size() + sizeof(Hash))
        return refused;
    const BytesView content = bytes.first(bytes.size() - sizeof(Hash));
    if (!std::ranges::equal(crypto::sha256(content), bytes.last(sizeof(Hash))))
        return refused;
    Reader in(content);
    if (in.text(magic.size()) != magic)
        return refused;
    SignerState state;
    state.instance = in.text(in.u16());
    state.log = take_frontier(in);
    const std::uint32_t count = in.u32();
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
        ChainName name;
        const BytesView team = in.raw(name.team.bytes.size());
        std::copy(team.begin(), team.end(), name.team.bytes.begin());
        name.lane = static_cast<std::int16_t>(in.u16());
        SignedChain chain;
        chain.last = take_hash(in);
        chain.log_index = in.i64();
        chain.frontier = take_frontier(in);
        state.chains.emplace(name, std::move(chain));
    }
    if (!in.done() || state.chains.size() != count)
        return refused;
    return state;
}

} // namespace atalaya::audit
