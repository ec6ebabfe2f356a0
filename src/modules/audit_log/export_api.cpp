#include "modules/audit_log/export_api.hpp"

#include "api/downloads.hpp"
#include "modules/audit_log/shapes.hpp"

namespace atalaya::audit_log {
namespace {

constexpr std::int64_t events_at_once = 400;
constexpr std::size_t piece_bytes = 128 * 1024;

enum class Format { csv, ndjson };

Format read_format(const api::Query& query) {
    const auto format = query.find_text("format");
    if (format == "csv")
        return Format::csv;
    if (format == "ndjson")
        return Format::ndjson;
    throw Problem(problems::invalid).at("?format", "choice", "Use csv or ndjson.");
}

/// Goes through the record from the newest event down, a piece at a time.
class Export {
  public:
    Export(api::Services& services, const api::Incoming& incoming, audit::Search search,
           Format format, std::int64_t before)
        : services_(services),
          incoming_(incoming),
          search_(std::move(search)),
          format_(format),
          before_(before) {}

    bool append_piece(std::string& piece) {
        if (is_first_ && format_ == Format::csv)
            piece += shape::csv_header(shape::Described<EventSummary>::shape);
        is_first_ = false;
        while (before_ > 1 && piece.size() < piece_bytes)
            append_some(piece);
        return before_ > 1;
    }

  private:
    void append_some(std::string& piece) {
        api::SlowCall call(services_, incoming_);
        const db::Scope scope{incoming_.path.id<TeamId>("team"), incoming_.caller.user};
        const audit::Found found = call.transact(scope, {}, [&](api::Call& inner) {
            return audit::search_events(inner.tx, services_.payload_sealer, search_,
                                        {.before = before_, .count = events_at_once});
        });
        before_ = found.looked_to;
        for (const audit::EventView& event : found.events) {
            const EventSummary summary = to_summary(event);
            piece += format_ == Format::csv
                         ? shape::csv_row(shape::Described<EventSummary>::shape, &summary)
                         : shape::write_json(shape::to_json(summary)) + "\n";
        }
    }

    api::Services& services_;
    const api::Incoming incoming_;
    const audit::Search search_;
    const Format format_;
    std::int64_t before_;
    bool is_first_ = true;
};

} // namespace

net::Response start_export(api::SlowCall& call) {
    const Format format = read_format(call.query());
    const auto team = call.incoming.path.id<TeamId>("team");
    const db::Scope scope{team, call.caller().user};
    // First the event, then the reading: nothing leaves without being on the record.
    audit::Search search = call.transact(scope, {team}, [&](api::Call& inner) {
        audit::Search wanted = read_search(inner);
        const auto entry = [](std::string_view field, const std::string& value) {
            return shape::json_object(
                {{"field", std::string(field)}, {"before", nullptr}, {"after", value}});
        };
        shape::Array wish;
        for (const auto& [name, value] : inner.query().values())
            wish.push_back(entry(name, value));
        inner.record("audit.export", "chain", team, std::move(wish));
        return wanted;
    });
    const auto state = std::make_shared<Export>(call.services, call.incoming, std::move(search),
                                                format, call.receipts.back().seq + 1);
    net::Response response;
    const bool csv = format == Format::csv;
    response.headers.push_back(
        {"Content-Type", csv ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson"});
    response.headers.push_back(
        {"Content-Disposition",
         std::string("attachment; filename=\"audit.") + (csv ? "csv" : "ndjson") + "\""});
    response.stream = call.services.downloads.start(
        [state](std::string& piece) { return state->append_piece(piece); });
    return response;
}

} // namespace atalaya::audit_log
