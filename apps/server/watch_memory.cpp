#include "server/watch_memory.hpp"

#include "base/text.hpp"
#include "server/files.hpp"
#include "server/instance.hpp"

#include <algorithm>
#include <sys/stat.h>

namespace atalaya::server_program {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view magic = "atalaya-chain-watch-1 ";
constexpr auto saved_again_after = std::chrono::seconds(5);

fs::path state_file(const fs::path& directory) { return directory / "state"; }
fs::path accepted_file(const fs::path& directory) { return directory / "accepted"; }

/// Like the keyring's: the server's user only.
void make_directory(const fs::path& directory) {
    fs::create_directories(directory);
    chmod(directory.c_str(), 0700);
}

std::string to_line(const TeamId& team, const Followed& one) {
    std::string out = to_string(team);
    for (const std::int64_t number : {one.at.us, one.duration_ms, one.seq, one.bad_seq,
                                      static_cast<std::int64_t>(one.is_accepted)})
        out += " " + std::to_string(number);
    return out + " " + to_hex(one.hash) + " " + one.reason + "\n";
}

std::optional<std::pair<TeamId, Followed>> parse_line(std::string_view line) {
    const auto words = split(line, ' ');
    if (words.size() < 8)
        return std::nullopt;
    const auto team = parse_uuid(words[0]);
    std::array<std::int64_t, 5> numbers{};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto number = parse_integer(words[i + 1]);
        if (!number)
            return std::nullopt;
        numbers[i] = *number;
    }
    const auto hash = parse_hex(words[6]);
    Followed out;
    if (!team || !hash || hash->size() != out.hash.size())
        return std::nullopt;
    out.at = Time{numbers[0]};
    out.duration_ms = numbers[1];
    out.seq = numbers[2];
    out.bad_seq = numbers[3];
    out.is_accepted = numbers[4] != 0;
    std::copy(hash->begin(), hash->end(), out.hash.begin());
    out.reason = line.substr(static_cast<std::size_t>(words[7].data() - line.data()));
    return std::pair(TeamId(*team), std::move(out));
}

} // namespace

WatchMemory::WatchMemory(fs::path data_directory)
    : directory_(std::move(data_directory) / "watch") {
    make_directory(directory_);
    const fs::path file = state_file(directory_);
    if (!fs::exists(file))
        return;
    const StartRefused refused("what the watch over the audit chains saw, " + file.string() +
                               ", cannot be read");
    const std::string text = read_file(file).value_or("");
    auto lines = split(text, '\n');
    if (lines.size() < 2 || !lines.back().empty() || !lines.front().starts_with(magic))
        throw refused;
    const auto position = parse_uuid(lines.front().substr(magic.size()));
    if (!position)
        throw refused;
    position_ = TeamId(*position);
    for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
        auto one = parse_line(lines[i]);
        if (!one)
            throw refused;
        chains_.insert(std::move(*one));
    }
}

std::map<TeamId, Followed> WatchMemory::chains() const {
    const std::lock_guard lock(mutex_);
    return chains_;
}

std::optional<Followed> WatchMemory::find(TeamId team) const {
    const std::lock_guard lock(mutex_);
    const auto found = chains_.find(team);
    return found == chains_.end() ? std::nullopt : std::optional(found->second);
}

TeamId WatchMemory::position() const {
    const std::lock_guard lock(mutex_);
    return position_;
}

void WatchMemory::set(TeamId team, const Followed& followed) {
    const std::lock_guard lock(mutex_);
    const auto before = chains_.find(team);
    const bool turned = before == chains_.end() || before->second.reason != followed.reason ||
                        before->second.is_accepted != followed.is_accepted;
    chains_[team] = followed;
    position_ = team;
    if (turned || std::chrono::steady_clock::now() - saved_at_ >= saved_again_after)
        save_locked();
}

void WatchMemory::save() {
    const std::lock_guard lock(mutex_);
    save_locked();
}

void WatchMemory::save_locked() {
    std::string text = std::string(magic) + to_string(position_) + "\n";
    for (const auto& [team, followed] : chains_)
        text += to_line(team, followed);
    write_private_file(state_file(directory_), text);
    saved_at_ = std::chrono::steady_clock::now();
}

std::string WatchMemory::why_not_ready() const {
    const std::lock_guard lock(mutex_);
    const bool broken = std::any_of(chains_.begin(), chains_.end(), [](const auto& one) {
        return !one.second.is_ok() && !one.second.is_accepted;
    });
    return broken ? "an audit chain does not hold: the log says which and where" : "";
}

std::int64_t WatchMemory::accepted_until(TeamId team) const {
    return server_program::accepted_until(directory_.parent_path(), team);
}

std::int64_t accepted_until(const fs::path& data_directory, TeamId team) {
    const std::string text = read_file(accepted_file(data_directory / "watch")).value_or("");
    std::int64_t until = 0;
    for (const std::string_view line : split(text, '\n')) {
        const auto words = split(line, ' ');
        if (words.size() == 2 && words[0] == to_string(team))
            until = std::max(until, parse_integer(words[1]).value_or(0));
    }
    return until;
}

void accept_chain(const fs::path& data_directory, TeamId team, std::int64_t until) {
    const fs::path directory = data_directory / "watch";
    make_directory(directory);
    const fs::path file = accepted_file(directory);
    write_private_file(file, read_file(file).value_or("") + to_string(team) + " " +
                                 std::to_string(until) + "\n");
}

} // namespace atalaya::server_program
