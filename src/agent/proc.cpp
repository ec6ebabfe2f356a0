#include "agent/proc.hpp"

#include "agent/policy.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace atalaya::agent::proc {

namespace {

/// Calls `use` with the fields of each line: what stands between blanks.
template <class Use>
void for_each_line(std::string_view text, Use use) {
    std::vector<std::string_view> fields;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        fields.clear();
        while (true) {
            line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
            if (line.empty())
                break;
            const std::size_t size = std::min(line.find_first_of(" \t"), line.size());
            fields.push_back(line.substr(0, size));
            line.remove_prefix(size);
        }
        use(fields);
    }
}

using Fields = std::vector<std::string_view>;

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

/// Numbers of a line one after another; remembers that one was missing.
class Counters {
  public:
    explicit Counters(const Fields& fields) : fields_(fields) {}
    std::uint64_t at(std::size_t index) {
        const auto value =
            index < fields_.size() ? parse_number<std::uint64_t>(fields_[index]) : std::nullopt;
        ok_ = ok_ && value.has_value();
        return value.value_or(0);
    }
    bool ok() const { return ok_; }

  private:
    const Fields& fields_;
    bool ok_ = true;
};

bool starts_with_any(std::string_view name, std::initializer_list<std::string_view> prefixes) {
    return std::ranges::any_of(prefixes, [&](auto prefix) { return name.starts_with(prefix); });
}

/// The disk that a partition's name points to: sda for sda1, nvme0n1 for nvme0n1p2, else nothing.
std::string_view parent_disk(std::string_view name) {
    const std::size_t end = name.find_last_not_of("0123456789");
    if (end == std::string_view::npos || end + 1 == name.size())
        return {};
    const std::string_view stem = name.substr(0, end + 1);
    const bool numbered = stem.size() >= 2 && stem.back() == 'p' && stem[stem.size() - 2] >= '0' &&
                          stem[stem.size() - 2] <= '9';
    return numbered ? stem.substr(0, stem.size() - 1) : stem;
}

/// The kernel writes blank, tab, newline and backslash of a path as three octal digits.
std::string unescape_octal(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        const char* const digits = text.data() + i + 1;
        if (text[i] == '\\' && i + 3 < text.size() &&
            std::from_chars(digits, digits + 3, value, 8).ptr == digits + 3 && value < 256) {
            out += static_cast<char>(value);
            i += 3;
        } else {
            out += text[i];
        }
    }
    return out;
}

} // namespace

std::optional<Stat> parse_stat(std::string_view text) {
    std::optional<Stat> out;
    for_each_line(text, [&](const Fields& fields) {
        if (fields.size() < 2)
            return;
        Counters counters(fields);
        if (fields[0] == "cpu") {
            out.emplace();
            for (std::size_t mode = 0; mode < cpu_modes.size(); ++mode)
                out->cpu_ticks[mode] = counters.at(mode + 1);
            if (!counters.ok())
                out.reset();
        } else if (!out) {
            return; // the first line of all
        } else if (fields[0].starts_with("cpu")) {
            ++out->cores;
        } else if (fields[0] == "btime") {
            out->boot_time_s = counters.at(1);
        } else if (fields[0] == "procs_running") {
            out->running = counters.at(1);
        } else if (fields[0] == "procs_blocked") {
            out->blocked = counters.at(1);
        }
    });
    return out;
}

std::optional<Memory> parse_meminfo(std::string_view text) {
    Memory out;
    std::uint64_t slab = 0;
    const std::array<std::pair<std::string_view, std::uint64_t*>, 8> wanted{{
        {"MemTotal:", &out.total},
        {"MemFree:", &out.free},
        {"MemAvailable:", &out.available},
        {"Buffers:", &out.buffers},
        {"Cached:", &out.cached},
        {"SReclaimable:", &slab},
        {"SwapTotal:", &out.swap_total},
        {"SwapFree:", &out.swap_free},
    }};
    for_each_line(text, [&](const Fields& fields) {
        for (const auto& [name, place] : wanted) {
            if (fields.size() == 3 && fields[0] == name && fields[2] == "kB")
                *place = parse_number<std::uint64_t>(fields[1]).value_or(0) * 1024;
        }
    });
    out.cached += slab;
    if (out.total == 0 || out.available == 0)
        return std::nullopt;
    return out;
}

std::optional<Load> parse_loadavg(std::string_view text) {
    std::optional<Load> out;
    for_each_line(text, [&](const Fields& fields) {
        if (fields.size() < 4)
            return;
        Load load;
        bool ok = true;
        for (std::size_t i = 0; i < load.average.size(); ++i) {
            const auto average = parse_number<double>(fields[i]);
            ok = ok && average.has_value();
            load.average[i] = average.value_or(0);
        }
        const std::size_t slash = fields[3].find('/');
        const auto tasks = slash == std::string_view::npos
                               ? std::nullopt
                               : parse_number<std::uint64_t>(fields[3].substr(slash + 1));
        load.tasks = tasks.value_or(0);
        if (ok && tasks)
            out = load;
    });
    return out;
}

std::vector<Disk> parse_diskstats(std::string_view text) {
    constexpr std::uint64_t sector_bytes = 512; // of this file, whatever the disk's own is
    std::vector<Disk> out;
    std::set<std::string, std::less<>> names;
    for_each_line(text, [&](const Fields& fields) {
        if (fields.size() < 14 || starts_with_any(fields[2], {"loop", "ram", "zram", "sr", "fd"}))
            return;
        Counters counters(fields);
        Disk disk{.name = std::string(fields[2]),
                  .reads = counters.at(3),
                  .bytes_read = counters.at(5) * sector_bytes,
                  .writes = counters.at(7),
                  .bytes_written = counters.at(9) * sector_bytes,
                  .busy_ms = counters.at(12)};
        if (counters.ok()) {
            names.insert(disk.name);
            out.push_back(std::move(disk));
        }
    });
    std::erase_if(out, [&](const Disk& disk) { return names.contains(parent_disk(disk.name)); });
    out.resize(std::min(out.size(), devices_max));
    return out;
}

std::vector<Interface> parse_net_dev(std::string_view text) {
    // A blank may be missing behind the colon when the number is long.
    std::string spaced(text);
    std::ranges::replace(spaced, ':', ' ');
    std::vector<Interface> out;
    for_each_line(spaced, [&](const Fields& fields) {
        if (fields.size() != 17 || fields[0] == "lo" ||
            starts_with_any(fields[0], {"veth", "docker", "br-", "virbr", "cali", "cni", "flannel",
                                        "kube-", "dummy", "ifb"}))
            return;
        Counters counters(fields);
        Interface interface {
            .name = std::string(fields[0]), .bytes_in = counters.at(1), .errors_in = counters.at(3),
            .bytes_out = counters.at(9), .errors_out = counters.at(11)
        };
        if (counters.ok() && out.size() < devices_max)
            out.push_back(std::move(interface));
    });
    return out;
}

std::optional<double> parse_uptime(std::string_view text) {
    return parse_number<double>(text.substr(0, std::min(text.find(' '), text.size())));
}

std::vector<std::string> parse_mounts(std::string_view text) {
    std::vector<std::string> out;
    std::set<std::string, std::less<>> sources;
    for_each_line(text, [&](const Fields& fields) {
        if (fields.size() < 4 || out.size() == devices_max)
            return;
        const bool measured = std::ranges::count(policy_filesystems, fields[2]) > 0 ||
                              (fields[2] == policy_root_filesystem && fields[1] == "/");
        // A source that is mounted twice (bind mounts of containers) is one filesystem.
        if (measured && sources.emplace(fields[0]).second)
            out.push_back(unescape_octal(fields[1]));
    });
    return out;
}

std::string parse_os_release(std::string_view text) {
    constexpr std::string_view key = "PRETTY_NAME=";
    for (std::string_view line : split(text, '\n')) {
        if (!line.starts_with(key))
            continue;
        line.remove_prefix(key.size());
        if (line.size() >= 2 && (line.front() == '"' || line.front() == '\'') &&
            line.back() == line.front())
            line = line.substr(1, line.size() - 2);
        return std::string(line);
    }
    return {};
}

} // namespace atalaya::agent::proc
