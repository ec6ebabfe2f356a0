#include "modules/mailed_link/mailed_link.hpp"

#include "mailed_link_sql.hpp"
#include "modules/mailed_link/email_change.hpp"
#include "modules/mailed_link/password_reset.hpp"

namespace atalaya::mailed_link {
namespace {

using api::Audience;
using api::endpoint;
using api::Verb;

constexpr std::array table{
    endpoint<forgot_password>(Verb::post, "/password/forgot", Audience::anyone, std::nullopt,
                              "Have a link mailed that sets a new password; the answer is the same "
                              "for every address.")
        .with_time_floor(),
    endpoint<reset_password>(Verb::post, "/password/reset", Audience::anyone, std::nullopt,
                             "Set a new password by a mailed link; every session ends.")
        .with_password(),
    endpoint<ask_for_email>(Verb::post, "/me/email", Audience::signed_in, std::nullopt,
                            "Change the address: links go to the old and the new one.")
        .with_password(),
    endpoint<confirm_email>(Verb::post, "/email/confirm", Audience::anyone, std::nullopt,
                            "Confirm one of the two addresses of a change."),
};

} // namespace

std::span<const api::Endpoint> endpoints() { return table; }

void delete_expired(db::Tx& tx, Time now) {
    tx.defer(sql::mailed_link::delete_expired_resets, {{"now", now}});
    tx.defer(sql::mailed_link::delete_expired_changes, {{"now", now}});
}

} // namespace atalaya::mailed_link
