#include "api/problem_response.hpp"

#include "base/log.hpp"
#include "base/problems.hpp"
#include "db/error.hpp"
#include "shape/json.hpp"

namespace atalaya::api {

using shape::Json;
using shape::json_object;

namespace {

/// Prometheus' word for it where it has one.
std::string_view prometheus_error_type(const ProblemKind& kind) {
    for (const auto& [ours, theirs] : {std::pair{&problems::bad_request, "bad_data"},
                                       std::pair{&problems::query_failed, "execution"},
                                       std::pair{&problems::query_timeout, "timeout"}}) {
        if (ours == &kind)
            return theirs;
    }
    return kind.code;
}

Json house_body(const Problem& problem, std::string_view request_id) {
    const ProblemKind& kind = problem.kind();
    shape::Array errors;
    for (const Violation& violation : problem.violations()) {
        errors.push_back(json_object({{"pointer", violation.pointer},
                                      {"code", violation.code},
                                      {"detail", violation.detail}}));
    }
    return json_object({{"type", "about:blank"},
                        {"title", kind.title},
                        {"status", kind.status},
                        {"detail", problem.detail()},
                        {"code", kind.code},
                        {"request_id", request_id},
                        {"errors", std::move(errors)}});
}

Json prometheus_body(const Problem& problem, std::string_view request_id) {
    return json_object({{"status", "error"},
                        {"errorType", prometheus_error_type(problem.kind())},
                        {"error", problem.detail()},
                        {"code", problem.kind().code},
                        {"request_id", request_id}});
}

} // namespace

net::Response problem_response(const Problem& problem, std::string_view request_id,
                               Dialect dialect) {
    const bool is_house = dialect == Dialect::house;
    const Json body =
        is_house ? house_body(problem, request_id) : prometheus_body(problem, request_id);
    net::Response response;
    response.status = problem.kind().status;
    response.headers.push_back(
        {"Content-Type", is_house ? "application/problem+json" : "application/json"});
    response.headers.push_back({"Cache-Control", "no-store"});
    if (problem.retry_after_s() > 0)
        response.headers.push_back({"Retry-After", std::to_string(problem.retry_after_s())});
    response.body = shape::write_json(body);
    return response;
}

net::Response response_of_exception(std::string_view request_id, std::string_view route,
                                    Dialect dialect) {
    try {
        throw;
    } catch (const Problem& problem) {
        if (!problem.private_reason().empty()) {
            log::warning("request refused", {{"request_id", std::string(request_id)},
                                             {"code", std::string(problem.kind().code)},
                                             {"reason", problem.private_reason()}});
        }
        return problem_response(problem, request_id, dialect);
    } catch (const db::Error& error) {
        // The number of a new event is taken: the head of the chain was set back.
        const bool set_back = error.constraint() == "events_pkey";
        log::error("request failed", {{"request_id", std::string(request_id)},
                                      {"route", std::string(route)},
                                      {"reason", error.what()}});
        return problem_response(Problem(set_back ? problems::record_broken : problems::internal),
                                request_id, dialect);
    } catch (const std::exception& fault) {
        log::error("request failed", {{"request_id", std::string(request_id)},
                                      {"route", std::string(route)},
                                      {"reason", fault.what()}});
        return problem_response(Problem(problems::internal), request_id, dialect);
    }
}

} // namespace atalaya::api
