// Every problem code that a client can meet. Codes never change once released.
#pragma once

#include "base/problem.hpp"

#include <array>

namespace atalaya::problems {

inline constexpr ProblemKind bad_request{"bad_request", 400, "The request could not be read",
                                         "Check the syntax of the request and send it again."};
inline constexpr ProblemKind idempotency_refused{
    "idempotency_refused", 400, "No Idempotency-Key is taken here",
    "Nothing of this answer is kept to be given again. Send the request without the key."};
inline constexpr ProblemKind unauthenticated{"unauthenticated", 401, "You are not signed in",
                                             "Sign in, or send a valid key, and try again."};
inline constexpr ProblemKind wrong_credentials{
    "wrong_credentials", 401, "E-mail or password is wrong", "Check both and try again."};
inline constexpr ProblemKind forbidden{"forbidden", 403, "Your role does not permit this",
                                       "Ask an owner or admin of the team for the permission."};
inline constexpr ProblemKind mfa_enrolment_required{
    "mfa_enrolment_required", 403, "This team requires a second factor",
    "Set up an authenticator app on your account page, then come back."};
inline constexpr ProblemKind step_up_required{
    "step_up_required", 403, "Please confirm that it is you",
    "Confirm with your password or a code of your authenticator app, then repeat the request."};
inline constexpr ProblemKind sso_required{"sso_required", 403,
                                          "This team is entered by single sign-on",
                                          "Sign in with the team's own provider, then come back."};
inline constexpr ProblemKind csrf_failed{"csrf_failed", 403, "The request lacks a valid CSRF token",
                                         "Reload the page and try again."};
inline constexpr ProblemKind https_required{
    "https_required", 403, "This API answers over HTTPS only",
    "Use the HTTPS address. A key sent in clear text should be replaced."};
inline constexpr ProblemKind not_found{"not_found", 404, "Nothing is here",
                                       "Check the address, or that you are in the right team."};
inline constexpr ProblemKind method_not_allowed{"method_not_allowed", 405,
                                                "The method is not supported here",
                                                "Use one of the methods in the Allow header."};
inline constexpr ProblemKind request_timeout{
    "request_timeout", 408, "The request did not arrive in time", "Send the request again."};
inline constexpr ProblemKind conflict{"conflict", 409, "This conflicts with what is there",
                                      "Load the current state and try again."};
inline constexpr ProblemKind name_taken{"name_taken", 409, "The name is already used",
                                        "Choose another name."};
inline constexpr ProblemKind email_taken{
    "email_taken", 409, "The account could not be made",
    "Sign in if you have an account, or use another e-mail address."};
inline constexpr ProblemKind idempotency_in_flight{
    "idempotency_in_flight", 409, "The first request with this key is still running",
    "Wait a moment and send the same request again."};
inline constexpr ProblemKind series_unknown{"series_unknown", 409,
                                            "The series table of this frame is not known",
                                            "Send the frame again with its series table."};
inline constexpr ProblemKind stale_revision{"stale_revision", 412,
                                            "The object changed since you loaded it",
                                            "Load it again and repeat the change."};
inline constexpr ProblemKind too_large{"too_large", 413, "The request is too large",
                                       "Send less at once."};
inline constexpr ProblemKind unsupported_media{
    "unsupported_media_type", 415, "The content type is not accepted", "Send application/json."};
inline constexpr ProblemKind invalid{"invalid", 422, "Some values are not acceptable",
                                     "Correct the fields named in errors."};
inline constexpr ProblemKind idempotency_mismatch{
    "idempotency_mismatch", 422, "This Idempotency-Key was used for another request",
    "Use a new key for a new request."};
inline constexpr ProblemKind query_failed{"query_failed", 422, "The query cannot be computed",
                                          "Change the query, or ask for less."};
inline constexpr ProblemKind too_many_requests{"too_many_requests", 429, "Too many attempts",
                                               "Wait for the time in Retry-After and try again."};
inline constexpr ProblemKind head_too_large{"head_too_large", 431,
                                            "The request's head is too large",
                                            "Send fewer or shorter headers, or a shorter address."};
inline constexpr ProblemKind internal{"internal", 500, "Something went wrong on our side",
                                      "Try again. If it stays, give the operator the request_id."};
inline constexpr ProblemKind unavailable{"unavailable", 503, "The service is busy or not ready",
                                         "Try again after the time in Retry-After."};
inline constexpr ProblemKind record_broken{
    "record_broken", 503, "The record of this team is damaged",
    "Nothing can be put on it, so nothing can be changed. Reading still works; ask the operator, "
    "whom `atalaya audit verify` tells what is wrong."};
inline constexpr ProblemKind query_timeout{"query_timeout", 503, "The query took too long",
                                           "Ask for a shorter time or for fewer series."};
inline constexpr ProblemKind storage_full{
    "storage_full", 507, "The server's disk is full",
    "Reading still works. Ask the operator to free space, then try again."};

inline constexpr std::array all{
    &bad_request,
    &unauthenticated,
    &wrong_credentials,
    &forbidden,
    &csrf_failed,
    &https_required,
    &not_found,
    &method_not_allowed,
    &conflict,
    &name_taken,
    &email_taken,
    &idempotency_in_flight,
    &series_unknown,
    &stale_revision,
    &too_large,
    &unsupported_media,
    &invalid,
    &idempotency_mismatch,
    &too_many_requests,
    &internal,
    &unavailable,
    &record_broken,
    &storage_full,
    &request_timeout,
    &head_too_large,
    &idempotency_refused,
    &mfa_enrolment_required,
    &step_up_required,
    &sso_required,
    &query_failed,
    &query_timeout,
};

} // namespace atalaya::problems
