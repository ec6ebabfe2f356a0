#include "telemetry/usage.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>

namespace atalaya::telemetry {
namespace {

std::string_view label(const wire::Series& series, std::string_view name) {
    const auto found = std::ranges::find(series.labels, name, &wire::Label::name);
    return found == series.labels.end() ? std::string_view{} : std::string_view(found->value);
}

} // namespace

Usage read_usage(const TickView& tick) {
    struct Filesystem {
        double used = 0, total = 0;
    };
    std::map<std::string_view, Filesystem> filesystems;
    Usage usage{{tick.time_ms * 1000}};
    for (std::size_t i = 0; i < tick.table.series.size(); ++i) {
        const wire::Series& series = tick.table.series[i];
        const double value = tick[i];
        if (!std::isfinite(value))
            continue;
        const std::string_view kind = label(series, "kind");
        if (series.name == "cpu_percent" && label(series, "mode") == "idle") {
            usage.cpu_percent = std::clamp(100 - value, 0.0, 100.0);
        } else if (series.name == "memory_bytes" && kind == "used") {
            usage.memory_used_bytes = value;
        } else if (series.name == "memory_bytes" && kind == "total") {
            usage.memory_total_bytes = value;
        } else if (series.name == "filesystem_bytes" && kind == "used") {
            filesystems[label(series, "mount")].used = value;
        } else if (series.name == "filesystem_bytes" && kind == "total") {
            filesystems[label(series, "mount")].total = value;
        }
    }
    for (const auto& [mount, filesystem] : filesystems) {
        if (filesystem.total > 0)
            usage.filesystem_percent = std::max(usage.filesystem_percent.value_or(0),
                                                100 * filesystem.used / filesystem.total);
    }
    return usage;
}

} // namespace atalaya::telemetry
