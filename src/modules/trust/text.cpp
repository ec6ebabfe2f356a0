#include "modules/trust/text.hpp"

#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "trust_sql.hpp"

#include <algorithm>

namespace atalaya::trust {
namespace {

struct BuiltIn {
    TextKind kind;
    std::string_view title;
    std::string_view content;
};

constexpr std::string_view agreement_text =
    "Data processing agreement, as the program brings it. The operator of this installation has "
    "not put an own one in its place.\n\n"
    "1. Subject. The operator of this installation (the processor) processes personal data for "
    "the team that uses it (the controller): accounts of its members, what its servers report, "
    "and the record of what was done. It lasts as long as the team exists here.\n\n"
    "2. Instructions. The processor processes these data only on the controller's documented "
    "instructions, which are what its members set in this program, unless law demands otherwise, "
    "and then says so first.\n\n"
    "3. Confidentiality. Whoever operates this installation is bound to confidentiality. Operators "
    "read a team's data only by an act that is on the team's own record.\n\n"
    "4. Security. The measures are the controls of this Trust page, with what shows that each of "
    "them is kept.\n\n"
    "5. Subprocessors. They are listed on this page. The processor announces a new one here before "
    "it is used, and the controller may object.\n\n"
    "6. Help. The processor helps the controller to answer requests of the persons concerned and "
    "to meet its duties of security, notification and assessment.\n\n"
    "7. Breaches. The processor tells the controller of a personal data breach without undue "
    "delay after learning of it.\n\n"
    "8. End. The controller can export its data before it leaves. Afterwards the processor deletes "
    "them, unless law demands that they are kept.\n\n"
    "9. Evidence. The processor makes available what is needed to show that this is kept, and "
    "allows audits. The controller's record can be exported and verified without the processor.";

constexpr std::array built_in{
    BuiltIn{TextKind::roles, "Controller and processor",
            "A team decides what is watched and who belongs to it: it is the controller of the "
            "personal data in it. Who operates this installation processes them for the team and "
            "is the processor. For accounts and sign-in the operator is the controller. The "
            "operator has not said here who that is."},
    BuiltIn{TextKind::subprocessors, "Subprocessors",
            "The program itself sends data to nobody but the mail server, identity providers and "
            "destinations that were set here. The operator has not named any subprocessor, nor "
            "said that there is none."},
    BuiltIn{TextKind::agreement, "Data processing agreement", agreement_text},
    BuiltIn{TextKind::compliance, "Compliance status",
            "SOC 2: not pursued. ISO 27001: not pursued. HIPAA: not pursued. PCI DSS: not pursued; "
            "no card data are processed. GDPR: see the agreement and the controls; nobody has "
            "audited it."},
    BuiltIn{TextKind::acknowledgements, "Acknowledgements",
            "Nobody is named here yet. Whoever reports a weakness is named here on request."},
    BuiltIn{TextKind::roadmap, "Compliance roadmap",
            "What is missing stands at each control below, under what is not covered. The operator "
            "has not said what comes next, nor when."},
};

PublicText make_text(const BuiltIn& source, std::int64_t version, std::optional<Time> at,
                     std::string content) {
    PublicText text;
    text.kind = source.kind;
    text.title = source.title;
    text.revision = version;
    text.published_at = at;
    text.sha256 = to_hex(crypto::sha256(content));
    text.content = std::move(content);
    return text;
}

} // namespace

Texts built_in_texts() {
    Texts texts;
    for (const BuiltIn& one : built_in)
        texts.push_back(make_text(one, 0, std::nullopt, std::string(one.content)));
    return texts;
}

PublicText read_text(const db::Row& row) {
    const auto kind = shape::parse_enum<TextKind>(row.get<std::string>("kind"));
    CHECK_REQUEST(kind.has_value());
    const auto source = std::find_if(built_in.begin(), built_in.end(),
                                     [&](const BuiltIn& one) { return one.kind == *kind; });
    CHECK_REQUEST(source != built_in.end());
    return make_text(*source, row.get<std::int64_t>("version"), row.get<Time>("published_at"),
                     row.get<std::string>("content"));
}

Texts list_texts(db::Tx& tx) {
    Texts texts = built_in_texts();
    for (const db::Row row : tx.query(sql::trust::list_texts)) {
        PublicText newer = read_text(row);
        std::replace_if(
            texts.begin(), texts.end(),
            [&](const PublicText& one) { return one.kind == newer.kind; }, newer);
    }
    return texts;
}

} // namespace atalaya::trust
